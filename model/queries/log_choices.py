"""What the filters of the log offer, and when a sequence was recorded."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from model.tables import author, dataset


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
