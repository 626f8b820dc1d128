"""The same rules evaluated otherwise: by the best Python JsonLogic library, and one condition at a time.

Whoever does not select the same lumisections is an error, not a figure.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from json_logic import jsonLogic

from benchmarks.harness import Timed, clocked
from model.frames.frames import Bools, Frames
from rules.coercion import truthy
from rules.decisions import NO_VALUE, Decisions
from rules.engine import truth
from rules.losses import losses
from rules.plan import Plan
from rules.semantics import compile_rule
from rules.table import Table
from rules.unknown import TRUE, NullPolicy

OURS = "same rule, our scalar evaluator per distinct row"
LIBRARY = "same rule, panzi-json-logic per distinct row (baseline)"
_SAMPLE = 2_000
_REPEATS = 3


def beside(plan: Plan, frames: Frames) -> tuple[dict[str, Timed], dict[str, str]]:
    """Return times and notes of the rule on every distinct row of its variables, in two other ways.

    Raises:
        RuntimeError: one of them does not select the same lumisections.
    """
    table, names = frames.table, sorted(plan.rule.variables)
    codes = np.stack([table.columns[name].codes for name in names], axis=1)
    _, first, row_of = np.unique(codes, axis=0, return_index=True, return_inverse=True)
    rows = [nested(table.row(row, frozenset(names))) for row in first.tolist()]
    selected: Bools = truth(plan, table, NullPolicy.BAD) == TRUE
    ways: dict[str, Callable[[Any], Any]] = {
        OURS: compile_rule(plan.rule.ast),
        LIBRARY: partial(jsonLogic, plan.rule.ast),
    }
    times = {}
    for name, evaluate in ways.items():
        said: list[bool] = []

        def all_rows(evaluate: Callable[[Any], Any] = evaluate, said: list[bool] = said) -> None:
            said[:] = [truthy(evaluate(row)) for row in rows]

        times[name] = clocked(all_rows, _REPEATS)
        _agree(np.array(said)[row_of.ravel()], selected, frames, name)
    note = f"{len(rows):,} rows ready made, the same {int(frames.lengths[selected].sum()):,} LS selected"
    return times, dict.fromkeys(ways, note)


def _agree(said: Bools, selected: Bools, frames: Frames, name: str) -> None:
    differ = np.flatnonzero(said != selected)
    if len(differ):
        count = int(frames.lengths[differ].sum())
        raise RuntimeError(f"{name}: {count:,} lumisections differ, the first ones in segment {differ[0]}")


def check_losses(plan: Plan, frames: Frames, weights: Mapping[str, np.ndarray]) -> None:
    """Compare the loss report with each clause evaluated alone on a sample of rows.

    Raises:
        RuntimeError: a number differs.
    """
    picked = sample(frames.table)
    within = np.zeros(frames.table.rows, np.bool_)
    within[picked] = True
    found = losses(plan, frames.table, weights, within, NullPolicy.BAD)
    conditions = [(compile_rule(clause.ast), clause.negated) for clause in plan.parts]
    failing = np.zeros((len(picked), len(conditions)), np.bool_)
    for place, row in enumerate(picked.tolist()):
        data = nested(frames.table.row(row, plan.rule.variables))
        failing[place] = [truthy(condition(data)) is negated for condition, negated in conditions]
    several = failing.sum(axis=1)
    alone = failing & (several == 1)[:, None]
    first = failing & (np.cumsum(failing, axis=1) == 1)
    for name, weight in weights.items():
        each = weight[picked]
        by_hand = [each @ failing, each @ alone, each @ first]
        kinds = ("inclusive", "exclusive", "sequential")
        told = [[getattr(clause, kind)[name] for clause in found.clauses] for kind in kinds]
        sums = [found.total[name], found.passed[name], found.failed[name], found.mixed[name]]
        sums_by_hand = [each.sum(), each @ (several == 0), each @ (several > 0), each @ (several > 1)]
        if not (np.allclose(told, by_hand) and np.allclose(sums, sums_by_hand)):
            raise RuntimeError(f"the loss report of {name} is not what its clauses say one by one")


def check_decisions(
    found: Sequence[Decisions], lists: Mapping[str, Sequence[tuple[str, Plan, int]]], table: Table
) -> None:
    """Compare what the lists decide with their lines evaluated one after the other on a sample of rows.

    Raises:
        RuntimeError: a value differs.
    """
    for decisions, (component, lines) in zip(found, lists.items(), strict=True):
        ordered = sorted(lines, key=lambda line: line[2])
        ready = [(value, plan.rule.variables, compile_rule(plan.rule.ast)) for value, plan, _ in ordered]
        for row in sample(table, _SAMPLE // 4).tolist():
            said = (value for value, names, holds in ready if truthy(holds(nested(table.row(row, names)))))
            if decisions[row] != next(said, NO_VALUE):
                raise RuntimeError(f"{component}: row {row} is not decided as its lines say")


def sample(table: Table, size: int = _SAMPLE) -> np.ndarray:
    """Return some rows, the same each time."""
    return np.sort(np.random.default_rng(7).choice(table.rows, size, replace=False))


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """Return variables as JsonLogic wants them: one object inside the other."""
    root: dict[str, Any] = {}
    for path, value in flat.items():
        *parents, last = path.split(".")
        node = root
        for name in parents:
            node = node.setdefault(name, {})
        node[last] = value
    return root
