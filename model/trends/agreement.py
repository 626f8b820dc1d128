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


@dataclass(frozen=True)
class Compared:
    """Lumisections compared and differing, by certified dataset and column; one pair for each other stage."""

    dataset_ids: tuple[int, ...]
    stages: dict[Stage, tuple[IntArray, IntArray]]

    def agreement(self, chosen: Bools) -> tuple[Agreement, ...]:
        """Return the agreement over some of the certified datasets."""
        found = []
        for stage, (compared, differing) in self.stages.items():
            sums = (each[chosen].sum(axis=0).tolist() for each in (compared, differing))
            found.append(Agreement(stage, *(tuple(each) for each in sums)))
        return tuple(found)


def compared(connection: Connection, store: FrameStore, certified: Sequence[DatasetRef], at: int) -> Compared:
    """Return the comparison of certified datasets with the other stages of their runs."""
    others = _others(connection, certified, at)
    every = [*certified, *(each for refs in others.values() for each in refs)]
    frames = store.frames(connection, every, frozenset(VERDICT + column for column in COMMON_COLUMNS), at)
    kept: dict[Stage, tuple[IntArray, IntArray]] | None = frames.cache.get("agreement")
    if kept is None:
        kept = _all_compared(frames, certified, others)
        frames.cache["agreement"] = kept
    return Compared(tuple(ref.dataset_id for ref in certified), kept)


def _others(connection: Connection, certified: Sequence[DatasetRef], at: int) -> dict[Stage, list[DatasetRef]]:
    """Return the other datasets of the same runs by stage; where a stage has several, the last by name."""
    s = dataset_summary
    own, numbers = {ref.dataset_id for ref in certified}, {ref.run_number for ref in certified}
    query = select(s.c.dataset_id, s.c.run_number, s.c.name, s.c.stage).where(held(s, at), ~s.c.is_hidden)
    found: dict[Stage, dict[int, DatasetRef]] = {}
    for row in connection.execute(query.order_by(s.c.run_number, s.c.name)):
        if row.run_number in numbers and row.dataset_id not in own:
            ref = DatasetRef(row.dataset_id, row.run_number, row.name)
            found.setdefault(Stage(row.stage), {})[row.run_number] = ref
    return {stage: list(found[stage].values()) for stage in Stage if stage in found}


def _all_compared(
    frames: Frames, certified: Sequence[DatasetRef], others: dict[Stage, list[DatasetRef]]
) -> dict[Stage, tuple[IntArray, IntArray]]:
    place = {unit.dataset_id: i for i, unit in enumerate(frames.units)}
    own = {ref.run_number: (i, place[ref.dataset_id]) for i, ref in enumerate(certified)}
    pairs = {
        stage: _Pairs(frames, [(*own[ref.run_number], place[ref.dataset_id]) for ref in refs])
        for stage, refs in others.items()
    }
    shape = (len(certified), len(COMMON_COLUMNS))
    found = {stage: (np.zeros(shape, np.int64), np.zeros(shape, np.int64)) for stage in others}
    exists = np.repeat(frames.exists, frames.lengths)
    for number, column in enumerate(COMMON_COLUMNS):
        codes = np.repeat(frames.table.columns[VERDICT + column].codes, frames.lengths)
        spoken = exists & (codes != Status.EMPTY)
        for stage, each in pairs.items():
            both = spoken[each.mine] & spoken[each.other]
            found[stage][0][each.rows, number] = each.sums(both)
            found[stage][1][each.rows, number] = each.sums(both & (codes[each.mine] != codes[each.other]))
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
