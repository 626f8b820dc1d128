"""Verdicts of a dataset: what counts, and what rules said under it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, select

from model.asof import AT, held
from model.ranges import LumisectionRange
from model.tables import author, dataset, overruled_range, term, verdict_range
from model.vocabulary import Status


@dataclass(frozen=True)
class Verdict:
    """One status with its reason on a range of lumisections of one column."""

    span: LumisectionRange
    status: Status
    cause: str
    comment: str
    author: str
    is_person: bool
    since: int

    @property
    def words(self) -> tuple[int, str, str, str, bool]:
        """Return what is said, and in which voice, wherever the rows were cut."""
        return self.status.value, self.cause, self.comment, self.author, self.is_person

    def same_as(self, other: "Verdict") -> bool:
        """Tell whether both say the same in the same voice, wherever the rows were cut."""
        return self.words == other.words


def of_dataset(
    connection: Connection, run_number: int, name: str, at: int, columns: Sequence[str] | None = None
) -> dict[str, list[Verdict]]:
    """Return what counts, per column, in order of lumisections; asked-for columns are all there."""
    return _read(connection, verdict_range, run_number, name, at, columns)


def overruled(
    connection: Connection, run_number: int, name: str, at: int, columns: Sequence[str] | None = None
) -> dict[str, list[Verdict]]:
    """Return what rules said where a person's verdict outranks them."""
    return _read(connection, overruled_range, run_number, name, at, columns)


def _read(
    connection: Connection, table: Table, run_number: int, name: str, at: int, columns: Sequence[str] | None
) -> dict[str, list[Verdict]]:
    asked: dict[str, Any] = {"run_number": run_number, "dataset": name, "at": at}
    if columns is not None:
        asked["columns"] = list(columns)
    found: dict[str, list[Verdict]] = {c: [] for c in columns or ()}
    for row in connection.execute(_asked(table, are_named=columns is not None), asked):
        span = LumisectionRange(row.first, row.last)
        said = (row.cause, row.comment, row.name, bool(row.is_person), row.since)
        found.setdefault(row.column, []).append(Verdict(span, Status(row.status), *said))
    return found


@cache
def _asked(table: Table, *, are_named: bool) -> Select[Any]:
    column, cause, comment = term.alias(), term.alias(), term.alias()
    query = (
        select(
            column.c.text.label("column"),
            table.c.first,
            table.c.last,
            table.c.status,
            cause.c.text.label("cause"),
            comment.c.text.label("comment"),
            author.c.name,
            author.c.is_person,
            table.c.since,
        )
        .join(dataset, dataset.c.id == table.c.dataset_id)
        .join(column, column.c.id == table.c.column_id)
        .join(cause, cause.c.id == table.c.cause_id)
        .join(comment, comment.c.id == table.c.comment_id)
        .join(author, author.c.id == table.c.author_id)
        .where(dataset.c.run_number == bindparam("run_number"), dataset.c.name == bindparam("dataset"))
        .where(held(table, AT))
        .order_by(column.c.text, table.c.first)
    )
    return query.where(column.c.text.in_(bindparam("columns", expanding=True))) if are_named else query
