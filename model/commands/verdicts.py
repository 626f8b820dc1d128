"""Certify: set statuses on lumisection ranges of columns of one dataset."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy import Connection, select

from model import rights
from model.authors import Author
from model.bulk.snapshot import Snapshot
from model.errors import Conflict, Invalid, NotOpen, Stale
from model.events import VerdictsGiven, VerdictsRestored
from model.journal import Transaction
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, Ranges, canonical, divide, intersect, subtract, text
from model.tables import journal
from model.vocabulary import ONLINE, SETTABLE, State, Status, workspace_of

_SHORTEST_COMMENT = 3
_LONGEST_TEXT = 2_000


@dataclass(frozen=True)
class VerdictEdit:
    """One status on columns × lumisections of one dataset; comment and cause say why."""

    run_number: int
    dataset: str
    columns: tuple[str, ...]
    ranges: tuple[tuple[int, int], ...]
    status: str
    cause: str = ""
    comment: str = ""


def certify(tx: Transaction, edits: Sequence[VerdictEdit], by: Author, *, seen: int) -> int:
    """Record one action of verdicts, all or nothing.

    Args:
        seen: the sequence the author was looking at.

    Returns: the new sequence.

    Raises:
        NotFound: no such run, dataset or column.
        Invalid: reversed range, lumisection outside the run, unknown status, BAD without a reason.
        Forbidden: the author has no right in a workspace.
        NotOpen: the run or workspace has signed off.
        Stale: somebody else changed these lumisections after `seen`.
    """
    if not edits:
        raise Invalid("There is nothing to certify: no lumisection was selected.")
    now = Snapshot(tx.connection, tx.head.sequence)
    for edit in edits:
        _require_right(now, edit, by)
    require_seen(seen, tx.head.sequence)
    now.load(edit.run_number for edit in edits)
    checked = [(edit, check(now, edit, by)) for edit in edits]
    if found := conflicts(now, checked, by, seen):
        raise Stale(both_sides(found), found)
    return tx.record_verdicts(events(checked), by, comment=edits[0].comment)


def require_seen(seen: int, last: int) -> None:
    """Let through a sequence that somebody can have looked at.

    Raises:
        Invalid: the journal has not reached it.
    """
    if not 0 <= seen <= last:
        raise Invalid(f"Nobody has seen sequence {seen}: the journal is at {last}.")


def events(checked: Iterable[tuple[VerdictEdit, Ranges]]) -> list[VerdictsGiven]:
    """Return what would be recorded, one event per dataset."""
    by_dataset: dict[tuple[int, str], list[dict[str, object]]] = {}
    for edit, spans in checked:
        verdict = {
            "columns": list(edit.columns),
            "ranges": [list(span) for span in spans],
            "status": edit.status,
            "cause": edit.cause.strip(),
            "comment": edit.comment.strip(),
        }
        by_dataset.setdefault((edit.run_number, edit.dataset), []).append(verdict)
    return [VerdictsGiven(run, dataset, tuple(said)) for (run, dataset), said in by_dataset.items()]


def check(now: Snapshot, edit: VerdictEdit, by: Author) -> Ranges:
    """Return the lumisections an edit is about, where it may be made.

    Args:
        now: a snapshot in which the edit's run was loaded.

    Raises:
        NotFound, Invalid, Forbidden, NotOpen: as `certify`.
    """
    workspaces = _require_right(now, edit, by)
    require_words(edit)
    dataset = now.dataset(edit.run_number, edit.dataset)
    for workspace in workspaces:
        state = dataset.state_of(workspace)
        if state != State.OPEN:
            raise NotOpen(f"{workspace} of run {edit.run_number} {edit.dataset} is {state}, not OPEN.")
    return existing(now.lumisections(edit.run_number), edit)


def _require_right(now: Snapshot, edit: VerdictEdit, by: Author) -> list[str]:
    """Return the workspaces of an edit; whose they are is asked before anything is told of the dataset."""
    known = now.columns(edit.dataset)
    unknown = [c for c in edit.columns if c not in known]
    if unknown or not edit.columns:
        raise Invalid(f"{', '.join(unknown) or 'Nothing'} is no column of {edit.dataset}.")
    action = rights.Action.EDIT_ONLINE if edit.dataset == ONLINE else rights.Action.EDIT_OFFLINE
    workspaces = sorted({workspace_of(c) for c in edit.columns})
    for workspace in workspaces:
        rights.require(by, action, workspace)
    return workspaces


def require_words(edit: VerdictEdit) -> None:
    """Let through a status with the reason it needs.

    Raises:
        Invalid: unknown status, too long a text, or BAD without a reason.
    """
    if edit.status not in {s.name for s in SETTABLE}:
        raise Invalid(f"“{edit.status}” is no status; {', '.join(s.name for s in SETTABLE)} are.")
    if max(len(edit.cause), len(edit.comment)) > _LONGEST_TEXT:
        raise Invalid(f"A cause or comment has at most {_LONGEST_TEXT} characters.")
    has_reason = edit.cause.strip() or len(edit.comment.strip()) >= _SHORTEST_COMMENT
    if edit.status == Status.BAD.name and not has_reason:
        raise Invalid(f"BAD needs a cause, or a comment of at least {_SHORTEST_COMMENT} characters.")


def existing(lumisections: Ranges, edit: VerdictEdit) -> Ranges:
    """Return those of an edit's lumisections that its run has.

    Raises:
        Invalid: reversed range, or none that the run has.
    """
    for first, last in edit.ranges:
        if first < 1 or last < first:
            raise Invalid(f"[{first}, {last}] is no lumisection range: it is reversed or begins before 1.")
    wanted = canonical(edit.ranges)
    end = lumisections[-1].last if lumisections else 0
    if not wanted or wanted[-1].last > end:
        raise Invalid(f"Run {edit.run_number} has lumisections 1 to {end}, not {text(wanted) or 'none'}.")
    found = intersect(wanted, lumisections)
    if not found:
        raise Invalid(f"Run {edit.run_number} has no lumisection {text(wanted)}: upstream left it out.")
    return found


def conflicts(
    now: Snapshot, checked: Iterable[tuple[VerdictEdit, Ranges]], by: Author, seen: int
) -> list[Conflict]:
    """Return where somebody else changed what is edited, after `seen`."""
    touched = _runs_since(now, seen)
    mine = [(edit, spans) for edit, spans in checked if edit.run_number in touched]
    if not mine:
        return []
    columns = {column for edit, _ in mine for column in edit.columns}
    pairs = {(edit.run_number, edit.dataset) for edit, _ in mine}
    earlier = Snapshot(now.connection, seen)
    earlier.load(edit.run_number for edit, _ in mine)
    existed = {(d.run_number, d.name) for d in earlier.datasets()}
    before, after = earlier.said(pairs & existed, columns), now.said(pairs, columns)
    sides = {
        (pair, c): _Side(before.get(pair, {}).get(c, []), after[pair].get(c, []), by)
        for pair in pairs
        for c in columns
    }
    found: list[Conflict] = []
    for edit, spans in mine:
        told = [(c, sides[(edit.run_number, edit.dataset), c]) for c in edit.columns]
        found += [c for side in told for c in _set_meanwhile(edit, spans, side)]
        found += [c for side in told for c in _cleared_meanwhile(now.connection, edit, spans, by, side)]
    return found


class _Side:
    """What others did to one cell: set to something else, by verdict, or cleared."""

    def __init__(self, then: Sequence[Verdict], now: Sequence[Verdict], by: Author) -> None:
        self.changed = list(_changed(then, now, by))
        self.gone = subtract(canonical(v.span for v in then), canonical(v.span for v in now))


def _runs_since(now: Snapshot, seen: int) -> set[int]:
    if seen == now.at:
        return set()
    query = (
        select(journal.c.run_number).where(journal.c.sequence > seen, journal.c.sequence <= now.at).distinct()
    )
    return {row.run_number for row in now.connection.execute(query)}


def _set_meanwhile(edit: VerdictEdit, spans: Ranges, told: tuple[str, _Side]) -> list[Conflict]:
    column, side = told
    where = (edit.run_number, edit.dataset, column)
    return [
        Conflict(*where, both, edit.status, theirs.status.name, theirs.author)
        for theirs, changed in side.changed
        if (both := intersect(changed, spans))
    ]


def _cleared_meanwhile(
    connection: Connection, edit: VerdictEdit, spans: Ranges, by: Author, told: tuple[str, _Side]
) -> list[Conflict]:
    column, side = told
    cleared = intersect(side.gone, spans)
    if not cleared or (who := _last_undoer(connection, edit.run_number)) == by.name:
        return []
    where = (edit.run_number, edit.dataset, column, cleared)
    return [Conflict(*where, edit.status, Status.EMPTY.name, who)]


def _last_undoer(connection: Connection, run_number: int) -> str:
    query = select(journal.c.author).where(
        journal.c.run_number == run_number, journal.c.kind == VerdictsRestored.kind
    )
    return str(connection.execute(query.order_by(journal.c.sequence.desc()).limit(1)).scalar())


def _changed(then: Sequence[Verdict], now: Sequence[Verdict], by: Author) -> Iterator[tuple[Verdict, Ranges]]:
    # A lumisection is untouched where the same verdict covers it on both sides, however rows were cut since.
    same: dict[object, list[LumisectionRange]] = defaultdict(list)
    for old in then:
        same[old.words].append(old.span)
    theirs = [v for v in now if (v.author, v.is_person) != (by.name, by.is_person)]
    for words, verdicts in groupby(sorted(theirs, key=lambda v: (v.words, v.span)), lambda v: v.words):
        _, fresh = divide(((v.span, v) for v in verdicts), canonical(same[words]))
        for verdict, parts in groupby(fresh, lambda part: part[1]):
            yield verdict, canonical(span for span, _ in parts)


def leaving_theirs(edits: Iterable[VerdictEdit], conflicts: Sequence[Conflict]) -> list[VerdictEdit]:
    """Return what is left of edits where nobody else spoke meanwhile."""
    taken: dict[tuple[int, str, str], list[LumisectionRange]] = defaultdict(list)
    for c in conflicts:
        taken[c.run_number, c.dataset, c.column] += [LumisectionRange(*span) for span in c.ranges]
    left = [
        (
            edit,
            column,
            subtract(canonical(edit.ranges), canonical(taken[edit.run_number, edit.dataset, column])),
        )
        for edit in edits
        for column in edit.columns
    ]
    return [
        replace(edit, columns=(c,), ranges=tuple((a, b) for a, b in spans)) for edit, c, spans in left if spans
    ]


def both_sides(conflicts: Sequence[Conflict]) -> str:
    """Say what both sides want, of the first conflict."""
    c = conflicts[0]
    more = f" (and {len(conflicts) - 1} more)" if len(conflicts) > 1 else ""
    return (
        f"Run {c.run_number} {c.dataset}: meanwhile {c.by} set {c.column} LS {text(canonical(c.ranges))} "
        f"to {c.theirs}; you want {c.yours}{more}. Nothing was written."
    )
