"""Late changes into rows: at most one of a run and source is open; it is answered, replaced or withdrawn."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from model import encoding
from model.events import LateChangeAnswered, LateChangeProposed
from model.tables import late_change
from model.vocabulary import DEFAULT_SOURCE

ACCEPTED, REJECTED, REPLACED, WITHDRAWN = "accepted", "rejected", "replaced", "withdrawn"


def propose(connection: Connection, sequence: int, event: LateChangeProposed) -> None:
    """Open a late change in the place of the one that was open; an empty one only closes that."""
    is_empty = not event.attributes and not event.change
    table = late_change
    mine = _open_ones(connection, event)
    closed = {"until": sequence, "answer": WITHDRAWN if is_empty else REPLACED}
    connection.execute(table.update().where(table.c.id.in_(mine)).values(closed))
    if is_empty:
        return
    named = ("attributes", "change", "consequence", "source")
    document = {name: getattr(event, name) for name in named}
    row = {
        "id": sequence,
        "run_number": event.run_number,
        "since": sequence,
        "likeness": likeness(event),
        "document": encoding.canonical(document).decode(),
    }
    connection.execute(table.insert(), row)


def source_of(document: Mapping[str, Any]) -> str:
    """Return who told a late change; before other sources could, only OMS did."""
    return str(document.get("source", DEFAULT_SOURCE))


def _open_ones(connection: Connection, event: LateChangeProposed) -> list[int]:
    table = late_change
    query = select(table.c.id, table.c.document)
    rows = connection.execute(query.where(table.c.run_number == event.run_number, table.c.until.is_(None)))
    return [row.id for row in rows if source_of(encoding.parse(row.document)) == event.source]


def answer(connection: Connection, sequence: int, event: LateChangeAnswered) -> None:
    """Close a late change with what a person said."""
    word = ACCEPTED if event.accepted else REJECTED
    one = late_change.update().where(late_change.c.id == event.late_change)
    connection.execute(one.values(until=sequence, answer=word))


def likeness(event: LateChangeProposed) -> str:
    """Return what kind of change it is: those that change the same things in the same way are alike."""
    return ", ".join(event.consequence["kinds"])
