"""Lumisections through time: cells of (lumisections of a run) × (sequences) in which nothing read changes.

To the engine a cell is a dataset of one lumisection: a rule is evaluated on it as on any frame. Where a run has
several datasets, each has a slot, and all slots share the cells of their run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection

from model.frames.cut import ALL_OF_RUN, END, Cut, Layer, Window
from model.frames.frames import Bools, build, run_value
from model.frames.painter import Unit
from model.frames.refs import DatasetRef
from model.frames.rows import IntArray, Rows, read_between
from model.frames.store import names_of, online_ids, with_values
from model.frames.variables import DATASET_NAME, LUMISECTION_NUMBER
from model.queries import runs
from model.queries.runs import Run
from model.ranges import Ranges
from rules.table import Column, Table

_VERDICTS, _UPSTREAM, _RUNS, _CHOICES = range(4)


class Stay(NamedTuple):
    """A dataset is in a choice from one sequence up to, but not including, another."""

    ref: DatasetRef
    since: int
    until: int


@dataclass(frozen=True)
class Cells:
    """Cells in order of runs, lumisections and sequences.

    Args:
        cut: which segment each cell is of, and from which sequence on it holds.
        runs: the number of each segment's run.
        table: row `slot * cells + cell` holds what a rule reads.
        exists: by slot and cell, whether the run has these lumisections.
        chosen: for each choice, by slot and cell, whether the dataset is in it.
        slots: by slot and place of a run, its dataset, None where the run has fewer.
    """

    window: Window
    cut: Cut
    runs: IntArray
    table: Table
    exists: Bools
    chosen: tuple[Bools, ...]
    slots: list[list[DatasetRef | None]]


def cells(
    connection: Connection,
    spans: Mapping[int, Ranges],
    choices: Sequence[Sequence[Stay]],
    wanted: frozenset[str],
    window: Window,
) -> Cells:
    """Return the cells of some lumisections within a window of sequences.

    Args:
        spans: the lumisections of each run.
        choices: which datasets of these runs are asked for, and when, in one way or another.
        wanted: variables that are read, by path.
    """
    return _Painting(connection, spans, choices, wanted, window).cells()


class _Painting:
    """Everything that is read of some runs, read once, and laid on cells."""

    def __init__(
        self,
        connection: Connection,
        spans: Mapping[int, Ranges],
        choices: Sequence[Sequence[Stay]],
        wanted: frozenset[str],
        window: Window,
    ) -> None:
        self.connection, self.window, self.choices = connection, window, choices
        self.numbers = sorted(spans)
        self.place = {number: place for place, number in enumerate(self.numbers)}
        self.of_run = [path for path in sorted(wanted) if not path.startswith("lumisection.")]
        self.of_lumisection = wanted - set(self.of_run) - {LUMISECTION_NUMBER}
        self.online = online_ids(connection, self.numbers)
        refs = sorted({stay.ref for choice in choices for stay in choice}, key=attrgetter("name", "run_number"))
        self.slots = _slots(refs, self.numbers)
        self.slot_of = {ref.dataset_id: slot for slot, found in enumerate(self.slots) for ref in found if ref}
        self._read(refs)
        told = [self._placed(self.rows.verdicts), self._placed(self.rows.upstream), self.facts]
        layers = [*told, *(self._stays(choice) for choice in choices)]
        self.cut = Cut([spans[n] for n in self.numbers], layers, window, each=LUMISECTION_NUMBER in wanted)

    def cells(self) -> Cells:
        """Return the cells with what holds in each."""
        cut, shape = self.cut, (len(self.slots), len(self.cut.segment))
        units = self._units()
        frames = build(units, self._painted(), self.names, self.of_lumisection)
        numbers = np.tile(cut.first[cut.segment], len(self.slots)).astype(np.uint32)
        values = tuple(range(int(numbers.max(initial=0)) + 1))
        columns = {**frames.table.columns, **self._run_columns(), LUMISECTION_NUMBER: Column(numbers, values)}
        return Cells(
            self.window,
            cut,
            np.array(self.numbers, dtype=np.int64)[cut.run],
            Table(len(units), columns),
            frames.exists.reshape(shape),
            tuple(self._chosen(number, shape) for number in range(len(self.choices))),
            self.slots,
        )

    def _read(self, refs: Sequence[DatasetRef]) -> None:
        since, until = self.window.since, self.window.until
        names = names_of(self.connection, self.of_lumisection)
        own = [ref.dataset_id for ref in refs]
        ids = (list(names.columns.values()), [*names.attributes.values(), names.exists])
        base = sorted({*self.online.values(), *own})
        self.rows = read_between(self.connection, (since, until), own, base, ids)
        self.names = with_values(self.connection, names, self.rows)
        self.runs = [Run(number, {}, {}, frozenset()) for number in self.numbers]
        self.facts = Layer.of(self._facts(runs.facts(self.connection, self.numbers, since, until)))

    def _facts(self, found: Sequence[tuple[int, int | None, Run]]) -> Iterator[tuple[int, ...]]:
        """Yield since when and until when each run stood as `runs` says; what is not read does not count."""
        for (number, _), alike in groupby(found, key=lambda fact: (fact[2].run_number, self._says(fact[2]))):
            same = list(alike)
            self.runs.append(same[0][2])
            yield self.place[number], *ALL_OF_RUN, same[0][0], same[-1][1] or END

    def _says(self, run: Run) -> str:
        return repr([run_value(path, _unit_of(run)) for path in self.of_run])

    def _stays(self, choice: Sequence[Stay]) -> Layer:
        return Layer.of((self.place[s.ref.run_number], *ALL_OF_RUN, s.since, s.until) for s in choice)

    def _placed(self, rows: IntArray) -> Layer:
        places = {ref.dataset_id: place for slot in self.slots for place, ref in enumerate(slot) if ref}
        places |= {online: self.place[number] for number, online in self.online.items()}
        run = np.array([places[each] for each in rows[:, 0].tolist()], dtype=np.int64)
        return Layer(run, rows[:, 2], rows[:, 3], rows[:, 5], np.where(rows[:, 6] < 0, END, rows[:, 6]))

    @cached_property
    def _of_cell(self) -> IntArray:
        """The place of each cell's run."""
        return self.cut.run[self.cut.segment]

    def _units(self) -> list[Unit]:
        online, many = set(self.online.values()), len(self.cut.segment)
        stand_in = [[ref is not None and ref.dataset_id in online for ref in slot] for slot in self.slots]
        owner = self._of_cell.tolist()
        return [
            Unit(2 * (slot * many + cell) + stand_in[slot][place], 2 * (slot * many + cell) + 1, "", run, 1)
            for slot in range(len(self.slots))
            for cell, place in enumerate(owner)
            for run in (self.runs[place],)
        ]

    def _painted(self) -> Rows:
        """Return every row on every cell inside it, each cell being a dataset of one lumisection."""
        return Rows(self._laid(_VERDICTS, self.rows.verdicts), self._laid(_UPSTREAM, self.rows.upstream))

    def _laid(self, number: int, rows: IntArray) -> IntArray:
        row, cell = self.cut.cells(number)
        dataset, parts = rows[row, 0], []
        is_online = np.isin(dataset, np.array(sorted(self.online.values()), dtype=np.int64))
        for slot, refs in enumerate(self.slots):
            ids = np.array([ref.dataset_id if ref else -1 for ref in refs], dtype=np.int64)
            here = ids[self._of_cell[cell]] == dataset
            if number == _UPSTREAM:
                here |= is_online
            named = 2 * (slot * len(self.cut.segment) + cell[here]) + is_online[here]
            told, one = rows[row[here]], np.ones(len(named), dtype=np.int64)
            parts.append(np.column_stack([named, told[:, 1], one, one, told[:, 4]]))
        return np.concatenate(parts)

    def _run_columns(self) -> dict[str, Column]:
        row, cell = self.cut.cells(_RUNS)
        version = self._of_cell.copy()
        version[cell] = len(self.numbers) + row
        columns = {}
        for path in self.of_run:
            if path == DATASET_NAME:
                held = Column.of([ref.name if ref else "" for slot in self.slots for ref in slot])
                many = len(self.numbers)
                codes = [held.codes[slot * many + self._of_cell] for slot in range(len(self.slots))]
            else:
                held = Column.of([run_value(path, _unit_of(run)) for run in self.runs])
                codes = [held.codes[version]] * len(self.slots)
            columns[path] = Column(np.concatenate(codes), held.values)
        return columns

    def _chosen(self, number: int, shape: tuple[int, int]) -> Bools:
        chosen = np.zeros(shape, dtype=np.bool_)
        row, cell = self.cut.cells(_CHOICES + number)
        slots = np.array([self.slot_of[stay.ref.dataset_id] for stay in self.choices[number]], dtype=np.int64)
        chosen[slots[row], cell] = True
        return chosen


def _unit_of(run: Run) -> Unit:
    return Unit(0, 0, "", run, 0)


def _slots(refs: Sequence[DatasetRef], numbers: Sequence[int]) -> list[list[DatasetRef | None]]:
    """Return the datasets of the runs, one a run and slot; there is always one slot."""
    by_run: dict[int, list[DatasetRef]] = {number: [] for number in numbers}
    for ref in refs:
        by_run[ref.run_number].append(ref)
    most = max((len(found) for found in by_run.values()), default=0)
    return [
        [found[slot] if slot < len(found) else None for found in by_run.values()]
        for slot in range(max(most, 1))
    ]
