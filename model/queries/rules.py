"""Rules through time: drafts that are open, and every version that ever held."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from model import encoding
from model.clock import from_us
from model.queries import documents
from model.rulebook.texts import RuleText
from model.tables import journal, registry_document

#: where a draft stands; the first two are open
DRAFT, TESTED, ACTIVE, WITHDRAWN = "draft", "back-tested", "active", "withdrawn"
OPEN = (DRAFT, TESTED)


@dataclass(frozen=True)
class Draft:
    """A rule somebody proposes; `tested` is what its last back-test found, None before it."""

    name: str
    text: RuleText
    state: str
    by: str
    digest: str
    tested: dict[str, Any] | None


@dataclass(frozen=True)
class RuleChange:
    """One version of a rule, from the sequence on at which it became active."""

    version: int
    sequence: int
    recorded_at: datetime
    by: str
    drafted_by: str
    comment: str
    text: RuleText
    digest: str
    tested: dict[str, Any] | None


def drafts(connection: Connection, at: int | None = None) -> dict[str, Draft]:
    """Return the drafts that were open at a sequence, by name."""
    found = documents.documents(connection, "rule-draft", at)
    return {
        name: Draft(name, RuleText.of(d), d["state"], d["by"], d["digest"], d.get("tested"))
        for name, d in found.items()
        if d["state"] in OPEN
    }


def history(connection: Connection, name: str, at: int) -> list[RuleChange]:
    """Return every version of a rule that held up to a sequence, latest first."""
    kept = registry_document
    query = (
        select(kept.c.since, kept.c.document, journal.c.recorded_us, journal.c.author, journal.c.comment)
        .join(journal, journal.c.sequence == kept.c.since)
        .where(kept.c.kind == "rule", kept.c.name == name, kept.c.since <= at)
        .order_by(kept.c.since.desc())
    )
    return [_change(row) for row in connection.execute(query)]


def _change(row: Any) -> RuleChange:
    document = encoding.parse(row.document)
    return RuleChange(
        document["version"],
        row.since,
        from_us(row.recorded_us),
        row.author,
        document.get("drafted_by", ""),
        row.comment,
        RuleText.of(document),
        document["digest"],
        document.get("tested"),
    )
