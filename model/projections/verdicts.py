"""Verdicts into ranges: what was said is kept apart from what counts."""

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Table

from model.authors import Author
from model.events import VerdictsGiven, VerdictsRestored
from model.projections import ranged
from model.projections.dictionary import Dictionary
from model.projections.layers import Layer, Said, Voices, voices
from model.ranges import LumisectionRange, Ranges, canonical, overlay
from model.tables import overruled_range, verdict_range
from model.vocabulary import Status

Rows = dict[int, list[ranged.Row]]


class _Columns:
    """The columns of one dataset that an event touches: stored rows, and the voices to change."""

    def __init__(
        self, connection: Connection, words: Dictionary, dataset_id: int, column_ids: list[int]
    ) -> None:
        self.connection, self.dataset_id = connection, dataset_id
        self.effective = self._read(verdict_range, column_ids)
        self.overruled = self._read(overruled_range, column_ids)
        rows = [row for rows in self.effective.values() for row in rows]
        persons = words.persons(row["author_id"] for row in rows) if rows else frozenset()
        self.voices = {
            c: voices(_layer(self.effective[c]), _layer(self.overruled[c]), persons) for c in column_ids
        }

    def store(self, sequence: int) -> None:
        for table, old, read in (
            (verdict_range, self.effective, Voices.effective),
            (overruled_range, self.overruled, Voices.overruled),
        ):
            before = [row for rows in old.values() for row in rows]
            after = [row for c, said in self.voices.items() for row in _rows(self.dataset_id, c, read(said))]
            ranged.replace(self.connection, table, before, after, sequence)

    def _read(self, table: Table, column_ids: list[int]) -> Rows:
        found: Rows = defaultdict(list)
        where = {"dataset_id": self.dataset_id, "column_id": column_ids}
        for row in ranged.current(self.connection, table, **where):
            found[row["column_id"]].append(row)
        return found


def give(connection: Connection, words: Dictionary, sequence: int, by: Author, event: VerdictsGiven) -> None:
    """Lay each verdict over what the same voice said before."""
    dataset_id, _ = words.dataset(event.run_number, event.dataset)
    author_id = words.author_of(by)
    ids = words.terms(
        text for v in event.verdicts for text in (*v["columns"], v.get("cause", ""), v.get("comment", ""))
    )
    column_ids = sorted({ids[c] for v in event.verdicts for c in v["columns"]})
    touched = _Columns(connection, words, dataset_id, column_ids)
    for verdict in event.verdicts:
        said = Said(
            Status[verdict["status"]].value,
            ids[verdict.get("cause", "")],
            ids[verdict.get("comment", "")],
            author_id,
        )
        spans = canonical((first, last) for first, last in verdict["ranges"])
        for column in verdict["columns"]:
            old = touched.voices[ids[column]]
            touched.voices[ids[column]] = old.given(spans, said, is_person=by.is_person)
    touched.store(sequence)


def restore(connection: Connection, words: Dictionary, sequence: int, event: VerdictsRestored) -> None:
    """Put both voices of columns × ranges back to what the event names."""
    dataset_id, _ = words.dataset(event.run_number, event.dataset)
    ids = words.terms(layer["column"] for layer in event.layers)
    touched = _Columns(connection, words, dataset_id, sorted(set(ids.values())))
    for layer in event.layers:
        spans = canonical((first, last) for first, last in layer["ranges"])
        old = touched.voices[ids[layer["column"]]]
        touched.voices[ids[layer["column"]]] = Voices(
            _put_back(words, old.person, spans, layer["person"], is_person=True),
            _put_back(words, old.rule, spans, layer["rule"], is_person=False),
        )
    touched.store(sequence)


def _put_back(words: Dictionary, layer: Layer, spans: Ranges, said: list[Any], *, is_person: bool) -> Layer:
    layer = overlay(layer, spans, None)
    for first, last, status, cause, comment, author in said:
        ids = words.terms([cause, comment])
        value = Said(Status[status].value, ids[cause], ids[comment], words.author(author, is_person=is_person))
        layer = overlay(layer, (LumisectionRange(first, last),), value)
    return layer


def _layer(rows: list[ranged.Row]) -> Layer:
    return sorted(
        (
            LumisectionRange(row["first"], row["last"]),
            Said(row["status"], row["cause_id"], row["comment_id"], row["author_id"]),
        )
        for row in rows
    )


def _rows(dataset_id: int, column_id: int, layer: Layer) -> list[ranged.Row]:
    return [
        {"dataset_id": dataset_id, "column_id": column_id, **span._asdict(), **said._asdict()}
        for span, said in layer
    ]
