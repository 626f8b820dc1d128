"""What takes back a move or a duplicate of a dataset, or bits that were overridden: what was so before."""

from model import rights
from model.authors import Author
from model.errors import Stale
from model.events import BitsOverridden, DatasetCreated, DatasetHidden, DatasetStateMoved, Event
from model.journal import Entry, Transaction
from model.queries import datasets, upstream
from model.rights import Action
from model.vocabulary import GLOBAL


def is_deed(one: Entry) -> bool:
    """Tell whether a person did it to a dataset or its bits; what an import brings is nobody's to take back."""
    return one.is_person and isinstance(one.event, DatasetStateMoved | DatasetCreated | BitsOverridden)


def reverse(tx: Transaction, one: Entry, by: Author) -> Event:
    """Return what takes a deed back.

    Raises:
        Stale: the dataset was moved, or its bits were overridden, since.
        Forbidden: the author could not have done it.
    """
    event = one.event
    if isinstance(event, DatasetStateMoved):
        return _moved_back(tx, one, event, by)
    if isinstance(event, BitsOverridden):
        return _as_before(tx, one, event, by)
    if not isinstance(event, DatasetCreated):
        raise TypeError(f"{event.kind} is no deed")
    rights.require(by, Action.DUPLICATE_DATASET)
    return DatasetHidden(event.run_number, event.dataset, hidden=True)


def _as_before(tx: Transaction, one: Entry, event: BitsOverridden, by: Author) -> BitsOverridden:
    rights.require(by, Action.OVERRIDE_BITS)
    where = (tx.connection, event.run_number, event.dataset)
    before, after, now = (
        upstream.lumisection_facts(*where, at)[1] for at in (one.sequence - 1, one.sequence, tx.head.sequence)
    )
    for bit in event.attributes:
        if now.get(bit) != after.get(bit):
            said = f"{bit} of run {event.run_number} {event.dataset} was overridden otherwise since"
            raise Stale(f"{said}: look at it again.", ())
    return BitsOverridden(
        event.run_number, event.dataset, {bit: before.get(bit, ()) for bit in event.attributes}
    )


def _moved_back(tx: Transaction, one: Entry, event: DatasetStateMoved, by: Author) -> DatasetStateMoved:
    where = (tx.connection, event.run_number, event.dataset)
    before, now = datasets.dataset(*where, one.sequence - 1), datasets.dataset(*where)
    for workspace, state in event.states.items():
        rights.require(by, Action.MOVE_GLOBAL if workspace == GLOBAL else Action.MOVE_DATASET, workspace)
        if now.state_of(workspace) != state:
            said = f"{workspace} of run {event.run_number} {event.dataset} is {now.state_of(workspace)}"
            raise Stale(f"{said} meanwhile, not {state}.", ())
    earlier = {workspace: before.state_of(workspace) for workspace in event.states}
    return DatasetStateMoved(event.run_number, event.dataset, earlier)
