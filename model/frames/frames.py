"""Frames: datasets side by side on one lumisection axis, cut into segments where anything changes.

Every dataset has lumisections 1 to its run's last one on the axis; a missing number is a hole that is never
selected. A segment lies within one dataset and no column changes inside it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any

import numpy as np

from model.frames import variables
from model.frames.painter import Names, Painter, Unit
from model.frames.rows import IntArray, Rows
from model.queries.runs import Run
from model.ranges import LumisectionRange, Ranges
from rules.table import Column, Table

Bools = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
#: interactions per crossing by run
Pileups = Mapping[int, Floats]
NO_PILEUPS: Pileups = MappingProxyType({})


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

    def with_run(self, run: Run) -> "Frames":
        """Return the same segments after something more was said of a run: it cuts no axis."""
        units = tuple(replace(u, run=run) if u.run.run_number == run.run_number else u for u in self.units)
        columns = {
            path: column if path.startswith("lumisection.") else _of_units(path, units, self.unit_of_segment)
            for path, column in self.table.columns.items()
        }
        return replace(self, units=units, table=Table(self.table.rows, columns), cache={})

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
    painter = Painter(units, offsets, rows, names)
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
        columns[path] = _of_units(path, units, owner)
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


def _of_units(path: str, units: Sequence[Unit], owner: IntArray) -> Column:
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
    return Column(codes[owner], tuple(dictionary), False)


def run_value(path: str, unit: Unit) -> Any:
    """Return what a variable of the run or dataset holds; None where nothing is known."""
    if path in variables.RUN_NUMBER:
        return unit.run.run_number
    if path == variables.DATASET_NAME:
        return unit.name
    if path.startswith(variables.RUN_OMS):
        return unit.run.upstream.get(path.removeprefix(variables.RUN_OMS))
    return unit.run.registry.get(path.removeprefix(variables.RUN_RR))
