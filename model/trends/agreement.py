"""Where online, express and later stages of one run say something else than the dataset that is certified."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from model.asof import held
from model.frames import Frames, FrameStore
from model.frames.frames import Bools
from model.frames.refs import DatasetRef
from model.frames.rows import IntArray
from model.frames.variables import VERDICT
from model.pieces import AT_ONCE
from model.tables import dataset_summary
from model.vocabulary import OFFLINE_COLUMNS, ONLINE_COLUMNS, Stage, Status

#: columns that every stage has
COMMON_COLUMNS = tuple(column for column in ONLINE_COLUMNS if column in OFFLINE_COLUMNS)


@dataclass(frozen=True)
class Agreement:
    """How far another stage says the same as the certified datasets, by column.

    Only lumisections are compared on which both have spoken: silence agrees with nothing.

    Args:
        compared, differing: lumisections by column, in the order of `COMMON_COLUMNS`.
    """

    stage: Stage
    compared: tuple[int, ...]
    differing: tuple[int, ...]

    @property
    def share(self) -> float | None:
        """Return the share that agrees, over all columns; None where nothing is compared."""
        whole = sum(self.compared)
        return 1 - sum(self.differing) / whole if whole else None


#: lumisections compared and differing, by column, for each other stage that the run of one dataset has
_Row = dict[Stage, IntArray]


@dataclass(frozen=True)
class Compared:
    """Lumisections compared and differing, by certified dataset and column; for each other stage.

    Args:
        stages: arrays of datasets × 2 × columns.
    """

    stages: dict[Stage, IntArray]

    def agreement(self, chosen: Bools) -> tuple[Agreement, ...]:
        """Return the agreement over some of the certified datasets."""
        found = []
        for stage, counted in self.stages.items():
            sums = counted[chosen].sum(axis=0).tolist()
            found.append(Agreement(stage, *(tuple(each) for each in sums)))
        return tuple(found)


def compared(connection: Connection, store: FrameStore, certified: Sequence[DatasetRef], at: int) -> Compared:
    """Return the comparison of certified datasets with the other stages of their runs."""
    by_id = {ref.dataset_id: ref for ref in certified}

    def told(ids: Sequence[int]) -> dict[int, _Row]:
        return _rows(connection, store, [by_id[each] for each in ids], at)

    numbers = {each: ref.run_number for each, ref in by_id.items()}
    rows = store.known.each(connection, "agreement", at, numbers, told)
    stages = {}
    for stage in Stage:
        counted = {
            i: rows[ref.dataset_id][stage] for i, ref in enumerate(certified) if stage in rows[ref.dataset_id]
        }
        if counted:
            stages[stage] = np.zeros((len(certified), 2, len(COMMON_COLUMNS)), np.int64)
            stages[stage][list(counted)] = list(counted.values())
    return Compared(stages)


def _others(connection: Connection, certified: Sequence[DatasetRef], at: int) -> dict[Stage, list[DatasetRef]]:
    """Return the other datasets of the same runs by stage; where a stage has several, the last by name."""
    s = dataset_summary
    own, numbers = {ref.dataset_id for ref in certified}, {ref.run_number for ref in certified}
    query = select(s.c.dataset_id, s.c.run_number, s.c.name, s.c.stage).where(held(s, at), ~s.c.is_hidden)
    if len(numbers) <= AT_ONCE:
        query = query.where(s.c.run_number.in_(numbers))
    found: dict[Stage, dict[int, DatasetRef]] = {}
    for row in connection.execute(query.order_by(s.c.run_number, s.c.name)):
        if row.run_number in numbers and row.dataset_id not in own:
            ref = DatasetRef(row.dataset_id, row.run_number, row.name)
            found.setdefault(Stage(row.stage), {})[row.run_number] = ref
    return {stage: list(found[stage].values()) for stage in Stage if stage in found}


def _rows(
    connection: Connection, store: FrameStore, certified: Sequence[DatasetRef], at: int
) -> dict[int, _Row]:
    others = _others(connection, certified, at)
    every = [*certified, *(each for refs in others.values() for each in refs)]
    frames = store.unkept(connection, every, frozenset(VERDICT + column for column in COMMON_COLUMNS), at)
    place = {unit.dataset_id: i for i, unit in enumerate(frames.units)}
    own = {ref.run_number: (i, place[ref.dataset_id]) for i, ref in enumerate(certified)}
    exists = np.repeat(frames.exists, frames.lengths)
    codes = [np.repeat(frames.table.columns[VERDICT + c].codes, frames.lengths) for c in COMMON_COLUMNS]
    spoken = [exists & (each != Status.EMPTY) for each in codes]
    found: dict[int, _Row] = {ref.dataset_id: {} for ref in certified}
    for stage, refs in others.items():
        pairs = _Pairs(frames, [(*own[ref.run_number], place[ref.dataset_id]) for ref in refs])
        counted = np.zeros((len(certified), 2, len(COMMON_COLUMNS)), np.int64)
        for number, (said, speaks) in enumerate(zip(codes, spoken, strict=True)):
            both = speaks[pairs.mine] & speaks[pairs.other]
            counted[pairs.rows, 0, number] = pairs.sums(both)
            counted[pairs.rows, 1, number] = pairs.sums(both & (said[pairs.mine] != said[pairs.other]))
        for ref in refs:
            row = own[ref.run_number][0]
            found[certified[row].dataset_id][stage] = counted[row]
    return found


class _Pairs:
    """Lumisections of two datasets of one run, side by side, for many runs one after the other.

    Args:
        pairs: row of the certified dataset, its unit, and the unit of the other stage.
    """

    def __init__(self, frames: Frames, pairs: Sequence[tuple[int, int, int]]) -> None:
        lengths = np.diff(frames.offsets)
        known = [each for each in pairs if lengths[each[1]]]
        self.rows = np.array([row for row, _, _ in known], dtype=np.int64)
        mine, other = (np.array([each[n] for each in known], dtype=np.int64) for n in (1, 2))
        many = lengths[mine]
        self._starts = np.cumsum(many) - many
        within = np.arange(int(many.sum())) - np.repeat(self._starts, many)
        self.mine = np.repeat(frames.offsets[mine], many) + within
        self.other = np.repeat(frames.offsets[other], many) + within

    def sums(self, lumisections: Bools) -> IntArray:
        """Return how many lumisections of each pair are so."""
        if not len(self.rows):
            return self.rows
        summed: IntArray = np.add.reduceat(lumisections.astype(np.int64), self._starts)
        return summed
