"""The tables in words: what `docs/snapshots.md` says of them, made from their descriptions."""

from collections.abc import Iterable

from model.columnar.described import Column, Table
from model.vocabulary import BITS

BEGIN, END = "<!-- tables: made by `flask --app app snapshot describe` -->", "<!-- tables end -->"


def described(tables: Iterable[Table]) -> str:
    """Return the tables as Markdown; bits, certifiable columns and what OMS says of runs are lines for many."""
    return "\n\n".join(_table(table) for table in tables)


def _table(table: Table) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    lines = [f"### {table.name}", "", f"{table.sentence} Key and order: {key}.", ""]
    lines += ["| column | type | unit | null | what it is |", "|---|---|---|---|---|"]
    lines += [_column(column) for column in table.columns if not _is_one_of_many(column)]
    for many in (_bits(table), _certified(table)):
        lines += [many] if many else []
    return "\n".join(lines)


def _column(column: Column) -> str:
    null = "yes" if column.can_be_null else ""
    return f"| `{column.name}` | {column.type_name} | {column.unit} | {null} | {column.sentence} |"


def _is_one_of_many(column: Column) -> bool:
    return column.name in BITS or "-" in column.name


def _bits(table: Table) -> str:
    names = [f"`{column.name}`" for column in table.columns if column.name in BITS]
    if not names:
        return ""
    said = f"what the bit was, null where nobody knows: {', '.join(names)}"
    return f"| a column per bit | boolean |  | yes | {said} |"


def _certified(table: Table) -> str:
    names = [f"`{column.name}`" for column in table.columns if "-" in column.name]
    if not names:
        return ""
    said = f"its status, EMPTY where nobody spoke; a new registry has {', '.join(names)}"
    return f"| a column per certifiable column | text, repeated |  |  | {said} |"
