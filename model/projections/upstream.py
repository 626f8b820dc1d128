"""What upstream said into tables: lumisections and bits as ranges, luminosity in blocks."""

from typing import Any

import numpy as np
import orjson
from sqlalchemy import Connection

from model import encoding
from model.events import BitsOverridden, LuminosityReported, LumisectionsChanged, LumisectionsReported
from model.projections import luminosity_blocks, ranged
from model.projections.dictionary import Dictionary
from model.ranges import LumisectionRange, Ranges, Valued, canonical, numbers, overlay
from model.tables import dataset_fact, luminosity, upstream_range
from model.vocabulary import EXISTS, ONLINE

Attributes = dict[str, tuple[tuple[int, int, Any], ...]]


def online(connection: Connection, words: Dictionary, sequence: int, run_number: int) -> int:
    """Return the id of a run's online dataset; the first word about a run makes it."""
    dataset_id, is_new = words.dataset(run_number, ONLINE)
    if is_new:
        document = encoding.canonical({"states": {}, "in_gui": [], "hidden": False}).decode()
        ranged.add(connection, dataset_fact, [{"dataset_id": dataset_id, "document": document}], sequence)
    return dataset_id


def report(connection: Connection, words: Dictionary, sequence: int, event: LumisectionsReported) -> None:
    """Put new lumisections and bits in the place of all that were known."""
    dataset_id = online(connection, words, sequence, event.run_number)
    exists = tuple((first, last, True) for first, last in event.lumisections)
    rows = _rows(words, dataset_id, {EXISTS: exists, **event.attributes})
    old = ranged.current(connection, upstream_range, dataset_id=dataset_id)
    ranged.replace(connection, upstream_range, old, rows, sequence)


def override(connection: Connection, words: Dictionary, sequence: int, event: BitsOverridden) -> None:
    """Put the overrides of a dataset in the place of those it had for the same bits."""
    dataset_id, _ = words.dataset(event.run_number, event.dataset)
    rows = _rows(words, dataset_id, dict(event.attributes))
    # a bit without ranges was withdrawn
    named = sorted(words.terms(sorted(event.attributes)).values())
    old = ranged.current(connection, upstream_range, dataset_id=dataset_id, attribute_id=named)
    ranged.replace(connection, upstream_range, old, rows, sequence)


def measure(connection: Connection, words: Dictionary, sequence: int, event: LuminosityReported) -> None:
    """Put one source's luminosity, as one block, in the place of what it had told."""
    where, old = _blocks(connection, words, event.run_number, event.source)
    told = {name: encoding.undigits(getattr(event, name)) for name in luminosity_blocks.NAMES}
    new = [{**where, **luminosity_blocks.packed(1, told)}]
    ranged.replace(connection, luminosity, old, new, sequence)


def change(connection: Connection, words: Dictionary, sequence: int, event: LumisectionsChanged) -> None:
    """Lay some lumisections over what was known: their bits, and their luminosity."""
    dataset_id = online(connection, words, sequence, event.run_number)
    told, removed = _spans(event.lumisections), _spans(event.removed)
    exists = tuple((first, last, True) for first, last in event.lumisections)
    fresh = _rows(words, dataset_id, {EXISTS: exists, **event.attributes})
    old = ranged.current(connection, upstream_range, dataset_id=dataset_id)
    touched = canonical((*told, *removed))
    new = _laid(dataset_id, _layers(old), _layers(fresh), touched)
    ranged.replace(connection, upstream_range, old, new, sequence)
    where, blocks = _blocks(connection, words, event.run_number, event.source)
    changed = luminosity_blocks.changed(blocks, *_numbers(event, told, removed))
    after = [{name: value for name, value in row.items() if name not in ("since", "until")} for row in changed]
    ranged.replace(connection, luminosity, blocks, [{**where, **row} for row in after], sequence)


def _numbers(
    event: LumisectionsChanged, told: Ranges, removed: Ranges
) -> tuple[list[int], dict[str, np.ndarray]]:
    """Return the lumisections whose numbers change, ascending, and the numbers; what is removed has none."""
    every, gone = [*numbers(told), *numbers(removed)], sum(1 for _ in numbers(removed))
    order = np.argsort(np.array(every, dtype=np.int64))
    out = {}
    for name in luminosity_blocks.NAMES:
        values = encoding.undigits(getattr(event, name))
        has_some = len(values) or name != "pileup"
        out[name] = np.concatenate([values, np.full(gone, np.nan)])[order] if has_some else values
    return [every[i] for i in order], out


def _blocks(
    connection: Connection, words: Dictionary, run_number: int, source: str
) -> tuple[dict[str, int], list[ranged.Row]]:
    where = {"run_number": run_number, "source_id": words.terms([source])[source]}
    rows = ranged.current(connection, luminosity, **where)
    return where, [_plain(row) for row in rows]


def _plain(row: ranged.Row) -> ranged.Row:
    # PostgreSQL gives memoryviews, which are equal to nothing
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in row.items()}


def _rows(words: Dictionary, dataset_id: int, attributes: Attributes) -> list[ranged.Row]:
    # as texts: 1 and true are different values, and the same dictionary key
    written = [(n, f, l, orjson.dumps(v).decode()) for n, spans in attributes.items() for f, l, v in spans]
    ids = words.terms([*attributes, *(text for *_, text in written)])
    return [
        {
            "dataset_id": dataset_id,
            "attribute_id": ids[name],
            "first": first,
            "last": last,
            "value_id": ids[text],
        }
        for name, first, last, text in written
    ]


def _layers(rows: list[ranged.Row]) -> dict[int, list[Valued[int]]]:
    found: dict[int, list[Valued[int]]] = {}
    for row in sorted(rows, key=lambda row: (row["attribute_id"], row["first"])):
        span = LumisectionRange(row["first"], row["last"])
        found.setdefault(row["attribute_id"], []).append((span, row["value_id"]))
    return found


def _laid(
    dataset_id: int,
    old: dict[int, list[Valued[int]]],
    fresh: dict[int, list[Valued[int]]],
    touched: Ranges,
) -> list[ranged.Row]:
    rows: list[ranged.Row] = []
    for attribute_id in sorted({*old, *fresh}):
        layer = overlay(old.get(attribute_id, ()), touched, None)
        for span, value_id in fresh.get(attribute_id, ()):
            layer = overlay(layer, (span,), value_id)
        where = {"dataset_id": dataset_id, "attribute_id": attribute_id}
        rows += [{**where, **span._asdict(), "value_id": value_id} for span, value_id in layer]
    return rows


def _spans(ranges: tuple[tuple[int, int], ...]) -> Ranges:
    return canonical((first, last) for first, last in ranges)
