"""Two-axis rows: close what no longer holds at a sequence, open what holds from it on."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Insert, Select, Table, Update, and_, bindparam, select

from model.pieces import pieces

Row = dict[str, Any]
#: rows that end, rows that begin, and the sequence at which they do
Change = tuple[Sequence[Row], Sequence[Row], int]


def current(
    connection: Connection, table: Table, inside: tuple[int, int] | None = None, /, **where: Any
) -> list[Row]:
    """Return the rows that hold now; a list value means any of them, those of ranges reach into `inside`."""
    names = tuple((name, isinstance(value, list)) for name, value in where.items())
    within = {} if inside is None else {"begins": inside[0], "ends": inside[1]}
    found = connection.execute(_asked(table, names, is_inside=bool(within)), {**where, **within})
    columns = tuple(found.keys())
    return [dict(zip(columns, row, strict=True)) for row in found]


@cache
def _asked(table: Table, where: tuple[tuple[str, bool], ...], *, is_inside: bool) -> Select[Any]:
    """Return the question for what holds now, made once: nothing is asked more often while one writes."""
    clauses = [
        table.c[name].in_(bindparam(name, expanding=True)) if is_list else table.c[name] == bindparam(name)
        for name, is_list in where
    ]
    if is_inside:
        clauses += [table.c.first <= bindparam("ends"), table.c.last >= bindparam("begins")]
    return select(table).where(table.c.until.is_(None), *clauses)


def current_of(
    connection: Connection,
    table: Table,
    of: tuple[str, Sequence[int]],
    inside: tuple[int, int] | None = None,
    /,
    **where: Any,
) -> list[Row]:
    """Return the rows that hold now of a column's values, however many these are."""
    name, values = of
    return [
        row for part in pieces(values) for row in current(connection, table, inside, **{name: part}, **where)
    ]


def replace(
    connection: Connection, table: Table, old: Sequence[Row], new: Sequence[Row], sequence: int
) -> None:
    """Make `new` hold from `sequence` on instead of `old`; rows that are in both are left alone.

    Args:
        old: rows as read by `current`.
        new: rows without since and until.
    """
    replace_each(connection, table, [(old, new, sequence)])


def replace_each(connection: Connection, table: Table, changes: Iterable[Change]) -> None:
    """Replace rows by rows at several sequences, written together; no change is about the rows of another."""

    def key(row: Row) -> tuple[Any, ...]:
        return tuple([row[c] for c in columns])

    columns = [c.name for c in table.columns if c.name not in ("since", "until")]
    closed: list[Row] = []
    opened: list[Row] = []
    for old, new, sequence in changes:
        before, after = {key(row) for row in old}, {key(row) for row in new}
        closed += [row | {"until": sequence} for row in old if key(row) not in after]
        opened += [{**row, "since": sequence, "until": None} for row in new if key(row) not in before]
    _close(connection, table, closed)
    if opened:
        connection.execute(adding(table), opened)


def add(connection: Connection, table: Table, rows: Iterable[Row], sequence: int) -> None:
    """Insert rows that hold from `sequence` on."""
    replace_each(connection, table, [((), list(rows), sequence)])


@cache
def adding(table: Table) -> Insert:
    """Return what adds a row to a table, made once."""
    return table.insert()


def _close(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if rows:
        names = [column.name for column in table.primary_key.columns]
        ended = [{f"key_{n}": row[n] for n in names} | {"ended": row["until"]} for row in rows]
        connection.execute(_closing(table), ended)


@cache
def _closing(table: Table) -> Update:
    keys = [column == bindparam(f"key_{column.name}") for column in table.primary_key.columns]
    return table.update().where(and_(*keys)).values(until=bindparam("ended"))
