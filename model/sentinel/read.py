"""Read what is known of many runs in a few questions, as it is at a sequence or with all it was before."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

import numpy as np
from sqlalchemy import Connection, FromClause, Select, func, select

from model import encoding
from model.asof import held
from model.projections.luminosity_blocks import assembled
from model.queries.runs import Run
from model.ranges import Ranges, canonical, intersect
from model.sentinel.known import Known
from model.tables import dataset, dataset_fact, luminosity, run_fact, term, upstream_range
from model.vocabulary import BITS, DEFAULT_SOURCE, EXISTS, ONLINE

#: up to so many runs are named in a query
_FEW = 2_000
#: what a check may ask of a run
_ASKED = (
    "last_lumisection_number",
    "recorded_lumi",
    "delivered_lumi",
    "end_time",
    "b_field",
    "energy",
    "stable_beam",
    "fill_type_runtime",
)
_NOTHING = np.empty(0)
Row = Any


@dataclass
class Rows:
    """Rows of one run, with the sequences they held at."""

    facts: list[Row] = field(default_factory=list)
    ranges: list[Row] = field(default_factory=list)
    blocks: list[Row] = field(default_factory=list)
    datasets: list[Row] = field(default_factory=list)
    #: lumisections it had before; from the ranges themselves where all of them were read
    before: list[tuple[int, int]] | None = None

    def known(self, at: int) -> Known | None:
        """Return what was known at a sequence; None where the run was not there yet."""
        fact = next((row for row in self.facts if _holds(row, at)), None)
        if fact is None:
            return None
        ranges = [row for row in self.ranges if _holds(row, at)]
        exists = canonical((r.first, r.last) for r in ranges if r.attribute == EXISTS and r.name == ONLINE)
        past = self._before(at) if self.before is None else self.before
        numbers = assembled([row._mapping for row in self.blocks if _holds(row, at)])
        return Known(
            _run(fact),
            exists,
            canonical(past),
            self._bits(ranges, at),
            numbers.get("delivered", _NOTHING),
            numbers.get("recorded", _NOTHING),
        )

    def changes(self) -> list[int]:
        """Return the sequences at which something changed that a check may look at, ascending."""
        found = {row.since for row in (*self.ranges, *self.blocks, *self.datasets)}
        seen: Any = None
        for row in sorted(self.facts, key=attrgetter("since")):
            run = _run(row)
            asked = [run.run_class, sorted(run.assumed), *(run.upstream.get(name) for name in _ASKED)]
            if asked != seen:
                found.add(row.since)
            seen = asked
        return sorted(found)

    def _before(self, at: int) -> Iterator[tuple[int, int]]:
        for row in self.ranges:
            if row.attribute == EXISTS and row.name == ONLINE and row.until is not None and row.until <= at:
                yield row.first, row.last

    def _bits(self, ranges: list[Row], at: int) -> dict[str, list[tuple[int, int, bool]]]:
        """Return OMS's bits, and over them what was said otherwise of every dataset that can be seen."""
        bits: dict[str, list[tuple[int, int, bool]]] = defaultdict(list)
        own: dict[str, dict[str, list[tuple[int, int, bool]]]] = defaultdict(lambda: defaultdict(list))
        for row in ranges:
            if row.attribute != EXISTS:
                where = bits if row.name == ONLINE else own[row.name]
                where[row.attribute].append((row.first, row.last, row.value == "true"))
        seen = {row.name for row in self.datasets if _holds(row, at)}
        if own and seen and seen <= set(own):
            for name in sorted({bit for layer in own.values() for bit in layer}):
                for said in (True, False):
                    for first, last in _shared([own[each][name] for each in sorted(seen)], is_true=said):
                        bits[name].append((first, last, said))
        return bits


def _shared(layers: list[list[tuple[int, int, bool]]], *, is_true: bool) -> Ranges:
    """Return the lumisections on which every layer says the same."""
    found: Ranges | None = None
    for layer in layers:
        here = canonical((first, last) for first, last, value in layer if value is is_true)
        found = here if found is None else intersect(found, here)
    return found or ()


