"""Many datasets as they stood at one sequence, read in a few questions instead of some per dataset."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

import numpy as np
from sqlalchemy import Connection, Table, select

from model import encoding
from model.asof import held
from model.errors import Ambiguous, NotFound
from model.pieces import pieces
from model.queries import datasets, luminosities, runs
from model.queries.datasets import Dataset
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, Ranges
from model.tables import author, dataset_fact, overruled_range, term, upstream_range, verdict_range
from model.tables import dataset as dataset_table
from model.vocabulary import EXISTS, ONLINE, Stage, Status

T = TypeVar("T")
Pair = tuple[int, str]
#: what counts per dataset and column, in order of lumisections
Said = dict[Pair, dict[str, list[Verdict]]]
#: far below the number of parameters that either store takes
_STAGES = list(Stage)


class Snapshot:
    """Runs, datasets, lumisections and verdicts as of a sequence; each is read once."""

    def __init__(self, connection: Connection, at: int) -> None:
        self.connection, self.at = connection, at
        self._runs: dict[int, str] = {}
        self._datasets: dict[Pair, Dataset] = {}
        self._by_run: dict[int, list[Dataset]] = {}
        self._lumisections: dict[int, Ranges] = {}
        self._recorded: dict[int, np.ndarray] = {}
        self._columns: dict[bool, tuple[str, ...]] = {}

    def load(self, run_numbers: Iterable[int]) -> None:
        """Read the runs and their datasets and lumisections; unknown runs are left out."""
        for part in pieces(sorted(set(run_numbers) - set(self._runs))):
            self._runs.update({run.run_number: run.state for run in runs.runs(self.connection, self.at, part)})
            self._lumisections.update(dict.fromkeys(part, ()))
            for dataset in self._read_datasets(part):
                self._datasets[dataset.run_number, dataset.name] = dataset
                self._by_run.setdefault(dataset.run_number, []).append(dataset)
            self._read_lumisections(part)

    def dataset(self, run_number: int, name: str) -> Dataset:
        """Return one dataset of a run that was loaded.

        Raises:
            NotFound: no such run, or no such dataset of it.
        """
        if run_number not in self._runs:
            raise NotFound(f"The registry has no run {run_number}.")
        found = self._datasets.get((run_number, name))
        if found is None:
            named = ", ".join(d.name for d in self.of_run(run_number)) or "none"
            raise NotFound(f"Run {run_number} has no dataset {name}; it has {named}.")
        return found

    def of_run(self, run_number: int) -> list[Dataset]:
        """Return the datasets of a loaded run, in order of stage and name."""
        found = self._by_run.get(run_number, ())
        return sorted(found, key=lambda d: (_STAGES.index(d.stage), d.name))

    def datasets(self) -> list[Dataset]:
        """Return all that was loaded, by run and name."""
        return [self._datasets[pair] for pair in sorted(self._datasets)]

    def lumisections(self, run_number: int) -> Ranges:
        """Return the lumisections upstream has for a loaded run."""
        return self._lumisections.get(run_number, ())

    def columns(self, dataset_name: str) -> tuple[str, ...]:
        """Return every column of a dataset."""
        online = dataset_name == ONLINE
        if online not in self._columns:
            self._columns[online] = datasets.columns(self.connection, dataset_name, self.at)
        return self._columns[online]

    def recorded_invpb(self, run_number: int, spans: Ranges) -> float:
        """Return the recorded luminosity of lumisections of a loaded run, 1/pb; 0 where none is known."""
        total = self._summed(run_number)
        end = len(total) - 1
        return float(sum(total[min(last, end)] - total[min(first - 1, end)] for first, last in spans))

    def has_luminosity(self, run_number: int) -> bool:
        """Tell whether anybody measured the luminosity of a loaded run."""
        return len(self._summed(run_number)) > 1

    def _summed(self, run_number: int) -> np.ndarray:
        if run_number not in self._recorded:
            missing = [run for run in self._runs if run not in self._recorded]
            found = luminosities.luminosity_of_runs(self.connection, missing, at=self.at)
            self._recorded.update(dict.fromkeys(missing, np.zeros(1)))
            for number, arrays in found.items():
                filled = np.nan_to_num(arrays.recorded_invpb)
                self._recorded[number] = np.concatenate([[0.0], np.cumsum(filled)])
        return self._recorded[run_number]

    def said(self, pairs: Collection[Pair], columns: Collection[str] | None = None) -> Said:
        """Return what counts on datasets; every dataset asked for is there.

        Args:
            columns: only these; all where not given.
        """
        return self._said(verdict_range, pairs, columns)

    def overruled(self, pairs: Collection[Pair], columns: Collection[str]) -> Said:
        """Return what rules said under a person's word."""
        return self._said(overruled_range, pairs, columns)

    def _said(self, table: Table, pairs: Collection[Pair], columns: Collection[str] | None) -> Said:
        ids = {self.dataset(*pair).id: pair for pair in pairs}
        found: Said = {pair: {} for pair in pairs}
        wanted = None if columns is None else _ids(self.connection, columns)
        rows = [row for part in pieces(sorted(ids)) for row in self._rows(table, part, wanted)]
        words = _texts(self.connection, (i for row in rows for i in (row[1], row[5], row[6])))
        voices = _authors(self.connection, (row[7] for row in rows))
        for dataset_id, column, first, last, status, cause, comment, who, since in rows:
            verdict = Verdict(
                LumisectionRange(first, last), Status(status), words[cause], words[comment], *voices[who], since
            )
            found[ids[dataset_id]].setdefault(words[column], []).append(verdict)
        return found

    def _rows(self, table: Table, part: Sequence[int], columns: list[int] | None) -> list[tuple[int, ...]]:
        c = table.c
        query = (
            select(c.dataset_id, c.column_id, c.first, c.last, c.status)
            .add_columns(c.cause_id, c.comment_id, c.author_id, c.since)
            .where(c.dataset_id.in_(part), held(table, self.at))
            .order_by(c.dataset_id, c.column_id, c.first)
        )
        if columns is not None:
            query = query.where(c.column_id.in_(columns))
        return [tuple(row) for row in self.connection.execute(query)]

    def _read_datasets(self, part: Sequence[int]) -> Iterator[Dataset]:
        query = (
            select(dataset_table, dataset_fact.c.document)
            .join(dataset_fact, dataset_fact.c.dataset_id == dataset_table.c.id)
            .where(dataset_table.c.run_number.in_(part), held(dataset_fact, self.at))
        )
        for row in self.connection.execute(query):
            document = encoding.parse(row.document)
            where = (row.id, row.run_number, row.name, document["states"], tuple(document["in_gui"]))
            yield Dataset(*where, document["hidden"], self._runs[row.run_number])

    def _read_lumisections(self, part: Sequence[int]) -> None:
        query = (
            select(dataset_table.c.run_number, upstream_range.c.first, upstream_range.c.last)
            .join(dataset_table, dataset_table.c.id == upstream_range.c.dataset_id)
            .join(term, term.c.id == upstream_range.c.attribute_id)
            .where(dataset_table.c.run_number.in_(part), dataset_table.c.name == ONLINE)
            .where(term.c.text == EXISTS, held(upstream_range, self.at))
            .order_by(upstream_range.c.first)
        )
        for row in self.connection.execute(query):
            self._lumisections[row.run_number] += (LumisectionRange(row.first, row.last),)


