"""What is known of one run at one sequence, lumisection by lumisection: all that a check may look at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from model.queries.runs import Run
from model.ranges import LumisectionRange, Ranges
from model.vocabulary import BEAM_BITS

Bools = np.ndarray[Any, np.dtype[np.bool_]]
Floats = np.ndarray[Any, np.dtype[np.float64]]
Codes = np.ndarray[Any, np.dtype[np.int8]]
TRUE, FALSE, UNKNOWN = 1, 0, -1
#: luminosity of a lumisection, 1/pb, from which on beams collided: a fiftieth of the best of protons
FLOOR_PROTONS_INVPB = 0.01
#: of ions, the same share
FLOOR_IONS_INVPB = 3e-9


@dataclass(frozen=True)
class Known:
    """One run as it is known.

    Args:
        exists: its lumisections.
        before: lumisections it had at some earlier sequence.
        bits: ranges where a bit is known, and its value, overrides that hold in all of its datasets included.
        delivered: 1/pb of lumisections 1, 2, …, NaN where there is none; empty where none was told.
    """

    run: Run
    exists: Ranges
    before: Ranges
    bits: Mapping[str, Sequence[tuple[int, int, bool]]]
    delivered: Floats
    recorded: Floats
    _codes: dict[str, Codes] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_going_on(self) -> bool:
        """Whether OMS gave no end yet."""
        return "end_time" in self.run.upstream and self.run.upstream["end_time"] is None

    @cached_property
    def last(self) -> int:
        """The last lumisection, 0 where there is none."""
        return max((span.last for span in self.exists), default=0)

    @cached_property
    def length(self) -> int:
        """How far anything is known."""
        return max(self.last, len(self.delivered), len(self.recorded))

    @cached_property
    def is_there(self) -> Bools:
        """Which numbers are lumisections."""
        return mask(self.exists, self.length)

    @cached_property
    def delivered_invpb(self) -> Floats:
        """Delivered luminosity as far as anything is known."""
        return _padded(self.delivered, self.length)

    @cached_property
    def recorded_invpb(self) -> Floats:
        """Recorded luminosity as far as anything is known."""
        return _padded(self.recorded, self.length)

    @cached_property
    def floor_invpb(self) -> float:
        """From which luminosity on beams collided."""
        fill = str(self.run.upstream.get("fill_type_runtime") or "PROTONS").upper()
        return FLOOR_PROTONS_INVPB if fill.startswith("PROTON") else FLOOR_IONS_INVPB

    @cached_property
    def has_collisions(self) -> Bools:
        """Which lumisections have luminosity to speak of; what is not known has none."""
        most = np.fmax(self.delivered_invpb, self.recorded_invpb)
        return self.is_there & (most > self.floor_invpb)

    @cached_property
    def is_stable(self) -> Bools:
        """Where all flags of both beams are known, and true."""
        found = self.is_there.copy()
        for name in BEAM_BITS:
            found &= self.bit(name) == TRUE
        return found

    @cached_property
    def is_without_beam(self) -> Bools:
        """Where a flag of a beam is known, and false."""
        found = np.zeros(self.length, dtype=np.bool_)
        for name in BEAM_BITS:
            if name in self.bits:
                found |= self.bit(name) == FALSE
        return found

    def sums(self, where: Bools) -> tuple[float, float]:
        """Return recorded and delivered luminosity of some numbers, 1/pb."""
        recorded, delivered = self.recorded_invpb[where], self.delivered_invpb[where]
        return float(np.nansum(recorded)), float(np.nansum(delivered))

    def bit(self, name: str) -> Codes:
        """Return a bit of each number: TRUE, FALSE or UNKNOWN."""
        if name not in self._codes:
            self._codes[name] = self._painted(name)
        return self._codes[name]

    def _painted(self, name: str) -> Codes:
        codes = np.full(self.length, UNKNOWN, dtype=np.int8)
        for first, last, value in self.bits.get(name, ()):
            codes[first - 1 : last] = TRUE if value else FALSE
        return codes


def mask(ranges: Iterable[tuple[int, int]], length: int) -> Bools:
    """Return which of the numbers 1 to `length` lie in ranges."""
    found = np.zeros(length, dtype=np.bool_)
    for first, last in ranges:
        found[first - 1 : last] = True
    return found


def ranges_of(chosen: Bools) -> Ranges:
    """Return the numbers that are chosen, as ranges."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    pairs = edges.reshape(-1, 2).tolist()
    return tuple(LumisectionRange(first + 1, last) for first, last in pairs)


def _padded(values: Floats, length: int) -> Floats:
    return np.concatenate([values, np.full(length - len(values), np.nan)])
