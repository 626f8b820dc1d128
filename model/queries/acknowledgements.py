"""Findings that somebody acknowledged: which, who, when, why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from model import encoding
from model.asof import held
from model.clock import from_us
from model.tables import journal, registry_document

KIND = "finding"


@dataclass(frozen=True)
class Acknowledgement:
    """One person's word on a finding; it counts while the finding has this digest."""

    digest: str
    author: str
    reason: str
    at: datetime


def acknowledgements(connection: Connection, at: int) -> dict[str, Acknowledgement]:
    """Return the acknowledgements that held at a sequence, by the keys of their findings."""
    r, j = registry_document, journal
    query = (
        select(r.c.name, r.c.document, j.c.author, j.c.comment, j.c.recorded_us)
        .join(j, j.c.sequence == r.c.since)
        .where(r.c.kind == KIND, held(r, at))
    )
    found = {}
    for row in connection.execute(query):
        if (document := encoding.parse(row.document)) is not None:
            said = (document["digest"], row.author, row.comment, from_us(row.recorded_us))
            found[row.name] = Acknowledgement(*said)
    return found
