"""Which datasets a choice has, and when: a class, an era and a cycle change with time, and datasets hide."""

from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from model import encoding
from model.asof import held_between
from model.frames.cells import Stay
from model.frames.cut import END
from model.frames.refs import DatasetRef
from model.golden.choice import EVERYWHERE, Within
from model.queries.cycles import KIND as CYCLE
from model.ranges import Ranges, canonical, intersect
from model.tables import dataset, dataset_fact, dataset_summary, registry_document

#: sequences as inclusive ranges, by dataset
_Times = dict[int, Ranges]


def stays(
    connection: Connection, numbers: Sequence[int], choice: tuple[str, Within], window: tuple[int, int]
) -> list[Stay]:
    """Return when the datasets of some runs were chosen, of all that held in a window of sequences.

    Args:
        choice: a pattern of dataset names, and what else a dataset must be.
    """
    pattern, within = choice
    named = select(dataset).where(dataset.c.run_number.in_(numbers), dataset.c.name.like(pattern, escape="\\"))
    refs = [DatasetRef(row.id, row.run_number, row.name) for row in connection.execute(named)]
    parts = [_in_sight(connection, refs, window)]
    if within != EVERYWHERE:
        parts.append(_like(connection, refs, within, window))
    if within.cycle:
        parts.append(_in_cycle(connection, refs, within.cycle, window))
    return [
        Stay(ref, span.first, span.last + 1)
        for ref in refs
        for span in reduce(intersect, (times.get(ref.dataset_id, ()) for times in parts))
    ]


def _in_sight(connection: Connection, refs: Sequence[DatasetRef], window: tuple[int, int]) -> _Times:
    return _times(
        connection, dataset_fact, refs, window, lambda row: not encoding.parse(row.document)["hidden"]
    )


def _like(
    connection: Connection, refs: Sequence[DatasetRef], within: Within, window: tuple[int, int]
) -> _Times:
    def is_like(row: Row[Any]) -> bool:
        of_run = within.run_class in ("", row.run_class) and within.era in ("", row.era)
        numbered = any(first <= row.run_number <= last for first, last in within.runs) or not within.runs
        return of_run and numbered and not row.is_hidden

    return _times(connection, dataset_summary, refs, window, is_like)


def _times(
    connection: Connection,
    table: Table,
    refs: Sequence[DatasetRef],
    window: tuple[int, int],
    holds: Callable[[Row[Any]], bool],
) -> _Times:
    """Return by dataset the sequences at which its row is as wanted."""
    ids = [ref.dataset_id for ref in refs]
    query = select(table).where(table.c.dataset_id.in_(ids), held_between(table, *window))
    found: dict[int, list[tuple[int, int]]] = {}
    for row in connection.execute(query):
        if holds(row):
            found.setdefault(row.dataset_id, []).append((row.since, (row.until or END) - 1))
    return {dataset_id: canonical(spans) for dataset_id, spans in found.items()}


def _in_cycle(connection: Connection, refs: Sequence[DatasetRef], name: str, window: tuple[int, int]) -> _Times:
    kept = registry_document
    query = select(kept).where(kept.c.kind == CYCLE, kept.c.name == name, held_between(kept, *window))
    found: dict[int, list[tuple[int, int]]] = {}
    for row in connection.execute(query):
        inside = {tuple(pair) for pair in encoding.parse(row.document)["datasets"]}
        for ref in refs:
            if (ref.run_number, ref.name) in inside:
                found.setdefault(ref.dataset_id, []).append((row.since, (row.until or END) - 1))
    return {dataset_id: canonical(spans) for dataset_id, spans in found.items()}
