"""One run as masks indexed by lumisection number: what exists, what is lost, where bits are false."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.demo.acts import Floats, RunConditions
from model.ranges import LumisectionRange, Ranges

Mask = NDArray[np.bool_]

#: below this a lumisection carries no luminosity worth the name, 1/pb
QUIET_INVPB = 1e-4
#: a run that recorded more than this had collisions, 1/pb
COLLISIONS_INVPB = 0.01
#: the bit that no golden rule of the demo asks for
NOT_ASKED = "physics_flag"
#: asked bits that the table can know: four of the beams, CMS active, six of the tracker, six of ECAL
ASKED_BITS = 17


@dataclass(frozen=True)
class Run:
    """One run's conditions beside the lumisections the published list keeps of it."""

    conditions: RunConditions
    kept: Ranges

    @property
    def number(self) -> int:
        """Return the run number."""
        return self.conditions.run_number

    @cached_property
    def exists(self) -> Mask:
        """Return which numbers the run has."""
        return self.mask(self.conditions.lumisections)

    @cached_property
    def lost(self) -> Mask:
        """Return which lumisections the published list leaves out."""
        return self.exists & ~self.mask(self.kept)

    @cached_property
    def lumi_invpb(self) -> Floats:
        """Return the recorded luminosity by number, nothing in holes."""
        return np.nan_to_num(self.conditions.recorded_lumi_invpb)

    @cached_property
    def recorded_invpb(self) -> float:
        """Return the recorded luminosity of the whole run."""
        return float(self.lumi_invpb.sum())

    @cached_property
    def is_quiet(self) -> Mask:
        """Return where there is no luminosity, or beams are known not to be stable."""
        return (self.lumi_invpb < QUIET_INVPB) | self.is_false("beam1_stable")

    @cached_property
    def has_collisions(self) -> bool:
        """Return whether luminosity above noise was recorded, or beams were stable somewhere."""
        stable = any(value for *_, value in self.conditions.bits.get("beam1_stable", ()))
        return stable or self.recorded_invpb > COLLISIONS_INVPB

    @cached_property
    def any_false(self) -> Mask:
        """Return where a bit that the golden rule asks for is false."""
        out = np.zeros_like(self.exists)
        for bit in self.conditions.bits:
            if bit != NOT_ASKED:
                out |= self.is_false(bit)
        return out

    @cached_property
    def all_true(self) -> Mask:
        """Return where every bit that the golden rule asks for is known and true."""
        known = {bit: spans for bit, spans in self.conditions.bits.items() if bit != NOT_ASKED}
        out = self.exists & (len(known) == ASKED_BITS)
        for spans in known.values():
            out &= self.mask((a, b) for a, b, value in spans if value)
        return out

    def is_false(self, bit: str) -> Mask:
        """Return where a bit is known and false."""
        return self.mask((a, b) for a, b, value in self.conditions.bits.get(bit, ()) if not value)

    def mask(self, spans: Iterable[tuple[int, int]]) -> Mask:
        """Return a mask of this run's length that is true on the spans."""
        out = np.zeros(len(self.conditions.recorded_lumi_invpb), dtype=np.bool_)
        for first, last in spans:
            out[first : last + 1] = True
        return out


def spans_of(mask: Mask) -> Ranges:
    """Return the stretches where a mask is true."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], mask, [False])).astype(np.int8)))
    return tuple(LumisectionRange(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2))


def bridged(mask: Mask, allowed: Mask, gap: int) -> Mask:
    """Fill gaps of up to `gap` lumisections that are allowed throughout."""
    out, spans = mask.copy(), spans_of(mask)
    for a, b in zip(spans, spans[1:], strict=False):
        if b.first - a.last - 1 <= gap and allowed[a.last + 1 : b.first].all():
            out[a.last : b.first] = True
    return out


def grown(mask: Mask, allowed: Mask, size: int) -> Mask:
    """Grow stretches shorter than `size` into allowed neighbours, later ones first."""
    out = mask.copy()
    for first, last in spans_of(mask):
        while last - first + 1 < size:
            if last + 1 < len(out) and allowed[last + 1]:
                last += 1
            elif allowed[first - 1]:
                first -= 1
            else:
                break
        out[first : last + 1] = True
    return out
