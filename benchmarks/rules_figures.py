"""The engine over the made-up year: how fast, how large, and that every other way selects the same.

`python -m benchmarks.rules_figures` measures in a process of its own and prints one JSON object.
"""

import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import rules_beside, rules_year
from benchmarks.harness import Figure, Timed, clocked, own_peak_mib, run
from benchmarks.rules_year import Year
from model.frames.frames import Frames, build
from model.frames.painter import Unit
from model.frames.rows import Rows
from model.frames.splice import Splice
from model.ranges import Ranges
from model.vocabulary import Status
from rules.decisions import Choice, Decisions, decide
from rules.engine import AtomCache, truth
from rules.losses import losses
from rules.plan import Plan
from rules.unknown import TRUE, NullPolicy

_BAD, _OPEN = NullPolicy.BAD, NullPolicy.UNKNOWN
#: name, target in ms
_TARGETS = {
    "frames of the year built": None,
    "golden cold": 15.0,
    "golden cold, null is unknown": None,
    "golden cached": 1.0,
    "slider moved, ranges per run": 5.0,
    "54 classifiers in 18 lists": 30.0,
    "loss report": 50.0,
    "one changed run through all rules": 10.0,
    "the same, and spliced into the year": None,
    rules_beside.OURS: None,
    rules_beside.LIBRARY: None,
}
_MEMORY_MIB = 300
_EDITED = 40


def figures(folder: Path) -> Iterator[Figure]:
    """Yield the figures of the engine, measured in a fresh process."""
    ran = run(["-m", "benchmarks.rules_figures"], folder / "rules")
    if ran.code:
        raise RuntimeError(f"the engine cannot be measured: {ran.output[-800:]}")
    told = json.loads(ran.output.strip().splitlines()[-1])
    data, baseline = told["data"], float(np.median(told["times"][rules_beside.LIBRARY]["cpu_s"]))
    for name, limit in _TARGETS.items():
        seconds, cpu = (tuple(told["times"][name][which]) for which in ("seconds", "cpu_s"))
        against = f"baseline ÷ {baseline / max(float(np.median(cpu)), 1e-9):,.0f}" if limit else ""
        note = against or told["notes"].get(name, "")
        yield Figure(name, data, seconds, limit_s=limit and limit / 1000, note=note, cpu_s=cpu)
    yield Figure(
        "all of it in one process",
        data,
        (ran.seconds,),
        told["peak_mib"],
        note=told["volume"],
        cpu_s=(ran.cpu_s,),
        limit_mib=_MEMORY_MIB,
    )


