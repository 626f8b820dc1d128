"""Lumisections × sequences, cut into cells wherever one of many rectangles begins or ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from model.frames.rows import IntArray
from model.ranges import Ranges

#: no run has so many lumisections, and no journal so many events
_LUMISECTIONS, _SEQUENCES = 1 << 24, 1 << 32
#: for ever
END = _SEQUENCES - 1
ALL_OF_RUN = (1, _LUMISECTIONS - 2)


class Window(NamedTuple):
    """Two sequences, both included; every lumisection is cut at `cuts`, of which some may lie after them."""

    since: int
    until: int
    cuts: tuple[int, ...] = ()


@dataclass(frozen=True)
class Layer:
    """Rectangles [first, last] × [since, until), each on a run, by its place."""

    run: IntArray
    first: IntArray
    last: IntArray
    since: IntArray
    until: IntArray

    @classmethod
    def of(cls, rows: Iterable[tuple[int, ...]]) -> "Layer":
        """Return rectangles told one by one."""
        return cls(*np.array(list(rows), dtype=np.int64).reshape(-1, 5).T)

    @property
    def begin(self) -> IntArray:
        """Where each begins, over all runs."""
        return self.run * _LUMISECTIONS + self.first

    @property
    def after(self) -> IntArray:
        """The first place after each."""
        return self.run * _LUMISECTIONS + self.last + 1


class Cut:
    """Segments of lumisections (`run` by place, `first`, `last`), and the cells of each in order of sequences.

    Args:
        spans: the lumisections of each run.
        each: every lumisection is a segment of its own.
    """

    def __init__(self, spans: Sequence[Ranges], layers: Sequence[Layer], window: Window, *, each: bool) -> None:
        self._layers, self._window = layers, window
        self._cut_lumisections(spans, each=each)
        self._covered = [self._segments(layer) for layer in layers]
        self._cut_sequences()

    def cells(self, number: int) -> tuple[IntArray, IntArray]:
        """Return pairs (row, cell) of a layer: each rectangle with every cell inside it."""
        layer, (row, segment) = self._layers[number], self._covered[number]
        base = segment * _SEQUENCES
        low = np.searchsorted(self._keys, base + np.maximum(layer.since[row], self._window.since))
        # what still held at the end of the window holds on cells after it too
        until = np.where(layer.until[row] > self._window.until, END, layer.until[row])
        pair, cell = _spread(low, np.searchsorted(self._keys, base + until) - low)
        return row[pair], cell

    def _cut_lumisections(self, spans: Sequence[Ranges], *, each: bool) -> None:
        blocks = Layer.of((place, *span, 0, 0) for place, found in enumerate(spans) for span in found)
        begin, end = blocks.begin, blocks.after
        edges = [begin, end, *(edge for layer in self._layers for edge in (layer.begin, layer.after))]
        if each:
            edges.append(_spread(begin, end - begin)[1])
        points = np.unique(np.concatenate(edges))
        block = np.searchsorted(begin, points, side="right") - 1
        inside = np.flatnonzero((block >= 0) & (points < end[np.maximum(block, 0)]))
        self._begin = points[inside]
        self.run, self.first = np.divmod(self._begin, _LUMISECTIONS)
        self.last = points[inside + 1] - 1 - self.run * _LUMISECTIONS

    def _cut_sequences(self) -> None:
        low, many = self._window.since, len(self._begin)
        keys = [np.arange(many) * _SEQUENCES + cut for cut in (low, *self._window.cuts)]
        for layer, (row, segment) in zip(self._layers, self._covered, strict=True):
            for sequence in (layer.since[row], layer.until[row]):
                within = (sequence > low) & (sequence <= self._window.until)
                keys.append(segment[within] * _SEQUENCES + sequence[within])
        self._keys = np.unique(np.concatenate(keys))
        self.segment, self.since = np.divmod(self._keys, _SEQUENCES)
        self.starts = np.searchsorted(self.segment, np.arange(many))

    def _segments(self, layer: Layer) -> tuple[IntArray, IntArray]:
        low = np.searchsorted(self._begin, layer.begin, side="left")
        return _spread(low, np.searchsorted(self._begin, layer.after, side="left") - low)


def _spread(starts: IntArray, counts: IntArray) -> tuple[IntArray, IntArray]:
    """Return pairs (row, number) for the `counts` numbers from `starts` on of each row."""
    row = np.repeat(np.arange(len(starts)), counts)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    return row, starts[row] + within
