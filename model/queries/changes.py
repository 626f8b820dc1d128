"""What the journal's last steps were about, for screens that follow it."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from model import journal
from model.tables import journal as table

#: who missed more reads everything again
_MOST_RUNS = 200


@dataclass(frozen=True)
class Changes:
    """Where the journal is, and the runs that it spoke of since; None where that is too many to name."""

    sequence: int
    runs: tuple[int, ...] | None


def changes(connection: Connection, after: int) -> Changes:
    """Return what was recorded after a sequence."""
    run = table.c.run_number
    query = select(run).where(table.c.sequence > after, run.is_not(None)).distinct().limit(_MOST_RUNS + 1)
    found = sorted(connection.execute(query).scalars().all())
    return Changes(journal.sequence_now(connection), tuple(found) if len(found) <= _MOST_RUNS else None)


def count_kinds(connection: Connection, after: int, upto: int) -> dict[str, int]:
    """Return how many events of each kind were recorded after a sequence, up to another."""
    query = (
        select(table.c.kind, func.count())
        .where(table.c.sequence > after, table.c.sequence <= upto)
        .group_by(table.c.kind)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
