"""A report: tables of plain values, frozen at a sequence; its canonical bytes and their SHA-256.

Every number stands in a column that names its unit, in a table that names its source. The bytes are JSON in
UTF-8, keys sorted, one line and a final newline; a download of JSON is these bytes, the digest is of them.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

#: of the shape and the meaning of what is written; a report of another one is not made again, only read
FORMAT = 1
INVPB, LS, PERCENT = "pb⁻¹", "LS", "%"
#: luminosities are told to 1 µb⁻¹ and shares to a millionth: what adds up in another order comes out the same
_DIGITS = 6

Value = str | int | float | None
Row = tuple[Value, ...]


@dataclass(frozen=True)
class Column:
    """One column of a table; `unit` is empty where it holds words or plain counts."""

    name: str
    label: str
    unit: str = ""
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """Rows of plain values.

    Args:
        source: where its numbers come from.
        note: what has to be known to read it; empty rows are explained here.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    source: str
    note: str = ""

    def column(self, name: str) -> tuple[Value, ...]:
        """Return the values of a column."""
        place = [column.name for column in self.columns].index(name)
        return tuple(row[place] for row in self.rows)

    def value(self, key: str, name: str) -> Value:
        """Return the value of a column in the row that begins with a key."""
        return dict(zip(self.column(self.columns[0].name), self.column(name), strict=True))[key]


@dataclass(frozen=True)
class Rule:
    """The rule that certified; nothing where no rule was asked for."""

    name: str
    version: int
    digest: str
    null_policy: str


@dataclass(frozen=True)
class Report:
    """A report frozen at a sequence.

    Args:
        scope: the week, era, cycle or hours as they were asked for.
        as_of: the words with which the sequence was named.
        recorded_at: when that sequence was recorded, UTC.
        datasets: LIKE pattern of the datasets that were certified.
        since: name of the report it is compared with; empty where there is none.
        notes: what is assumed, illustrative, missing or not over yet.
    """

    format: int
    kind: str
    scope: str
    title: str
    sequence: int
    as_of: str
    recorded_at: str
    rule: Rule | None
    datasets: str
    luminosity_source: str
    since: str
    notes: tuple[str, ...]
    tables: tuple[Table, ...]

    def table(self, name: str) -> Table:
        """Return a table by its name.

        Raises:
            KeyError: the report has none.
        """
        return {table.name: table for table in self.tables}[name]

    @property
    def body(self) -> bytes:
        """The canonical bytes."""
        return orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE)


def sha256(body: bytes) -> str:
    """Return the digest of canonical bytes."""
    return hashlib.sha256(body).hexdigest()


def read(body: bytes) -> Report:
    """Read canonical bytes back."""
    plain: dict[str, Any] = orjson.loads(body)
    rule = Rule(**plain["rule"]) if plain["rule"] else None
    tables = tuple(_table(table) for table in plain["tables"])
    return Report(**{**plain, "rule": rule, "notes": tuple(plain["notes"]), "tables": tables})


def _table(plain: dict[str, Any]) -> Table:
    columns = tuple(Column(**column) for column in plain["columns"])
    return Table(**{**plain, "columns": columns, "rows": tuple(map(tuple, plain["rows"]))})


def words(name: str, label: str) -> Column:
    """Return a column of words."""
    return Column(name, label)


def count(name: str, label: str, unit: str = "") -> Column:
    """Return a column of whole numbers."""
    return Column(name, label, unit, True)


def invpb(name: str, label: str) -> Column:
    """Return a column of luminosity."""
    return Column(f"{name}_invpb", label, INVPB, True)


def percent(name: str, label: str) -> Column:
    """Return a column of shares in percent."""
    return Column(f"{name}_percent", label, PERCENT, True)


def table(
    name: str,
    title: str,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    source: str,
    note: str = "",
) -> Table:
    """Return a table, its numbers rounded as they are told."""
    return Table(name, title, tuple(columns), tuple(tuple(map(_told, row)) for row in rows), source, note)


def share(part: float, whole: float) -> float | None:
    """Return a part in percent of a whole; None of nothing."""
    return 100 * part / whole if whole > 0 else None


def _told(value: Value) -> Value:
    # adding 0 makes no zero negative
    return round(value, _DIGITS) + 0.0 if isinstance(value, float) else value
