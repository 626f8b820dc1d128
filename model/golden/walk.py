"""The explaining walk: how each lumisection went from one list to another, sequence by sequence.

A run that has several datasets where the question refuses that counts on the way as their union: both ends are
lists, and a list that was never asked for need not be refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from model.errors import Invalid
from model.frames.cells import Cells, cells
from model.frames.cut import Window
from model.frames.frames import Bools
from model.frames.rows import IntArray
from model.frames.store import DatasetRef
from model.golden.golden import Question
from model.golden.terms import Terms, terms
from model.ranges import Ranges
from model.tables import dataset
from rules.engine import AtomCache, truth
from rules.errors import RulesError


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
    wanted = frozenset().union(*(step.rule.plan.rule.variables for step in steps))
    refs = _datasets(connection, {step.pattern for step in steps}, sorted(differing))
    window = Window(before.at, after.at, tuple(step.since for step in steps[1:]))
    found = cells(
        connection, differing, sorted({ref for of in refs.values() for ref in of}, key=_order), wanted, window
    )
    of_cell = np.searchsorted([step.since for step in steps], found.cut.since, side="right") - 1
    listed, chosen = _listed(found, steps, of_cell, refs)
    return Walk(found, steps, of_cell, listed, chosen, _turns(found, listed))


def _order(ref: DatasetRef) -> int:
    return ref.dataset_id


def _datasets(
    connection: Connection, patterns: set[str], numbers: Sequence[int]
) -> dict[str, list[DatasetRef]]:
    """Return the datasets of some runs by the pattern that they match, hidden ones too."""
    found = {}
    for pattern in patterns:
        query = select(dataset.c.id, dataset.c.run_number, dataset.c.name).where(
            dataset.c.run_number.in_(numbers), dataset.c.name.like(pattern, escape="\\")
        )
        found[pattern] = [DatasetRef(row.id, row.run_number, row.name) for row in connection.execute(query)]
    return found


def _listed(
    found: Cells, steps: Sequence[Terms], of_cell: IntArray, refs: Mapping[str, Sequence[DatasetRef]]
) -> tuple[Bools, Bools]:
    """Return which cells are in the list, and which datasets were asked for in each."""
    atoms, shape = AtomCache(), found.exists.shape
    place = found.cut.run[found.cut.segment]
    listed, chosen = np.zeros(shape[1], np.bool_), np.zeros(shape, np.bool_)
    for number, step in enumerate(steps):
        here = of_cell == number
        match = {ref.dataset_id for ref in refs[step.pattern]}
        named = np.array(
            [[ref is not None and ref.dataset_id in match for ref in slot] for slot in found.slots]
        )
        asked = named.reshape(shape[0], -1)[:, place] & found.visible
        try:
            said = truth(step.rule.plan, found.table, step.rule.null_policy, atoms).reshape(shape) == 2
        except RulesError as error:
            raise Invalid(f"The rule cannot be evaluated: {error}") from error
        inside = said & found.exists & asked
        every = step.several == "intersection"
        joined = (inside | ~asked).all(0) & asked.any(0) if every else inside.any(0)
        listed[here], chosen[:, here] = joined[here], asked[:, here]
    return listed, chosen


def _turns(found: Cells, listed: Bools) -> IntArray:
    starts = found.cut.starts
    if not len(starts):
        return starts
    ends = np.append(starts[1:], len(listed)) - 1
    otherwise = listed != listed[ends][found.cut.segment]
    return np.maximum.reduceat(np.where(otherwise, np.arange(len(listed)), -1), starts) + 1
