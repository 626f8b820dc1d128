"""Which datasets a bulk action is about: those of a grid, by (run_number, dataset)."""

from sqlalchemy import Connection, select

from model.bulk.snapshot import Pair
from model.errors import Invalid
from model.grid.choice import MOST, Choice, chosen
from model.pieces import pieces
from model.tables import dataset


def pairs(connection: Connection, choice: Choice, at: int) -> tuple[Pair, ...]:
    """Return the datasets of a choice, by run and name.

    Raises:
        Invalid: there are more than a grid shows, so that some would silently be left out.
    """
    ids = chosen(connection, choice, at)
    if len(ids) >= MOST:
        raise Invalid(f"{MOST:,} datasets or more are chosen: choose fewer, by runs or a filter.")
    found: list[Pair] = []
    for part in pieces(ids):
        some = select(dataset.c.run_number, dataset.c.name).where(dataset.c.id.in_(part))
        found += [(row.run_number, row.name) for row in connection.execute(some)]
    return tuple(sorted(found))
