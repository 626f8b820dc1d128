"""What a live feed tells of itself: that it answered, how far it was read, what it could not take.

None of this is a fact about a run, so it is not in the journal; it lies in the registry, so that whoever
follows a feed next goes on where the last one stopped.
"""

from datetime import datetime

from sqlalchemy import Connection, select

from model import rights
from model.authors import Author
from model.clock import to_us
from model.feed_tables import feed, feed_refusal, feed_wish
from model.journal import Transaction
from model.queries import runs
from model.rights import Action

OMS = "OMS"


def mark_of(connection: Connection, name: str) -> str:
    """Return how far a feed was read; empty where it never was."""
    return str(connection.execute(select(feed.c.mark).where(feed.c.name == name)).scalar() or "")


def read_to(tx: Transaction, name: str, mark: str) -> None:
    """Remember how far a feed was read, together with what is recorded of it."""
    if mark > mark_of(tx.connection, name):
        _set(tx.connection, name, mark=mark)


def answered(connection: Connection, name: str, at: datetime, every_s: float) -> None:
    """Remember that a feed answered, and how often it is asked."""
    now = to_us(at)
    _set(connection, name, asked_us=now, answered_us=now, every_us=round(every_s * 1e6), trouble="")


def failed(connection: Connection, name: str, at: datetime, every_s: float, trouble: str) -> None:
    """Remember that a feed did not answer, and what it said instead."""
    _set(connection, name, asked_us=to_us(at), every_us=round(every_s * 1e6), trouble=trouble)


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
        NotFound: no such run.
        Forbidden: the author certifies nothing online.
    """
    runs.run(tx.connection, run_number)
    rights.require(by, Action.MARK_SIGNIFICANT)
    where = (feed_wish.c.name == OMS, feed_wish.c.record == str(run_number))
    tx.connection.execute(feed_wish.delete().where(*where))
    row = {"name": OMS, "record": str(run_number), "wished_us": to_us(tx.clock()), "author": by.name}
    tx.connection.execute(feed_wish.insert(), row)


def _set(connection: Connection, name: str, **values: object) -> None:
    if connection.execute(feed.update().where(feed.c.name == name).values(**values)).rowcount == 0:
        empty = {"mark": "", "every_us": 0, "asked_us": 0, "answered_us": 0, "trouble": ""}
        connection.execute(feed.insert(), {"name": name, **empty, **values})
