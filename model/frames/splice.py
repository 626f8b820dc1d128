"""Put the frames of a few changed datasets in the place of what they were; the others are not touched."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from model.frames.frames import Frames
from rules.table import Column, Table


class Splice:
    """Old frames with some units in a new state.

    Args:
        fresh: frames of the changed units alone, with the same columns.
        places: where each of them stands among the units of the old frames.
    """

    def __init__(self, old: Frames, fresh: Frames, places: Sequence[int]) -> None:
        self._old, self._fresh = old, fresh
        self._edges = np.searchsorted(old.bounds, old.offsets)
        self._fresh_edges = np.searchsorted(fresh.bounds, fresh.offsets)
        self._places = sorted((place, number) for number, place in enumerate(places))
        units = list(old.units)
        for place, number in self._places:
            units[place] = fresh.units[number]
        self._units = tuple(units)
        self._offsets = np.concatenate([[0], np.cumsum([unit.length for unit in units])]).astype(np.int64)

    def frames(self) -> Frames:
        """Return the frames as if they had been built anew."""
        fresh, old = self._fresh, self._old
        before = self._moved(old.bounds, old, self._edges, range(len(old.units)))
        after = self._moved(fresh.bounds, fresh, self._fresh_edges, self._in_order())
        bounds = self.joined(before, after)
        columns = {
            name: self._column(column, fresh.table.columns[name]) for name, column in old.table.columns.items()
        }
        exists = self.joined(old.exists, fresh.exists)
        return replace(
            old,
            units=self._units,
            offsets=self._offsets,
            bounds=bounds,
            table=Table(len(bounds), columns),
            exists=exists,
            cache={},
        )

    def joined(self, old: np.ndarray, fresh: np.ndarray) -> np.ndarray:
        """Return an array of one entry a segment with the changed units' segments in their places."""
        parts, done = [], 0
        for place, number in self._places:
            parts.append(old[self._edges[done] : self._edges[place]])
            parts.append(fresh[self._fresh_edges[number] : self._fresh_edges[number + 1]])
            done = place + 1
        parts.append(old[self._edges[done] :])
        return np.concatenate(parts)

    def _in_order(self) -> list[int]:
        by_number = {number: place for place, number in self._places}
        return [by_number[number] for number in range(len(by_number))]

    def _moved(
        self, bounds: np.ndarray, frames: Frames, edges: np.ndarray, places: Sequence[int]
    ) -> np.ndarray:
        """Return bounds on the new axis: each unit's move by as much as its beginning."""
        moves = self._offsets[np.asarray(places, np.int64)] - frames.offsets[:-1]
        return bounds + np.repeat(moves, np.diff(edges))

    def _column(self, old: Column, fresh: Column) -> Column:
        values, codes = list(old.values), np.zeros(len(fresh.values), np.int64)
        for code in np.unique(fresh.codes).tolist():
            codes[code] = _place_of(fresh.values[code], values)
        needed = np.promote_types(old.codes.dtype, np.min_scalar_type(max(len(values) - 1, 0)))
        joined = self.joined(old.codes.astype(needed, copy=False), codes[fresh.codes].astype(needed))
        return Column(joined, tuple(values), old.bit)


def _place_of(value: Any, values: list[Any]) -> int:
    """Return where a value stands, added at the end if need be; true is not 1."""
    for place, known in enumerate(values):
        if type(known) is type(value) and known == value:
            return place
    values.append(value)
    return len(values) - 1
