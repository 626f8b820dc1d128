"""What upstream says of a run beside what is known: the lumisections and attributes that are not the same."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import Connection

from model import encoding
from model.commands.upstream import Luminosity, same
from model.events import LuminosityReported, LumisectionsChanged
from model.queries import luminosities, upstream
from model.ranges import LumisectionRange, Ranges, canonical, from_numbers, intersect, numbers
from model.vocabulary import DEFAULT_SOURCE

Json = Any
Change = LumisectionsChanged | LuminosityReported
Attributes = Mapping[str, Sequence[tuple[int, int, Json]]]
#: what grows with every lumisection
RUNNING_TOTALS = frozenset(
    "last_update last_lumisection_number ls_duration duration delivered_lumi recorded_lumi end_lumi l1_rate "
    "l1_triggers_counter hlt_physics_counter hlt_physics_rate hlt_physics_size hlt_physics_throughput".split()
)


@dataclass(frozen=True, eq=False)
class Arrival:
    """What upstream says of a run: its attributes, and all or some of its lumisections in full.

    Args:
        attributes: of the run; those not named stay as they are.
        told: the lumisections it speaks of.
        bits: known values on them; what is not named is not known.
        delivered_invpb: one number per lumisection told, in order, NaN where there is none; so the others.
        is_whole: the run has no other lumisections than those told.
        speaks_of: bits and numbers that it speaks of, the others stay as they are known; None: of all.
    """

    run_number: int
    attributes: Mapping[str, Json]
    told: Ranges
    bits: Attributes
    delivered_invpb: np.ndarray
    recorded_invpb: np.ndarray
    pileup: np.ndarray
    is_whole: bool
    speaks_of: Collection[str] | None = None

    @property
    def tells_lumisections(self) -> bool:
        """Whether it says anything of the run's lumisections."""
        return self.is_whole or bool(self.told)


@dataclass(frozen=True)
class Difference:
    """What is new about a run.

    Args:
        known: its attributes so far, None where nobody had heard of it.
        attributes: those that are new or other.
        change: the lumisections that are not as they were known; None where all are.
        kinds: in words what changed: `luminosity`, a bit, `lumisections added`, `run: energy`.
        lumisections: those that change, or are gone.
    """

    known: Mapping[str, Json] | None
    attributes: Mapping[str, Json]
    change: Change | None
    kinds: tuple[str, ...]
    lumisections: Ranges


def difference(connection: Connection, arrival: Arrival) -> Difference:
    """Compare what arrives with what is known now."""
    known = upstream.run_attributes(connection, arrival.run_number)
    told = arrival.attributes
    new = _other_attributes(known, told)
    arrival = _filled(connection, arrival)
    places = _where(connection, arrival)
    of_run = [f"run: {name}" for name in sorted(new) if name not in RUNNING_TOTALS]
    kinds = (*sorted(name for name, where in places.by_kind.items() if where.any()), *of_run)
    change = _change(arrival, places)
    where = canonical((*change.lumisections, *change.removed)) if change else ()
    return Difference(known, new, change, kinds, where)


def measured(
    connection: Connection, run_number: int, attributes: Mapping[str, Json], told: Luminosity
) -> Difference:
    """Compare what a calibration says of a run with what it said before."""
    known = upstream.run_attributes(connection, run_number)
    new = _other_attributes(known, attributes)
    of_run = tuple(f"run: {name}" for name in sorted(new))
    before = luminosities.luminosity(connection, run_number, told.source)
    if before is not None and before.equals(told.delivered_invpb, told.recorded_invpb, told.pileup):
        return Difference(known, new, None, of_run, ())
    written = [encoding.digits(a) for a in (told.delivered_invpb, told.recorded_invpb, told.pileup)]
    change = LuminosityReported(run_number, told.source, *written)
    return Difference(
        known, new, change, (f"luminosity of {told.source}", *of_run), _other_numbers(before, told)
    )


def _other_numbers(before: luminosities.LumiArrays | None, told: Luminosity) -> Ranges:
    every = LumisectionRange(1, max(len(told.recorded_invpb), len(before.recorded_invpb) if before else 0))
    told_of = (LumisectionRange(1, len(told.recorded_invpb)),)
    painted = _Painted(told_of, (every,))
    none = np.empty(0)
    mine = (before.delivered_invpb, before.recorded_invpb) if before else (none, none)
    differs = painted.are_other(mine[0], told.delivered_invpb) | painted.are_other(mine[1], told.recorded_invpb)
    return from_numbers(np.flatnonzero(differs).tolist())


def _other_attributes(known: Mapping[str, Json] | None, told: Mapping[str, Json]) -> dict[str, Json]:
    return {k: v for k, v in told.items() if known is None or k not in known or not same(known[k], v)}


