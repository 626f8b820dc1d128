"""Work that several hosts could do and one does: who does it, and until when.

A lease saves work, it guards no truth: who has lost one without noticing does the work a second time, so only
work that is safe to do twice may be leased. On SQLite there is one host, which always holds it.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from sqlalchemy import Connection, select, text

from model.db import Database
from model.errors import Busy
from model.host_tables import lease

log = logging.getLogger("run-registry.lease")
LASTS_S = 15.0
#: a holder says so often within a lease's time that it is still there
_BEATS = 3


@dataclass
class Lease:
    """One host's claim on work of a name.

    Args:
        holder: name of the host; a process that is started again on it goes on at once.
        lasts_s: after so long without a word of its holder, another host takes over.
    """

    database: Database
    name: str
    holder: str
    lasts_s: float = LASTS_S
    _until: float = field(default=0.0, init=False)
    _was_held: bool = field(default=False, init=False)

    @property
    def is_held(self) -> bool:
        """Whether the work is this host's now."""
        return self.database.is_sqlite or time.monotonic() < self._until

    def take(self) -> bool:
        """Take the lease, or renew it; return whether it is held.

        Raises:
            Busy: the database did not let anybody write.
        """
        if self.database.is_sqlite:
            return True
        begun = time.monotonic()
        with self.database.writing() as connection:
            is_mine = self._take(connection)
        self._until = begun + self.lasts_s if is_mine else 0.0
        if is_mine != self._was_held:
            log.info("%s: %s", self.name, f"{self.holder} does it now" if is_mine else "another host does it")
        self._was_held = is_mine
        return is_mine

    def give_back(self) -> None:
        """Let another host have it at once."""
        self._until = 0.0
        if not self.database.is_sqlite:
            with self.database.writing() as connection:
                mine = (lease.c.name == self.name) & (lease.c.holder == self.holder)
                connection.execute(lease.delete().where(mine))

    @contextmanager
    def kept(self) -> Iterator["Lease"]:
        """Try for the lease, again and again, beside the work; give it back at the end."""
        end = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(end,), name=f"lease of {self.name}", daemon=True)
        with suppress(Busy):
            self.take()
        keeper.start()
        try:
            yield self
        finally:
            end.set()
            keeper.join()
            with suppress(Busy):
                self.give_back()

    def _keep(self, end: threading.Event) -> None:
        while not end.wait(self.lasts_s / _BEATS):
            try:
                self.take()
            except Busy as error:
                log.warning("%s: %s", self.name, error)

    def _take(self, connection: Connection) -> bool:
        now_us = _now_us(connection)
        row = {"holder": self.holder, "until_us": now_us + int(self.lasts_s * 1_000_000)}
        kept = connection.execute(select(lease).where(lease.c.name == self.name)).first()
        if kept is None:
            connection.execute(lease.insert().values(name=self.name, **row))
            return True
        if kept.holder != self.holder and kept.until_us > now_us:
            return False
        connection.execute(lease.update().where(lease.c.name == self.name).values(**row))
        return True


def holders(connection: Connection) -> dict[str, str]:
    """Return which host does what; what nobody does now is left out."""
    rows = connection.execute(
        select(lease).where(lease.c.until_us > _now_us(connection)).order_by(lease.c.name)
    )
    return {row.name: row.holder for row in rows}


def _now_us(connection: Connection) -> int:
    """Return the database's time: the clocks of hosts differ."""
    if connection.dialect.name == "sqlite":
        return time.time_ns() // 1_000
    asked = text("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS bigint)")
    return int(connection.execute(asked).scalar_one())
