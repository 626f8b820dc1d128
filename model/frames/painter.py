"""Ranges written as codes on a lumisection axis: one code per lumisection of each unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from model.frames import variables
from model.frames.rows import IntArray, Rows
from model.queries.runs import Run
from model.vocabulary import Status

#: ranges of this many lumisections are painted one by one; shorter ones all at once
_LONG = 16


@dataclass(frozen=True)
class Unit:
    """One dataset of one run on the axis."""

    dataset_id: int
    online_id: int
    name: str
    run: Run
    length: int


@dataclass(frozen=True)
class Names:
    """Ids of what a rule reads: certified columns, upstream attributes, and the texts of values.

    Args:
        causes: texts of causes.
        people: authors that are persons.
    """

    columns: Mapping[str, int]
    attributes: Mapping[str, int]
    exists: int
    values: Mapping[int, Any]
    causes: Mapping[int, str] = field(default_factory=dict)
    people: frozenset[int] = frozenset()


class Painter:
    """Writes ranges as codes on the lumisection axis."""

    def __init__(self, units: Sequence[Unit], offsets: IntArray, rows: Rows, names: Names) -> None:
        self.offsets, self.names, self.total = offsets, names, int(offsets[-1])
        self.verdicts, self.upstream = _by_name(rows.verdicts), _by_name(rows.upstream)
        self.layers = {layer: _by_name(found) for layer, found in rows.layers.items()}
        own = {u.dataset_id: [i] for i, u in enumerate(units)}
        self.own = _Owners(own)
        base: dict[int, list[int]] = {}
        for i, unit in enumerate(units):
            base.setdefault(unit.online_id, []).append(i)
        self.base = _Owners(base)
        self.overrides = _Owners(
            {u.dataset_id: [i] for i, u in enumerate(units) if u.dataset_id != u.online_id}
        )

    def exists(self) -> np.ndarray:
        """Return 1 on each lumisection that upstream has, 0 on holes."""
        codes = np.zeros(self.total, dtype=np.uint8)
        rows = self.upstream.get(self.names.exists, _NONE)
        self._lay(codes, self.base, rows, np.ones(len(rows), dtype=np.uint8))
        return codes

    def paint(self, path: str) -> tuple[np.ndarray, tuple[Any, ...]]:
        """Return a code per lumisection of the axis, and the values of the codes."""
        if path == variables.LUMISECTION_NUMBER:
            numbers = np.arange(self.total) - np.repeat(self.offsets[:-1], np.diff(self.offsets)) + 1
            return numbers.astype(np.uint32), tuple(range(int(numbers.max(initial=0)) + 1))
        if path.startswith(variables.VERDICT):
            return self._verdict(self.verdicts, path.removeprefix(variables.VERDICT))
        if path.startswith(variables.OVERRULED):
            return self._verdict(self.layers[variables.OVERRULED], path.removeprefix(variables.OVERRULED))
        if path.startswith(variables.CAUSE):
            return self._cause(path.removeprefix(variables.CAUSE))
        if path.startswith(variables.VOICE):
            return self._voice(path.removeprefix(variables.VOICE))
        return self._attribute(self.names.attributes.get(path.removeprefix(variables.OMS), -1))

    def _verdict(self, layer: Mapping[int, IntArray], column: str) -> tuple[np.ndarray, tuple[Any, ...]]:
        codes = np.zeros(self.total, dtype=np.uint8)
        rows = layer.get(self.names.columns.get(column, -1), _NONE)
        self._lay(codes, self.own, rows, rows[:, 4].astype(np.uint8))
        return codes, tuple(status.name for status in Status)

    def _cause(self, column: str) -> tuple[np.ndarray, tuple[Any, ...]]:
        """Return the cause on each lumisection: None where nobody spoke, empty where none was given."""
        rows = self.layers[variables.CAUSE].get(self.names.columns.get(column, -1), _NONE)
        ids, codes_of_rows = np.unique(rows[:, 4], return_inverse=True)
        codes = np.zeros(self.total, dtype=np.uint32)
        self._lay(codes, self.own, rows, codes_of_rows + 1)
        return codes, (None, *(self.names.causes[i] for i in ids.tolist()))

    def _voice(self, column: str) -> tuple[np.ndarray, tuple[Any, ...]]:
        rows = self.layers[variables.VOICE].get(self.names.columns.get(column, -1), _NONE)
        is_person = np.isin(rows[:, 4], np.fromiter(self.names.people, dtype=np.int64))
        codes = np.zeros(self.total, dtype=np.uint8)
        self._lay(codes, self.own, rows, np.where(is_person, 2, 1).astype(np.uint8))
        return codes, variables.VOICES

    def _attribute(self, name_id: int) -> tuple[np.ndarray, tuple[Any, ...]]:
        rows = self.upstream.get(name_id, _NONE)
        ids, codes_of_rows = np.unique(rows[:, 4], return_inverse=True)
        codes = np.zeros(self.total, dtype=np.uint8 if len(ids) < 255 else np.uint32)
        self._lay(codes, self.base, rows, codes_of_rows + 1)
        self._lay(codes, self.overrides, rows, codes_of_rows + 1)
        return codes, (None, *(self.names.values[i] for i in ids.tolist()))

    def _lay(self, codes: np.ndarray, owners: "_Owners", rows: IntArray, values: np.ndarray) -> None:
        row, unit = owners.of(rows[:, 0])
        if not len(row):
            return
        lengths = np.diff(self.offsets)[unit]
        first = rows[row, 2]
        count = np.maximum(np.minimum(rows[row, 3], lengths) - first + 1, 0)
        starts = self.offsets[unit] + first - 1
        if len(row) * _LONG < int(count.sum()):
            for start, end, value in zip(
                starts.tolist(), (starts + count).tolist(), values[row].tolist(), strict=True
            ):
                codes[start:end] = value
            return
        places = np.repeat(starts - (np.cumsum(count) - count), count) + np.arange(int(count.sum()))
        codes[places] = np.repeat(values[row], count)


class _Owners:
    """Which units the rows of a dataset are painted on."""

    def __init__(self, units_of: Mapping[int, list[int]]) -> None:
        pairs = sorted((dataset, unit) for dataset, units in units_of.items() for unit in units)
        self.datasets = np.array([d for d, _ in pairs], dtype=np.int64)
        self.units = np.array([u for _, u in pairs], dtype=np.int64)

    def of(self, datasets: IntArray) -> tuple[IntArray, IntArray]:
        """Return pairs (row, unit) for each row's dataset."""
        left = np.searchsorted(self.datasets, datasets, side="left")
        many = np.searchsorted(self.datasets, datasets, side="right") - left
        row = np.repeat(np.arange(len(datasets)), many)
        within = np.arange(int(many.sum())) - np.repeat(np.cumsum(many) - many, many)
        return row, self.units[left[row] + within] if len(row) else row


_NONE: IntArray = np.empty((0, 5), dtype=np.int64)


def _by_name(rows: IntArray) -> dict[int, IntArray]:
    if not len(rows):
        return {}
    order = np.argsort(rows[:, 1], kind="stable")
    ordered = rows[order]
    ids, first = np.unique(ordered[:, 1], return_index=True)
    return dict(zip(ids.tolist(), np.split(ordered, first[1:]), strict=True))
