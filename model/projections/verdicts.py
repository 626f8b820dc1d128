"""Verdicts into ranges: what was said is kept apart from what counts.

Facts about different datasets are projected together: all that they touch is read at once, and written at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from model.authors import Author
from model.events import RulesDecided, Verdicts, VerdictsGiven, VerdictsRestored
from model.projections import ranged
from model.projections.dictionary import Dictionary
from model.projections.layers import Layer, Said, Voices, voices
from model.ranges import LumisectionRange, Ranges, canonical, overlay, overlay_each
from model.tables import overruled_range, verdict_range
from model.vocabulary import DEFAULT_SOURCE, EXISTS, ONLINE, Status

Rows = dict[int, list[ranged.Row]]


class Touched(NamedTuple):
    """Columns of one dataset that a fact changed; None means all of them."""

    sequence: int
    run_number: int
    dataset_id: int
    columns: frozenset[int] | None = None


class _Columns:
    """The columns of datasets that facts touch: stored rows, and the voices to change.

    Only the rows around the touched lumisections are read, so that an edit costs the same in a column of
    thousands of ranges. What is read is closed: no row of either table reaches out of it.
    """

    def __init__(
        self, connection: Connection, words: Dictionary, touched: Mapping[int, Mapping[int, Ranges]]
    ) -> None:
        self.connection = connection
        self.effective: dict[int, Rows] = {}
        self.overruled: dict[int, Rows] = {}
        self._read({dataset_id: _window(spans) for dataset_id, spans in touched.items()}, touched)
        authors = {row["author_id"] for row in _rows_of(self.effective, self.overruled)}
        persons = words.persons(authors)
        self.voices = {
            d: {c: voices(_layer(self.effective[d][c]), _layer(self.overruled[d][c]), persons) for c in columns}
            for d, columns in touched.items()
        }

    def store(self, facts: Iterable[Touched]) -> None:
        of = [(fact.dataset_id, fact.sequence) for fact in facts]
        for table, old, read in (
            (verdict_range, self.effective, Voices.effective),
            (overruled_range, self.overruled, Voices.overruled),
        ):
            changes = [
                (
                    [row for rows in old[d].values() for row in rows],
                    [row for c, said in self.voices[d].items() for row in _rows(d, c, read(said))],
                    sequence,
                )
                for d, sequence in of
            ]
            ranged.replace_each(self.connection, table, changes)

    def _read(self, windows: dict[int, tuple[int, int]], touched: Mapping[int, Mapping[int, Ranges]]) -> None:
        while windows:
            widest = min(first for first, _ in windows.values()), max(last for _, last in windows.values())
            columns = sorted({c for d in windows for c in touched[d]})
            for table, into in ((verdict_range, self.effective), (overruled_range, self.overruled)):
                into.update((d, defaultdict(list)) for d in windows)
                of = ("dataset_id", list(windows))
                found = ranged.current_of(self.connection, table, of, widest, column_id=columns)
                for row in found:
                    if row["column_id"] in touched[row["dataset_id"]]:
                        into[row["dataset_id"]][row["column_id"]].append(row)
            reached = {d: _reach(self.effective[d], self.overruled[d], widest) for d in windows}
            windows = {d: reach for d, reach in reached.items() if reach != widest}


def _window(touched: Mapping[int, Ranges]) -> tuple[int, int]:
    # one lumisection more on either side: an equal neighbour is joined
    spans = touched.values()
    return min(s[0].first for s in spans) - 1, max(s[-1].last for s in spans) + 1


def _reach(effective: Rows, overruled: Rows, window: tuple[int, int]) -> tuple[int, int]:
    rows = [row for found in (effective, overruled) for column in found.values() for row in column]
    firsts, lasts = [row["first"] for row in rows], [row["last"] for row in rows]
    return min([window[0], *firsts]), max([window[1], *lasts])


def _rows_of(*tables: dict[int, Rows]) -> Iterator[ranged.Row]:
    return (row for table in tables for found in table.values() for rows in found.values() for row in rows)


def give(
    connection: Connection,
    words: Dictionary,
    by: Author,
    facts: Sequence[tuple[int, VerdictsGiven | RulesDecided]],
) -> list[Touched]:
    """Lay each verdict over what the same voice said before; one that rules decided names its rule.

    Args:
        facts: with their sequences; each is about another dataset.
    """
    dataset_ids = _datasets(words, facts)
    author_id = words.author_of(by)
    texts = [text for _, event in facts for text in (*_texts(event), EXISTS, DEFAULT_SOURCE)]
    ids = words.terms(texts)
    named = [[(c, _spans(v)) for v in event.verdicts for c in v["columns"]] for _, event in facts]
    touched = _Columns(connection, words, _touched(dataset_ids, named, ids))
    for dataset_id, (_, event) in zip(dataset_ids, facts, strict=True):
        layers = touched.voices[dataset_id]
        told: dict[int, list[tuple[Ranges, Said]]] = defaultdict(list)
        for verdict in event.verdicts:
            reason = ids[verdict.get("cause", "")], ids[verdict.get("comment", "")]
            own = words.author(verdict["author"], is_person=False) if "author" in verdict else author_id
            said, spans = Said(Status[verdict["status"]].value, *reason, own), _spans(verdict)
            for column in verdict["columns"]:
                told[ids[column]].append((spans, said))
        for column_id, each in told.items():
            layers[column_id] = layers[column_id].given(each, is_person=by.is_person)
    return _stored(touched, dataset_ids, facts)


def restore(
    connection: Connection, words: Dictionary, facts: Sequence[tuple[int, VerdictsRestored]]
) -> list[Touched]:
    """Put both voices of columns × ranges back to what each fact names; each is about another dataset."""
    dataset_ids = _datasets(words, facts)
    ids = words.terms(layer["column"] for _, event in facts for layer in event.layers)
    named = [[(layer["column"], _spans(layer)) for layer in event.layers] for _, event in facts]
    touched = _Columns(connection, words, _touched(dataset_ids, named, ids))
    for dataset_id, (_, event) in zip(dataset_ids, facts, strict=True):
        layers = touched.voices[dataset_id]
        for layer in event.layers:
            spans, column_id = _spans(layer), ids[layer["column"]]
            layers[column_id] = Voices(
                _put_back(words, layers[column_id].person, spans, layer["person"], is_person=True),
                _put_back(words, layers[column_id].rule, spans, layer["rule"], is_person=False),
            )
    return _stored(touched, dataset_ids, facts)


def _datasets(words: Dictionary, facts: Sequence[tuple[int, Verdicts]]) -> list[int]:
    # with their online datasets, whose lumisections the summaries weigh: a replay meets them in the same order
    pairs = [(event.run_number, event.dataset) for _, event in facts]
    ids = words.datasets(each for run, name in pairs for each in ((run, name), (run, ONLINE)))
    return [ids[pair] for pair in pairs]


def _texts(event: VerdictsGiven | RulesDecided) -> Iterator[str]:
    return (text for v in event.verdicts for text in (*v["columns"], v.get("cause", ""), v.get("comment", "")))


def _touched(
    dataset_ids: Sequence[int], named: Iterable[Iterable[tuple[str, Ranges]]], ids: Mapping[str, int]
) -> dict[int, dict[int, Ranges]]:
    found: dict[int, dict[int, Ranges]] = {dataset_id: {} for dataset_id in dataset_ids}
    for dataset_id, pairs in zip(dataset_ids, named, strict=True):
        of: dict[int, list[LumisectionRange]] = defaultdict(list)
        for column, spans in pairs:
            of[ids[column]] += spans
        found[dataset_id] = {column_id: canonical(each) for column_id, each in of.items()}
    return found


def _stored(
    touched: _Columns, dataset_ids: Sequence[int], facts: Sequence[tuple[int, Verdicts]]
) -> list[Touched]:
    changed = [
        Touched(sequence, event.run_number, dataset_id, frozenset(touched.voices[dataset_id]))
        for dataset_id, (sequence, event) in zip(dataset_ids, facts, strict=True)
    ]
    touched.store(changed)
    return changed


def _spans(said: Mapping[str, Any]) -> Ranges:
    return canonical((first, last) for first, last in said["ranges"])


def _put_back(words: Dictionary, layer: Layer, spans: Ranges, said: list[Any], *, is_person: bool) -> Layer:
    told: list[tuple[Ranges, Said]] = []
    for first, last, status, cause, comment, author in said:
        ids = words.terms([cause, comment])
        value = Said(Status[status].value, ids[cause], ids[comment], words.author(author, is_person=is_person))
        told.append(((LumisectionRange(first, last),), value))
    return overlay_each(overlay(layer, spans, None), told)


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
