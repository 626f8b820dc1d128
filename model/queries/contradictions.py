"""Where voices contradict each other: one person another, a person a rule that was not answered."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from sqlalchemy import Connection, and_, or_, select

from model.asof import held
from model.events import VerdictsRestored
from model.queries.scope import Scope
from model.ranges import LumisectionRange, Ranges, canonical
from model.tables import author, dataset_summary, journal, overruled_range, term, verdict_range
from model.vocabulary import Status

_SILENT = (Status.EMPTY.value, Status.NOTSET.value)
#: more than anybody works through before looking again
_MOST = 500


class Word(NamedTuple):
    """What one author said."""

    author: str
    status: Status
    cause: str
    comment: str


class Contradiction(NamedTuple):
    """Two words on the same lumisections of a cell; `under` is the one that does not count."""

    run_number: int
    dataset: str
    column: str
    ranges: Ranges
    under: Word
    counts: Word
    has_luminosity: bool


class _Row(NamedTuple):
    first: int
    last: int
    since: int
    until: int | None
    status: int
    cause_id: int
    comment_id: int
    author_id: int


class _Cell(NamedTuple):
    run_number: int
    dataset: str
    dataset_id: int
    column_id: int
    has_luminosity: bool


_Said = tuple[int, int, int, int]
_Pair = tuple[_Said, _Said]


def between_people(scope: Scope) -> list[Contradiction]:
    """Return where a person's verdict replaced another person's, and nobody has settled it since.

    It is settled when a third person says the same, when who spoke last says it again with other words, or
    when it is taken back.
    """
    cells = _replaced_by_another(scope)
    history = _histories(scope, cells)
    undone = _undone(scope.connection, {r.until for rows in history.values() for r in rows if r.until})
    found = [
        (cell, canonical(spans), pair)
        for cell in cells
        for pair, spans in _disputes(history[cell.dataset_id, cell.column_id], undone, scope.at).items()
    ]
    return _told(scope, found)


def rule_against_person(scope: Scope) -> list[Contradiction]:
    """Return where a rule contradicts the person above it, who gave no reason or spoke before the rule."""
    over, under, s = verdict_range, overruled_range, dataset_summary
    source, is_open = scope.open_cells(under)
    is_same_cell = and_(over.c.dataset_id == under.c.dataset_id, over.c.column_id == under.c.column_id)
    nothing = scope.connection.execute(select(term.c.id).where(term.c.text == "")).scalar()
    no_reason = and_(over.c.cause_id == nothing, over.c.comment_id == nothing)
    query = (
        select(s.c.run_number, s.c.name, over.c.dataset_id, over.c.column_id, s.c.recorded_invpb)
        .add_columns(over.c.first, over.c.last, under.c.first, under.c.last)
        .add_columns(under.c.status, under.c.cause_id, under.c.comment_id, under.c.author_id)
        .add_columns(over.c.status, over.c.cause_id, over.c.comment_id, over.c.author_id)
        .select_from(source.join(over, is_same_cell).join(author, author.c.id == over.c.author_id))
        .where(held(over, scope.at), held(under, scope.at), author.c.is_person, *is_open)
        .where(over.c.first <= under.c.last, under.c.first <= over.c.last, over.c.status != under.c.status)
        .where(under.c.status.not_in(_SILENT), over.c.status.not_in(_SILENT))
        .where(or_(no_reason, under.c.since > over.c.since))
        .order_by(s.c.recorded_invpb.desc(), s.c.run_number.desc())
        .limit(_MOST)
    )
    found: dict[tuple[_Cell, _Pair], list[tuple[int, int]]] = defaultdict(list)
    for run_number, name, dataset_id, column_id, recorded, a, b, c, d, *said in scope.connection.execute(query):
        cell = _Cell(run_number, name, dataset_id, column_id, recorded is not None)
        found[cell, (tuple(said[:4]), tuple(said[4:]))].append((max(a, c), min(b, d)))
    return _told(scope, [(cell, canonical(spans), pair) for (cell, pair), spans in found.items()])


def _replaced_by_another(scope: Scope) -> list[_Cell]:
    v, s = verdict_range, dataset_summary
    old, writer, other = v.alias("old"), author.alias("writer"), author.alias("other")
    # from what was replaced: far less than what counts
    source, is_open = scope.open_cells(old)
    replaced = and_(
        old.c.dataset_id == v.c.dataset_id,
        old.c.column_id == v.c.column_id,
        old.c.first <= v.c.last,
        old.c.last >= v.c.first,
        old.c.until <= v.c.since,
        old.c.author_id != v.c.author_id,
        old.c.status != v.c.status,
    )
    query = (
        select(s.c.run_number, s.c.name, v.c.dataset_id, v.c.column_id, s.c.recorded_invpb)
        .select_from(
            source.join(v, replaced)
            .join(writer, writer.c.id == v.c.author_id)
            .join(other, other.c.id == old.c.author_id)
        )
        .where(old.c.until.is_not(None), held(v, scope.at), writer.c.is_person, other.c.is_person, *is_open)
        .where(old.c.status.not_in(_SILENT), v.c.status.not_in(_SILENT))
        .distinct()
        .order_by(s.c.recorded_invpb.desc(), s.c.run_number.desc())
        .limit(_MOST)
    )
    return [_Cell(*row[:4], row[4] is not None) for row in scope.connection.execute(query)]


def _histories(scope: Scope, cells: Sequence[_Cell]) -> dict[tuple[int, int], list[_Row]]:
    """Return what persons ever said of each cell, in the order they said it."""
    v = verdict_range
    found: dict[tuple[int, int], list[_Row]] = defaultdict(list)
    query = (
        select(v.c.dataset_id, v.c.column_id, v.c.first, v.c.last, v.c.since, v.c.until)
        .add_columns(v.c.status, v.c.cause_id, v.c.comment_id, v.c.author_id)
        .join(author, author.c.id == v.c.author_id)
        .where(v.c.dataset_id.in_({cell.dataset_id for cell in cells}), author.c.is_person)
        .where(v.c.column_id.in_({cell.column_id for cell in cells}), v.c.since <= scope.at)
        .order_by(v.c.since)
    )
    for dataset_id, column_id, *row in scope.connection.execute(query):
        found[dataset_id, column_id].append(_Row(*row))
    return found


def _undone(connection: Connection, sequences: Iterable[int]) -> frozenset[int]:
    """Return which of these sequences took an action back."""
    found: set[int] = set()
    for part in _parts(sequences):
        query = select(journal.c.sequence).where(
            journal.c.sequence.in_(part), journal.c.kind == VerdictsRestored.kind
        )
        found.update(connection.scalars(query))
    return frozenset(found)


def _disputes(rows: Sequence[_Row], undone: frozenset[int], at: int) -> dict[_Pair, list[tuple[int, int]]]:
    found: dict[_Pair, list[tuple[int, int]]] = defaultdict(list)
    for span in _pieces(rows):
        here = [row for row in rows if row.first <= span.first and span.last <= row.last]
        if not here or (here[-1].until is not None and here[-1].until <= at):
            continue
        if pair := _dispute([row for row in here if row.until not in undone]):
            found[pair].append(span)
    return found


def _pieces(rows: Sequence[_Row]) -> Iterator[LumisectionRange]:
    """Yield the ranges within which no row begins or ends."""
    edges = sorted({row.first for row in rows} | {row.last + 1 for row in rows})
    for first, after in pairwise(edges):
        yield LumisectionRange(first, after - 1)


def _dispute(rows: Sequence[_Row]) -> _Pair | None:
    """Return (what was said before, what counts) of one lumisection where they are still in dispute."""
    said: list[_Said] = []
    for row in rows:
        word = (row.status, row.cause_id, row.comment_id, row.author_id)
        # a row that was only cut says what it said
        if not said or said[-1] != word:
            said.append(word)
    if len(said) < 2:
        return None
    before, now = said[-2], said[-1]
    last_of = {word[3]: word[0] for word in said[:-1] if word[3] != now[3]}
    is_replaced = before[3] != now[3] and before[0] != now[0] and before[0] not in _SILENT
    return (before, now) if is_replaced and now[0] not in last_of.values() else None


def _told(scope: Scope, found: Sequence[tuple[_Cell, Ranges, _Pair]]) -> list[Contradiction]:
    said = [word for _, _, pair in found for word in pair]
    texts = _names(scope.connection, {i for word in said for i in word[1:3]})
    query = select(author.c.id, author.c.name).where(author.c.id.in_({word[3] for word in said}))
    names = {row.id: row.name for row in scope.connection.execute(query)}

    def word(one: _Said) -> Word:
        return Word(names[one[3]], Status(one[0]), texts[one[1]], texts[one[2]])

    return [
        Contradiction(
            cell.run_number,
            cell.dataset,
            scope.columns[cell.column_id],
            spans,
            word(pair[0]),
            word(pair[1]),
            cell.has_luminosity,
        )
        for cell, spans, pair in found
    ]


def _names(connection: Connection, ids: Iterable[int]) -> dict[int, str]:
    found: dict[int, str] = {}
    for part in _parts(ids):
        query = select(term.c.id, term.c.text).where(term.c.id.in_(part))
        found.update((row.id, row.text) for row in connection.execute(query))
    return found


def _parts(numbers: Iterable[int]) -> Iterator[list[int]]:
    wanted = sorted(numbers)
    return (wanted[start : start + _MOST] for start in range(0, len(wanted), _MOST))
