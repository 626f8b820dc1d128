"""Follow OMS: ask what changed, read those runs, hand each to the registry; go on where it stands."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from ingest.oms import translate
from ingest.oms.client import Oms, Row
from ingest.oms.errors import BadRecord, NotAnswered, OmsError, Unreachable
from ingest.sentinel import look_at
from model.authors import IMPORTER
from model.clock import Clock, system_clock
from model.commands import feeds
from model.commands.arrival import Arrival, arrive
from model.commands.derived import writing
from model.db import Database
from model.errors import RunRegistryError
from model.feeds import hear
from model.queries import datasets, runs
from model.queries.feeds import wishes
from model.sentinel.sentinel import Sentinel
from model.tables import run_fact
from model.vocabulary import State

log = logging.getLogger(__name__)
#: lumisections before the last known one that are read again each time
_LOOK_BACK = 10
_LONGEST_PAUSE_S = 10.0
_FRESH_S = 2.0
#: of so many newest runs, those that go on are asked for even where OMS does not call them changed
_NEWEST = 5


@dataclass(frozen=True)
class Habits:
    """How OMS is followed.

    Args:
        whole_read_s: after so long a growing run is read from its first lumisection again.
        first_run: where a registry that never followed OMS begins; 0 for the newest few.
    """

    poll_s: float = 2.0
    whole_read_s: float = 60.0
    first_run: int = 0


@dataclass
class Follower:
    """One who follows OMS for a registry; it can be killed at any time, and another goes on."""

    database: Database
    oms: Oms
    habits: Habits = field(default_factory=Habits)
    clock: Clock = system_clock
    sleep: Callable[[float], None] = time.sleep
    _read_whole_at: dict[int, float] = field(default_factory=dict, init=False)
    _sentinel: Sentinel = field(default_factory=Sentinel, init=False)
    #: by run: the findings that were told
    _found: dict[int, set[str]] = field(default_factory=dict, init=False)
    _of_fill: dict[int, dict[str, Any]] = field(default_factory=dict, init=False)
    #: by run: the last update that was dealt with, how often, and when
    _done: dict[str, tuple[str, int, float]] = field(default_factory=dict, init=False)

    def follow(self, is_mine: Callable[[], bool] = lambda: True) -> None:
        """Ask for ever; where OMS does not answer, say so and ask more and more rarely, but go on.

        Args:
            is_mine: tells whether it is this host that asks.
        """
        failures = 0
        while True:
            if not is_mine():
                self.sleep(self.habits.poll_s)
                continue
            try:
                self.once()
                failures = 0
                pause_s = self.habits.poll_s
            except OmsError as error:
                failures += 1
                log.warning("%s Asking again.", error)
                asked_for = error.wait_s if isinstance(error, Unreachable) else 0.0
                pause_s = max(asked_for, min(self.habits.poll_s * 2 ** min(failures, 10), _LONGEST_PAUSE_S))
            except RunRegistryError as error:
                log.warning("%s Asking again.", error)
                pause_s = self.habits.poll_s
            self.sleep(pause_s)

    def once(self) -> int:
        """Ask once; return how many events were recorded.

        Raises:
            OmsError: OMS did not answer; what was read before that is kept.
        """
        try:
            count_ = self._poll()
        except OmsError as error:
            self._tell(error)
            raise
        self._tell(None)
        return count_

    def refresh(self, run_number: int) -> int:
        """Read one run from OMS once more, whole; return how many events were recorded.

        Raises:
            OmsError: OMS does not answer, or does not have it.
        """
        row = self.oms.run(run_number)
        if row is None:
            raise NotAnswered(f"OMS has no run {run_number}.")
        return self._take(row, is_whole=True)

    def _poll(self) -> int:
        with self.database.reading() as connection:
            mark = feeds.mark_of(connection, feeds.OMS)
            wanted, going_on = wishes(connection, feeds.OMS), _going_on(connection)
        changed = self.oms.changed_runs(mark, self.habits.first_run)
        recorded = sum(self._refresh(int(number)) for number in wanted)
        recorded += sum(self._take(row) for row in changed if not self._is_done(row))
        seen = {row.id for row in changed}
        for number in going_on:
            # OMS does not call a run changed for everything that changes: not for its end
            if str(number) not in seen and (row := self.oms.run(number)) is not None:
                recorded += self._take(row)
        return recorded

    def _is_done(self, row: Row) -> bool:
        """Tell whether a run ended, and was read as OMS still has it.

        Twice: OMS writes whole seconds, and a change in the same one would be missed.
        """
        update, times, at = self._done.get(row.id, ("", 0, 0.0))
        if row.attributes.get("end_time") is None or update != row.attributes.get("last_update"):
            return False
        return times > 1 and time.monotonic() - at < self.habits.whole_read_s

    def _remember(self, record: str, mark: str) -> None:
        update, times, _ = self._done.get(record, ("", 0, 0.0))
        self._done[record] = (mark, times + 1 if update == mark else 1, time.monotonic())

    def _refresh(self, run_number: int) -> int:
        try:
            return self.refresh(run_number)
        except NotAnswered as error:
            self._refuse(str(run_number), str(error))
            return 0

    def _take(self, row: Row, *, is_whole: bool = False) -> int:
        """Read one run and record what is new, with the place of it in the feed, all or nothing."""
        mark = str(row.attributes.get("last_update") or "")
        try:
            run_number = translate.run_number_of(row)
            arrival, at = self._read(run_number, row, is_whole=is_whole)
            with writing(self.database, self.clock) as tx:
                recorded = arrive(tx, arrival, IMPORTER, happened_at=at)
                feeds.taken(tx, feeds.OMS, str(run_number))
                feeds.read_to(tx, feeds.OMS, mark)
            self._remember(row.id, mark)
            if recorded:
                told = self._found.get(run_number, set())
                self._found[run_number] = look_at(self.database, self._sentinel, run_number, told)
            return recorded
        except (BadRecord, RunRegistryError) as error:
            self._refuse(row.id, str(error), mark)
            return 0

    def _read(self, run_number: int, row: Row, *, is_whole: bool) -> tuple[Arrival, Any]:
        attributes = translate.run_attributes(row)
        with self.database.reading() as connection:
            first = 1 if is_whole else self._first_to_read(connection, run_number, attributes)
        rows = self.oms.lumisections(run_number, translate.LUMISECTION_FIELDS, first)
        if first == 1 and not rows and attributes.get("last_lumisection_number"):
            last = attributes["last_lumisection_number"]
            raise BadRecord(f"Run {run_number}: OMS says its last lumisection is {last}, and gives none.")
        attributes |= self._beyond(run_number, attributes)
        units = self.oms.units("lumisections")
        arrival = translate.arrival(run_number, attributes, rows, units, is_whole=first == 1)
        if first == 1:
            self._read_whole_at[run_number] = time.monotonic()
        return arrival, translate.happened_at(rows)

    def _first_to_read(self, connection: Connection, run_number: int, attributes: dict[str, Any]) -> int:
        """Return where to read from: the end of a run that goes on, now and then and at its end all of it."""
        last = datasets.lumisections(connection, run_number)
        read_at = self._read_whole_at.get(run_number)
        is_due = read_at is None or time.monotonic() - read_at >= self.habits.whole_read_s
        if attributes.get("end_time") is not None or not last or is_due:
            return 1
        return max(1, last[-1].last - _LOOK_BACK + 1)

    def _beyond(self, run_number: int, attributes: dict[str, Any]) -> dict[str, Any]:
        """Return what OMS keeps with the fill and the era, and the registry with the run."""
        found: dict[str, Any] = {}
        number = attributes.get("fill_number")
        if isinstance(number, int) and not isinstance(number, bool):
            if number not in self._of_fill or attributes.get("end_time") is not None:
                row = self.oms.fill(number)
                scheme = row.attributes.get("injection_scheme") if row else None
                self._of_fill[number] = {"injection_scheme": scheme if isinstance(scheme, str) else None}
            found |= self._of_fill[number]
        if attributes.get("era") is None:
            found["era"] = translate.era_of(run_number, self.oms.eras())
        return found

    def _refuse(self, record: str, reason: str, mark: str = "") -> None:
        self._remember(record, mark)
        log.error("%s", reason)
        with writing(self.database, self.clock) as tx:
            feeds.refuse(tx, feeds.OMS, record, reason)
            feeds.read_to(tx, feeds.OMS, mark)

    def _tell(self, error: OmsError | None) -> None:
        # fresher than two seconds nobody expects it to be
        normal_s = max(self.habits.poll_s, _FRESH_S)
        trouble = str(error) if error else ""
        hear(self.database, feeds.OMS, normal_s=normal_s, trouble=trouble, clock=self.clock)


def _going_on(connection: Connection) -> list[int]:
    """Return the newest runs that are open and have not ended as far as the registry knows."""
    newest = select(run_fact.c.run_number).where(run_fact.c.until.is_(None))
    query = newest.order_by(run_fact.c.run_number.desc()).limit(_NEWEST)
    found = runs.runs(connection, numbers=[row.run_number for row in connection.execute(query)])
    return [
        run.run_number
        for run in found
        if run.state == State.OPEN and "end_time" in run.upstream and run.upstream["end_time"] is None
    ]
