"""The notes that shifts left, the newest first."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from model import encoding
from model.clock import from_us
from model.commands.handover import CATEGORY, NAME
from model.tables import journal, registry_document


@dataclass(frozen=True)
class Note:
    """What somebody left for the next shift, and when, UTC."""

    author: str
    at: str
    words: str


def notes(connection: Connection, at: int, limit: int = 5) -> list[Note]:
    """Return the last notes as of a sequence."""
    d = registry_document
    query = (
        select(journal.c.author, journal.c.recorded_us, d.c.document)
        .join(journal, journal.c.sequence == d.c.since)
        .where(d.c.kind == CATEGORY, d.c.name == NAME, d.c.since <= at)
        .order_by(d.c.since.desc())
        .limit(limit)
    )
    return [
        Note(row.author, f"{from_us(row.recorded_us):%Y-%m-%d %H:%M}", encoding.parse(row.document)["words"])
        for row in connection.execute(query)
    ]
