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
from rules.unknown import FALSE, TRUE, UNKNOWN, NullPolicy

Sums: TypeAlias = Mapping[str, float]


@dataclass(frozen=True)
class ClauseLoss:
    """What one clause costs, in each weight.

    Args:
        inclusive: of the rows it refuses.
        exclusive: of the rows that only it refuses.
        sequential: of the rows it refuses and no clause before it does.
    """

    clause: Clause
    inclusive: Sums
    exclusive: Sums
    sequential: Sums


@dataclass(frozen=True)
class Losses:
    """What a rule costs, in each weight; a row is passed where the rule is true, and refused where it is false.

    The exclusive sums and `mixed` (rows refused by two or more clauses) add up to `failed`, and so do the
    sequential sums. Rows that no clause refuses and some leave open are `unknown`, and no clause's loss;
    `passed`, `failed` and `unknown` add up to `total`.
    """

    clauses: tuple[ClauseLoss, ...]
    total: Sums
    passed: Sums
    failed: Sums
    mixed: Sums
    unknown: Sums


def losses(
    plan: Plan,
    table: Table,
    weights: Mapping[str, NDArray[Any]],
    within: NDArray[np.bool_] | None,
    null: NullPolicy,
    cache: AtomCache | None = None,
) -> Losses:
    """Attribute what a rule loses to its top-level clauses as it was written, a flag as one of them.

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
    found = truths(plan, plan.parts, table, null, cache)
    return _attributed(plan, [answer[picked] for answer in found], counted, int(picked.sum()))


def _attributed(
    plan: Plan, answers: list[Truth], weights: Mapping[str, NDArray[np.float64]], rows: int
) -> Losses:
    refusing = [answer == FALSE for answer in answers]
    refused = np.zeros(rows, np.int32)
    first = np.zeros(rows, np.intp)
    least = np.full(rows, TRUE, np.uint8)
    for place, (answer, refuses) in reversed(list(enumerate(zip(answers, refusing, strict=True)))):
        refused += refuses
        np.copyto(first, place, where=refuses)
        np.minimum(least, answer, out=least)
    sequential = _by_clause(first, refused > 0, weights, len(refusing))
    exclusive = _by_clause(first, refused == 1, weights, len(refusing))
    inclusive = [_sums(refuses, weights) for refuses in refusing]
    named = (clause(node) for node in plan.parts)
    parts = tuple(map(ClauseLoss, named, inclusive, exclusive, sequential))
    picks = (np.ones(rows, np.bool_), least == TRUE, refused > 0, refused > 1, least == UNKNOWN)
    return Losses(parts, *(_sums(picked, weights) for picked in picks))


def _by_clause(
    first: NDArray[np.intp], rows: NDArray[np.bool_], weights: Mapping[str, NDArray[np.float64]], clauses: int
) -> list[dict[str, float]]:
    """Add some rows up by the first clause that refuses each."""
    owner = first[rows]
    sums = {name: np.bincount(owner, weight[rows], clauses).tolist() for name, weight in weights.items()}
    return [{name: found[place] for name, found in sums.items()} for place in range(clauses)]


def _sums(rows: NDArray[np.bool_], weights: Mapping[str, NDArray[np.float64]]) -> dict[str, float]:
    return {name: float(weight[rows].sum()) for name, weight in weights.items()}