def the_dataset(now: Snapshot, run_number: int, stage: Stage) -> str:
    """Return the name of the one dataset that a loaded run has in a stage, hidden ones apart.

    Raises:
        NotFound: it has none.
        Ambiguous: it has several.
    """
    names = [d.name for d in now.of_run(run_number) if d.stage is stage and not d.is_hidden]
    if len(names) > 1:
        raise Ambiguous(f"Run {run_number} has {len(names)} {stage} datasets: {', '.join(names)}.")
    if not names:
        raise NotFound(f"Run {run_number} has no {stage} dataset.")
    return names[0]


def _ids(connection: Connection, texts: Collection[str]) -> list[int]:
    parts = pieces(sorted(set(texts)))
    return [i for part in parts for i in connection.scalars(select(term.c.id).where(term.c.text.in_(part)))]


def _texts(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in pieces(sorted(set(ids))):
        rows = connection.execute(select(term.c.id, term.c.text).where(term.c.id.in_(part)))
        found.update({row.id: row.text for row in rows})
    return found


def _authors(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[str, bool]]:
    found: dict[int, tuple[str, bool]] = {}
    for part in pieces(sorted(set(ids))):
        rows = connection.execute(select(author).where(author.c.id.in_(part)))
        found.update({row.id: (row.name, bool(row.is_person)) for row in rows})
    return found
