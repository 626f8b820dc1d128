"""What each clause of a rule costs: inclusive, exclusive and in the order of the rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rules.engine import AtomCache, Truth, truths
from rules.errors import BadTable
from rules.explain import Clause, clause
from rules.plan import Plan
from rules.table import Table
from rules.unknown import TRUE, NullPolicy

Sums: TypeAlias = Mapping[str, float]


@dataclass(frozen=True)
class ClauseLoss:
    """What one clause costs, in each weight.

    Args:
        inclusive: of the rows it does not pass.
        exclusive: of the rows that only it does not pass.
        sequential: of the rows that passed every clause before it.
    """

    clause: Clause
    inclusive: Sums
    exclusive: Sums
    sequential: Sums


@dataclass(frozen=True)
class Losses:
    """What a rule costs, in each weight; a row counts as passed only where the rule is true, not unknown.

    The exclusive sums and `mixed` (rows lost to two or more clauses) add up to `failed`, and so do the
    sequential sums; `passed` and `failed` add up to `total`.
    """

    clauses: tuple[ClauseLoss, ...]
    total: Sums
    passed: Sums
    failed: Sums
    mixed: Sums


def losses(
    plan: Plan,
    table: Table,
    weights: Mapping[str, NDArray[Any]],
    within: NDArray[np.bool_] | None,
    null: NullPolicy,
    cache: AtomCache | None = None,
) -> Losses:
    """Attribute what a rule loses to its top-level clauses.

    Args:
        weights: one number per row for each name, such as a length or a luminosity.
        within: the rows to count, all when None.

    Raises:
        UnknownVariable: the rule reads a variable that is no column.
        BadTable: a weight has another number of rows than the table.
    """
    picked = np.ones(table.rows, np.bool_) if within is None else within
    for name, weight in {"within": picked, **weights}.items():
        if len(weight) != table.rows:
            raise BadTable(f"{name} has {len(weight):,} rows, the table {table.rows:,}.")
    counted = {name: np.asarray(weight, np.float64)[picked] for name, weight in weights.items()}
    found = truths(plan, plan.clauses, table, null, cache)
    return _attributed(plan, [answer[picked] for answer in found], counted, int(picked.sum()))


def _attributed(
    plan: Plan, answers: list[Truth], weights: Mapping[str, NDArray[np.float64]], rows: int
) -> Losses:
    failing = [answer != TRUE for answer in answers]
    fails = np.zeros(rows, np.int32)
    first = np.zeros(rows, np.intp)
    for place, failed in reversed(list(enumerate(failing))):
        fails += failed
        np.copyto(first, place, where=failed)
    sequential = _by_clause(first, fails > 0, weights, len(failing))
    exclusive = _by_clause(first, fails == 1, weights, len(failing))
    inclusive = [_sums(failed, weights) for failed in failing]
    named = (clause(node) for node in plan.clauses)
    parts = tuple(map(ClauseLoss, named, inclusive, exclusive, sequential))
    total = _sums(np.ones(rows, np.bool_), weights)
    return Losses(
        parts, total, _sums(fails == 0, weights), _sums(fails > 0, weights), _sums(fails > 1, weights)
    )


def _by_clause(
    first: NDArray[np.intp], rows: NDArray[np.bool_], weights: Mapping[str, NDArray[np.float64]], clauses: int
) -> list[dict[str, float]]:
    """Add some rows up by the first clause that each does not pass."""
    owner = first[rows]
    sums = {name: np.bincount(owner, weight[rows], clauses).tolist() for name, weight in weights.items()}
    return [{name: found[place] for name, found in sums.items()} for place in range(clauses)]


def _sums(rows: NDArray[np.bool_], weights: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    return {name: float(weight[rows].sum()) for name, weight in weights.items()}
