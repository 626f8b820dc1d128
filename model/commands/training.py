"""Training: keep a sitting that was judged, share it, take it away. Answers never become verdicts."""

from model import rights
from model.authors import Author
from model.errors import Forbidden, Invalid, NotFound
from model.events import DocumentSet
from model.journal import Transaction
from model.rights import Action
from model.training.kept import KIND, Judged, document, key, one, shared


def keep_sitting(tx: Transaction, judged: Judged, by: Author) -> int:
    """Keep the answers to a sitting for their author alone; from now on the decisions stand beside them.

    Raises:
        Invalid: the sitting was compared before.
        Forbidden: a program asks.
    """
    if not by.is_person:
        raise Forbidden(f"{by.name} is a program: training is for people.")
    name = key(by.name, judged.question)
    if _is_kept(tx, by, name):
        raise Invalid("You have compared this sitting before, and have seen its decisions: begin another one.")
    return tx.record(DocumentSet(KIND, name, document(by.name, judged)), by)


def share_sitting(tx: Transaction, name: str, by: Author, *, is_shared: bool) -> int:
    """Let everybody see one's sitting, or only oneself again.

    Raises:
        NotFound: there is none that the author may see.
        Forbidden: it is somebody else's.
        Invalid: it is so already.
    """
    found = one(tx.connection, by.name, name, tx.head.sequence)
    if found.owner != by.name:
        raise Forbidden(f"This is the sitting of {found.owner}: who sees it only {found.owner} decides.")
    if found.is_shared == is_shared:
        raise Invalid(f"The sitting is {'shared' if is_shared else 'private'} already.")
    return tx.record(DocumentSet(KIND, name, shared(found, is_shared=is_shared)), by)


def remove_sitting(tx: Transaction, name: str, by: Author) -> int:
    """Take a sitting away: one's own, or with the right to configure a shared one of somebody else.

    Raises:
        NotFound: there is none that the author may see.
        Forbidden: it is somebody else's.
    """
    found = one(tx.connection, by.name, name, tx.head.sequence)
    if found.owner != by.name:
        rights.require(by, Action.EDIT_CONFIGURATION)
    return tx.record(DocumentSet(KIND, name, None), by)


def _is_kept(tx: Transaction, by: Author, name: str) -> bool:
    try:
        one(tx.connection, by.name, name, tx.head.sequence)
    except NotFound:
        return False
    return True
