"""Luminosity of a run and source in blocks of lumisections: one more does not write all of them again."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from model import encoding

#: lumisections after which the next one begins a block of its own
LENGTH = 128
NAMES = ("delivered", "recorded", "pileup")
Numbers = dict[str, np.ndarray]


def assembled(blocks: Sequence[Mapping[str, Any]]) -> Numbers:
    """Return the numbers of lumisections 1, 2, …, NaN where there is none; pile-up may be empty.

    Args:
        blocks: rows of the table of one run and source.
    """
    return _joined([(int(block["first"]), unpacked(block)) for block in blocks])


def unpacked(block: Mapping[str, Any]) -> Numbers:
    """Return the numbers of one block."""
    return {name: encoding.unpack(bytes(block[name])) for name in NAMES}


def packed(first: int, numbers: Numbers) -> dict[str, Any]:
    """Return a block as it is stored."""
    return {"first": first} | {name: encoding.pack(numbers[name]) for name in NAMES}


def changed(
    blocks: Sequence[Mapping[str, Any]], lumisections: Sequence[int], numbers: Numbers
) -> list[dict[str, Any]]:
    """Return the blocks as they are after some lumisections got other numbers.

    Args:
        lumisections: ascending; `numbers` has one for each of them.
    """
    kept = {int(block["first"]): dict(block) for block in blocks}
    touched: dict[int, list[int]] = {}
    firsts = sorted(kept)
    for place, number in enumerate(lumisections):
        at = bisect_right(firsts, number) - 1
        if at < 0 or (at == len(firsts) - 1 and _is_beyond(number, firsts[at], kept.get(firsts[at]))):
            firsts.insert(at + 1, number)
            at += 1
        touched.setdefault(firsts[at], []).append(place)
    for first, places in touched.items():
        old = unpacked(kept[first]) if first in kept else dict.fromkeys(NAMES, np.empty(0))
        inside = np.array([lumisections[p] - first for p in places])
        new = {name: _with(old[name], inside, numbers[name][places]) for name in NAMES if len(numbers[name])}
        kept[first] = packed(first, old | new)
    return [kept[first] for first in sorted(kept)]


def _is_beyond(number: int, first: int, block: Mapping[str, Any] | None) -> bool:
    """Tell whether a lumisection behind the last block begins another; one that was told at once is longer."""
    if number - first < LENGTH:
        return False
    return block is None or number - first >= len(unpacked(block)["recorded"])


def _with(old: np.ndarray, at: np.ndarray, values: np.ndarray) -> np.ndarray:
    out = np.full(max(len(old), int(at.max()) + 1), np.nan)
    out[: len(old)] = old
    out[at] = values
    return out


def _joined(parts: list[tuple[int, Numbers]]) -> Numbers:
    if len(parts) == 1 and parts[0][0] == 1:
        return parts[0][1]
    end = max((first - 1 + len(numbers["recorded"]) for first, numbers in parts), default=0)
    out = {name: np.full(end, np.nan) for name in NAMES}
    for first, numbers in parts:
        for name in NAMES:
            out[name][first - 1 : first - 1 + len(numbers[name])] = numbers[name]
    if not any(len(numbers["pileup"]) for _, numbers in parts):
        out["pileup"] = np.empty(0)
    return out