@dataclass
class _Bench:
    """The year, the rule, and the times taken so far."""

    year: Year
    plan: Plan
    times: dict[str, Timed] = field(default_factory=dict)

    def cold_and_cached(self) -> AtomCache:
        """Measure the rule without and with its atoms kept; return them."""
        year, table, kept = self.year, self.year.frames.table, AtomCache()
        built = clocked(lambda: build(year.units, year.rows, year.names, rules_year.wanted()), 5)
        self.times["frames of the year built"] = built
        self.times["golden cold"] = clocked(lambda: truth(self.plan, table, _BAD), 40)
        self.times["golden cold, null is unknown"] = clocked(lambda: truth(self.plan, table, _OPEN), 40)
        truth(self.plan, table, _BAD, kept)
        self.times["golden cached"] = clocked(lambda: truth(self.plan, table, _BAD, kept), 100)
        _same(truth(self.plan, table, _BAD, kept), truth(self.plan, table, _BAD), "the kept atoms")
        return kept

    def slider(self, kept: AtomCache) -> None:
        """Move the energy threshold; reading the rule and the ranges of every run are part of it."""
        energies, frames = itertools.count(6770), self.year.frames

        def move() -> None:
            frames.ranges(truth(rules_year.golden(next(energies)), frames.table, _BAD, kept) == TRUE)

        self.times["slider moved, ranges per run"] = clocked(move, 60)
        for energy in (6771, 6800, 6801):
            moved = rules_year.golden(energy)
            fresh = truth(moved, frames.table, _BAD)
            _same(truth(moved, frames.table, _BAD, kept), fresh, f"the slider at {energy}")

    def all_rules(self) -> None:
        """Measure the classifiers, and what each clause costs."""
        frames, year = self.year.frames, self.year
        weights = {
            "recorded": frames.sums(year.recorded_invpb),
            "delivered": frames.sums(year.delivered_invpb),
            "lumisections": frames.lengths.astype(np.float64),
        }
        self.times["54 classifiers in 18 lists"] = clocked(lambda: classified(frames, _OPEN), 20)
        self.times["loss report"] = clocked(lambda: losses(self.plan, frames.table, weights, None, _BAD), 20)
        rules_beside.check_losses(self.plan, frames, weights)
        rules_beside.check_decisions(classified(frames, _BAD), _CLASSIFIERS, frames.table)

    def one_run(self) -> None:
        """Change a verdict of one run: cut it again, let every rule decide on it; then put it in its place."""
        year = self.year
        edits = [_edited(year, place) for place in range(0, len(year.units), len(year.units) // _EDITED)]
        alone, spliced = iter(edits), iter(edits)

        def decided(unit: Unit, rows: Rows) -> Frames:
            fresh = build([unit], rows, year.names, rules_year.wanted())
            truth(self.plan, fresh.table, _BAD)
            classified(fresh, _OPEN)
            return fresh

        def in_its_place() -> None:
            place, unit, rows = next(spliced)
            Splice(year.frames, decided(unit, rows), [place]).frames()

        self.times["one changed run through all rules"] = clocked(lambda: decided(*next(alone)[1:]), len(edits))
        self.times["the same, and spliced into the year"] = clocked(in_its_place, len(edits))
        if not sum(self._spliced_anew(*edit) for edit in edits[::5]):
            raise RuntimeError("no changed run selects anything else than before: nothing was compared")

    def _spliced_anew(self, place: int, unit: Unit, rows: Rows) -> bool:
        """Compare with a year built anew from the changed rows; return whether others are selected."""
        year, names = self.year, self.year.names
        others = [r[r[:, 0] != unit.dataset_id] for r in (year.rows.verdicts, year.rows.upstream)]
        changed = Rows(*map(np.concatenate, zip(others, (rows.verdicts, rows.upstream), strict=True)))
        whole = build(year.units, changed, names, rules_year.wanted())
        fresh = build([unit], rows, names, rules_year.wanted())
        found = self._golden(Splice(year.frames, fresh, [place]).frames())
        if found != self._golden(whole):
            raise RuntimeError(
                f"run {unit.run.run_number} spliced in does not select what a year built anew does"
            )
        return found != self._golden(year.frames)

    def _golden(self, frames: Frames) -> dict[int, Ranges]:
        return frames.ranges(truth(self.plan, frames.table, _BAD) == TRUE)


def _edited(year: Year, place: int) -> tuple[int, Unit, Rows]:
    """Return one run with its first verdict range turned."""
    unit = year.units[place]
    own = Rows(*(rows[rows[:, 0] == unit.dataset_id] for rows in (year.rows.verdicts, year.rows.upstream)))
    turned = own.verdicts.copy()
    turned[0, 4] = int(Status.BAD) if turned[0, 4] == int(Status.GOOD) else int(Status.GOOD)
    return place, unit, Rows(turned, own.upstream)


_CLASSIFIERS = rules_year.classifiers()
_CHOICES = [
    [Choice(value, plan, priority) for value, plan, priority in lines] for lines in _CLASSIFIERS.values()
]


def classified(frames: Frames, null: NullPolicy) -> list[Decisions]:
    """Let every list decide, with atoms shared among them."""
    kept = AtomCache()
    return [decide(choices, frames.table, null, kept) for choices in _CHOICES]


def _same(one: np.ndarray, other: np.ndarray, what: str) -> None:
    if not np.array_equal(one, other):
        raise RuntimeError(f"{what}: not the same lumisections are selected")


def _measured() -> dict[str, Any]:
    """Measure everything; raise where two ways do not select the same."""
    bench = _Bench(rules_year.generate(), rules_year.golden())
    bench.slider(bench.cold_and_cached())
    bench.all_rules()
    bench.one_run()
    # the other libraries' rows are no memory of the engine
    peak, frames = own_peak_mib(), bench.year.frames
    times, notes = rules_beside.beside(bench.plan, frames)
    told = {name: asdict(taken) for name, taken in (bench.times | times).items()}
    data = f"{len(frames.units):,} runs, {len(bench.year.recorded_invpb):,} LS × {len(frames.table.columns)}"
    return {"times": told, "peak_mib": peak, "data": data, "volume": bench.year.volume, "notes": notes}


if __name__ == "__main__":
    json.dump(_measured(), sys.stdout)
    print()
