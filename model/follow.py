"""Follow the journal: know when its head may have moved, by notice or by looking."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection

from model import journal
from model.db import CHANNEL, Database


class Follower:
    """Where the journal is, for one that waits for it to move."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._wire: Any = None

    def head(self) -> int:
        """Return the last sequence."""
        with self.database.reading() as connection:
            return journal.sequence_now(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a snapshot to read what changed."""
        with self.database.reading() as connection:
            yield connection

    @contextmanager
    def listening(self) -> Iterator[int | None]:
        """Give a file descriptor that becomes readable when something was recorded.

        None where the store cannot tell (SQLite): look again and again. A notice may be lost with its
        connection, so it is never the only reason to look.
        """
        if self.database.is_sqlite:
            yield None
            return
        held = self.database.engine.raw_connection()
        try:
            wire: Any = held.driver_connection
            wire.set_session(autocommit=True)
            with wire.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
            self._wire = wire
            yield wire.fileno()
        finally:
            self._wire = None
            held.invalidate()

    def drain(self) -> None:
        """Take the notices off the wire; they carry nothing but that there is news."""
        if self._wire is not None:
            self._wire.poll()
            self._wire.notifies.clear()