def _filled(connection: Connection, arrival: Arrival) -> Arrival:
    """Return an arrival that speaks of everything: of what it has no word on, what is known."""
    if arrival.speaks_of is None:
        return arrival
    _, facts = upstream.lumisection_facts(connection, arrival.run_number)
    silent = {name: spans for name, spans in facts.items() if name not in arrival.speaks_of}
    bits = {**clipped(silent, arrival.told), **arrival.bits}
    known = luminosities.luminosity(connection, arrival.run_number)

    def number(name: str) -> np.ndarray:
        own: np.ndarray = getattr(arrival, name)
        is_silent = known is not None and name not in (arrival.speaks_of or ())
        return numbers_at(getattr(known, name), arrival.told) if is_silent else own

    return replace(
        arrival,
        bits=bits,
        delivered_invpb=number("delivered_invpb"),
        recorded_invpb=number("recorded_invpb"),
        pileup=number("pileup"),
    )


def numbers_at(known: np.ndarray, told: Ranges) -> np.ndarray:
    """Return the numbers of some lumisections out of those of lumisections 1, 2, …; NaN where there is none."""
    at = np.fromiter(numbers(told), dtype=np.int64) - 1
    out = np.full(max(len(known), int(at.max(initial=-1)) + 1), np.nan)
    out[: len(known)] = known
    return out[at]


@dataclass(frozen=True)
class _Places:
    painted: "_Painted"
    by_kind: dict[str, np.ndarray]


def _where(connection: Connection, arrival: Arrival) -> _Places:
    """Find where what is told is not what is known, by what it is."""
    exists, facts = upstream.lumisection_facts(connection, arrival.run_number)
    painted = _Painted(arrival.told, exists)
    both = painted.told & painted.exists
    found = {
        "lumisections added": painted.told & ~painted.exists,
        "lumisections removed": painted.exists & ~painted.told & arrival.is_whole,
    }
    for name in sorted({*facts, *arrival.bits}):
        found[name] = both & (painted.codes(facts.get(name, ())) != painted.codes(arrival.bits.get(name, ())))
    known = luminosities.luminosity(connection, arrival.run_number)
    none = np.empty(0)
    mine = (known.delivered_invpb, known.recorded_invpb, known.pileup) if known else (none, none, none)
    delivered, recorded, pileup = arrival.delivered_invpb, arrival.recorded_invpb, arrival.pileup
    are_other = painted.are_other(mine[0], delivered) | painted.are_other(mine[1], recorded)
    return _Places(
        painted, found | {"luminosity": both & are_other, "pileup": both & painted.are_other(mine[2], pileup)}
    )


def _change(arrival: Arrival, places: _Places) -> LumisectionsChanged | None:
    painted = places.painted
    removed = places.by_kind["lumisections removed"]
    differs = np.any(list(places.by_kind.values()), axis=0) & painted.told
    if not differs.any() and not removed.any():
        return None
    spans, gone = (from_numbers(np.flatnonzero(mask).tolist()) for mask in (differs, removed))
    chosen = differs[painted.numbers]
    numbers = (arrival.delivered_invpb, arrival.recorded_invpb, arrival.pileup)
    delivered, recorded, pileup = (encoding.digits(values[chosen]) for values in numbers)
    return LumisectionsChanged(
        arrival.run_number,
        tuple((first, last) for first, last in spans),
        clipped(arrival.bits, spans),
        DEFAULT_SOURCE,
        delivered,
        recorded,
        pileup,
        tuple((first, last) for first, last in gone),
    )


class _Painted:
    """Lumisections as positions of arrays, so that a run is compared with itself at once."""

    def __init__(self, told: Ranges, exists: Ranges) -> None:
        self.length = max(told[-1].last if told else 0, exists[-1].last if exists else 0) + 1
        self.told, self.exists = self._mask(told), self._mask(exists)
        self.numbers = np.flatnonzero(self.told)
        self._codes: dict[bytes, int] = {}

    def codes(self, spans: Sequence[tuple[int, int, Json]]) -> np.ndarray:
        """Return a code of the value of each lumisection, 0 where it is not known."""
        out = np.zeros(self.length, dtype=np.int64)
        for first, last, value in spans:
            # as bytes: to Python 1 and true are equal
            code = self._codes.setdefault(encoding.canonical(value), len(self._codes) + 1)
            out[first : last + 1] = code
        return out

    def are_other(self, known: np.ndarray, told: np.ndarray) -> np.ndarray:
        """Return where the numbers told are not those known; NaN is the same as NaN."""
        before, after = np.full((2, self.length), np.nan)
        some = known[: self.length - 1]
        before[1 : len(some) + 1] = some
        after[self.numbers] = told
        both_unknown: np.ndarray = np.isnan(before) & np.isnan(after)
        other: np.ndarray = (before != after) & ~both_unknown
        return other

    def _mask(self, spans: Ranges) -> np.ndarray:
        out = np.zeros(self.length, dtype=bool)
        for first, last in spans:
            out[first : last + 1] = True
        return out


def clipped(bits: Attributes, spans: Ranges) -> dict[str, tuple[tuple[int, int, Json], ...]]:
    """Return what is known of bits on some lumisections."""
    found = {}
    for name, known in bits.items():
        inside = tuple(
            (part.first, part.last, value)
            for first, last, value in known
            for part in intersect((LumisectionRange(first, last),), spans)
        )
        if inside:
            found[name] = inside
    return found
