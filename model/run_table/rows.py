"""What stands in a row of the run table: facts with their source, the worst statuses, what is missing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from model.asof import held
from model.grid.cells import UNTOUCHED, Cell, cell_text
from model.queries import datasets, runs
from model.queries.luminosities import LumiArrays, luminosity_of_runs
from model.ranges import Ranges, count
from model.tables import author, dataset, term, verdict_range
from model.vocabulary import ONLINE, SEVERITY, State, Status

_RANK = {status.value: rank for rank, status in enumerate(SEVERITY)}
_MARKED = {"start_time", "duration"}
_UNDECIDED = (Status.EMPTY.value, Status.NOTSET.value)
_Said = tuple[int, int, int, bool]


@dataclass(frozen=True)
class RunRow:
    """One run as the table shows it.

    Args:
        start_time: as upstream gives it; empty where nobody knows.
        recorded_lumi_invpb: in 1/pb, from `lumi_source`; None where there is none.
        significant: None where nobody said.
        worst: the worst status over all columns of the online dataset, in pieces.
        missing: the columns of an OPEN run that keep it from being signed off.
        undecided: their lumisections to decide, added up over the columns.
        assumed: which of start_time and duration nobody measured.
    """

    run_number: int
    fill_number: int | None
    era: str
    run_class: str
    start_time: str
    duration_s: float | None
    lumisections: int
    recorded_lumi_invpb: float | None
    delivered_lumi_invpb: float | None
    lumi_source: str
    state: str
    significant: bool | None
    stop_reason: str
    worst: str
    missing: tuple[str, ...]
    undecided: int
    assumed: tuple[str, ...] = ()

    @cached_property
    def text(self) -> dict[str, Any]:
        """Return the row as the browser's table holds it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def rows(connection: Connection, numbers: Sequence[int], at: int) -> list[RunRow]:
    """Return the rows of some runs in the order given, as they stood at a sequence."""
    found = {run.run_number: run for run in runs.runs(connection, at, list(numbers))}
    lumi = luminosity_of_runs(connection, numbers, at=at)
    columns = datasets.certifiable(connection, ONLINE, at)
    exists = datasets.lumisections_of_runs(connection, numbers, at)
    said = _said(connection, numbers, columns, at)
    return [
        _row(found[n], exists.get(n, ()), said.get(n, {}), columns, lumi.get(n)) for n in numbers if n in found
    ]


def _row(
    run: runs.Run,
    exists: Ranges,
    said: Mapping[str, Sequence[_Said]],
    columns: Sequence[str],
    lumi: LumiArrays | None,
) -> RunRow:
    known, own = run.upstream, run.registry
    worst, left = _painted(exists, said, columns)
    if run.state != State.OPEN:
        left = {}
    significant = own.get("significant")
    return RunRow(
        run.run_number,
        run.fill_number,
        run.era,
        run.run_class,
        str(known.get("start_time") or ""),
        known.get("duration"),
        count(exists),
        None if lumi is None else round(float(np.nansum(lumi.recorded_invpb)), 6),
        None if lumi is None else round(float(np.nansum(lumi.delivered_invpb)), 6),
        lumi.source if lumi else "",
        run.state,
        significant if isinstance(significant, bool) else None,
        str(own.get("stop_reason") or ""),
        cell_text(worst),
        tuple(left),
        sum(left.values()),
        tuple(sorted(run.assumed & _MARKED)),
    )


def _painted(
    exists: Ranges, said: Mapping[str, Sequence[_Said]], columns: Sequence[str]
) -> tuple[Cell, dict[str, int]]:
    """Return the worst status over all columns, by lumisection, and the lumisections to decide of columns."""
    if not exists:
        return UNTOUCHED, {}
    if not said:
        return UNTOUCHED, dict.fromkeys(columns, count(exists))
    length = exists[-1].last + 2
    ranks = np.full((len(columns), length), _RANK[Status.EMPTY.value], dtype=np.int8)
    persons = np.zeros((len(columns), length), dtype=bool)
    for place, column in enumerate(columns):
        for first, last, status, is_person in said.get(column, ()):
            ranks[place, first : last + 1] = _RANK[status]
            persons[place, first : last + 1] = is_person
    there = np.concatenate([np.arange(first, last + 1) for first, last in exists])
    open_ranks = [_RANK[status] for status in _UNDECIDED]
    many = np.isin(ranks[:, there], open_ranks).sum(axis=1).tolist()
    left = {column: n for column, n in zip(columns, many, strict=True) if n}
    return _cell(ranks[:, there], persons[:, there]), left


def _cell(ranks: np.ndarray, persons: np.ndarray) -> Cell:
    worst = ranks.min(axis=0)
    edges = [0, *(np.flatnonzero(np.diff(worst)) + 1).tolist(), len(worst)]
    pieces = tuple((SEVERITY[worst[a]].value, b - a) for a, b in pairwise(edges))
    least = worst.min()
    is_person = bool(persons[ranks == least].all())
    share = float((worst == least).mean())
    return Cell(SEVERITY[least].value, share, is_person, False, pieces if len(pieces) > 1 else ())


def _said(
    connection: Connection, numbers: Sequence[int], columns: Sequence[str], at: int
) -> dict[int, dict[str, list[_Said]]]:
    v = verdict_range
    query = (
        select(dataset.c.run_number, term.c.text, v.c.first, v.c.last, v.c.status, author.c.is_person)
        .select_from(dataset)
        .join(v, v.c.dataset_id == dataset.c.id)
        .join(term, term.c.id == v.c.column_id)
        .join(author, author.c.id == v.c.author_id)
        .where(dataset.c.run_number.in_(numbers), dataset.c.name == ONLINE)
        .where(term.c.text.in_(columns), held(v, at))
    )
    found: dict[int, dict[str, list[_Said]]] = defaultdict(lambda: defaultdict(list))
    for number, column, first, last, status, is_person in connection.execute(query):
        found[number][column].append((first, last, status, is_person))
    return found
