"""What the filters of the log offer, and when a sequence was recorded."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from model.clock import rfc3339
from model.tables import author, dataset, journal


@dataclass(frozen=True)
class Offered:
    """Who gave verdicts, and the names of datasets."""

    authors: tuple[str, ...]
    datasets: tuple[str, ...]


def offered(connection: Connection) -> Offered:
    """Return the names that one can choose from."""
    names = (
        connection.execute(select(of.c.name).distinct().order_by(of.c.name)).scalars()
        for of in (author, dataset)
    )
    return Offered(*(tuple(each) for each in names))


def recorded_at(connection: Connection, sequence: int) -> str:
    """Return when a sequence was recorded; empty where there is none."""
    us = connection.execute(select(journal.c.recorded_us).where(journal.c.sequence == sequence)).scalar()
    return "" if us is None else rfc3339(us)
