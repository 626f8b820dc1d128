"""What is done once a night, whatever restarts happen; what became of each stands on the health page."""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from jobs.upkeep import Trouble, Upkeep
from model.authors import REGISTRY, SCHEDULE
from model.clock import Clock, system_clock
from model.columnar.kept import prune
from model.columnar.snapshots import any_snapshot
from model.commands.snapshots import make_snapshot
from model.db import Database
from model.errors import Busy, RunRegistryError
from model.golden.golden import GoldenRoom
from model.jobs import BACKUP, PRODUCTS, REPORT, SENTINEL, SNAPSHOT, VERIFY, Job, keep
from model.journal import sequence_now
from model.products.nightly import done, due_after, is_done, night_of, publish_night, work_of
from model.registry import Registry
from model.report.freeze import freeze
from model.report.kept import reports
from model.report.scope import Asked, Kind, week_of

log = logging.getLogger("run-registry.schedule")
_BEGUN = "nightly work"
#: the sentinel says by this code that something new contradicts itself
_LOUD = 1
_LOOK_S = 20.0


def tell_sentinel() -> int:
    """Run the sentinel as an operator would; return its exit code."""
    return subprocess.run([sys.executable, "-m", "ingest", "sentinel"], check=False).returncode


@dataclass
class Schedule:
    """The nightly work of one registry.

    Args:
        hour: of the day, UTC, at which a night's work begins.
        sentinel: runs the sentinel and returns its exit code; None where it is not wanted.
        has_reports: whether the report of a week is frozen in the first night after it.
        snapshots: where the tables are kept nightly; None where that is not wanted.
        keep: how long a snapshot stays, at least.
        upkeep: verifies the journal and makes the backup; None where neither is wanted.
    """

    database: Database
    room: GoldenRoom
    series: Sequence[str]
    hour: int
    sentinel: Callable[[], int] | None = tell_sentinel
    clock: Clock = field(default=system_clock)
    has_reports: bool = False
    snapshots: Path | None = None
    keep: timedelta = timedelta(days=90)
    upkeep: Upkeep | None = None
    _has_begun: bool = field(default=False, init=False)

    def look(self) -> list[str]:
        """Do what is due and not done; return what became of it.

        A registry that has never had a night begins with the next one: nothing is due before.
        """
        night = night_of(self.clock(), self.hour)
        try:
            if not is_done(self.database, _BEGUN, date.min):
                done(self.database, self.clock, _BEGUN, night)
                for work in (SENTINEL, REPORT, SNAPSHOT, VERIFY, BACKUP, *map(work_of, self.series)):
                    done(self.database, self.clock, work, night)
            works = {
                PRODUCTS: self._publish,
                SENTINEL: self._guard,
                REPORT: self._report,
                SNAPSHOT: self._snapshot,
            }
            works |= self.upkeep.works if self.upkeep else {}
            return [said for name, work in works.items() for said in self._noted(name, work, night)]
        except Busy:
            # somebody else is writing: the next look tries again
            return []

    def _noted(self, name: str, work: Callable[[date], list[str]], night: date) -> list[str]:
        """Do the work of a night; keep what it said, where it had something to do."""
        begun = self.clock()
        said = work(night)
        if said:
            took_s = (self.clock() - begun).total_seconds()
            due_at = due_after(night, self.hour, days=7 if name == REPORT else 1)
            is_well = not any(isinstance(each, Trouble) for each in said)
            keep(self.database, Job(name, begun, took_s, due_at, "; ".join(said), is_well))
        return said

    def _publish(self, night: date) -> list[str]:
        told = [publish_night(self.database, self.room, self.clock, name, night) for name in self.series]
        return [Trouble(said) if ": no product of" in said else said for said in told if said]

    def _guard(self, night: date) -> list[str]:
        """Let the sentinel look; a restart in the middle looks again, for it only tells."""
        if self.sentinel is None or is_done(self.database, SENTINEL, night):
            return []
        code = self.sentinel()
        done(self.database, self.clock, SENTINEL, night)
        known = {0: "nothing new is loud", _LOUD: "something new contradicts itself"}
        if code not in known:
            return [Trouble(f"sentinel of {night}: failed with exit code {code}")]
        return [f"sentinel of {night}: {known[code]}"]

    def _report(self, night: date) -> list[str]:
        """Freeze the report of the week that is over; one that was killed after it froze freezes no other."""
        monday = night - timedelta(days=night.weekday())
        if not self.has_reports or is_done(self.database, REPORT, monday):
            return []
        begins = self.clock().replace(year=monday.year, month=monday.month, day=monday.day)
        week = week_of(begins - timedelta(days=7))
        try:
            said: str = self._frozen(week)
        except Busy:
            raise
        except RunRegistryError as error:
            said = Trouble(f"no report of {week}: {error}")
        done(self.database, self.clock, REPORT, monday)
        return [said]

    def _snapshot(self, night: date) -> list[str]:
        """Keep every table, and let go what is old; where there is none yet, do so at once."""
        if self.snapshots is None or not self._wants_snapshot(self.snapshots, night):
            return []
        reading = self.database.reading
        with reading() as connection:
            at = sequence_now(connection)
        if not at:
            return []
        self._has_begun = True
        try:
            made = make_snapshot(reading, self.snapshots, at, SCHEDULE, self.clock)
            gone = prune(reading, self.snapshots, self.clock(), self.keep)
        except OSError as error:
            said: str = Trouble(f"no snapshot of {night}: {error}")
        else:
            said = f"snapshot of {night}: sequence {made.sequence}, {len(gone)} old ones removed"
        done(self.database, self.clock, SNAPSHOT, night)
        return [said]

    def _wants_snapshot(self, folder: Path, night: date) -> bool:
        is_first = not self._has_begun and not any_snapshot(folder)
        return is_first or not is_done(self.database, SNAPSHOT, night)

    def _frozen(self, week: str) -> str:
        own = Registry(self.database, self.room, self.clock)
        with own.reading() as connection:
            known = reports(connection, sequence_now(connection))
        mine = [
            each for each in known if (each.kind, each.scope, each.author) == (Kind.WEEK, week, REGISTRY.name)
        ]
        kept = mine[0] if mine else freeze(own, Asked(Kind.WEEK, week), REGISTRY)
        return f"report of {week}: {kept.name}"


def run(schedule: Schedule, stop: threading.Event, is_mine: Callable[[], bool] = lambda: True) -> int:
    """Look now and then, while it is this host's work, until told to stop."""
    while not stop.is_set():
        for said in schedule.look() if is_mine() else ():
            log.info("%s", said)
        stop.wait(_LOOK_S)
    return 0
