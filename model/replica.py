"""Reads from a copy of the database: only where it has come as far as the asker has seen.

What somebody has seen is a sequence; it travels with the asker (`api/contract/seen.py`) and rises with all that
is read or written on the way. Where nobody asks, as in jobs and commands, nothing is read from a copy.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoneFree

#: a copy that did not answer is left alone for so long
_REST_S = 5.0


@dataclass
class Seen:
    """How far somebody who asks has seen.

    Args:
        may_copy: whether what is read may come from a copy; what a write looks at comes from where it writes.
    """

    sequence: int
    may_copy: bool = True

    def rise(self, sequence: int) -> None:
        """Take note of what was read or written; nobody unsees."""
        self.sequence = max(self.sequence, sequence)


_asking: ContextVar[Seen | None] = ContextVar("asking", default=None)


@contextmanager
def asking(seen: Seen) -> Iterator[Seen]:
    """Let what is read meanwhile be read for somebody."""
    token = _asking.set(seen)
    try:
        yield seen
    finally:
        _asking.reset(token)


def seen() -> Seen | None:
    """Return how far who asks has seen; None where nobody asks."""
    return _asking.get()


class Replica:
    """A copy of the database, for reading."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.reads = 0
        self._asked_again_at = 0.0

    def snapshot(self, at_least: int) -> tuple[Connection, int] | None:
        """Return a snapshot with its sequence; None where the copy is behind, or does not answer."""
        if time.monotonic() < self._asked_again_at:
            return None
        try:
            connection = self.engine.connect()
        except (DBAPIError, NoneFree):
            self._asked_again_at = time.monotonic() + _REST_S
            return None
        try:
            sequence = begin(connection)
        except DBAPIError:
            self._asked_again_at = time.monotonic() + _REST_S
            connection.close()
            return None
        if sequence < at_least:
            connection.close()
            return None
        self.reads += 1
        return connection, sequence


def begin(connection: Connection) -> int:
    """Begin a snapshot on PostgreSQL; return its sequence."""
    connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    return head_of(connection)


def head_of(connection: Connection) -> int:
    """Return the last sequence of a snapshot, or of what is being written."""
    return int(connection.execute(text("SELECT max(sequence) FROM journal")).scalar() or 0)
