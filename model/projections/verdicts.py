"""Verdicts into ranges: what was said is kept apart from what counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from model.authors import Author
from model.events import RulesDecided, VerdictsGiven, VerdictsRestored
from model.projections import ranged
from model.projections.dictionary import Dictionary
from model.projections.layers import Layer, Said, Voices, voices
from model.ranges import LumisectionRange, Ranges, canonical, overlay, union
from model.tables import overruled_range, verdict_range
from model.vocabulary import Status

Rows = dict[int, list[ranged.Row]]


class _Columns:
    """The columns of one dataset that an event touches: stored rows, and the voices to change.

    Only the rows around the touched lumisections are read, so that an edit costs the same in a column of
    thousands of ranges. What is read is closed: no row of either table reaches out of it.
    """

    def __init__(
        self,
        connection: Connection,
        words: Dictionary,
        dataset_id: int,
        touched: Mapping[int, Ranges],
    ) -> None:
        self.connection, self.dataset_id = connection, dataset_id
        column_ids = sorted(touched)
        # one lumisection more on either side: an equal neighbour is joined
        window = (
            min(spans[0].first for spans in touched.values()) - 1,
            max(spans[-1].last for spans in touched.values()) + 1,
        )
        rows = self._read(column_ids, window)
        while (reach := _reach(rows, window)) != window:
            window = reach
            rows = self._read(column_ids, window)
        self.effective, self.overruled = rows
        said = [row for found in self.effective.values() for row in found]
        persons = words.persons(row["author_id"] for row in said) if said else frozenset()
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

    def _read(self, column_ids: list[int], window: tuple[int, int]) -> tuple[Rows, Rows]:
        both: list[Rows] = []
        for table in (verdict_range, overruled_range):
            found: Rows = defaultdict(list)
            where = {"dataset_id": self.dataset_id, "column_id": column_ids}
            inside = (table.c.first <= window[1], table.c.last >= window[0])
            for row in ranged.current(self.connection, table, *inside, **where):
                found[row["column_id"]].append(row)
            both.append(found)
        return both[0], both[1]


def _reach(tables: tuple[Rows, Rows], window: tuple[int, int]) -> tuple[int, int]:
    rows = [row for found in tables for column in found.values() for row in column]
    firsts, lasts = [row["first"] for row in rows], [row["last"] for row in rows]
    return min([window[0], *firsts]), max([window[1], *lasts])


def give(connection: Connection, words: Dictionary, sequence: int, by: Author, event: VerdictsGiven) -> int:
    """Lay each verdict over what the same voice said before; return the id of the dataset."""
    dataset_id, _ = words.dataset(event.run_number, event.dataset)
    _lay(connection, words, (dataset_id, sequence), [(v, by) for v in event.verdicts])
    return dataset_id


def decide(connection: Connection, words: Dictionary, sequence: int, event: RulesDecided) -> int:
    """Lay what rules decided over what rules said before; return the id of the dataset."""
    dataset_id, _ = words.dataset(event.run_number, event.dataset)
    said = [(v, Author(v["author"], is_person=False)) for v in event.verdicts]
    _lay(connection, words, (dataset_id, sequence), said)
    return dataset_id


def _lay(
    connection: Connection,
    words: Dictionary,
    where: tuple[int, int],
    given: Sequence[tuple[Mapping[str, Any], Author]],
) -> None:
    dataset_id, sequence = where
    authors = {by: words.author_of(by) for _, by in given}
    ids = words.terms(
        text for v, _ in given for text in (*v["columns"], v.get("cause", ""), v.get("comment", ""))
    )
    spans_of: dict[int, Ranges] = {}
    for verdict, _ in given:
        for column in verdict["columns"]:
            spans_of[ids[column]] = union(spans_of.get(ids[column], ()), _spans(verdict))
    touched = _Columns(connection, words, dataset_id, spans_of)
    for verdict, by in given:
        said = Said(
            Status[verdict["status"]].value,
            ids[verdict.get("cause", "")],
            ids[verdict.get("comment", "")],
            authors[by],
        )
        spans = _spans(verdict)
        for column in verdict["columns"]:
            old = touched.voices[ids[column]]
            touched.voices[ids[column]] = old.given(spans, said, is_person=by.is_person)
    touched.store(sequence)


def restore(connection: Connection, words: Dictionary, sequence: int, event: VerdictsRestored) -> int:
    """Put both voices of columns × ranges back to what the event names; return the id of the dataset."""
    dataset_id, _ = words.dataset(event.run_number, event.dataset)
    ids = words.terms(layer["column"] for layer in event.layers)
    spans_of: dict[int, Ranges] = {}
    for layer in event.layers:
        spans_of[ids[layer["column"]]] = union(spans_of.get(ids[layer["column"]], ()), _spans(layer))
    touched = _Columns(connection, words, dataset_id, spans_of)
    for layer in event.layers:
        spans = _spans(layer)
        old = touched.voices[ids[layer["column"]]]
        touched.voices[ids[layer["column"]]] = Voices(
            _put_back(words, old.person, spans, layer["person"], is_person=True),
            _put_back(words, old.rule, spans, layer["rule"], is_person=False),
        )
    touched.store(sequence)
    return dataset_id


def _spans(said: Mapping[str, Any]) -> Ranges:
    return canonical((first, last) for first, last in said["ranges"])


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
