"""Change the accepted datasets."""

from collections.abc import Sequence

from model import rights
from model.accepted import KIND, Accepted, require_sound
from model.authors import Author
from model.errors import Invalid, Stale
from model.events import DocumentSet
from model.journal import Transaction
from model.queries import documents
from model.rights import Action


def set_accepted(
    tx: Transaction, name: str, rows: Sequence[Accepted], by: Author, *, seen: int, comment: str = ""
) -> int:
    """Keep the rows of one dataset name; none takes the name away.

    Args:
        seen: the sequence the author was looking at.

    Raises:
        Invalid: a row of another name, or one that cannot be kept.
        Stale: somebody else changed the rows meanwhile.
        Forbidden: the author may not.
    """
    rights.require(by, Action.EDIT_CONFIGURATION)
    for row in rows:
        if row.name != name:
            raise Invalid(f"A row of {row.name} is none of {name}.")
        require_sound(row)
    before = documents.document(tx.connection, KIND, name, seen)
    now = documents.document(tx.connection, KIND, name)
    if before != now:
        raise Stale(f"Somebody changed {name} meanwhile: look at it again.", [])
    wanted = [row.document() for row in rows]
    if wanted == (now or []):
        raise Invalid(f"{name} is so already.")
    return tx.record(DocumentSet(KIND, name, wanted), by, comment=comment)
