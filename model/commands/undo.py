"""Undo: take back one action's verdicts as a unit; what it replaced holds again."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import select

from model import rights
from model.authors import Author
from model.errors import Invalid, NotFound, NotOpen, Stale
from model.events import VerdictsGiven, VerdictsRestored
from model.journal import Entry, Transaction, entry
from model.queries import datasets, verdicts
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, Ranges, canonical, intersect
from model.rights import Action
from model.tables import journal
from model.vocabulary import ONLINE, State, workspace_of


def undo(tx: Transaction, action: int, by: Author, *, comment: str = "") -> int:
    """Take back an action of verdicts.

    Args:
        action: the sequence of its first event.

    Raises:
        NotFound: no such action.
        Invalid: the action gave no verdicts.
        Stale: later verdicts lie on the same lumisections.
        NotOpen: a workspace has signed off meanwhile.
        Forbidden: the author could not have given these verdicts.
    """
    rows = tx.connection.execute(select(journal).where(journal.c.action == action).order_by(journal.c.sequence))
    given = [entry(row) for row in rows]
    if not given:
        raise NotFound(f"There is no action {action} in the journal.")
    if not all(isinstance(e.event, VerdictsGiven) for e in given):
        raise Invalid(f"Action {action} is not one of verdicts: it cannot be undone here.")
    for one in given:
        if isinstance(one.event, VerdictsGiven):
            sequence = tx.record(_restored(tx, one, one.event, by), by, comment=comment or f"undo {action}")
    return sequence


def _restored(tx: Transaction, one: Entry, event: VerdictsGiven, by: Author) -> VerdictsRestored:
    touched = _touched(event)
    _require_allowed(tx, event, touched, by)
    columns = sorted(touched)
    where = (tx.connection, event.run_number, event.dataset)
    mine = verdicts.of_dataset(*where, one.sequence, columns)
    now = verdicts.of_dataset(*where, tx.head.sequence, columns)
    for column, spans in touched.items():
        if _clip(mine[column], spans) != _clip(now[column], spans):
            raise Stale(f"Later verdicts lie on {column} of run {event.run_number}: undo those first.", ())
    before = verdicts.of_dataset(*where, one.sequence - 1, columns)
    # What rules said under a person's word meanwhile is not part of the person's action: it stays.
    under = verdicts.overruled(*where, tx.head.sequence if one.is_person else one.sequence - 1, columns)
    ruled = {c: [] if one.is_person else [v for v in before[c] if not v.is_person] for c in columns}
    layers = tuple(
        {
            "column": column,
            "ranges": [list(span) for span in spans],
            "person": _said((v for v in before[column] if v.is_person), spans),
            "rule": _said([*ruled[column], *under[column]], spans),
        }
        for column, spans in touched.items()
    )
    return VerdictsRestored(event.run_number, event.dataset, one.action, layers)


def _touched(event: VerdictsGiven) -> dict[str, Ranges]:
    spans: dict[str, list[LumisectionRange]] = defaultdict(list)
    for verdict in event.verdicts:
        for column in verdict["columns"]:
            spans[column] += [LumisectionRange(first, last) for first, last in verdict["ranges"]]
    return {column: canonical(found) for column, found in spans.items()}


def _require_allowed(tx: Transaction, event: VerdictsGiven, touched: dict[str, Ranges], by: Author) -> None:
    dataset = datasets.dataset(tx.connection, event.run_number, event.dataset)
    action = Action.EDIT_ONLINE if event.dataset == ONLINE else Action.EDIT_OFFLINE
    for workspace in sorted({workspace_of(c) for c in touched}):
        rights.require(by, action, workspace)
        if dataset.state_of(workspace) != State.OPEN:
            raise NotOpen(f"{workspace} of {event.dataset} is {dataset.state_of(workspace)}, not OPEN.")


def _clip(found: Iterable[Verdict], spans: Ranges) -> list[tuple[LumisectionRange, object]]:
    return [
        (part, (v.status, v.cause, v.comment, v.author, v.is_person))
        for v in found
        for part in intersect((v.span,), spans)
    ]


def _said(found: Iterable[Verdict], spans: Ranges) -> list[list[object]]:
    return [
        [part.first, part.last, v.status.name, v.cause, v.comment, v.author]
        for v in found
        for part in intersect((v.span,), spans)
    ]
