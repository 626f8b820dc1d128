"""Inclusive lumisection ranges: a canonical set is sorted, disjoint and maximal."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple, TypeVar

V = TypeVar("V")


class LumisectionRange(NamedTuple):
    """Lumisections `first` to `last`, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


Ranges = tuple[LumisectionRange, ...]
Valued = tuple[LumisectionRange, V]


def canonical(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """Return the same set of lumisections as sorted, disjoint, maximal ranges.

    Raises:
        ValueError: a range is reversed or begins before lumisection 1.
    """
    out: list[LumisectionRange] = []
    for first, last in sorted(ranges):
        if first < 1 or last < first:
            raise ValueError(f"[{first}, {last}] is not a lumisection range")
        if out and first <= out[-1].last + 1:
            out[-1] = LumisectionRange(out[-1].first, max(out[-1].last, last))
        else:
            out.append(LumisectionRange(first, last))
    return tuple(out)


def from_numbers(numbers: Iterable[int]) -> Ranges:
    """Return the ranges that hold exactly these lumisection numbers."""
    return canonical((n, n) for n in numbers)


def numbers(ranges: Iterable[LumisectionRange]) -> Iterator[int]:
    """Yield every lumisection number, in the order of the ranges."""
    for first, last in ranges:
        yield from range(first, last + 1)


def count(ranges: Iterable[LumisectionRange]) -> int:
    """Return how many lumisections disjoint ranges hold."""
    return sum(last - first + 1 for first, last in ranges)


def union(a: Iterable[LumisectionRange], b: Iterable[LumisectionRange]) -> Ranges:
    """Return the lumisections in either."""
    return canonical([*a, *b])


def intersect(a: Ranges, b: Ranges) -> Ranges:
    """Return the lumisections in both canonical sets."""
    out: list[LumisectionRange] = []
    i = j = 0
    while i < len(a) and j < len(b):
        first, last = max(a[i].first, b[j].first), min(a[i].last, b[j].last)
        if first <= last:
            out.append(LumisectionRange(first, last))
        if a[i].last < b[j].last:
            i += 1
        else:
            j += 1
    return tuple(out)


def subtract(a: Ranges, b: Ranges) -> Ranges:
    """Return the lumisections of canonical `a` that are not in canonical `b`."""
    out: list[LumisectionRange] = []
    j = 0
    for first, last in a:
        while j < len(b) and b[j].last < first:
            j += 1
        k, start = j, first
        while k < len(b) and b[k].first <= last:
            if b[k].first > start:
                out.append(LumisectionRange(start, b[k].first - 1))
            start = b[k].last + 1
            k += 1
        if start <= last:
            out.append(LumisectionRange(start, last))
    return tuple(out)


def split(ranges: Iterable[LumisectionRange], at: int) -> tuple[Ranges, Ranges]:
    """Return the lumisections before `at`, and those from `at` on."""
    before, after = [], []
    for first, last in ranges:
        if first < at:
            before.append(LumisectionRange(first, min(last, at - 1)))
        if last >= at:
            after.append(LumisectionRange(max(first, at), last))
    return tuple(before), tuple(after)


def merge(valued: Iterable[Valued[V]]) -> list[Valued[V]]:
    """Join neighbours of equal value; the input is sorted and disjoint."""
    out: list[Valued[V]] = []
    for span, value in valued:
        if out and out[-1][0].last + 1 == span.first and out[-1][1] == value:
            out[-1] = (LumisectionRange(out[-1][0].first, span.last), out[-1][1])
        else:
            out.append((span, value))
    return out


def divide(valued: Iterable[Valued[V]], spans: Ranges) -> tuple[list[Valued[V]], list[Valued[V]]]:
    """Return the parts of sorted, disjoint values inside canonical `spans`, and those outside."""
    inside: list[Valued[V]] = []
    outside: list[Valued[V]] = []
    j = 0
    for (first, last), value in valued:
        while j < len(spans) and spans[j].last < first:
            j += 1
        k, start = j, first
        while k < len(spans) and spans[k].first <= last:
            here = LumisectionRange(max(start, spans[k].first), min(spans[k].last, last))
            if here.first > start:
                outside.append((LumisectionRange(start, here.first - 1), value))
            inside.append((here, value))
            start = here.last + 1
            k += 1
        if start <= last:
            outside.append((LumisectionRange(start, last), value))
    return inside, outside


def overlay(base: Iterable[Valued[V]], spans: Ranges, value: V | None) -> list[Valued[V]]:
    """Set `value` on canonical `spans` over a sorted, disjoint base; None clears them."""
    if value is None:
        return merge(divide(base, spans)[1])
    return overlay_each(base, [(spans, value)])


def overlay_each(base: Iterable[Valued[V]], said: Sequence[tuple[Ranges, V]]) -> list[Valued[V]]:
    """Set values on ranges over a sorted, disjoint base, one after the other: the last word counts."""
    top = _last_words(said)
    _, rest = divide(base, canonical(span for span, _ in top))
    return merge(sorted([*rest, *top], key=lambda item: item[0]))


def _last_words(said: Sequence[tuple[Ranges, V]]) -> list[Valued[V]]:
    starts = sorted((span, place) for place, (spans, _) in enumerate(said) for span in spans)
    edges = sorted({edge for (first, last), _ in starts for edge in (first, last + 1)})
    out: list[Valued[V]] = []
    # the latest of those that reach so far is on top
    open_: list[tuple[int, int]] = []
    j = 0
    for first, following in pairwise(edges):
        while j < len(starts) and starts[j][0].first == first:
            heappush(open_, (-starts[j][1], starts[j][0].last))
            j += 1
        while open_ and open_[0][1] < first:
            heappop(open_)
        if open_:
            out.append((LumisectionRange(first, following - 1), said[-open_[0][0]][1]))
    return merge(out)


def text(ranges: Iterable[LumisectionRange]) -> str:
    """Return ranges as a person writes them: `1–37, 60`."""
    return ", ".join(str(r) for r in ranges)


def short_text(ranges: Iterable[LumisectionRange], longest: int = 40) -> str:
    """Return ranges as text, and only the first ones where it would be long."""
    said = text(ranges)
    return said if len(said) <= longest else f"{said[:longest].rsplit(', ', 1)[0]}, …"
