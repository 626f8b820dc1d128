"""The manifest of a product: all it takes to make the same bytes again, and the question it answers."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from model import journal
from model.golden.choice import Within
from model.golden.golden import Golden, Question
from model.golden.manifest import manifest as of_golden
from model.products.algebra import recorded
from model.products.products import OUTSIDE
from model.products.reading import Read
from model.rulebook.book import RuleVersion, rulebook
from model.rulebook.texts import RuleText

VERSION = 2


@dataclass(frozen=True)
class Draft:
    """A list that is to become a product: its name, its series, the question and the answer."""

    name: str
    series: str
    question: Question
    golden: Golden


@dataclass(frozen=True)
class Published:
    """A list that was published outside, with the SHA-256 of its file.

    Args:
        recorded_invpb: of the lumisections that have luminosity in `source`; None where none has.
        unknown: lumisections that have none.
    """

    name: str
    series: str
    read: Read
    file_sha256: str
    source: str
    recorded_invpb: float | None
    unknown: int = 0


def of_draft(connection: Connection, draft: Draft, author: str, origin: str) -> dict[str, Any]:
    """Return the manifest of a draft, its rule written out with all flags it reads."""
    question, listed = draft.question, draft.golden.lists
    said = of_golden(question, draft.golden, journal.hash_at(connection, question.at))
    known, unknown = recorded(connection, listed, question.source, question.at)
    return {
        **said,
        # what nobody measured is not zero
        "recorded_invpb": said["recorded_invpb"] if known is not None else None,
        "delivered_invpb": said["delivered_invpb"] if known is not None else None,
        "ls_without_luminosity": unknown,
        "manifest": VERSION,
        "name": draft.name,
        "series": draft.series,
        "origin": origin,
        "rule": {**said["rule"], **_rule(connection, question.rule, question.at)},
        "considered_invpb": round(draft.golden.considered_invpb, 6),
        "considered_lumisections": draft.golden.considered,
        "author": author,
    }


def of_published(given: Published, author: str, sha256: str, lumisections: int) -> dict[str, Any]:
    """Return the manifest of a list that no rule of this registry made."""
    return {
        "manifest": VERSION,
        "name": given.name,
        "series": given.series,
        "origin": OUTSIDE,
        "rule": None,
        "luminosity_source": given.source,
        "recorded_invpb": None if given.recorded_invpb is None else round(given.recorded_invpb, 6),
        "ls_without_luminosity": given.unknown,
        "runs": len(given.read.lists),
        "lumisections": lumisections,
        "author": author,
        "sha256": sha256,
        "published_sha256": given.file_sha256,
    }


def question_of(connection: Connection, said: dict[str, Any], at: int) -> Question:
    """Return the question of a manifest as of a sequence; the rule is the one that was kept then.

    Raises:
        NotFound: no such rule was kept then.
    """
    kept, book = said["rule"], rulebook(connection, at)
    # a rule that came with its question, or was varied on the page, is in no book
    name, text = kept["name"], RuleText.of(kept["text"])
    rule = book.version(name) if kept["version"] else book.given(text, name)
    within, source = Within.of(said.get("within", {})), said["luminosity_source"]
    return Question(rule.under(said["null_policy"]), said["dataset"], at, said["several"], source, within)


def _rule(connection: Connection, rule: RuleVersion, at: int) -> dict[str, Any]:
    book = rulebook(connection, at)
    flags = {name: book.version(name).text.logic for name in sorted(rule.flags)}
    return {"closure": rule.closure, "text": rule.text.document(), "flags": flags}
