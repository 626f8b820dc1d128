"""An edit says what its author looked at: what somebody else did to it since is told, not overwritten."""

from collections.abc import Callable

from sqlalchemy import select

from model.authors import Author
from model.commands.verdicts import require_seen
from model.errors import Stale
from model.event import Event
from model.journal import Transaction, entry
from model.tables import journal


def require_unchanged(
    tx: Transaction,
    seen: int | None,
    by: Author,
    *kinds: type[Event],
    run_number: int | None = None,
    is_same: Callable[[Event], bool] = lambda _: True,
) -> None:
    """Let through an edit of something that nobody else changed since its author looked.

    Args:
        seen: sequence the author was looking at; None where the door does not say.
        kinds: of facts that change it.
        is_same: whether such a fact is about the same thing.

    Raises:
        Invalid: nobody can have seen that sequence.
        Stale: somebody else changed it since.
    """
    if seen is None:
        return
    require_seen(seen, tx.head.sequence)
    others = select(journal).where(
        journal.c.sequence > seen,
        journal.c.kind.in_([each.kind for each in kinds]),
        journal.c.author != by.name,
    )
    if run_number is not None:
        others = others.where(journal.c.run_number == run_number)
    for row in tx.connection.execute(others.order_by(journal.c.sequence)):
        told = entry(row)
        if is_same(told.event):
            what = told.event.kind.replace("-", " ")
            raise Stale(
                f"{told.author} came before you: {what}, sequence {told.sequence}; you looked at {seen}. "
                "Nothing was written.",
                (),
            )
