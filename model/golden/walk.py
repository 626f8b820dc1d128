"""The explaining walk: how each lumisection went from one list to another, sequence by sequence.

A run that has several datasets where the question refuses that counts on the way as their union: both ends are
lists, and a list that was never asked for need not be refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from model.errors import Invalid
from model.frames.cells import Cells, cells
from model.frames.cut import Window
from model.frames.frames import Bools
from model.frames.rows import IntArray
from model.golden.golden import Question
from model.golden.stays import stays
from model.golden.terms import Terms, terms
from model.ranges import Ranges
from rules.engine import AtomCache, truth
from rules.errors import RulesError
from rules.unknown import TRUE


@dataclass(frozen=True)
class Walk:
    """Cells of lumisections on which two lists differ, and where each of them turned for good.

    Args:
        terms: what held from which sequence on; `of_cell` says which of them held in a cell.
        listed: whether a cell is in the list.
        chosen: by slot and cell, whether the dataset is among those that were asked for.
        turns: for each segment, the first cell from which on it is as it is at the end.
    """

    cells: Cells
    terms: list[Terms]
    of_cell: IntArray
    listed: Bools
    chosen: Bools
    turns: IntArray


def walk(connection: Connection, questions: tuple[Question, Question], differing: Mapping[int, Ranges]) -> Walk:
    """Walk from the first question to the second over the lumisections on which their lists differ.

    Raises:
        Invalid: a rule on the way cannot be evaluated.
    """
    before, after = questions
    steps = terms(connection, before, after)
    wanted = frozenset[str]().union(*(step.rule.plan.rule.variables for step in steps))
    window = Window(before.at, after.at, tuple(step.since for step in steps[1:]))
    choices = list(dict.fromkeys((step.pattern, step.within) for step in steps))
    numbers = sorted(differing)
    chosen = [stays(connection, numbers, choice, (before.at, after.at)) for choice in choices]
    found = cells(connection, differing, chosen, wanted, window)
    of_cell = np.searchsorted([step.since for step in steps], found.cut.since, side="right") - 1
    listed, asked = np.zeros(found.exists.shape[1], np.bool_), np.zeros(found.exists.shape, np.bool_)
    atoms = AtomCache()
    for number, step in enumerate(steps):
        here, of_step = of_cell == number, found.chosen[choices.index((step.pattern, step.within))]
        asked[:, here] = of_step[:, here]
        listed[here] = _listed(found, step, of_step, atoms)[here]
    return Walk(found, steps, of_cell, listed, asked, _turns(found, listed))


def _listed(found: Cells, step: Terms, asked: Bools, atoms: AtomCache) -> Bools:
    """Return which cells are in the list on some terms."""
    try:
        said = truth(step.rule.plan, found.table, step.rule.null_policy, atoms).reshape(asked.shape) == TRUE
    except RulesError as error:
        raise Invalid(f"The rule cannot be evaluated: {error}") from error
    inside: Bools = said & found.exists & asked
    if step.several == "intersection":
        return np.logical_and((inside | ~asked).all(0), asked.any(0))
    in_any: Bools = np.logical_or.reduce(inside, axis=0)
    return in_any


def _turns(found: Cells, listed: Bools) -> IntArray:
    starts = found.cut.starts
    if not len(starts):
        return starts
    ends = np.append(starts[1:], len(listed)) - 1
    otherwise = listed != listed[ends][found.cut.segment]
    return np.maximum.reduceat(np.where(otherwise, np.arange(len(listed)), -1), starts) + 1
