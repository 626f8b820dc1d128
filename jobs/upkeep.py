"""What keeps a registry safe, once a night: its journal is verified, and a backup is made."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from model import journal
from model.backups import backups
from model.clock import Clock, system_clock
from model.db import Database
from model.errors import Broken
from model.jobs import BACKUP, VERIFY
from model.products.nightly import done, is_done
from model.products.rebuild import require_head

Work = Callable[[date], list[str]]


class Trouble(str):
    """What a work says of itself where it did not end well."""


@dataclass
class Upkeep:
    """The upkeep of one registry.

    Args:
        folder: of backups; None where none is made.
        keep: how many of the newest backups stay.
    """

    database: Database
    folder: Path | None
    keep: int
    is_verified: bool = True
    clock: Clock = field(default=system_clock)

    @property
    def works(self) -> dict[str, Work]:
        """Return the works of a night by their names."""
        wanted = {VERIFY: (self._verify, self.is_verified), BACKUP: (self._backup, self.folder is not None)}
        return {name: work for name, (work, is_wanted) in wanted.items() if is_wanted}

    def _verify(self, night: date) -> list[str]:
        if is_done(self.database, VERIFY, night):
            return []
        try:
            with self.database.reading() as connection:
                head = journal.verify(connection)
                require_head(connection, head)
        except Broken as error:
            said: str = Trouble(f"the journal does not verify: {error}")
        else:
            said = f"{head.sequence:,} events verify, head {head.hash.hex()}"
        done(self.database, self.clock, VERIFY, night)
        return [said]

    def _backup(self, night: date) -> list[str]:
        """Make the backup of a night; where nothing was recorded since the last one, that one will do."""
        if self.folder is None or is_done(self.database, BACKUP, night):
            return []
        try:
            said = self._made(self.folder)
        except (Broken, OSError) as error:
            said = Trouble(f"no backup of {night}: {error}")
        done(self.database, self.clock, BACKUP, night)
        return [said]

    def _made(self, folder: Path) -> str:
        with self.database.reading() as connection:
            head = journal.head(connection)
        newest = next(iter(backups.backups(folder)), None)
        if newest is not None and newest.hash == head.hash.hex():
            return f"nothing new since {newest.name}, sequence {newest.sequence}"
        made = backups.make(self.database, folder, self.clock)
        gone = backups.prune(folder, self.keep)
        size_mib = made.size / 2**20
        return f"{made.name} in {folder}, sequence {made.sequence}, {size_mib:.1f} MiB; {len(gone)} removed"
