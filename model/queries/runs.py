"""Runs: upstream's facts and the registry's own words about them."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from model import encoding
from model.asof import AT, held, held_between
from model.errors import NotFound
from model.journal import sequence_now
from model.tables import journal, run_fact
from model.vocabulary import State

#: how the trigger mode of a replayed run begins
_REPLAY = "replay of run "
_RUN = select(run_fact).where(run_fact.c.run_number == bindparam("run_number"), held(run_fact, AT))
_RUNS = select(run_fact).where(held(run_fact, AT)).order_by(run_fact.c.run_number)
_NAMED_RUNS = _RUNS.where(run_fact.c.run_number.in_(bindparam("numbers", expanding=True)))


@dataclass(frozen=True)
class Run:
    """One run as it stood at a sequence; `assumed` names upstream attributes that nobody measured."""

    run_number: int
    upstream: Mapping[str, Any]
    registry: Mapping[str, Any]
    assumed: frozenset[str]

    @property
    def state(self) -> str:
        """Where the run stands in the workflow."""
        return str(self.registry.get("state", State.OPEN))

    @property
    def goes_on(self) -> bool:
        """Whether upstream says that the run has not ended; where it says nothing of its end, it has."""
        return "end_time" in self.upstream and self.upstream["end_time"] is None

    @property
    def run_class(self) -> str:
        """Collisions24, Cosmics24, …; empty where none was given."""
        return str(self.registry.get("class") or "")

    @property
    def fill_number(self) -> int | None:
        """The LHC fill, where upstream names one."""
        return self.upstream.get("fill_number")

    @property
    def era(self) -> str:
        """2024C and the like; empty where none was given."""
        return str(self.upstream.get("era", ""))

    @property
    def replay(self) -> str:
        """What a stand-in for OMS says of a run that it plays again; empty where the run is what it seems."""
        said = str(self.upstream.get("trigger_mode") or "")
        return said if said.startswith(_REPLAY) else ""


def run(connection: Connection, run_number: int, at: int | None = None) -> Run:
    """Return one run.

    Raises:
        NotFound: no such run (yet).
    """
    at = sequence_now(connection) if at is None else at
    row = connection.execute(_RUN, {"run_number": run_number, "at": at}).first()
    if row is None:
        raise NotFound(f"The registry has no run {run_number}.")
    return _run(row.run_number, row.document)


def runs(connection: Connection, at: int | None = None, numbers: list[int] | None = None) -> list[Run]:
    """Return runs in ascending order: all, or those named."""
    at = sequence_now(connection) if at is None else at
    if numbers is None:
        found = connection.execute(_RUNS, {"at": at})
    else:
        found = connection.execute(_NAMED_RUNS, {"at": at, "numbers": numbers})
    return [_run(row.run_number, row.document) for row in found]


def facts(
    connection: Connection, numbers: Collection[int], since: int, at: int
) -> list[tuple[int, int | None, Run]]:
    """Return how some runs stood from one sequence up to another: since, until, run; each run's in order."""
    query = (
        select(run_fact)
        .where(run_fact.c.run_number.in_(sorted(numbers)), held_between(run_fact, since, at))
        .order_by(run_fact.c.run_number, run_fact.c.since)
    )
    return [(row.since, row.until, _run(row.run_number, row.document)) for row in connection.execute(query)]


def last_runs(
    connection: Connection, count: int, at: int, before: int | None = None, *, significant: bool = False
) -> list[Run]:
    """Return the newest runs, newest first; only significant ones where asked for."""
    query = select(run_fact).where(held(run_fact, at)).order_by(run_fact.c.run_number.desc()).limit(count)
    if before is not None:
        query = query.where(run_fact.c.run_number < before)
    if significant:
        query = query.where(run_fact.c.document.like('%"significant":true%'))
    return [_run(row.run_number, row.document) for row in connection.execute(query)]


def neighbours(connection: Connection, run_number: int, at: int) -> tuple[int | None, int | None]:
    """Return the previous and the next run that the registry has."""
    held_then = held(run_fact, at)
    number = run_fact.c.run_number
    before = select(func.max(number)).where(number < run_number, held_then)
    after = select(func.min(number)).where(number > run_number, held_then)
    return connection.execute(before).scalar(), connection.execute(after).scalar()


def sequences(
    connection: Connection, at: int, numbers: Collection[int] | None = None, *, after: int = 0
) -> dict[int, int]:
    """Return the last sequence that concerned each run, or each of some: the data version of the run.

    Args:
        after: only runs that a later sequence concerned.
    """
    asked: dict[str, Any] = {"at": at, "after": after}
    if numbers is not None and len(numbers) < 2_000:
        asked["numbers"] = sorted(numbers)
    query = _sequences(is_later=bool(after), are_named="numbers" in asked)
    return {row.run_number: row.sequence for row in connection.execute(query, asked)}


@cache
def _sequences(*, is_later: bool, are_named: bool) -> Select[Any]:
    query = (
        select(journal.c.run_number, func.max(journal.c.sequence).label("sequence"))
        .where(journal.c.run_number.is_not(None), journal.c.sequence <= AT)
        .group_by(journal.c.run_number)
    )
    if is_later:
        query = query.where(journal.c.sequence > bindparam("after"))
    return query.where(journal.c.run_number.in_(bindparam("numbers", expanding=True))) if are_named else query


def sequence_of_none(connection: Connection, at: int) -> int:
    """Return the last sequence that concerned no run: rules, workspaces, labels."""
    query = select(func.max(journal.c.sequence)).where(journal.c.run_number.is_(None), journal.c.sequence <= at)
    return connection.execute(query).scalar() or 0


def eras(connection: Connection, at: int) -> dict[str, int]:
    """Return the eras of all runs and how many each has, the one with the newest run first."""
    found = Counter(run.era for run in reversed(runs(connection, at)) if run.era)
    return dict(found)


@lru_cache(maxsize=8192)
def _run(run_number: int, text: str) -> Run:
    # what a run's document says never changes, and a year of them is read by every wide question
    document = encoding.parse(text)
    return Run(run_number, document["upstream"], document["registry"], frozenset(document["assumed"]))


def changed(connection: Connection, since: int, at: int) -> set[int]:
    """Return the runs that something was recorded about after one sequence, up to another."""
    query = select(journal.c.run_number).where(
        journal.c.sequence > since, journal.c.sequence <= at, journal.c.run_number.is_not(None)
    )
    return {row.run_number for row in connection.execute(query.distinct())}
