"""Values as a reader sees them: the same text in PDF and HTML, so that both can be held against the API."""

from collections.abc import Iterator, Sequence

from model.report.report import INVPB, PERCENT, Column, Table, Value

NOTHING = "–"
_SHORT = 22
#: numbers that are names: no thousands are set off in them
_NAMES = frozenset({"run_number", "fill_number", "sequence"})
_SMALLEST = {INVPB: 0.0005, PERCENT: 0.05}
_TOO_SMALL = {INVPB: "0.001", PERCENT: "0.1"}


def shown(value: Value, column: Column, unit: str) -> str:
    """Return one value as text, without its unit; what is not nothing is never shown as nothing."""
    if value is None:
        return NOTHING if column.is_number else ""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value) if column.name in _NAMES else f"{value:,}"
    if 0 < abs(value) < _SMALLEST.get(unit, 0.0):
        return f"< {_TOO_SMALL[unit]}" if value > 0 else f"> -{_TOO_SMALL[unit]}"
    return f"{value:,.1f}" if unit == PERCENT else f"{value:,.3f}"


def cells(table: Table) -> list[list[str]]:
    """Return the rows of a table as text; a column `unit` says in which unit each line of it is."""
    return [
        [shown(*cell) for cell in zip(row, table.columns, _units(table, row), strict=True)]
        for row in table.rows
    ]


def _units(table: Table, row: Sequence[Value]) -> list[str]:
    names = [column.name for column in table.columns]
    own = str(row[names.index("unit")] or "") if "unit" in names else ""
    return [column.unit or own for column in table.columns]


def looks(table: Table) -> Iterator[str]:
    """Yield how each column is laid out: `num` for numbers, `short` for words that are not to be broken."""
    text = cells(table)
    for place, column in enumerate(table.columns):
        longest = max((len(row[place]) for row in text), default=0)
        yield "num" if column.is_number else "short" if longest <= _SHORT else ""


def heading(column: Column) -> str:
    """Return the head of a column with its unit."""
    return f"{column.label}, {column.unit}" if column.unit else column.label
