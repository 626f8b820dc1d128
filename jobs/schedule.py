"""What is done once a night, whatever restarts happen: products of official series, and the sentinel."""

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from model.clock import Clock, system_clock
from model.db import Database
from model.errors import Busy
from model.golden.golden import GoldenRoom
from model.products.nightly import done, is_done, night_of, publish_night, work_of

log = logging.getLogger("run-registry.schedule")
SENTINEL = "nightly sentinel"
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
    """

    database: Database
    room: GoldenRoom
    series: Sequence[str]
    hour: int
    sentinel: Callable[[], int] | None = tell_sentinel
    clock: Clock = field(default=system_clock)

    def look(self) -> list[str]:
        """Do what is due and not done; return what became of it.

        A registry that has never had a night begins with the next one: nothing is due before.
        """
        night = night_of(self.clock(), self.hour)
        try:
            if not is_done(self.database, _BEGUN, date.min):
                done(self.database, self.clock, _BEGUN, night)
                for work in (SENTINEL, *map(work_of, self.series)):
                    done(self.database, self.clock, work, night)
            told = [publish_night(self.database, self.room, self.clock, name, night) for name in self.series]
            return [*filter(None, told), *self._guard(night)]
        except Busy:
            # somebody else is writing: the next look tries again
            return []

    def _guard(self, night: date) -> list[str]:
        """Let the sentinel look; a restart in the middle looks again, for it only tells."""
        if self.sentinel is None or is_done(self.database, SENTINEL, night):
            return []
        code = self.sentinel()
        done(self.database, self.clock, SENTINEL, night)
        said = {0: "nothing new is loud", _LOUD: "something new contradicts itself"}
        return [f"sentinel of {night}: {said.get(code, f'failed with exit code {code}')}"]


def run(schedule: Schedule, stop: threading.Event) -> int:
    """Look now and then until told to stop."""
    while not stop.is_set():
        for said in schedule.look():
            log.info("%s", said)
        stop.wait(_LOOK_S)
    return 0
