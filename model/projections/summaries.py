"""Summaries of datasets and their cells, kept beside the ranges so that lists need not read these."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from model import encoding
from model.projections import luminosity_blocks, ranged
from model.projections.dictionary import Dictionary
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


@dataclass(frozen=True)
class _Weights:
    """Running totals over lumisections 0, 1, 2, …: how many exist, and their recorded luminosity in 1/pb."""

    count: np.ndarray
    recorded_invpb: np.ndarray
    has_luminosity: bool

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
                self.of_cells(sequence, run_number, dataset_id)

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

    def of_cells(
        self, sequence: int, run_number: int, dataset_id: int, columns: Collection[str] | None = None
    ) -> None:
        """Refresh the cells of a dataset, of all columns or of some."""
        where: dict[str, Any] = {"dataset_id": dataset_id}
        if columns is not None:
            where["column_id"] = sorted(self.words.terms(columns).values())
        said = ranged.current(self.connection, verdict_range, **where)
        old = ranged.current(self.connection, cell_summary, **where)
        if said or old:
            new = self._cells(self._weights_of(run_number), dataset_id, said)
            ranged.replace(self.connection, cell_summary, old, new, sequence)

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
        weights = self._weights_of(run_number)
        row = {
            "dataset_id": dataset_id,
            "run_number": run_number,
            "name": name,
            "stage": stage_of(name).value,
            "is_hidden": fact["hidden"],
            "in_gui": encoding.canonical(fact["in_gui"]).decode(),
            "lumisections": int(weights.count[-1]),
            "recorded_invpb": _rounded(weights.recorded_invpb[-1]) if weights.has_luminosity else None,
            **run,
        }
        old = ranged.current(self.connection, dataset_summary, dataset_id=dataset_id)
        ranged.replace(self.connection, dataset_summary, old, [row], sequence)
        return fact

    def _run(self, run_number: int) -> dict[str, Any]:
        found = ranged.current(self.connection, run_fact, run_number=run_number)
        document = encoding.parse(found[0]["document"]) if found else {"upstream": {}, "registry": {}}
        upstream, own = document["upstream"], document["registry"]
        significant = own.get("significant")
        return {
            "era": str(upstream.get("era") or ""),
            "fill_number": upstream.get("fill_number"),
            "run_class": str(own.get("class") or ""),
            "run_state": str(own.get("state") or State.OPEN),
            "is_significant": significant if isinstance(significant, bool) else None,
        }

    def _datasets(self, run_number: int) -> list[tuple[int, str]]:
        query = (
            select(dataset.c.id, dataset.c.name)
            .join(dataset_fact, dataset_fact.c.dataset_id == dataset.c.id)
            .where(dataset.c.run_number == run_number, dataset_fact.c.until.is_(None))
            .order_by(dataset.c.id)
        )
        return [(row.id, row.name) for row in self.connection.execute(query)]

    def _weights_of(self, run_number: int) -> _Weights:
        if run_number not in self._weights:
            self._weights[run_number] = self._weigh(run_number)
        return self._weights[run_number]

    def _weigh(self, run_number: int) -> _Weights:
        ids = self.words.terms([EXISTS, DEFAULT_SOURCE])
        online, _ = self.words.dataset(run_number, ONLINE)
        spans = ranged.current(self.connection, upstream_range, dataset_id=online, attribute_id=ids[EXISTS])
        exists = np.zeros(max((row["last"] for row in spans), default=0) + 1, dtype=np.int64)
        for row in spans:
            exists[row["first"] : row["last"] + 1] = 1
        recorded = np.zeros(len(exists))
        where = {"run_number": run_number, "source_id": ids[DEFAULT_SOURCE]}
        packed = ranged.current(self.connection, luminosity, **where)
        if packed:
            known = np.nan_to_num(luminosity_blocks.assembled(packed)["recorded"])[: len(exists) - 1]
            recorded[1 : len(known) + 1] = known
        return _Weights(np.cumsum(exists), np.cumsum(recorded * exists), bool(packed))


def _sum(parts: Collection[tuple[int, float]]) -> tuple[int, float]:
    return sum(n for n, _ in parts), sum(lumi for _, lumi in parts)


def _rounded(recorded_invpb: float) -> float:
    # a difference of running totals leaves dust far below what a lumisection can hold
    return round(float(recorded_invpb), _DIGITS) + 0.0
