"""Summaries of datasets and their cells, kept beside the ranges so that lists need not read these."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, bindparam, select

from model import encoding
from model.clock import moment, to_us
from model.projections import luminosity_blocks, ranged
from model.projections.dictionary import Dictionary
from model.projections.verdicts import Touched
from model.tables import (
    cell_summary,
    dataset,
    dataset_fact,
    dataset_state,
    dataset_summary,
    luminosity,
    run_fact,
    upstream_range,
    verdict_range,
)
from model.vocabulary import DEFAULT_SOURCE, EXISTS, ONLINE, State, Status, stage_of

_DIGITS = 6
_NONE = np.empty(0)
_DATASETS = (
    select(dataset.c.id, dataset.c.name)
    .join(dataset_fact, dataset_fact.c.dataset_id == dataset.c.id)
    .where(dataset.c.run_number == bindparam("run_number"), dataset_fact.c.until.is_(None))
    .order_by(dataset.c.id)
)


@dataclass(frozen=True)
class _Weights:
    """Running totals over lumisections 0, 1, 2, …: how many exist, and their recorded luminosity in 1/pb.

    Args:
        delivered_invpb: on all that exist; None where no luminosity came.
    """

    count: np.ndarray
    recorded_invpb: np.ndarray
    delivered_invpb: float | None

    def within(self, first: int, last: int) -> tuple[int, float]:
        end = len(self.count) - 1
        a, b = min(max(first - 1, 0), end), min(max(last, 0), end)
        return int(self.count[b] - self.count[a]), float(self.recorded_invpb[b] - self.recorded_invpb[a])


class Summaries:
    """Brings the summaries of what an event touched up to date."""

    def __init__(self, connection: Connection, words: Dictionary) -> None:
        self.connection, self.words = connection, words
        self._weights: dict[int, _Weights] = {}

    def of_run(self, sequence: int, run_number: int, *, is_measured_anew: bool = False) -> None:
        """Refresh every dataset of a run; `is_measured_anew` where its lumisections or luminosity changed."""
        if is_measured_anew:
            self._weights.pop(run_number, None)
        run = self._run(run_number)
        for dataset_id, name in self._datasets(run_number):
            self._summarise(sequence, run_number, (dataset_id, name), run)
            if is_measured_anew:
                self.of_cells([Touched(sequence, run_number, dataset_id)])

    def of_dataset(self, sequence: int, run_number: int, name: str) -> None:
        """Refresh one dataset and its states."""
        dataset_id, _ = self.words.dataset(run_number, name)
        fact = self._summarise(sequence, run_number, (dataset_id, name), self._run(run_number))
        ids = self.words.terms(sorted(fact["states"]))
        old = ranged.current(self.connection, dataset_state, dataset_id=dataset_id)
        new = [
            {"dataset_id": dataset_id, "workspace_id": ids[workspace], "state": state}
            for workspace, state in sorted(fact["states"].items())
        ]
        ranged.replace(self.connection, dataset_state, old, new, sequence)

    def of_cells(self, facts: Sequence[Touched]) -> None:
        """Refresh the cells that facts touched; each is about another dataset."""
        of = {fact.dataset_id: fact for fact in facts}
        columns = {c for fact in facts for c in fact.columns or ()}
        where = {"column_id": sorted(columns)} if all(fact.columns is not None for fact in facts) else {}
        said, old = (
            self._by_dataset(ranged.current_of(self.connection, table, ("dataset_id", list(of)), **where), of)
            for table in (verdict_range, cell_summary)
        )
        changed = [fact for d, fact in of.items() if d in said or d in old]
        weights = self._weights_of(fact.run_number for fact in changed)
        changes = [
            (
                old.get(fact.dataset_id, []),
                self._cells(weights[fact.run_number], fact.dataset_id, said.get(fact.dataset_id, [])),
                fact.sequence,
            )
            for fact in changed
        ]
        ranged.replace_each(self.connection, cell_summary, changes)

    @staticmethod
    def _by_dataset(rows: Iterable[ranged.Row], of: Mapping[int, Touched]) -> dict[int, list[ranged.Row]]:
        found: dict[int, list[ranged.Row]] = defaultdict(list)
        for row in rows:
            columns = of[row["dataset_id"]].columns
            if columns is None or row["column_id"] in columns:
                found[row["dataset_id"]].append(row)
        return found

    def _cells(self, weights: _Weights, dataset_id: int, said: list[ranged.Row]) -> list[ranged.Row]:
        found: dict[int, dict[int, list[tuple[int, float]]]] = defaultdict(lambda: defaultdict(list))
        for row in sorted(said, key=lambda row: (row["column_id"], row["first"])):
            found[row["column_id"]][row["status"]].append(weights.within(row["first"], row["last"]))
        everything = (int(weights.count[-1]), float(weights.recorded_invpb[-1]))
        rows = []
        for column_id, by_status in found.items():
            totals = {status: _sum(parts) for status, parts in by_status.items()}
            spoken = _sum(totals.values())
            totals[Status.EMPTY.value] = (everything[0] - spoken[0], everything[1] - spoken[1])
            for status, (lumisections, recorded) in totals.items():
                if lumisections > 0:
                    where = {"dataset_id": dataset_id, "column_id": column_id, "status": status}
                    rows.append({**where, "lumisections": lumisections, "recorded_invpb": _rounded(recorded)})
        return rows

    def _summarise(
        self, sequence: int, run_number: int, named: tuple[int, str], run: Mapping[str, Any]
    ) -> dict[str, Any]:
        dataset_id, name = named
        facts = ranged.current(self.connection, dataset_fact, dataset_id=dataset_id)
        fact: dict[str, Any] = encoding.parse(facts[0]["document"])
        weights = self._weights_of([run_number])[run_number]
        delivered = weights.delivered_invpb
        row = {
            "dataset_id": dataset_id,
            "run_number": run_number,
            "name": name,
            "stage": stage_of(name).value,
            "is_hidden": fact["hidden"],
            "in_gui": encoding.canonical(fact["in_gui"]).decode(),
            "lumisections": int(weights.count[-1]),
            "recorded_invpb": None if delivered is None else _rounded(weights.recorded_invpb[-1]),
            "delivered_invpb": delivered,
            **run,
        }
        old = ranged.current(self.connection, dataset_summary, dataset_id=dataset_id)
        ranged.replace(self.connection, dataset_summary, old, [row], sequence)
        return fact

    def _run(self, run_number: int) -> dict[str, Any]:
        found = ranged.current(self.connection, run_fact, run_number=run_number)
        document = encoding.parse(found[0]["document"]) if found else {"upstream": {}, "registry": {}}
        upstream, own = document["upstream"], document["registry"]
        significant, duration_s = own.get("significant"), upstream.get("duration")
        start = moment(str(upstream.get("start_time") or ""))
        return {
            "era": str(upstream.get("era") or ""),
            "fill_number": upstream.get("fill_number"),
            "run_class": str(own.get("class") or ""),
            "run_state": str(own.get("state") or State.OPEN),
            "is_significant": significant if isinstance(significant, bool) else None,
            "start_us": to_us(start) if start else None,
            "duration_s": float(duration_s) if isinstance(duration_s, int | float) else None,
            "stop_reason": str(own.get("stop_reason") or ""),
        }

    def _datasets(self, run_number: int) -> list[tuple[int, str]]:
        found = self.connection.execute(_DATASETS, {"run_number": run_number})
        return [(row.id, row.name) for row in found]

    def _weights_of(self, run_numbers: Iterable[int]) -> Mapping[int, _Weights]:
        missing = [run for run in dict.fromkeys(run_numbers) if run not in self._weights]
        if missing:
            self._weights.update(self._weighed(missing))
        return self._weights

    def _weighed(self, run_numbers: Sequence[int]) -> Iterator[tuple[int, _Weights]]:
        ids = self.words.terms([EXISTS, DEFAULT_SOURCE])
        online = self.words.datasets((run, ONLINE) for run in run_numbers)
        spans: dict[int, list[ranged.Row]] = defaultdict(list)
        where = {"attribute_id": ids[EXISTS]}
        datasets = ("dataset_id", list(online.values()))
        for row in ranged.current_of(self.connection, upstream_range, datasets, **where):
            spans[row["dataset_id"]].append(row)
        where = {"source_id": ids[DEFAULT_SOURCE]}
        found = ranged.current_of(self.connection, luminosity, ("run_number", run_numbers), **where)
        blocks: dict[int, list[ranged.Row]] = defaultdict(list)
        for row in found:
            blocks[row["run_number"]].append(row)
        for run in run_numbers:
            yield run, _weigh(spans[online[run, ONLINE]], blocks[run])


def _weigh(spans: Sequence[ranged.Row], blocks: Sequence[ranged.Row]) -> _Weights:
    exists = np.zeros(max((row["last"] for row in spans), default=0) + 1, dtype=np.int64)
    for row in spans:
        exists[row["first"] : row["last"] + 1] = 1
    numbers = luminosity_blocks.assembled(blocks) if blocks else dict.fromkeys(luminosity_blocks.NAMES, _NONE)
    recorded, delivered = (_laid(numbers[name], exists) for name in ("recorded", "delivered"))
    whole = _rounded(delivered.sum()) if blocks else None
    return _Weights(np.cumsum(exists), np.cumsum(recorded), whole)


def _laid(known_invpb: np.ndarray, exists: np.ndarray) -> np.ndarray:
    """Return luminosity by lumisection 0, 1, 2, …: nothing where none exists or none is known."""
    laid = np.zeros(len(exists))
    known = np.nan_to_num(known_invpb)[: len(exists) - 1]
    laid[1 : len(known) + 1] = known
    laid[exists == 0] = 0.0
    return laid


def _sum(parts: Collection[tuple[int, float]]) -> tuple[int, float]:
    return sum(n for n, _ in parts), sum(lumi for _, lumi in parts)


def _rounded(recorded_invpb: float) -> float:
    # a difference of running totals leaves dust far below what a lumisection can hold
    return round(float(recorded_invpb), _DIGITS) + 0.0
