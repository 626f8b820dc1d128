"""What was processed and not certified, by part: exclusive, inclusive, mixed, and in an order.

A lumisection that the rule refuses has at least one guilty part. Where there is one, the loss is exclusively
its own; where there are several, it is mixed. Two rules of the loss plots in use make exceptions:

- L1T or HLT alone are mixed, since the trigger depends on the detectors (`trigger`, told beside it);
- where a strip bit and a pixel bit are false together and nothing outside the tracker is guilty, the loss is
  exclusively that of `tracker_hv`.

Where the rule knows no answer the lumisection is lost to `UNKNOWN`, to nobody else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import fsum

import numpy as np

from model.accounting import parts
from model.accounting.ledger import Ledger
from model.accounting.parts import TRACKER_HV, Of
from model.errors import Invalid
from model.frames.frames import Bools
from model.frames.rows import IntArray
from model.ranges import Ranges
from rules.unknown import UNKNOWN as OPEN

UNKNOWN, MIXED = "UNKNOWN", "mixed"
HOW = ("exclusive", "inclusive", "sequential")
#: combinations of parts that are told, those of most luminosity
_MOST_COMBINATIONS = 20


@dataclass(frozen=True)
class Loss:
    """What one part costs: luminosity in 1/pb of one calibration, and lumisections.

    Args:
        inclusive: where it is guilty, whoever else is; these are never added up.
        exclusive: where only it is.
        sequential: where nothing before it in the order was; `tracker_hv` has no place in it.
    """

    name: str
    inclusive_invpb: float
    exclusive_invpb: float
    sequential_invpb: float
    inclusive: int
    exclusive: int
    sequential: int


@dataclass(frozen=True)
class Combination:
    """What several parts cost together."""

    names: tuple[str, ...]
    invpb: float
    lumisections: int


@dataclass(frozen=True)
class Losses:
    """All that was processed and not certified: the exclusive losses and what is mixed add up to it.

    Args:
        trigger_invpb: of what is mixed, where only the trigger is guilty.
        combinations: of what is mixed, the parts that are guilty together, the costliest first.
    """

    of: Of
    parts: tuple[Loss, ...]
    lost_invpb: float
    lost: int
    mixed_invpb: float
    mixed: int
    trigger_invpb: float
    combinations: tuple[Combination, ...]
    source: str


class Split:
    """The lost segments of a ledger by whom they are blamed on.

    Args:
        order: names of parts, the first to be charged first; those not named follow in the rule's order.

    Raises:
        Invalid: a part of the order is not one of the rule.
    """

    def __init__(self, found: Ledger, of: Of, order: Sequence[str] = (), within: Bools | None = None) -> None:
        self.ledger, self.of = found, of
        self.within = found.lost if within is None else found.lost & within
        guilty = {name: rows & self.within for name, rows in parts.guilty(found, of).items()}
        if strange := [name for name in order if name not in guilty]:
            raise Invalid(f"“{strange[0]}” is no {of} of this rule; {', '.join(guilty) or 'it has none'}.")
        self.guilty = {name: guilty[name] for name in (*dict.fromkeys(order), *guilty)}
        self.unknown = self.within & (found.truth == OPEN)

    @cached_property
    def _how_many(self) -> IntArray:
        many: IntArray = np.sum([np.zeros(len(self.within), np.int64), *self.guilty.values()], axis=0)
        return many

    @cached_property
    def trigger(self) -> Bools:
        """Where only the trigger is guilty."""
        return self._only(parts.is_trigger) if self._has_rules else self.within & False

    @cached_property
    def tracker_hv(self) -> Bools:
        """Where a strip bit and a pixel bit are false together."""
        return parts.high_voltage(self.ledger) & self.within if self._has_rules else self.within & False

    @property
    def _has_rules(self) -> bool:
        return self.of is not Of.CAUSE

    def _only(self, belongs: parts.Belongs) -> Bools:
        """Return where some variable that belongs is guilty and none that does not."""
        mine = parts.of_variables(self.ledger, belongs)
        others = parts.of_variables(self.ledger, lambda path: not belongs(path))
        return parts.any_of(self.within & ~others, [mine])

    @cached_property
    def _only_tracker_hv(self) -> Bools:
        return self.tracker_hv & self._only(parts.is_tracker) if self._has_rules else self.tracker_hv

    @cached_property
    def mixed(self) -> Bools:
        """Where no part alone is to blame."""
        alone = (self._how_many == 1) & ~self.trigger
        mixed: Bools = self.within & ~self.unknown & ~alone & ~self._only_tracker_hv
        return mixed

    @property
    def names(self) -> tuple[str, ...]:
        """Return every part that can have a loss, in order."""
        return (*self.guilty, *((TRACKER_HV,) if self._has_rules else ()), UNKNOWN)

    def inclusive(self, name: str) -> Bools:
        """Return where a part is guilty."""
        besides = {TRACKER_HV: self.tracker_hv, UNKNOWN: self.unknown}
        return besides[name] if name in besides else self.guilty[name]

    def exclusive(self, name: str) -> Bools:
        """Return where only a part is guilty."""
        if name == TRACKER_HV:
            return self._only_tracker_hv
        return self.inclusive(name) & ~self.mixed & ~self._only_tracker_hv

    def sequential(self, name: str) -> Bools:
        """Return where a part is guilty and none before it is."""
        if name in (TRACKER_HV, UNKNOWN):
            return self.unknown if name == UNKNOWN else np.zeros_like(self.unknown)
        before = [rows for other, rows in list(self.guilty.items())[: list(self.guilty).index(name)]]
        return self.guilty[name] & ~parts.any_of(self.within, before)

    def of_kind(self, name: str, how: str) -> Bools:
        """Return the segments of one bar.

        Raises:
            Invalid: there is no such part, or no such way to count.
        """
        if name == MIXED:
            return self.mixed
        if name not in self.names:
            raise Invalid(f"“{name}” is no {self.of} of this rule; {', '.join((*self.names, MIXED))} are.")
        if how not in HOW:
            raise Invalid(f"“{how}” is no way to count a loss; {', '.join(HOW)} are.")
        found: Bools = getattr(self, how)(name)
        return found

    def invpb(self, rows: Bools) -> float:
        """Return the luminosity of some segments."""
        return fsum(self.ledger.recorded[rows].tolist())

    def count(self, rows: Bools) -> int:
        """Return the lumisections of some segments."""
        return int(self.ledger.counts[rows].sum())


def losses(split: Split) -> Losses:
    """Return what each part costs."""
    return Losses(
        split.of,
        tuple(_loss(split, name) for name in split.names),
        split.invpb(split.within),
        split.count(split.within),
        split.invpb(split.mixed),
        split.count(split.mixed),
        split.invpb(split.trigger & split.mixed),
        _combinations(split),
        split.ledger.question.source,
    )


def _loss(split: Split, name: str) -> Loss:
    rows = [split.inclusive(name), split.exclusive(name), split.sequential(name)]
    all_of_it, alone, first = (split.invpb(each) for each in rows)
    return Loss(name, all_of_it, alone, first, *(split.count(each) for each in rows))


def _combinations(split: Split) -> tuple[Combination, ...]:
    names = list(split.guilty)
    chosen = np.flatnonzero(split.mixed)
    if not len(chosen):
        return ()
    patterns = np.stack([rows[chosen] for rows in split.guilty.values()], axis=1)
    distinct, owner = np.unique(patterns, axis=0, return_inverse=True)
    invpb = np.bincount(owner.ravel(), split.ledger.recorded[chosen], len(distinct))
    many = np.bincount(owner.ravel(), split.ledger.counts[chosen], len(distinct))
    found = [
        Combination(tuple(names[i] for i in np.flatnonzero(pattern)), float(worth), int(count))
        for pattern, worth, count in zip(distinct, invpb, many, strict=True)
    ]
    return tuple(
        sorted(found, key=lambda each: (-each.invpb, -each.lumisections, each.names))[:_MOST_COMBINATIONS]
    )


@dataclass(frozen=True)
class Opened:
    """Lumisections of one run behind a bar or a point, with what was recorded on them."""

    run_number: int
    dataset: str
    ranges: Ranges
    lumisections: int
    recorded_invpb: float


def opened(found: Ledger, rows: Bools) -> tuple[Opened, ...]:
    """Return the lumisections of some segments, run by run, most luminosity first."""
    owner = found.frames.unit_of_segment
    invpb = np.bincount(owner[rows], found.recorded[rows], len(found.frames.units))
    many = np.bincount(owner[rows], found.counts[rows], len(found.frames.units))
    lines = [
        Opened(unit.run.run_number, unit.name, ranges, int(many[place]), float(invpb[place]))
        for place, ranges in found.frames.ranges(rows).items()
        for unit in [found.frames.units[place]]
    ]
    return tuple(sorted(lines, key=lambda each: (-each.recorded_invpb, each.run_number)))
