"""What waits for a person to decide, with the luminosity at stake."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection, func, select

from model.asof import held
from model.authors import Author
from model.bulk.snapshot import Snapshot
from model.queries import proposals
from model.queries.contradictions import Contradiction, Word, between_people, rule_against_person
from model.queries.late_changes import LateChange, late_changes, sentence
from model.queries.proposals import Proposal
from model.queries.scope import Scope, scopes
from model.queries.undecided import undecided_cells
from model.ranges import LumisectionRange, Ranges, canonical, short_text, subtract
from model.rights import Action, may
from model.tables import dataset_summary, proposal
from model.vocabulary import ONLINE, Status, workspace_of

_ON_BOARD, _LIMIT = 12, 200


class Kind(StrEnum):
    """Why something waits for a person."""

    PEOPLE = "people"
    RULE = "rule"
    PROPOSAL = "proposal"
    UNDECIDED = "undecided"
    LATE = "late"


@dataclass(frozen=True)
class Item:
    """One thing to decide, in one cell; a late change of upstream concerns a run, and has no column.

    Args:
        at_stake_invpb: recorded luminosity of its lumisections, in 1/pb; None where nobody measured it.
        late_change: the id of a late change.
    """

    kind: Kind
    run_number: int
    dataset: str
    column: str
    ranges: Ranges
    sentence: str
    at_stake_invpb: float | None
    workspace: str
    late_change: int | None = None

    @property
    def key(self) -> str:
        """Return what it is about: the same from one sequence to the next."""
        return f"{self.kind}:{self.run_number}:{self.dataset}:{self.column}"


@dataclass(frozen=True)
class Waiting:
    """One thing to decide, as the board lists it."""

    run_number: int
    column: str
    what: str
    reason: str
    at_stake_invpb: float | None
    is_conflict: bool = False
    is_late: bool = False


def queue(
    connection: Connection,
    by: Author | None,
    at: int,
    *,
    workspace: str = "",
    kind: Kind | None = None,
    limit: int = _LIMIT,
) -> list[Item]:
    """Return what an author may decide on, most luminosity first; what nobody measured may be all of it.

    Args:
        by: whose rights count; None for everything that waits.
        workspace: only its columns; all workspaces where not given. Late changes are of none.
    """
    now = Snapshot(connection, at)
    return _with_ranges(now, _ordered(now, by, workspace, kind, limit))


def _ordered(now: Snapshot, by: Author | None, workspace: str, kind: Kind | None, limit: int) -> list[Item]:
    """Return the items, the ranges of undecided ones not read yet."""
    connection, at = now.connection, now.at
    items: list[Item] = []
    is_theirs = by is None or may(by, Action.ANSWER_LATE_CHANGE)
    if kind in (None, Kind.LATE) and not workspace and is_theirs:
        items += _changed_late(now)
    for scope in scopes(connection, by, at, workspace):
        if kind in (None, Kind.PEOPLE):
            items += _contradicted(now, Kind.PEOPLE, between_people(scope))
        if kind in (None, Kind.RULE):
            items += _contradicted(now, Kind.RULE, rule_against_person(scope))
        if kind in (None, Kind.PROPOSAL):
            items += _proposed(now, scope, limit)
        if kind in (None, Kind.UNDECIDED):
            items += _undecided(scope, limit)
    return sorted(items, key=_order)[:limit]


def decisions(connection: Connection, at: int) -> list[Waiting]:
    """Return the dozen things with most luminosity that wait, undecided columns of a dataset as one."""
    found: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    now = Snapshot(connection, at)
    for item in _ordered(now, None, "", None, _LIMIT):
        one = (item.run_number, item.dataset) if item.kind is Kind.UNDECIDED else (item.key,)
        found[one].append(item)
    shown = list(found.values())[:_ON_BOARD]
    firsts = _with_ranges(now, [items[0] for items in shown])
    return [_waiting(first, len(items) - 1) for first, items in zip(firsts, shown, strict=True)]


def _waiting(first: Item, others: int) -> Waiting:
    more = f", and {others} more columns" if others else ""
    is_conflict = first.kind in (Kind.PEOPLE, Kind.RULE)
    where = (first.run_number, first.column or "late change", first.sentence, f"{first.dataset}{more}")
    return Waiting(*where, first.at_stake_invpb, is_conflict, first.kind is Kind.LATE)


def _order(item: Item) -> tuple[bool, float, str, int, str, str]:
    stake = item.at_stake_invpb
    return stake is not None, -(stake or 0.0), item.kind, -item.run_number, item.dataset, item.column


def _changed_late(now: Snapshot) -> list[Item]:
    found = late_changes(now.connection, now.at)
    now.load(each.run_number for each in found)
    return [
        Item(
            Kind.LATE,
            each.run_number,
            ONLINE,
            "",
            each.lumisections,
            sentence(each),
            _stake(now, each),
            "",
            each.id,
        )
        for each in found
    ]


def _stake(now: Snapshot, each: LateChange) -> float | None:
    """Return what is recorded where something would change, or what would come and go, if that is more."""
    spans = each.lumisections or now.lumisections(each.run_number)
    if not now.has_luminosity(each.run_number):
        return abs(each.recorded_change_invpb) or None
    return max(now.recorded_invpb(each.run_number, spans), abs(each.recorded_change_invpb))


def _undecided(scope: Scope, limit: int) -> list[Item]:
    """Return undecided cells, whose lumisections `_with_ranges` reads where they are shown."""
    return [
        Item(
            Kind.UNDECIDED, c.run_number, c.dataset, c.column, (), "", c.at_stake_invpb, workspace_of(c.column)
        )
        for c in undecided_cells(scope, limit)
    ]


def _with_ranges(now: Snapshot, items: Sequence[Item]) -> list[Item]:
    open_ones = [item for item in items if item.kind is Kind.UNDECIDED]
    now.load(item.run_number for item in open_ones)
    pairs = {(item.run_number, item.dataset) for item in open_ones}
    said = now.said(pairs, {item.column for item in open_ones})
    found = []
    for item in items:
        if item.kind is Kind.UNDECIDED:
            verdicts = said[item.run_number, item.dataset].get(item.column, [])
            decided = canonical(v.span for v in verdicts if v.status != Status.NOTSET)
            spans = subtract(now.lumisections(item.run_number), decided)
            item = replace(item, ranges=spans, sentence=f"Nobody decided on LS {short_text(spans)}.")
        found.append(item)
    return found


def _contradicted(now: Snapshot, kind: Kind, found: Sequence[Contradiction]) -> list[Item]:
    now.load(each.run_number for each in found)
    by_cell: dict[tuple[int, str, str], list[Contradiction]] = defaultdict(list)
    for each in found:
        by_cell[each.run_number, each.dataset, each.column].append(each)
    items = []
    for (run_number, dataset, column), words in by_cell.items():
        spans = canonical(span for each in words for span in each.ranges)
        stake = now.recorded_invpb(run_number, spans) if words[0].has_luminosity else None
        said = "; ".join(_disagreement(kind, each) for each in words)
        where = (run_number, dataset, column, spans)
        items.append(Item(kind, *where, said, stake, workspace_of(column)))
    return items


def _disagreement(kind: Kind, each: Contradiction) -> str:
    last = "but rule" if kind is Kind.RULE else "before,"
    first = f"LS {short_text(each.ranges)}: {_word(each.counts)}"
    return f"{first}; {last} {_word(each.under)}"


def _word(word: Word) -> str:
    reason = ", ".join(part for part in (word.cause, word.comment) if part)
    return f"{word.author} said {word.status.name}{f' ({reason})' if reason else ''}"


def _proposed(now: Snapshot, scope: Scope, limit: int) -> list[Item]:
    by_cell: dict[tuple[int, str, str], list[Proposal]] = defaultdict(list)
    has_luminosity = _open_proposals(scope, limit)
    for each in proposals.by_id(scope.connection, list(has_luminosity), scope.at).values():
        by_cell[each.run_number, each.dataset, each.column].append(each)
    now.load(run_number for run_number, *_ in by_cell)
    items = []
    for (run_number, dataset, column), found in by_cell.items():
        spans = canonical(each.span for each in found)
        stake = now.recorded_invpb(run_number, spans) if has_luminosity[found[0].id] else None
        where = (run_number, dataset, column, spans)
        items.append(Item(Kind.PROPOSAL, *where, _offer(found), stake, workspace_of(column)))
    return items


def _open_proposals(scope: Scope, limit: int) -> dict[int, bool]:
    """Return the ids of open proposals, those on most luminosity first, and whether it was measured."""
    p, s = proposal, dataset_summary
    source, is_open = scope.open_cells(p)
    # to the scale of the run: which come first need not be exact, what is shown is
    share = s.c.recorded_invpb * (p.c.last - p.c.first + 1) / s.c.lumisections
    query = (
        select(p.c.id, s.c.recorded_invpb)
        .select_from(source)
        .where(held(p, scope.at), *is_open)
        .order_by(func.coalesce(share, 1e9).desc(), p.c.id)
        .limit(5 * limit)
    )
    return {row.id: row.recorded_invpb is not None for row in scope.connection.execute(query)}


def _offer(found: Iterable[Proposal]) -> str:
    spans: dict[tuple[str, str], list[LumisectionRange]] = defaultdict(list)
    for each in found:
        spans[f"{each.program} {each.version}", each.status.name].append(each.span)
    said = [
        f"{who} proposes {what} on LS {short_text(canonical(where))}" for (who, what), where in spans.items()
    ]
    return f"{'; '.join(said)}."
