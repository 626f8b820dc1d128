"""Lumisections through time: cells of (lumisections of a run) × (sequences) in which nothing read changes.

To the engine a cell is a dataset of one lumisection: a rule is evaluated on it as on any frame. Where a run has
several datasets, each has a slot, and all slots share the cells of their run.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from operator import attrgetter, itemgetter

import numpy as np
from sqlalchemy import Connection, select

from model import encoding
from model.asof import held_between
from model.frames.cut import ALL_OF_RUN, END, Cut, Layer, Window
from model.frames.frames import Bools, Unit, build, run_value
from model.frames.rows import IntArray, Rows, read_between
from model.frames.store import DatasetRef, names_of, online_ids, with_values
from model.frames.variables import DATASET_NAME, LUMISECTION_NUMBER
from model.queries import runs
from model.queries.runs import Run
from model.ranges import Ranges
from model.tables import dataset_fact
from rules.table import Column, Table

_VERDICTS, _UPSTREAM, _RUNS, _SEEN = range(4)


@dataclass(frozen=True)
class Cells:
    """Cells in order of runs, lumisections and sequences.

    Args:
        cut: which segment each cell is of, and from which sequence on it holds.
        runs: the number of each segment's run.
        table: row `slot * cells + cell` holds what a rule reads.
        exists: by slot and cell, whether the run has these lumisections; `visible`: whether there is a dataset.
        slots: by slot and place of a run, its dataset, None where the run has fewer.
    """

    window: Window
    cut: Cut
    runs: IntArray
    table: Table
    exists: Bools
    visible: Bools
    slots: list[list[DatasetRef | None]]


def cells(
    connection: Connection,
    spans: Mapping[int, Ranges],
    refs: Sequence[DatasetRef],
    wanted: frozenset[str],
    window: Window,
) -> Cells:
    """Return the cells of some lumisections within a window of sequences.

    Args:
        spans: the lumisections of each run.
        refs: datasets of these runs, hidden ones too.
        wanted: variables that are read, by path.
    """
    return _Painting(connection, spans, refs, wanted, window).cells()


class _Painting:
    """Everything that is read of some runs, read once, and laid on cells."""

    def __init__(
        self,
        connection: Connection,
        spans: Mapping[int, Ranges],
        refs: Sequence[DatasetRef],
        wanted: frozenset[str],
        window: Window,
    ) -> None:
        self.connection, self.window = connection, window
        self.numbers = sorted(spans)
        self.place = {number: place for place, number in enumerate(self.numbers)}
        self.of_run = [path for path in sorted(wanted) if not path.startswith("lumisection.")]
        self.of_lumisection = wanted - set(self.of_run) - {LUMISECTION_NUMBER}
        self.online = online_ids(connection, self.numbers)
        self.slots = _slots(refs, self.numbers)
        self.slot_of = {ref.dataset_id: slot for slot, found in enumerate(self.slots) for ref in found if ref}
        self._read(refs)
        layers = [self._placed(self.rows.verdicts), self._placed(self.rows.upstream), self.facts, self.seen]
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
            self._visible(shape),
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
        self.seen_ids: list[int] = []
        self.seen = Layer.of(self._seen(refs))

    def _facts(self, found: Sequence[tuple[int, int | None, Run]]) -> Iterator[tuple[int, ...]]:
        """Yield since when and until when each run stood as `runs` says; what is not read does not count."""
        for (number, _), alike in groupby(found, key=lambda fact: (fact[2].run_number, self._says(fact[2]))):
            same = list(alike)
            self.runs.append(same[0][2])
            yield self.place[number], *ALL_OF_RUN, same[0][0], same[-1][1] or END

    def _says(self, run: Run) -> str:
        return repr([run_value(path, _unit_of(run)) for path in self.of_run])

    def _seen(self, refs: Sequence[DatasetRef]) -> Iterator[tuple[int, ...]]:
        """Yield since when and until when each dataset was there and not hidden."""
        fact, place = dataset_fact, {ref.dataset_id: self.place[ref.run_number] for ref in refs}
        held = held_between(fact, self.window.since, self.window.until)
        query = select(fact).where(fact.c.dataset_id.in_(sorted(place)), held)
        told = [
            (row.dataset_id, bool(encoding.parse(row.document)["hidden"]), row.since, row.until or END)
            for row in self.connection.execute(query.order_by(fact.c.dataset_id, fact.c.since))
        ]
        for (dataset_id, hidden), alike in groupby(told, key=itemgetter(0, 1)):
            same = list(alike)
            if not hidden:
                self.seen_ids.append(dataset_id)
                yield place[dataset_id], *ALL_OF_RUN, same[0][2], same[-1][3]

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

    def _visible(self, shape: tuple[int, int]) -> Bools:
        visible = np.zeros(shape, dtype=np.bool_)
        row, cell = self.cut.cells(_SEEN)
        slots = np.array([self.slot_of[each] for each in self.seen_ids], dtype=np.int64)
        visible[slots[row], cell] = True
        return visible


def _unit_of(run: Run) -> Unit:
    return Unit(0, 0, "", run, 0)


def _slots(refs: Sequence[DatasetRef], numbers: Sequence[int]) -> list[list[DatasetRef | None]]:
    """Return the datasets of the runs, one a run and slot; there is always one slot."""
    by_run: dict[int, list[DatasetRef]] = {number: [] for number in numbers}
    for ref in sorted(refs, key=attrgetter("name")):
        by_run[ref.run_number].append(ref)
    most = max((len(found) for found in by_run.values()), default=0)
    return [
        [found[slot] if slot < len(found) else None for found in by_run.values()]
        for slot in range(max(most, 1))
    ]
