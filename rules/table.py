"""Columns of values, the data the engine reads: one code per row, one dictionary per column."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rules.errors import BadTable, UnknownVariable
from rules.syntax import suggest
from rules.values import MISSING, Row, Value

__all__ = ["MISSING", "Column", "Table"]


@dataclass(frozen=True, eq=False)
class Column:
    """One variable over all rows.

    Args:
        codes: unsigned integers, one per row; row i holds `values[codes[i]]`.
        values: the distinct values.
        bit: the column is a true/false fact to which a null policy applies.

    Raises:
        BadTable: the codes are not unsigned, or one of them has no value.
    """

    codes: NDArray[Any]
    values: tuple[Value, ...]
    bit: bool = False

    def __post_init__(self) -> None:
        if self.codes.ndim != 1 or self.codes.dtype.kind != "u":
            raise BadTable("The codes of a column must be one row of unsigned integers.")
        if self.codes.size and int(self.codes.max()) >= len(self.values):
            raise BadTable("A column holds a code that has no value.")

    @classmethod
    def of(cls, values: Sequence[Value], *, bit: bool = False) -> "Column":
        """Build a column from one value per row."""
        index: dict[tuple[str, str], int] = {}
        distinct: list[Value] = []
        codes = np.zeros(len(values), np.uint32)
        for row, value in enumerate(values):
            text = "" if value is MISSING else json.dumps(value, sort_keys=True)
            key = (type(value).__name__, text)
            if key not in index:
                index[key] = len(distinct)
                distinct.append(value)
            codes[row] = index[key]
        return cls(codes.astype(np.min_scalar_type(max(len(distinct) - 1, 0))), tuple(distinct), bit)


@dataclass(frozen=True, eq=False)
class Table:
    """Columns of the same length, by the whole path of the variable they hold.

    Raises:
        BadTable: a column has another number of rows.
    """

    rows: int
    columns: Mapping[str, Column]

    def __post_init__(self) -> None:
        for name, column in self.columns.items():
            if len(column.codes) != self.rows:
                raise BadTable(f"{name} has {len(column.codes):,} rows, the table {self.rows:,}.")

    @cached_property
    def bits(self) -> frozenset[str]:
        """Return the columns to which a null policy applies."""
        return frozenset(name for name, column in self.columns.items() if column.bit)

    def require(self, names: frozenset[str]) -> None:
        """Refuse variables that are no columns.

        Raises:
            UnknownVariable: the first of them, with names that look like it.
        """
        require(names, self.columns)

    def row(self, index: int, names: frozenset[str]) -> Row:
        """Return what some columns hold in one row."""
        picked = {name: self.columns[name] for name in names}
        return Row({name: column.values[int(column.codes[index])] for name, column in picked.items()})


def require(names: frozenset[str], known: Mapping[str, object]) -> None:
    """Refuse variables that are not among the known ones.

    Raises:
        UnknownVariable: the first of them, with names that look like it.
    """
    for name in sorted(names):
        if name not in known:
            raise UnknownVariable(name, suggest(name, known))
