"""The engine over the made-up year, beside the best Python JsonLogic library on the same distinct rows.

`python -m benchmarks.rules_figures` measures in a process of its own and prints one JSON object.
"""

import itertools
import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from json_logic import jsonLogic

from benchmarks import rules_year
from benchmarks.harness import Figure, own_peak_mib, run, timed
from benchmarks.rules_year import Year
from model.frames.frames import Frames, build
from model.frames.rows import Rows
from rules.decisions import Choice, decide
from rules.engine import AtomCache, truth
from rules.losses import losses
from rules.plan import Plan
from rules.semantics import compile_rule
from rules.unknown import NullPolicy

_BAD, _OPEN = NullPolicy.BAD, NullPolicy.UNKNOWN
#: name, target in ms
_TARGETS = {
    "frames of the year built": None,
    "golden cold": 15.0,
    "golden cold, strict": None,
    "golden cached": 1.0,
    "slider moved, ranges per run": 5.0,
    "54 classifiers in 18 lists": 30.0,
    "loss report": 50.0,
    "one changed run through all rules": 10.0,
    "same rule, our scalar evaluator per distinct row": None,
    "same rule, panzi-json-logic per distinct row": None,
}
_MEMORY_MIB = 300


def figures(folder: Any) -> Iterator[Figure]:
    """Yield the figures of the engine, measured in a fresh process."""
    ran = run(["-m", "benchmarks.rules_figures"], folder / "rules")
    if ran.code:
        raise RuntimeError(f"the engine cannot be measured: {ran.output[-800:]}")
    told = json.loads(ran.output.strip().splitlines()[-1])
    for name, target in _TARGETS.items():
        limit = None if target is None else target / 1000
        memory = told["peak_mib"] if name == "golden cold" else None
        fits = memory is None or memory <= _MEMORY_MIB
        yield Figure(
            name,
            told["data"],
            tuple(told["seconds"][name]),
            memory,
            limit,
            False,
            told["notes"].get(name, ""),
            fits,
        )


def _measured() -> dict[str, Any]:
    """Measure everything; raise where two ways do not select the same lumisections."""
    year = rules_year.generate()
    table, plan, notes = year.frames.table, rules_year.golden(), {}
    kept = AtomCache()
    truth(plan, table, _BAD, kept)
    weights = {"recorded": year.recorded_invpb, "lumisections": year.frames.lengths.astype(np.float64)}
    seconds = {
        "frames of the year built": timed(lambda: _built(year, year.rows), 5),
        "golden cold": timed(lambda: truth(plan, table, _BAD), 40),
        "golden cold, strict": timed(lambda: truth(plan, table, _OPEN), 40),
        "golden cached": timed(lambda: truth(plan, table, _BAD, kept), 100),
        "slider moved, ranges per run": _slider(year, kept),
        "54 classifiers in 18 lists": timed(lambda: _classified(year.frames), 20),
        "loss report": timed(lambda: losses(plan, table, weights, None, _BAD), 20),
        "one changed run through all rules": _one_run(year, plan),
    }
    peak = own_peak_mib()
    mine, theirs, rows = _beside(year, plan)
    seconds["same rule, our scalar evaluator per distinct row"] = mine
    seconds["same rule, panzi-json-logic per distinct row"] = theirs
    cold = float(np.median(seconds["golden cold"]))
    for name, found in (("our scalar evaluator", mine), ("panzi-json-logic", theirs)):
        notes[f"same rule, {name} per distinct row"] = f"{rows:,} rows, × {found[0] / cold:,.0f} golden cold"
    size = f"{len(year.units):,} runs, {int(year.frames.offsets[-1]):,} LS"
    data = f"{size} × {len(table.columns)}, {table.rows:,} segments"
    return {"seconds": seconds, "peak_mib": peak, "data": data, "notes": notes}


def _built(year: Year, rows: Rows) -> Frames:
    return build(year.units, rows, year.names, rules_year.wanted())


def _slider(year: Year, kept: AtomCache) -> tuple[float, ...]:
    """Move the energy threshold; reading the rule and the ranges of every run are part of it."""
    energies = itertools.count(6000)

    def move() -> None:
        moved = rules_year.golden(next(energies))
        year.frames.ranges(truth(moved, year.frames.table, _BAD, kept) == 2)

    return timed(move, 60)


def _classified(frames: Frames) -> None:
    kept = AtomCache()
    for lines in _CLASSIFIERS.values():
        choices = [Choice(value, plan, priority) for value, plan, priority in lines]
        decide(choices, frames.table, _OPEN, kept)


_CLASSIFIERS = rules_year.classifiers()


def _one_run(year: Year, plan: Plan) -> tuple[float, ...]:
    """Cut one run into segments again, and let every rule decide on it."""
    found: list[float] = []
    for unit in year.units[:: max(1, len(year.units) // 40)]:
        own = Rows(*(rows[rows[:, 0] == unit.dataset_id] for rows in (year.rows.verdicts, year.rows.upstream)))
        start = time.perf_counter()
        frames = build([unit], own, year.names, rules_year.wanted())
        truth(plan, frames.table, _BAD)
        _classified(frames)
        found.append(time.perf_counter() - start)
    return tuple(found)


def _beside(year: Year, plan: Plan) -> tuple[tuple[float, ...], tuple[float, ...], int]:
    """Evaluate the same rule on every distinct row of its variables, in two other ways."""
    table = year.frames.table
    names = sorted(plan.rule.variables)
    codes = np.stack([table.columns[name].codes for name in names], axis=1)
    _, first, row_of = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    rows = [_nested(table.row(int(i), frozenset(names))) for i in first]
    wanted = truth(plan, table, _BAD) == 2
    took = []
    for evaluate in (compile_rule(plan.rule.ast), partial(jsonLogic, plan.rule.ast)):
        start = time.perf_counter()
        said = np.array([evaluate(row) is True for row in rows])
        took.append(time.perf_counter() - start)
        if not (said[row_of.ravel()] == wanted).all():
            raise RuntimeError(f"{evaluate} does not select the same segments")
    return (took[0],), (took[1],), len(rows)


def _nested(flat: dict[str, Any]) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, last = path.split(".")
        node = root
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = value
    return root


if __name__ == "__main__":
    json.dump(_measured(), sys.stdout)
    print()
