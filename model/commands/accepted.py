"""Change the accepted datasets: all rows of a name, or one of them."""

from collections.abc import Sequence

from model import rights
from model.accepted import KIND, Accepted, accepted, require_sound
from model.authors import Author
from model.errors import Invalid, NotFound, Stale
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


def set_row(
    tx: Transaction, old: Accepted | None, new: Accepted | None, by: Author, *, seen: int, comment: str = ""
) -> int:
    """Add a row (no old one), change one, or take one away (no new one).

    Args:
        seen: the sequence the author was looking at.

    Raises:
        Invalid: the row would get another name, cannot be kept, or is there already.
        NotFound: the old row is not there any more.
        Stale: somebody else changed the rows of that name meanwhile.
        Forbidden: the author may not.
    """
    rights.require(by, Action.EDIT_CONFIGURATION)
    named = old or new
    if named is None:
        raise Invalid("There is no row to keep.")
    if new is not None and new.name != named.name:
        raise Invalid(f"A row of {named.name} cannot become one of {new.name}: add that, take this one away.")
    rows = [row for row in accepted(tx.connection, tx.head.sequence) if row.name == named.name]
    if old is not None and old not in rows:
        raise NotFound(f"The row of {old.name} that you looked at is not there any more.")
    if new in rows and new != old:
        raise Invalid(f"{named.name} has this row already.")
    place = rows.index(old) if old is not None else len(rows)
    rows[place : place + 1] = [new] if new is not None else []
    return set_accepted(tx, named.name, rows, by, seen=seen, comment=comment)
