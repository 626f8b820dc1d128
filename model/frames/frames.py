"""Frames: datasets side by side on one lumisection axis, cut into segments where anything changes.

Every dataset has lumisections 1 to its run's last one on the axis; a missing number is a hole that is never
selected. A segment lies within one dataset and no column changes inside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import numpy as np

from model.frames import variables
from model.frames.rows import IntArray, Rows
from model.queries.runs import Run
from model.ranges import LumisectionRange, Ranges
from model.vocabulary import Status
from rules.table import Column, Table

Bools = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
#: interactions per crossing by run
Pileups = Mapping[int, Floats]
NO_PILEUPS: Pileups = MappingProxyType({})
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


@dataclass(frozen=True)
class Frames:
    """Segments of all units, with one code per column and segment."""

    units: tuple[Unit, ...]
    offsets: IntArray
    bounds: IntArray
    table: Table
    exists: Bools
    cache: dict[Any, Any] = field(default_factory=dict, compare=False)

    @cached_property
    def unit_of_segment(self) -> IntArray:
        """Which unit each segment lies in."""
        return np.searchsorted(self.offsets, self.bounds, side="right") - 1

    @cached_property
    def lengths(self) -> IntArray:
        """How many lumisections each segment has."""
        return np.diff(np.append(self.bounds, self.offsets[-1]))

    def sums(self, per_lumisection: Floats) -> Floats:
        """Add a number per lumisection of the axis up to one per segment."""
        if not len(self.bounds):
            return np.zeros(0)
        return np.add.reduceat(per_lumisection, self.bounds)

    def ranges(self, selected: Bools) -> dict[int, Ranges]:
        """Return the selected lumisections of each unit (by index), holes left out."""
        chosen = np.flatnonzero(selected & self.exists)
        if not len(chosen):
            return {}
        starts = self.bounds[chosen]
        ends = starts + self.lengths[chosen]
        units = self.unit_of_segment[chosen]
        joined = (starts[1:] == ends[:-1]) & (units[1:] == units[:-1])
        first = np.flatnonzero(np.append(True, ~joined))
        last = np.append(first[1:] - 1, len(chosen) - 1)
        owner = units[first]
        base = self.offsets[owner]
        spans = _spans((starts[first] - base + 1).tolist(), (ends[last] - base).tolist())
        edges = np.flatnonzero(np.append(True, owner[1:] != owner[:-1])).tolist()
        pairs = zip(owner[edges].tolist(), edges, [*edges[1:], len(spans)], strict=True)
        return {unit: spans[begin:end] for unit, begin, end in pairs}

    def segment_at(self, unit: int, lumisection: int) -> int:
        """Return the segment that holds a lumisection of a unit."""
        return int(np.searchsorted(self.bounds, self.offsets[unit] + lumisection - 1, side="right") - 1)


def build(
    units: Sequence[Unit], rows: Rows, names: Names, wanted: frozenset[str], pileups: Pileups = NO_PILEUPS
) -> Frames:
    """Paint ranges on the axis and cut it into segments.

    Args:
        wanted: variables a rule reads, by path.
        pileups: of each run, per lumisection from 1, NaN where unknown.
    """
    offsets = np.concatenate([[0], np.cumsum([u.length for u in units])]).astype(np.int64)
    painter = _Painter(units, offsets, rows, names)
    painted = {path: painter.paint(path) for path in sorted(wanted) if path.startswith("lumisection.")}
    if variables.PILEUP in wanted:
        painted[variables.PILEUP] = _rounded(units, offsets, pileups)
    exists = painter.exists()
    bounds = _cut(offsets, [exists, *(codes for codes, _ in painted.values())])
    columns = {
        path: Column(codes[bounds], values, path.startswith(variables.OMS) and path != variables.PILEUP)
        for path, (codes, values) in painted.items()
    }
    owner = np.searchsorted(offsets, bounds, side="right") - 1
    for path in wanted - set(painted):
        codes, values = _per_unit(path, units)
        columns[path] = Column(codes[owner], values, False)
    return Frames(tuple(units), offsets, bounds, Table(len(bounds), columns), exists[bounds].astype(bool))


def _rounded(units: Sequence[Unit], offsets: IntArray, numbers: Pileups) -> tuple[np.ndarray, tuple[Any, ...]]:
    """Return a measured number on each lumisection, to one decimal: each step would cut the axis."""
    axis = np.full(int(offsets[-1]), np.nan)
    for unit, start in zip(units, offsets.tolist(), strict=False):
        found = numbers.get(unit.run.run_number, axis[:0])[: unit.length]
        axis[start : start + len(found)] = np.round(found, 1)
    values, codes = np.unique(axis, return_inverse=True)
    return codes.astype(np.uint32), tuple(None if np.isnan(each) else float(each) for each in values)


def _spans(firsts: list[int], lasts: list[int]) -> Ranges:
    # thousands at once: the class itself would take four times as long for each
    return tuple(map(_NEW_SPAN, zip(firsts, lasts, strict=True)))


_NEW_SPAN: Callable[[tuple[int, int]], LumisectionRange] = partial(tuple.__new__, LumisectionRange)


def _cut(offsets: IntArray, painted: Sequence[np.ndarray]) -> IntArray:
    total = int(offsets[-1])
    change = np.zeros(total, dtype=bool)
    # a run whose lumisections are not known yet has no place on the axis
    starts = offsets[:-1]
    change[starts[starts < total]] = True
    for codes in painted:
        change[1:] |= codes[1:] != codes[:-1]
    return np.flatnonzero(change)


def _per_unit(path: str, units: Sequence[Unit]) -> tuple[np.ndarray, tuple[Any, ...]]:
    values = [run_value(path, unit) for unit in units]
    distinct: dict[str, int] = {}
    dictionary: list[Any] = []
    codes = np.empty(len(units), dtype=np.uint32)
    for i, value in enumerate(values):
        key = repr(value)
        if key not in distinct:
            distinct[key] = len(dictionary)
            dictionary.append(value)
        codes[i] = distinct[key]
    return codes, tuple(dictionary)


def run_value(path: str, unit: Unit) -> Any:
    """Return what a variable of the run or dataset holds; None where nothing is known."""
    if path in variables.RUN_NUMBER:
        return unit.run.run_number
    if path == variables.DATASET_NAME:
        return unit.name
    if path.startswith(variables.RUN_OMS):
        return unit.run.upstream.get(path.removeprefix(variables.RUN_OMS))
    return unit.run.registry.get(path.removeprefix(variables.RUN_RR))


class _Painter:
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
        codes = np.zeros(self.total, dtype=np.uint8)
        rows = self.upstream.get(self.names.exists, _NONE)
        self._lay(codes, self.base, rows, np.ones(len(rows), dtype=np.uint8))
        return codes

    def paint(self, path: str) -> tuple[np.ndarray, tuple[Any, ...]]:
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
