"""Luminosity per lumisection at two sequences, and the events that changed it where both lists have it."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from sqlalchemy import Connection, select

from model.asof import held_between
from model.clock import rfc3339
from model.frames.frames import Bools, Floats
from model.frames.rows import IntArray
from model.golden.attributed import Cause, Kind
from model.queries import luminosities
from model.ranges import LumisectionRange, Ranges, intersect
from model.tables import journal, luminosity, term

#: a run, its lumisections, the change of their luminosity in 1/pb, and why
Update = tuple[int, LumisectionRange, float, Cause]


class Recorded:
    """Recorded luminosity of some runs at a sequence, 1/pb, of one source; 0 where there is none."""

    def __init__(self, connection: Connection, numbers: Sequence[int], source: str, at: int) -> None:
        found = luminosities.luminosity_of_runs(connection, numbers, source, at) if numbers else {}
        self._arrays = {number: np.nan_to_num(arrays.recorded_invpb) for number, arrays in found.items()}

    def of(self, number: int, span: LumisectionRange) -> Floats:
        """Return the luminosity of each lumisection of a range."""
        told = self._arrays.get(number, np.zeros(0))[span.first - 1 : span.last]
        return np.pad(told, (0, span.last - span.first + 1 - len(told)))

    def sum(self, number: int, span: LumisectionRange) -> float:
        """Return the luminosity of a range."""
        return float(self.of(number, span).sum())


def updates(
    connection: Connection, kept: Mapping[int, Ranges], source: str, window: tuple[int, int]
) -> list[Update]:
    """Return what changed of the luminosity of lumisections that both lists have, by the event that did it.

    It is the last event that changed the number of a lumisection: what it said holds to the end.
    """
    points = _points(connection, kept, source, window)
    old, new = (Recorded(connection, sorted(points), source, at) for at in window)
    found: list[tuple[int, LumisectionRange, float, int]] = []
    for number, sequences in sorted(points.items()):
        spans = list(_changed(kept[number], number, old, new))
        # where one event alone told something, it is the one
        between = sequences[:-1] if spans else []
        told = [old, *(Recorded(connection, [number], source, at) for at in between), new]
        for span in spans:
            change = new.of(number, span) - old.of(number, span)
            turns = _turns(told, sequences, number, span)
            for sequence in np.unique(turns).tolist():
                for part in _parts(turns == sequence, span):
                    inside = slice(part.first - span.first, part.last - span.first + 1)
                    found.append((number, part, float(change[inside].sum()), sequence))
    causes = _causes(connection, {sequence for *_, sequence in found}, source)
    return [(number, span, change, causes[sequence]) for number, span, change, sequence in found]


def _points(
    connection: Connection, kept: Mapping[int, Ranges], source: str, window: tuple[int, int]
) -> dict[int, list[int]]:
    """Return by run the sequences of a window at which a source told something of it."""
    table, (since, until) = luminosity, window
    query = (
        select(table.c.run_number, table.c.since, table.c.until)
        .join(term, term.c.id == table.c.source_id)
        .where(term.c.text == source, held_between(table, since, until))
        .where((table.c.since > since) | (table.c.until <= until))
    )
    found: dict[int, set[int]] = {}
    for row in connection.execute(query):
        if row.run_number in kept:
            told = {each for each in (row.since, row.until) if each is not None and since < each <= until}
            found.setdefault(row.run_number, set()).update(told)
    return {number: sorted(told) for number, told in found.items()}


def _changed(kept: Ranges, number: int, old: Recorded, new: Recorded) -> Iterator[LumisectionRange]:
    for span in kept:
        yield from _parts(old.of(number, span) != new.of(number, span), span)


def _turns(told: Sequence[Recorded], sequences: Sequence[int], number: int, span: LumisectionRange) -> IntArray:
    """Return for each lumisection of a range the last sequence that changed its number."""
    turns = np.zeros(span.last - span.first + 1, dtype=np.int64)
    for old, new, sequence in zip(told[:-1], told[1:], sequences, strict=True):
        turns[old.of(number, span) != new.of(number, span)] = sequence
    return turns


def _parts(where: Bools, span: LumisectionRange) -> Iterator[LumisectionRange]:
    """Yield the parts of a range where something is true."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], where, [False]]).astype(np.int8)))
    for begin, end in edges.reshape(-1, 2).tolist():
        yield LumisectionRange(span.first + begin, span.first + end - 1)


def _causes(connection: Connection, sequences: set[int], source: str) -> dict[int, Cause]:
    query = select(journal).where(journal.c.sequence.in_(sorted(sequences)))
    return {
        row.sequence: Cause(
            Kind.LUMINOSITY,
            f"luminosity from {source}",
            row.sequence,
            rfc3339(row.recorded_us),
            row.author,
            row.is_person,
            row.comment,
        )
        for row in connection.execute(query)
    }


def kept_by_both(before: Mapping[int, Ranges], after: Mapping[int, Ranges]) -> dict[int, Ranges]:
    """Return what is in both lists."""
    both = {number: intersect(spans, after[number]) for number, spans in before.items() if number in after}
    return {number: spans for number, spans in both.items() if spans}
