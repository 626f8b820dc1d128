"""What upstream said: run attributes, lumisections and bits, per dataset where somebody overrode them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Connection, Select, bindparam, select

from model.asof import AT, held
from model.errors import NotFound
from model.journal import sequence_now
from model.pieces import pieces
from model.queries import runs
from model.ranges import LumisectionRange, Ranges, canonical, merge, overlay
from model.tables import dataset, term, upstream_range
from model.vocabulary import EXISTS, ONLINE

#: as a value is kept
_FALSE = orjson.dumps(False).decode()
Spans = tuple[tuple[int, int, Any], ...]
#: which lumisections exist, and the known values of every attribute
Facts = tuple[Ranges, dict[str, Spans]]


def run_attributes(connection: Connection, run_number: int, at: int | None = None) -> dict[str, Any] | None:
    """Return upstream's attributes of a run, as they stand now unless told when; None for a run not seen."""
    try:
        return dict(runs.run(connection, run_number, at).upstream)
    except NotFound:
        return None


def lumisection_facts(
    connection: Connection, run_number: int, name: str = ONLINE, at: int | None = None
) -> Facts:
    """Return which lumisections exist and the known values of every attribute, of one dataset's own rows."""
    return _read(connection, run_number, at, name).get(name, ((), {}))


def facts_of_run(connection: Connection, run_number: int, at: int) -> dict[str, Facts]:
    """Return the same of every dataset of a run that has rows of its own, in one question."""
    return _read(connection, run_number, at)


def _read(connection: Connection, run_number: int, at: int | None, name: str | None = None) -> dict[str, Facts]:
    at = sequence_now(connection) if at is None else at
    asked = {"run_number": run_number, "at": at} | ({} if name is None else {"name": name})
    found: dict[str, dict[str, list[tuple[int, int, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in connection.execute(_asked(is_named=name is not None), asked):
        found[row.dataset][row.name].append((row.first, row.last, orjson.loads(row.text)))
    return {name: _facts(spans) for name, spans in found.items()}


@cache
def _asked(*, is_named: bool) -> Select[Any]:
    attribute, value = term.alias(), term.alias()
    query = (
        select(dataset.c.name.label("dataset"), attribute.c.text.label("name"), value.c.text)
        .add_columns(upstream_range.c.first, upstream_range.c.last)
        .select_from(upstream_range)
        .join(dataset, dataset.c.id == upstream_range.c.dataset_id)
        .join(attribute, attribute.c.id == upstream_range.c.attribute_id)
        .join(value, value.c.id == upstream_range.c.value_id)
        .where(dataset.c.run_number == bindparam("run_number"), held(upstream_range, AT))
        .order_by(attribute.c.text, upstream_range.c.first)
    )
    return query.where(dataset.c.name == bindparam("name")) if is_named else query


def false_bits(
    connection: Connection, run_numbers: Sequence[int], bits: Collection[str], at: int
) -> dict[int, Ranges]:
    """Return of each of many runs the lumisections of which upstream says that one of these bits is false."""
    attribute, value = term.alias(), term.alias()
    query = (
        select(dataset.c.run_number, upstream_range.c.first, upstream_range.c.last)
        .join(dataset, dataset.c.id == upstream_range.c.dataset_id)
        .join(attribute, attribute.c.id == upstream_range.c.attribute_id)
        .join(value, value.c.id == upstream_range.c.value_id)
        .where(dataset.c.name == ONLINE, attribute.c.text.in_(sorted(bits)), value.c.text == _FALSE)
        .where(held(upstream_range, at))
    )
    found: dict[int, list[LumisectionRange]] = defaultdict(list)
    for these in pieces(run_numbers):
        for row in connection.execute(query.where(dataset.c.run_number.in_(these))):
            found[row.run_number].append(LumisectionRange(row.first, row.last))
    return {number: canonical(spans) for number, spans in found.items()}


def _facts(found: dict[str, list[tuple[int, int, Any]]]) -> Facts:
    exists = tuple(LumisectionRange(first, last) for first, last, _ in found.pop(EXISTS, []))
    return exists, {attribute: tuple(spans) for attribute, spans in found.items()}


def bits(connection: Connection, run_number: int, name: str, at: int | None = None) -> dict[str, Spans]:
    """Return the bits that hold for a dataset: upstream's, with the dataset's overrides on top."""
    _, base = lumisection_facts(connection, run_number, ONLINE, at)
    if name == ONLINE:
        return base
    _, own = lumisection_facts(connection, run_number, name, at)
    for attribute, spans in own.items():
        base[attribute] = _laid_over(base.get(attribute, ()), spans)
    return base


def _laid_over(below: Iterable[tuple[int, int, Any]], above: Iterable[tuple[int, int, Any]]) -> Spans:
    layer = merge([(LumisectionRange(first, last), value) for first, last, value in below])
    for first, last, value in above:
        layer = overlay(layer, (LumisectionRange(first, last),), value)
    return tuple((span.first, span.last, value) for span, value in layer)
