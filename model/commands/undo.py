"""Undo: take back one action of verdicts, moves or duplicates as a unit; what it replaced holds again."""

from collections import defaultdict
from collections.abc import Iterable
from typing import cast

from sqlalchemy import select

from model import rights
from model.authors import Author
from model.errors import Invalid, NotFound, NotOpen, Stale
from model.events import (
    DatasetCreated,
    DatasetHidden,
    DatasetStateMoved,
    Event,
    VerdictsGiven,
    VerdictsRestored,
)
from model.journal import Entry, Transaction, entry
from model.queries import datasets, verdicts
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, Ranges, canonical, intersect
from model.rights import Action
from model.tables import journal
from model.vocabulary import GLOBAL, ONLINE, State, workspace_of


def undo(tx: Transaction, action: int, by: Author, *, comment: str = "") -> int:
    """Take back an action of verdicts, moves or duplicates; a duplicate goes out of sight.

    Args:
        action: the sequence of its first event.

    Raises:
        NotFound: no such action.
        Invalid: the action did something else.
        Stale: later verdicts lie on the same lumisections, or a dataset was moved since.
        NotOpen: a workspace has signed off meanwhile.
        Forbidden: the author could not have given these verdicts.
    """
    rows = tx.connection.execute(select(journal).where(journal.c.action == action).order_by(journal.c.sequence))
    given = [entry(row) for row in rows]
    if not given:
        raise NotFound(f"There is no action {action} in the journal.")
    if not all(map(_can_be_undone, given)):
        raise Invalid(f"Action {action} is not one of verdicts: it cannot be undone here.")
    # the last first: a duplicate loses its verdicts before it goes out of sight
    for one in reversed(given):
        sequence = tx.record(_reverse(tx, one, by), by, comment=comment or f"undo {action}")
    return sequence


def _can_be_undone(one: Entry) -> bool:
    is_deed = one.is_person and isinstance(one.event, DatasetStateMoved | DatasetCreated)
    return is_deed or isinstance(one.event, VerdictsGiven)


def _reverse(tx: Transaction, one: Entry, by: Author) -> Event:
    if isinstance(one.event, VerdictsGiven):
        return _restored(tx, one, one.event, by)
    if isinstance(one.event, DatasetStateMoved):
        return _moved_back(tx, one, one.event, by)
    rights.require(by, Action.DUPLICATE_DATASET)
    created = cast(DatasetCreated, one.event)
    return DatasetHidden(created.run_number, created.dataset, hidden=True)


def _moved_back(tx: Transaction, one: Entry, event: DatasetStateMoved, by: Author) -> DatasetStateMoved:
    where = (tx.connection, event.run_number, event.dataset)
    before, now = datasets.dataset(*where, one.sequence - 1), datasets.dataset(*where)
    for workspace, state in event.states.items():
        rights.require(by, Action.MOVE_GLOBAL if workspace == GLOBAL else Action.MOVE_DATASET, workspace)
        if now.state_of(workspace) != state:
            said = f"{workspace} of run {event.run_number} {event.dataset} is {now.state_of(workspace)}"
            raise Stale(f"{said} meanwhile, not {state}.", ())
    return DatasetStateMoved(
        event.run_number, event.dataset, {workspace: before.state_of(workspace) for workspace in event.states}
    )


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
