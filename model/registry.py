"""The one registry of this process: database, clock and golden room, put together by whoever starts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy import Connection

from model import journal
from model.classic.kept import ClientRoom
from model.clock import Clock, system_clock
from model.commands import derived
from model.db import Database
from model.denials import Denials
from model.errors import Forbidden
from model.golden.golden import GoldenRoom
from model.grid.choice import Choice, chosen
from model.grid.grid import GridRoom, Question, columns_of
from model.queries.run_views import RunViews
from model.sentinel.sentinel import Sentinel
from model.vocabulary import GLOBAL


@dataclass(frozen=True)
class Registry:
    """What doors need: a place to read, a place to write, and the rooms that keep what is costly."""

    database: Database
    golden: GoldenRoom
    clock: Clock = system_clock
    grid: GridRoom = field(default_factory=GridRoom)
    views: RunViews = field(default_factory=RunViews)
    sentinel: Sentinel = field(default_factory=Sentinel)
    client: ClientRoom = field(default_factory=ClientRoom)
    denied: Denials = field(default_factory=Denials)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a consistent snapshot."""
        with self._keeping_denials(), self.database.reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[journal.Transaction]:
        """Give the journal's lock for one command; derived columns follow what it says."""
        with self._keeping_denials(), derived.writing(self.database, self.clock) as tx:
            yield tx

    def warm(self) -> int:
        """Read the grid that most people open first, and look at every run; return the rows of the grid."""
        with self.reading() as connection:
            at = journal.sequence_now(connection)
            asked = Question(GLOBAL, columns_of(connection, GLOBAL, Choice().stage, at))
            rows = self.grid.rows(connection, asked, chosen(connection, Choice(), at), at)
            self.sentinel.findings(connection, at)
            return len(rows)

    @contextmanager
    def trying(self) -> Iterator[journal.Transaction]:
        """Give a command's turn whose result is thrown away: a dry run of the real thing."""
        with self.database.writing() as connection:
            yield journal.Transaction(connection, self.clock)
            connection.rollback()

    @contextmanager
    def _keeping_denials(self) -> Iterator[None]:
        """Keep what is denied within, once nothing is held any more."""
        try:
            yield
        except Forbidden as denied:
            if not denied.is_kept:
                denied.is_kept = True
                self.denied.keep(self.database, denied, self.clock())
            raise


_here: list[Registry] = []


def use(registry: Registry) -> None:
    """Make this the registry of the process."""
    _here[:] = [registry]


def registry() -> Registry:
    """Return the registry of the process.

    Raises:
        LookupError: nobody called `use`.
    """
    if not _here:
        raise LookupError("no registry has been put together in this process")
    return _here[0]
