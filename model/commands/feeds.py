"""How far a feed was read, what of it could not be taken, what somebody wants read again.

None of this is a fact about a run, so it is not in the journal; it lies in the registry, so that whoever
follows a feed next goes on where the last one stopped. Whether a feed answers is told in `model.feeds`.
"""

from sqlalchemy import Connection, select

from model import rights
from model.authors import Author
from model.clock import to_us
from model.feed_tables import feed_mark, feed_refusal, feed_wish
from model.journal import Transaction
from model.queries import runs
from model.rights import Action

OMS = "OMS"


def mark_of(connection: Connection, name: str) -> str:
    """Return how far a feed was read; empty where it never was."""
    return str(connection.execute(select(feed_mark.c.mark).where(feed_mark.c.name == name)).scalar() or "")


def read_to(tx: Transaction, name: str, mark: str) -> None:
    """Remember how far a feed was read, together with what is recorded of it; never back."""
    if mark > mark_of(tx.connection, name):
        tx.connection.execute(feed_mark.delete().where(feed_mark.c.name == name))
        tx.connection.execute(feed_mark.insert(), {"name": name, "mark": mark})


def refuse(tx: Transaction, name: str, record: str, reason: str) -> None:
    """Remember that a record could not be taken, and why; a newer reason replaces an older one."""
    taken(tx, name, record)
    row = {"name": name, "record": record, "refused_us": to_us(tx.clock()), "reason": reason}
    tx.connection.execute(feed_refusal.insert(), row)


def taken(tx: Transaction, name: str, record: str) -> None:
    """Forget that a record could not be taken, and that somebody wanted it read."""
    for table in (feed_refusal, feed_wish):
        tx.connection.execute(table.delete().where(table.c.name == name, table.c.record == record))


def want_again(tx: Transaction, run_number: int, by: Author) -> None:
    """Ask for a run to be read from OMS once more; whoever follows OMS does it at its next turn.

    Raises:
        Forbidden: the author certifies nothing online.
        NotFound: no such run.
    """
    rights.require(by, Action.MARK_SIGNIFICANT)
    runs.run(tx.connection, run_number)
    where = (feed_wish.c.name == OMS, feed_wish.c.record == str(run_number))
    tx.connection.execute(feed_wish.delete().where(*where))
    row = {"name": OMS, "record": str(run_number), "wished_us": to_us(tx.clock()), "author": by.name}
    tx.connection.execute(feed_wish.insert(), row)
