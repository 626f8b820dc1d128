"""What the published client can do in one call, where that is more than one command of ours."""

from model import rights
from model.authors import REGISTRY, Author
from model.commands import automatic
from model.commands.datasets import move_dataset, require_mover_of_dataset
from model.commands.feeds import want_again
from model.commands.runs import move_run, require_mover, reset_run, set_run_attributes
from model.errors import Invalid, NotOpen
from model.journal import Transaction
from model.queries import datasets, runs
from model.rights import Action
from model.vocabulary import GLOBAL, State

#: the client cannot give a reason, and none is asked for in the system it was written for
_REASON = "with the runregistry client, which gives no reason"


def mark_significant(tx: Transaction, run_number: int, by: Author) -> int:
    """Mark an open run significant, and let the rules say again what they say of its lumisections.

    Raises:
        NotFound: no such run.
        NotOpen: it was signed off.
        Invalid: it is significant already.
        Forbidden: the author may not.
    """
    rights.require(by, Action.MARK_SIGNIFICANT)
    run = runs.run(tx.connection, run_number)
    _require_open(run, "be marked significant")
    if run.registry.get("significant") is True:
        raise Invalid(f"Run {run_number} is already significant.")
    set_run_attributes(tx, run_number, {"significant": True}, by)
    automatic.certify_run(tx, run_number, REGISTRY)
    return tx.head.sequence


def edit_class(tx: Transaction, run_number: int, run_class: str, by: Author) -> int:
    """Give an open run another class.

    Raises:
        NotFound: no such run.
        NotOpen: it was signed off.
        Invalid: no class.
        Forbidden: the author may not.
    """
    rights.require(by, Action.EDIT_CLASS)
    run = runs.run(tx.connection, run_number)
    _require_open(run, "be edited")
    if not run_class.strip():
        raise Invalid(f"Run {run_number} needs a class.")
    return set_run_attributes(tx, run_number, {"class": run_class.strip()}, by)


def refresh_run(tx: Transaction, run_number: int, by: Author) -> int:
    """Ask for an open run to be read from OMS once more, and let the rules say again what they say of it.

    What persons said stays.

    Raises:
        NotFound: no such run.
        NotOpen: it was signed off.
        Forbidden: the author certifies nothing online.
    """
    rights.require(by, Action.MARK_SIGNIFICANT)
    run = runs.run(tx.connection, run_number)
    _require_open(run, "be refreshed")
    want_again(tx, run_number, by)
    automatic.certify_run(tx, run_number, REGISTRY)
    return tx.head.sequence


def reset_and_refresh_run(tx: Transaction, run_number: int, by: Author) -> int:
    """Forget what persons said of the class and significance of an open run, and refresh it.

    Raises:
        NotFound: no such run.
        NotOpen: it was signed off.
        Forbidden: the author may not.
    """
    rights.require(by, Action.EDIT_CLASS)
    run = runs.run(tx.connection, run_number)
    _require_open(run, "be refreshed")
    want_again(tx, run_number, by)
    return reset_run(tx, run_number, by, comment=_REASON)


def move_run_without_reason(
    tx: Transaction, run_number: int, from_state: str, to_state: str, by: Author
) -> int:
    """Move a run; on the way back the reason is that none can be given.

    Raises:
        NotFound, Invalid, NotOpen, Forbidden: as `move_run`; NotOpen also where it is there already.
    """
    require_mover(by, from_state, to_state)
    if runs.run(tx.connection, run_number).state == to_state:
        raise NotOpen(f"Run {run_number} is already in state {to_state}.")
    return move_run(tx, run_number, from_state, to_state, by, comment=_REASON)


def move_dataset_without_reason(
    tx: Transaction, where: tuple[int, str], workspace: str, to: tuple[str, str], by: Author
) -> int:
    """Move (run, dataset) in a workspace; the one that waits in `global` opens in all that wait with it.

    Raises:
        NotFound, Invalid, NotOpen, Forbidden: as `move_dataset`; Invalid also where there is no such workspace.
    """
    known = datasets.levels(tx.connection)
    if workspace not in known:
        raise Invalid(f"“{workspace[:40]}” is no workspace; {', '.join(sorted(known))} are.")
    require_mover_of_dataset(by, workspace)
    found = datasets.dataset(tx.connection, *where)
    moved = [workspace]
    if workspace == GLOBAL and to == (State.WAITING, State.OPEN):
        moved += [name for name, state in sorted(found.states.items()) if state == State.WAITING]
    for name in dict.fromkeys(moved):
        move_dataset(tx, *where, name, to, by, comment=_REASON)
    return tx.head.sequence


def _require_open(run: runs.Run, what: str) -> None:
    if run.state != State.OPEN:
        raise NotOpen(f"Run {run.run_number} must be in state OPEN to {what}; it is {run.state}.")
