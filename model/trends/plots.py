"""The masks behind the plots of a view, and what each plot shows of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from model.accounting.flow import key_of
from model.accounting.ledger import Account, Ledger
from model.accounting.losses import Split
from model.accounting.parts import Of
from model.errors import Invalid
from model.frames.frames import Bools, Floats
from model.frames.rows import IntArray
from model.trends.band import Band
from model.trends.latency import BINS, Latency
from model.trends.question import View


@dataclass(frozen=True)
class Point:
    """The good share of what some runs had processed, with what cost them most.

    Args:
        good: what is left of the processed luminosity without the losses that are asked about.
        is_picked: whether some of it was brushed, or nothing was.
        cause: the cause of most of these losses; empty where nothing was lost.
    """

    key: str
    first_run: int
    last_run: int
    good: float
    processed_invpb: float
    lost_invpb: float
    is_picked: bool
    cause: str = ""
    is_outlier: bool = False


@dataclass(frozen=True)
class Bin:
    """How many datasets took so long to be signed off."""

    name: str
    datasets: int


class Plots:
    """A mask of segments for each thing that was picked.

    Raises:
        Invalid: what was picked is no bar of this rule.
    """

    def __init__(self, found: Ledger, view: View, latency: Sequence[Latency]) -> None:
        self.found, self.view, self.latency = found, view, latency
        pick = view.pick
        if pick.latency and pick.latency not in BINS:
            raise Invalid(f"“{pick.latency}” is no bar of the latencies; {', '.join(BINS)} are.")
        every = np.ones(len(found.within), dtype=np.bool_)
        self._numbers = [unit.run.run_number for unit in found.frames.units]
        self.brushed = self._segments_of([pick.has_run(number) for number in self._numbers])
        self.signed = self._segments_of([pick.latency in ("", each.bin) for each in latency])
        self.part = Split(found, view.of).of_kind(pick.part, view.how) if pick.part else every
        self.cause = Split(found, Of.CAUSE).of_kind(pick.cause, view.how) if pick.cause else every

    @property
    def picked(self) -> Bools:
        """Every segment that is among all that was picked."""
        return _all_of([self.found.within, self.brushed, self.signed, self.part, self.cause])

    def losses_but_of(self, own: Bools) -> Bools:
        """Return what every pick but one plot's own leaves."""
        others = [each for each in (self.brushed, self.signed, self.part, self.cause) if each is not own]
        return _all_of([self.found.within, *others])

    def units_of(self, rows: Bools) -> Bools:
        """Return the certified datasets that have some of these segments."""
        return np.bincount(self.found.frames.unit_of_segment[rows], minlength=len(self._numbers)) > 0

    def accounts(self, *, is_brushed: bool) -> Ledger:
        """Return the ledger of the runs of the latency that was picked, and of the brush where that counts."""
        pick = self.view.pick
        signed = {n for n, each in zip(self._numbers, self.latency, strict=True) if each.bin == pick.latency}
        kept = tuple(
            each
            for each in self.found.accounts
            if (not pick.latency or each.run.run_number in signed)
            and (not is_brushed or pick.has_run(each.run.run_number))
        )
        return replace(self.found, accounts=kept)

    def chosen_latencies(self) -> list[Latency]:
        """Return the latency of each dataset that every pick but that of a latency leaves."""
        pick = self.view.pick
        guilty = self.units_of(self.found.lost & self.losses_but_of(self.signed))
        return [
            each
            for unit, each, is_guilty in zip(self.found.frames.units, self.latency, guilty, strict=True)
            if self.view.question.takes(unit.run) and pick.has_run(unit.run.run_number)
            if is_guilty or not (pick.part or pick.cause)
        ]

    def bins(self) -> tuple[Bin, ...]:
        """Return how many datasets took how long."""
        chosen = self.chosen_latencies()
        return tuple(Bin(name, sum(each.bin == name for each in chosen)) for name in BINS)

    def points(self) -> list[Point]:
        """Return the good share of each group of runs that had something processed, in order."""
        groups: dict[str, list[Account]] = {}
        for account in self.accounts(is_brushed=False).accounts:
            if account.processed > 0:
                groups.setdefault(key_of(account.run, self.view.by), []).append(account)
        rows = self.found.lost & self.losses_but_of(self.brushed)
        of_unit = self._groups_of_units(groups.values())
        known = of_unit >= 0

        def summed(per_unit: Floats) -> Floats:
            return np.bincount(of_unit[known], per_unit[known], len(groups)).astype(np.float64)

        lost = summed(self._per_unit(rows))
        causes = {name: summed(per_unit) for name, per_unit in self._causes(rows).items()}
        worst = _worst(causes, len(groups))
        return [
            self._point(*group, gone, cause)
            for group, gone, cause in zip(groups.items(), lost.tolist(), worst, strict=True)
        ]

    def _groups_of_units(self, groups: Iterable[Sequence[Account]]) -> IntArray:
        """Return the place of the group that each certified dataset belongs to; -1 where to none."""
        places = {number: place for place, number in enumerate(self._numbers)}
        found = np.full(len(places), -1)
        for group, members in enumerate(groups):
            found[[places[each.run.run_number] for each in members]] = group
        return found

    def _point(self, key: str, members: Sequence[Account], gone: float, cause: str) -> Point:
        processed = sum(each.processed for each in members)
        numbers = [each.run.run_number for each in members]
        is_picked = any(map(self.view.pick.has_run, numbers))
        good, span = max(0.0, 1 - gone / processed), (min(numbers), max(numbers))
        return Point(key, *span, good, processed, gone, is_picked, cause if gone > 0 else "")

    def _causes(self, rows: Bools) -> dict[str, Floats]:
        split = Split(self.found, Of.CAUSE, (), rows)
        return {name: self._per_unit(split.inclusive(name)) for name in split.names}

    def _per_unit(self, rows: Bools) -> Floats:
        owner = self.found.frames.unit_of_segment[rows]
        return np.bincount(owner, self.found.recorded[rows], len(self._numbers)).astype(np.float64)

    def _segments_of(self, units: Sequence[bool]) -> Bools:
        return np.asarray(units, dtype=np.bool_)[self.found.frames.unit_of_segment]


def _all_of(masks: Sequence[Bools]) -> Bools:
    found: Bools = np.logical_and.reduce(masks)
    return found


def _worst(causes: Mapping[str, Floats], groups: int) -> list[str]:
    """Return the cause of most of what each group lost; the first of several that are equal."""
    if not causes:
        return [""] * groups
    names = list(causes)
    return [names[place] for place in np.argmax(list(causes.values()), axis=0)]


def named(points: Sequence[Point], usual: Band | None) -> tuple[Point, ...]:
    """Return the points, those outside of the band marked."""
    return tuple(replace(each, is_outlier=usual is not None and not usual.holds(each.good)) for each in points)