def read(
    connection: Connection, at: int, numbers: Collection[int] | None = None, *, with_past: bool = False
) -> dict[int, Rows]:
    """Return the rows of runs, all or some: those that held at a sequence, or all that held up to it."""
    found: dict[int, Rows] = defaultdict(Rows)
    for row in _ask(connection, _facts(), run_fact, at, numbers, with_past):
        found[row.run_number].facts.append(row)
    for row in _ask(connection, _ranges(), upstream_range, at, numbers, with_past):
        found[row.run_number].ranges.append(row)
    for row in _ask(connection, _blocks(), luminosity, at, numbers, with_past):
        found[row.run_number].blocks.append(row)
    # which datasets can be seen matters where somebody overrode a bit
    overridden = [n for n, rows in found.items() if any(row.name != ONLINE for row in rows.ranges)]
    for row in _ask(connection, _datasets(), dataset_fact, at, overridden, with_past):
        found[row.run_number].datasets.append(row)
    if not with_past:
        _add_what_was_before(connection, found, at, numbers)
    return found


def _facts() -> Select[Any]:
    return select(run_fact.c.run_number, run_fact.c.document, run_fact.c.since, run_fact.c.until)


def _ranges() -> Select[Any]:
    u, attribute, value = upstream_range, term.alias(), term.alias()
    return (
        select(
            dataset.c.run_number,
            dataset.c.name,
            u.c.first,
            u.c.last,
            u.c.since,
            u.c.until,
            attribute.c.text.label("attribute"),
            value.c.text.label("value"),
        )
        .join(dataset, dataset.c.id == u.c.dataset_id)
        .join(attribute, attribute.c.id == u.c.attribute_id)
        .join(value, value.c.id == u.c.value_id)
        .where(attribute.c.text.in_([EXISTS, *BITS]), value.c.text.in_(["true", "false"]))
        .order_by(u.c.dataset_id, u.c.attribute_id, u.c.first)
    )


def _blocks() -> Select[Any]:
    columns = [c for c in luminosity.c if c.name != "source_id"]
    return (
        select(*columns)
        .join(term, term.c.id == luminosity.c.source_id)
        .where(term.c.text == DEFAULT_SOURCE)
        .order_by(luminosity.c.run_number, luminosity.c.first)
    )


def _datasets() -> Select[Any]:
    return (
        select(dataset.c.run_number, dataset.c.name, dataset_fact.c.since, dataset_fact.c.until)
        .join(dataset, dataset.c.id == dataset_fact.c.dataset_id)
        .where(dataset.c.name != ONLINE, dataset_fact.c.document.not_like('%"hidden":true%'))
    )


def _ask(
    connection: Connection,
    query: Select[Any],
    table: FromClause,
    at: int,
    numbers: Collection[int] | None,
    with_past: bool,
) -> Iterator[Row]:
    if numbers is not None and not numbers:
        return
    run_number = query.selected_columns["run_number"]
    query = query.where(table.c.since <= at if with_past else held(table, at))
    wanted = None if numbers is None else set(numbers)
    if wanted is not None and len(wanted) <= _FEW:
        query, wanted = query.where(run_number.in_(sorted(wanted))), None
    for row in connection.execute(query):
        if wanted is None or row.run_number in wanted:
            yield row


def _add_what_was_before(
    connection: Connection, found: dict[int, Rows], at: int, numbers: Collection[int] | None
) -> None:
    """Add the lumisections that runs once had; a growing run told them often, from the same first one."""
    u = upstream_range
    query = (
        select(dataset.c.run_number, u.c.first, func.max(u.c.last).label("last"))
        .join(dataset, dataset.c.id == u.c.dataset_id)
        .join(term, term.c.id == u.c.attribute_id)
        .where(term.c.text == EXISTS, dataset.c.name == ONLINE, u.c.until <= at)
        .group_by(dataset.c.run_number, u.c.first)
    )
    for rows in found.values():
        rows.before = []
    if numbers is not None and len(numbers) <= _FEW:
        query = query.where(dataset.c.run_number.in_(sorted(numbers)))
    for row in connection.execute(query):
        if (past := found[row.run_number].before if row.run_number in found else None) is not None:
            past.append((row.first, row.last))


def _holds(row: Row, at: int) -> bool:
    return bool(row.since <= at and (row.until is None or row.until > at))


def _run(row: Row) -> Run:
    document = encoding.parse(row.document)
    return Run(row.run_number, document["upstream"], document["registry"], frozenset(document["assumed"]))
