"""Bits that a person said otherwise than upstream: what, who, why, and what upstream says still."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from model.asof import held
from model.clock import rfc3339, to_us
from model.events import BitsOverridden
from model.journal import Entry, entry
from model.queries import upstream
from model.ranges import LumisectionRange, intersect, subtract
from model.tables import dataset_summary, journal
from model.vocabulary import ONLINE


@dataclass(frozen=True)
class Override:
    """What somebody said a bit was on lumisections of one dataset; `raw` is upstream's value, None unknown."""

    dataset: str
    bit: str
    span: LumisectionRange
    value: Any
    raw: Any
    author: str
    comment: str
    at: str
    sequence: int


def overrides(connection: Connection, run_number: int, name: str, at: int) -> list[Override]:
    """Return the overrides that held for (run, dataset), cut where the raw value changes.

    Who says again what somebody said already is not named: the first one is.
    """
    _, raw = upstream.lumisection_facts(connection, run_number, ONLINE, at)
    return [each for each in overrides_of_run(connection, run_number, raw, at) if each.dataset == name]


def overrides_of_run(
    connection: Connection, run_number: int, raw: Mapping[str, upstream.Spans], at: int
) -> list[Override]:
    """Return the overrides that held for any dataset of a run, in one question.

    Args:
        raw: what upstream says of its bits.
    """
    query = (
        select(journal)
        .where(journal.c.run_number == run_number, journal.c.sequence <= at)
        .where(journal.c.kind == BitsOverridden.kind)
        .order_by(journal.c.sequence)
    )
    layers: dict[tuple[str, str], list[_Said]] = {}
    for one in (entry(row) for row in connection.execute(query)):
        if isinstance(one.event, BitsOverridden):
            for bit, spans in one.event.attributes.items():
                where = (one.event.dataset, bit)
                layers[where] = _told(layers.get(where, []), spans, one)
    return [
        _override(where, (part, value, one), was)
        for where, layer in sorted(layers.items())
        for span, value, one in layer
        for part, was in _raw(raw.get(where[1], ()), span)
    ]


_Said = tuple[LumisectionRange, Any, Entry]


def _override(where: tuple[str, str], said: _Said, raw: Any) -> Override:
    span, value, one = said
    happened_at = rfc3339(to_us(one.happened_at))
    return Override(*where, span, value, raw, one.author, one.comment, happened_at, one.sequence)


def _told(before: list[_Said], spans: Iterable[tuple[int, int, Any]], one: Entry) -> list[_Said]:
    found: list[_Said] = []
    for first, last, value in spans:
        whole = (LumisectionRange(first, last),)
        old = [
            (part, value, by)
            for span, held, by in before
            if held == value
            for part in intersect((span,), whole)
        ]
        found += [*old, *((part, value, one) for part in subtract(whole, tuple(part for part, *_ in old)))]
    return sorted(found, key=lambda said: said[0])


def _raw(spans: upstream.Spans, within: LumisectionRange) -> list[tuple[LumisectionRange, Any]]:
    known = [(part, value) for f, l, value in spans for part in intersect((LumisectionRange(f, l),), (within,))]
    unknown = subtract((within,), tuple(part for part, _ in known))
    return sorted([*known, *((part, None) for part in unknown)], key=lambda each: each[0])


def between(connection: Connection, first_run: int, last_run: int, name: str, at: int) -> list[tuple[int, str]]:
    """Return (run, dataset) of a range of runs that have a dataset of this name, hidden ones left out."""
    s = dataset_summary
    query = (
        select(s.c.run_number, s.c.name)
        .where(s.c.run_number.between(first_run, last_run), s.c.name == name, ~s.c.is_hidden, held(s, at))
        .order_by(s.c.run_number)
    )
    return [(row.run_number, row.name) for row in connection.execute(query)]
