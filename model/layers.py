"""Layers of values over lumisections 1 to the last, without a gap; and the pieces on which none changes."""

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeAlias

#: what each layer says on a piece
Said: TypeAlias = dict[str, Any]
#: [first, last, value], touching each other; neighbours differ
Layer: TypeAlias = list[tuple[int, int, Any]]
#: by column or bit
Layers: TypeAlias = dict[str, Layer]


def filled(spans: Iterable[tuple[int, int, Any]], end: int, blank: Any) -> Layer:
    """Return sorted, disjoint spans as a layer from 1 to the last lumisection."""
    found: Layer = []
    following = 1
    for first, last, value in (*spans, (end + 1, end + 1, blank)):
        if first > following:
            _append(found, following, min(first - 1, end), blank)
        if first <= end:
            _append(found, first, min(last, end), value)
        following = last + 1
    return found


def cut(layers: Mapping[str, Layer], end: int) -> list[tuple[int, int, Said]]:
    """Return pieces on which no layer changes, with what each says there."""
    starts: dict[int, Said] = {}
    for name, spans in layers.items():
        for first, _, value in spans:
            starts.setdefault(first, {})[name] = value
    found: list[tuple[int, int, Said]] = []
    said: Said = {}
    for first, following in pairwise([*sorted(starts), end + 1]):
        said = {**said, **starts[first]}
        found.append((first, following - 1, said))
    return found


def _append(found: Layer, first: int, last: int, value: Any) -> None:
    # true is no 1: what is alike must be of one type
    if found and found[-1][2] == value and type(found[-1][2]) is type(value):
        found[-1] = (found[-1][0], last, value)
    else:
        found.append((first, last, value))
