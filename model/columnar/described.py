"""What a table for programs is: its columns with Arrow type, unit and a sentence; how rows are told."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from model.errors import Invalid
from rules.syntax import suggest

#: a few texts that repeat: stored once, with a small number per row
WORD = pa.dictionary(pa.int32(), pa.string())
#: one of the statuses
STATUS = pa.dictionary(pa.int8(), pa.string())
TIME = pa.timestamp("us", tz="UTC")
COUNT, REAL, BIT, TEXT = pa.int32(), pa.float64(), pa.bool_(), pa.string()
#: so many unknown names are named in one sentence
_NAMED = 5
#: the unit of a number without dimension
ONE = "1"


@dataclass(frozen=True)
class Column:
    """One column.

    Args:
        unit: of a number, `1` where it has no dimension; empty for what is no number.
        can_be_null: whether there may be no value.
    """

    name: str
    type: pa.DataType
    unit: str
    sentence: str
    can_be_null: bool = False

    @property
    def field(self) -> pa.Field:
        """The column as Arrow knows it, unit and sentence with it."""
        about = {"unit": self.unit, "description": self.sentence}
        return pa.field(self.name, self.type, nullable=self.can_be_null, metadata=about)

    @property
    def type_name(self) -> str:
        """The type in words: `text`, `text, repeated`, `int32`, …"""
        if pa.types.is_dictionary(self.type):
            return "text, repeated"
        return {TEXT: "text", BIT: "boolean", TIME: "time, UTC, µs"}.get(self.type, str(self.type))

    def told(self) -> dict[str, Any]:
        """Return the column as JSON."""
        said = {"name": self.name, "type": self.type_name, "unit": self.unit, "description": self.sentence}
        return {**said, "can_be_null": self.can_be_null}


@dataclass(frozen=True)
class Table:
    """One table: a row per what its key says, in the order of the key.

    Args:
        key: columns that together name a row, and by which rows are ordered; they are always there.
    """

    name: str
    sentence: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """Its columns by name."""
        return {column.name: column for column in self.columns}

    def schema(self, about: Mapping[str, str] | None = None) -> pa.Schema:
        """Return the Arrow schema.

        Args:
            about: what the file says of itself: sequence, luminosity source, …
        """
        said = {"table": self.name, "description": self.sentence, **(about or {})}
        return pa.schema([column.field for column in self.columns], metadata=said)

    def having(self, names: Collection[str]) -> "Table":
        """Return the table with its key and some columns, in its own order; with all where none is named.

        Raises:
            Invalid: a column it does not have.
        """
        unknown = [name for name in names if name not in self.by_name]
        if unknown:
            said = ", ".join(f"{name[:60]}{self._near(name)}" for name in unknown[:_NAMED])
            raise Invalid(f"The table {self.name} has no column {said}.")
        wanted = {*self.key, *names} if names else self.by_name.keys()
        return replace(self, columns=tuple(column for column in self.columns if column.name in wanted))

    def batch(self, columns: Mapping[str, Any], about: Mapping[str, str] | None = None) -> pa.RecordBatch:
        """Return rows told column by column; columns that the table does not have are left out."""
        arrays = [told(columns[column.name], column.type) for column in self.columns]
        return pa.record_batch(arrays, schema=self.schema(about))

    def told(self) -> dict[str, Any]:
        """Return the description as JSON."""
        columns = [column.told() for column in self.columns]
        return {"name": self.name, "description": self.sentence, "key": list(self.key), "columns": columns}

    def _near(self, name: str) -> str:
        near = suggest(name, list(self.by_name))
        return f" (did you mean {' or '.join(near)}?)" if near else ""


def told(values: Any, kind: pa.DataType) -> pa.Array:
    """Return values as an Arrow array of a type; what is an array already is taken as it is."""
    if isinstance(values, pa.Array):
        return values
    if pa.types.is_dictionary(kind):
        return pa.array(values, kind.value_type).dictionary_encode().cast(kind)
    return pa.array(values, kind)


def repeated(values: Sequence[str | None], counts: Any) -> pa.DictionaryArray:
    """Return each text as often as its count says, one after the other."""
    words = pa.array(values, pa.string()).dictionary_encode()
    return words.take(pa.array(np.repeat(np.arange(len(values)), counts))).cast(WORD)
