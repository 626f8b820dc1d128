"""The reports that were frozen: which there are, what lists show of them, and their bytes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from model import encoding
from model.asof import held
from model.clock import rfc3339
from model.errors import NotFound
from model.journal import entry
from model.report.scope import Kind
from model.report_events import ReportFrozen
from model.tables import journal, registry_document

CATEGORY = "report"


@dataclass(frozen=True)
class Kept:
    """A frozen report as lists show it.

    Args:
        sequence: the data it is about.
        frozen: the sequence at which it was frozen itself.
        at: when that was, RFC 3339.
        figures: the numbers of its summary by name, in the units it says.
    """

    name: str
    kind: Kind
    scope: str
    title: str
    sequence: int
    as_of: str
    sha256: str
    frozen: int
    author: str
    at: str
    asked: Mapping[str, str]
    figures: Mapping[str, Any]


def reports(connection: Connection, at: int) -> list[Kept]:
    """Return the reports that were there at a sequence, the newest first."""
    d = registry_document
    query = (
        select(d.c.name, d.c.document, d.c.since, journal.c.author, journal.c.recorded_us)
        .join(journal, journal.c.sequence == d.c.since)
        .where(d.c.kind == CATEGORY, held(d, at))
        .order_by(d.c.since.desc())
    )
    return [_kept(row) for row in connection.execute(query)]


def report_of(connection: Connection, name: str, at: int) -> Kept:
    """Return one report as lists show it.

    Raises:
        NotFound: there is none of this name.
    """
    for each in reports(connection, at):
        if each.name == name:
            return each
    raise NotFound(f"There is no report {name[:120]}: see the list of reports for those there are.")


def body_of(connection: Connection, kept: Kept) -> bytes:
    """Return the canonical bytes of a report, as they were frozen."""
    row = connection.execute(select(journal).where(journal.c.sequence == kept.frozen)).one()
    event = entry(row).event
    if not isinstance(event, ReportFrozen):
        raise NotFound(f"Sequence {kept.frozen} of the journal froze no report.")
    return event.body.encode()


def last_before(connection: Connection, kind: Kind, scope: str, at: int) -> Kept | None:
    """Return the last report of a kind that was there at a sequence: of an era or a cycle, of the same one."""
    alike = [
        each
        for each in reports(connection, at)
        if each.kind is kind and (kind in (Kind.WEEK, Kind.SHIFT) or each.scope == scope)
    ]
    return alike[0] if alike else None


def _kept(row: Any) -> Kept:
    about = encoding.parse(row.document)
    return Kept(
        row.name,
        Kind(about["kind"]),
        about["scope"],
        about["title"],
        about["sequence"],
        about["as_of"],
        about["sha256"],
        row.since,
        row.author,
        rfc3339(row.recorded_us),
        about["asked"],
        about["figures"],
    )
