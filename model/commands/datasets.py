"""Datasets: create, move between states, import history."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Connection

from model import rights
from model.authors import Author
from model.commands.seen import require_unchanged
from model.errors import Invalid, NotOpen
from model.event import Event
from model.events import BitsOverridden, DatasetCreated, DatasetHidden, DatasetStateMoved, VerdictsGiven
from model.journal import Transaction
from model.queries import completeness, datasets, runs
from model.rights import Action
from model.vocabulary import GLOBAL, ONLINE, State

_ORDER = (State.WAITING, State.OPEN, State.SIGNOFF, State.COMPLETED)


def create_dataset(
    tx: Transaction,
    event: DatasetCreated,
    by: Author,
    *,
    happened_at: datetime | None = None,
) -> int:
    """Record that a dataset of a run exists.

    Raises:
        NotFound: no such run.
        Invalid: no name, or a state that does not exist.
        Forbidden: the author does not ingest.
    """
    rights.require(by, Action.INGEST)
    runs.run(tx.connection, event.run_number)
    if not event.dataset.strip():
        raise Invalid(f"Run {event.run_number}: a dataset needs a name.")
    _require_states(event.states)
    return tx.record(event, by, happened_at=happened_at)


def move_dataset(
    tx: Transaction,
    run_number: int,
    dataset: str,
    workspace: str,
    to: tuple[str, str],
    by: Author,
    *,
    seen: int | None = None,
    comment: str = "",
) -> int:
    """Move a dataset in one workspace, `to` being (from_state, to_state).

    Args:
        seen: sequence the author was looking at, where the door says it.

    Raises:
        Forbidden: the author may not.
        Stale: somebody else moved it there after `seen`.
        NotFound: no such run or dataset.
        Invalid: unknown state, or back without a reason.
        NotOpen: it is in another state, or lumisections are still undecided.
    """
    require_mover_of_dataset(by, workspace)
    _require_unchanged(tx, seen, DatasetStateMoved, (run_number, dataset), by, workspace)
    event = moved(tx.connection, (run_number, dataset), workspace, to, by, comment=comment)
    return tx.record(event, by, comment=comment)


def moved(
    connection: Connection,
    where: tuple[int, str],
    workspace: str,
    to: tuple[str, str],
    by: Author,
    *,
    comment: str = "",
) -> DatasetStateMoved:
    """Return what a move of (run, dataset) would record, where it may be made.

    Raises:
        NotFound, Invalid, NotOpen, Forbidden: as `move_dataset`.
    """
    from_state, to_state = to
    run_number, dataset = where
    require_mover_of_dataset(by, workspace)
    found = datasets.dataset(connection, run_number, dataset)
    _require_states({workspace: to_state})
    if dataset == ONLINE:
        raise Invalid("An online dataset moves with its run.")
    if found.state_of(workspace) != from_state:
        raise NotOpen(f"{workspace} of {dataset} is {found.state_of(workspace)}, not {from_state}.")
    _require_step(connection, found, workspace, State(to_state), comment)
    return DatasetStateMoved(run_number, dataset, {workspace: to_state})


def require_mover_of_dataset(by: Author, workspace: str) -> None:
    """Let through who may move datasets in a workspace.

    Raises:
        Forbidden: the author may not.
    """
    rights.require(by, Action.MOVE_GLOBAL if workspace == GLOBAL else Action.MOVE_DATASET, workspace)


def move_everywhere(
    tx: Transaction,
    run_number: int,
    dataset: str,
    to_state: str,
    by: Author,
    *,
    too: Sequence[str] = (),
    seen: int | None = None,
    comment: str = "",
) -> int:
    """Move a dataset in all of its workspaces; those that wait, or for which it is no work, stay as they are.

    Args:
        too: `waiting dqm gui` and `not significant for workspace` stand aside unless named here.
        seen: sequence the author was looking at, where the door says it.

    Raises:
        Forbidden: the author may not.
        NotFound: no such run or dataset.
        Stale: somebody else moved it after `seen`.
        Invalid: unknown state, nothing to move, or back without a reason.
        NotOpen: lumisections are still undecided.
    """
    require_mover_of_dataset(by, GLOBAL)
    found = datasets.dataset(tx.connection, run_number, dataset)
    _require_unchanged(tx, seen, DatasetStateMoved, (run_number, dataset), by)
    _require_states({GLOBAL: to_state, **{state: state for state in too}})
    if dataset == ONLINE:
        raise Invalid("An online dataset moves with its run.")
    aside = {State.WAITING, State.NOT_SIGNIFICANT} - {State(state) for state in too}
    here = {GLOBAL: found.state_of(GLOBAL), **found.states}
    moved = [w for w, state in sorted(here.items()) if state != to_state and State(state) not in aside]
    if not moved:
        raise Invalid(f"No workspace of run {run_number} {dataset} can move to {to_state}.")
    for workspace in moved:
        _require_step(tx.connection, found, workspace, State(to_state), comment)
    return tx.record(
        DatasetStateMoved(run_number, dataset, dict.fromkeys(moved, to_state)), by, comment=comment
    )


def hide_dataset(
    tx: Transaction,
    run_number: int,
    dataset: str,
    by: Author,
    *,
    hidden: bool = True,
    seen: int | None = None,
    comment: str = "",
) -> int:
    """Take a dataset out of sight, or bring it back; whatever happens to it meanwhile is recorded.

    Args:
        seen: sequence the author was looking at, where the door says it.

    Raises:
        Forbidden: the author may not.
        NotFound: no such run or dataset.
        Stale: somebody else hid it, or brought it back, after `seen`.
        Invalid: the online dataset, no reason, or it is so already.
    """
    rights.require(by, Action.HIDE_DATASET)
    found = datasets.dataset(tx.connection, run_number, dataset)
    _require_unchanged(tx, seen, DatasetHidden, (run_number, dataset), by)
    if dataset == ONLINE:
        raise Invalid("The online dataset of a run cannot be hidden.")
    if found.is_hidden == hidden:
        raise Invalid(f"{dataset} of run {run_number} is {'hidden' if hidden else 'in sight'} already.")
    if hidden and len(comment.strip()) < 3:
        raise Invalid("Hiding a dataset needs a reason of at least 3 characters.")
    return tx.record(DatasetHidden(run_number, dataset, hidden), by, comment=comment)


def import_verdicts(
    tx: Transaction,
    event: VerdictsGiven,
    by: Author,
    *,
    importer: Author,
    happened_at: datetime | None = None,
) -> int:
    """Record verdicts that were given elsewhere, with their own author and time.

    Raises:
        Forbidden: the importer does not ingest.
    """
    rights.require(importer, Action.INGEST)
    return tx.record(event, by, happened_at=happened_at)


def import_overrides(
    tx: Transaction,
    run_number: int,
    dataset: str,
    attributes: Mapping[str, Sequence[tuple[int, int, object]]],
    *,
    importer: Author,
) -> int:
    """Record bits that were overridden elsewhere for one dataset.

    Raises:
        Forbidden: the importer does not ingest.
    """
    rights.require(importer, Action.INGEST)
    told = {name: tuple((f, l, v) for f, l, v in spans) for name, spans in attributes.items()}
    return tx.record(BitsOverridden(run_number, dataset, told), importer)


def import_states(
    tx: Transaction,
    event: DatasetStateMoved,
    by: Author,
    *,
    importer: Author,
    happened_at: datetime | None = None,
) -> int:
    """Record a move that was made elsewhere, with its own author and time.

    Raises:
        Forbidden: the importer does not ingest.
        Invalid: a state that does not exist.
    """
    rights.require(importer, Action.INGEST)
    _require_states(event.states)
    return tx.record(event, by, happened_at=happened_at)


def _require_unchanged(
    tx: Transaction,
    seen: int | None,
    kind: type[DatasetHidden] | type[DatasetStateMoved],
    where: tuple[int, str],
    by: Author,
    workspace: str = "",
) -> None:
    def is_same(event: Event) -> bool:
        told = cast(DatasetHidden | DatasetStateMoved, event)
        moved = told.states if isinstance(told, DatasetStateMoved) else ()
        return told.dataset == where[1] and (not workspace or workspace in moved)

    require_unchanged(tx, seen, by, kind, run_number=where[0], is_same=is_same)


def _require_step(
    connection: Connection, found: datasets.Dataset, workspace: str, to_state: State, comment: str
) -> None:
    here = State(found.state_of(workspace))
    forward = here in _ORDER and to_state in _ORDER and _ORDER.index(to_state) > _ORDER.index(here)
    if not forward and len(comment.strip()) < 3:
        raise Invalid("Moving a dataset back needs a reason of at least 3 characters.")
    if to_state not in (State.SIGNOFF, State.COMPLETED) or not forward:
        return
    prefix = "" if workspace == GLOBAL else f"{workspace}-"
    missing = completeness.undecided(connection, found.run_number, found.name, prefix)
    if missing:
        raise NotOpen(f"{found.name} cannot be signed off: {completeness.sentence(missing)}")


def _require_states(states: Mapping[str, str]) -> None:
    known: Sequence[str] = [s.value for s in State]
    for workspace, state in states.items():
        if state not in known:
            raise Invalid(f"“{state}” is no state (workspace {workspace}); {', '.join(known)} are.")
