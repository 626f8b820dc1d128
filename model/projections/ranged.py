"""Two-axis rows: close what no longer holds at a sequence, open what holds from it on."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, bindparam, select

Row = dict[str, Any]


def current(connection: Connection, table: Table, *inside: ColumnElement[bool], **where: Any) -> list[Row]:
    """Return the rows that hold now; a list value means any of them, `inside` narrows further."""
    clauses = [
        table.c[name].in_(value) if isinstance(value, list) else table.c[name] == value
        for name, value in where.items()
    ]
    query = select(table).where(table.c.until.is_(None), *inside, *clauses)
    return [dict(row) for row in connection.execute(query).mappings()]


def replace(
    connection: Connection, table: Table, old: Sequence[Row], new: Sequence[Row], sequence: int
) -> None:
    """Make `new` hold from `sequence` on instead of `old`; rows that are in both are left alone.

    Args:
        old: rows as read by `current`.
        new: rows without since and until.
    """

    def key(row: Row) -> tuple[Any, ...]:
        return tuple(row[c] for c in columns)

    columns = [c.name for c in table.columns if c.name not in ("since", "until")]
    kept = {key(row) for row in old} & {key(row) for row in new}
    close(connection, table, [row for row in old if key(row) not in kept], sequence)
    add(connection, table, [row for row in new if key(row) not in kept], sequence)


def add(connection: Connection, table: Table, rows: Iterable[Row], sequence: int) -> None:
    """Insert rows that hold from `sequence` on."""
    opened = [{**row, "since": sequence, "until": None} for row in rows]
    if opened:
        connection.execute(table.insert(), opened)


def close(connection: Connection, table: Table, rows: Sequence[Row], sequence: int) -> None:
    """End rows at `sequence`."""
    if not rows:
        return
    keys = list(table.primary_key.columns)
    statement = (
        table.update()
        .where(and_(*[column == bindparam(f"key_{column.name}") for column in keys]))
        .values(until=sequence)
    )
    connection.execute(statement, [{f"key_{c.name}": row[c.name] for c in keys} for row in rows])
