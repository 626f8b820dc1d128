"""Certify: set statuses on lumisection ranges of columns of one dataset."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from model import rights
from model.authors import Author
from model.errors import Conflict, Invalid, NotOpen, Stale
from model.events import VerdictsGiven, VerdictsRestored
from model.journal import Transaction
from model.queries import datasets, verdicts
from model.queries.verdicts import Verdict
from model.ranges import Ranges, canonical, intersect, subtract, text
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
    if not 0 <= seen <= tx.head.sequence:
        raise Invalid(f"Nobody has seen sequence {seen}: the journal is at {tx.head.sequence}.")
    checked = [(edit, _checked(tx, edit, by)) for edit in edits]
    conflicts = [c for edit, spans in checked for c in _conflicts(tx, edit, spans, by, seen)]
    if conflicts:
        raise Stale(_both_sides(conflicts), conflicts)
    for event in _events(checked):
        sequence = tx.record(event, by, comment=edits[0].comment)
    return sequence


def _events(checked: Iterable[tuple[VerdictEdit, Ranges]]) -> Iterable[VerdictsGiven]:
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
    for (run_number, dataset), said in by_dataset.items():
        yield VerdictsGiven(run_number, dataset, tuple(said))


def _checked(tx: Transaction, edit: VerdictEdit, by: Author) -> Ranges:
    _require_words(edit)
    dataset = datasets.dataset(tx.connection, edit.run_number, edit.dataset)
    certifiable = datasets.columns(tx.connection, edit.dataset)
    unknown = [c for c in edit.columns if c not in certifiable]
    if unknown or not edit.columns:
        raise Invalid(f"{', '.join(unknown) or 'Nothing'} is no column of {edit.dataset}.")
    for workspace in sorted({workspace_of(c) for c in edit.columns}):
        online = edit.dataset == ONLINE
        rights.require(by, rights.Action.EDIT_ONLINE if online else rights.Action.EDIT_OFFLINE, workspace)
        state = dataset.state_of(workspace)
        if state != State.OPEN:
            raise NotOpen(f"{workspace} of run {edit.run_number} {edit.dataset} is {state}, not OPEN.")
    return _existing(tx, edit)


def _require_words(edit: VerdictEdit) -> None:
    if edit.status not in {s.name for s in SETTABLE}:
        raise Invalid(f"“{edit.status}” is no status; {', '.join(s.name for s in SETTABLE)} are.")
    if max(len(edit.cause), len(edit.comment)) > _LONGEST_TEXT:
        raise Invalid(f"A cause or comment has at most {_LONGEST_TEXT} characters.")
    has_reason = edit.cause.strip() or len(edit.comment.strip()) >= _SHORTEST_COMMENT
    if edit.status == Status.BAD.name and not has_reason:
        raise Invalid(f"BAD needs a cause, or a comment of at least {_SHORTEST_COMMENT} characters.")


def _existing(tx: Transaction, edit: VerdictEdit) -> Ranges:
    for first, last in edit.ranges:
        if first < 1 or last < first:
            raise Invalid(f"[{first}, {last}] is no lumisection range: it is reversed or begins before 1.")
    lumisections = datasets.lumisections(tx.connection, edit.run_number)
    wanted = canonical(edit.ranges)
    end = lumisections[-1].last if lumisections else 0
    if not wanted or wanted[-1].last > end:
        raise Invalid(f"Run {edit.run_number} has lumisections 1 to {end}, not {text(wanted) or 'none'}.")
    found = intersect(wanted, lumisections)
    if not found:
        raise Invalid(f"Run {edit.run_number} has no lumisection {text(wanted)}: upstream left it out.")
    return found


def _conflicts(tx: Transaction, edit: VerdictEdit, spans: Ranges, by: Author, seen: int) -> list[Conflict]:
    if seen == tx.head.sequence:
        return []
    columns = list(edit.columns)
    then = verdicts.of_dataset(tx.connection, edit.run_number, edit.dataset, seen, columns)
    now = verdicts.of_dataset(tx.connection, edit.run_number, edit.dataset, tx.head.sequence, columns)
    found = [
        Conflict(edit.run_number, edit.dataset, column, changed, edit.status, theirs.status.name, theirs.author)
        for column in columns
        for theirs, changed in _changed(then[column], now[column], spans, by)
    ]
    for column in columns:
        gone = subtract(canonical(v.span for v in then[column]), canonical(v.span for v in now[column]))
        cleared = intersect(gone, spans)
        if cleared and (who := _last_undoer(tx, edit.run_number)) != by.name:
            where = (edit.run_number, edit.dataset, column, cleared)
            found.append(Conflict(*where, edit.status, Status.EMPTY.name, who))
    return found


def _last_undoer(tx: Transaction, run_number: int) -> str:
    query = select(journal.c.author).where(
        journal.c.run_number == run_number, journal.c.kind == VerdictsRestored.kind
    )
    return str(tx.connection.execute(query.order_by(journal.c.sequence.desc()).limit(1)).scalar())


def _changed(
    then: Sequence[Verdict], now: Sequence[Verdict], spans: Ranges, by: Author
) -> Iterable[tuple[Verdict, Ranges]]:
    # A lumisection is untouched where the same verdict covers it on both sides, however rows were cut since.
    for verdict in now:
        same = canonical(
            part for old in then if old.same_as(verdict) for part in intersect((old.span,), (verdict.span,))
        )
        fresh = intersect(verdicts.outside(verdict.span, same), spans)
        if fresh and (verdict.author, verdict.is_person) != (by.name, by.is_person):
            yield verdict, fresh


def _both_sides(conflicts: Sequence[Conflict]) -> str:
    c = conflicts[0]
    more = f" (and {len(conflicts) - 1} more)" if len(conflicts) > 1 else ""
    return (
        f"Run {c.run_number} {c.dataset}: meanwhile {c.by} set {c.column} LS {text(canonical(c.ranges))} "
        f"to {c.theirs}; you want {c.yours}{more}. Nothing was written."
    )
