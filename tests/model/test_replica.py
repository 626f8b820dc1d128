"""Reads from a copy are never older than what the asker has seen; a real standby, a copy that stands still."""

import time
from collections.abc import Callable, Iterator

import pytest

from model.cache import Cache
from model.clock import SettableClock
from model.db import Database
from model.golden.golden import GoldenRoom
from model.registry import Registry
from model.replica import Seen, asking
from tests.model import world
from tests.provision.postgres import PostgresServer


@pytest.fixture
def behind(postgres: PostgresServer) -> Iterator[Registry]:
    """Give a registry whose copy stays one fact behind: a run, and then a dataset."""
    url = postgres.create_database("replica_primary")
    first = Database(url)
    first.upgrade()
    world.report_run(_registry(first))
    first.dispose()
    copy = postgres.create_database("replica_copy", template="replica_primary")
    found = _registry(Database(url, copy))
    world.create_dataset(found)
    yield found
    found.database.dispose()
    for name in ("replica_copy", "replica_primary"):
        postgres.drop_database(name)


def _registry(database: Database) -> Registry:
    return Registry(database, GoldenRoom(Cache()), SettableClock(world.START))


def _reads(registry: Registry) -> int:
    assert registry.database.replica is not None
    return registry.database.replica.reads


def test_who_has_seen_nothing_yet_reads_from_the_copy(behind: Registry) -> None:
    with asking(Seen(0)) as seen:
        at = world.now(behind)
    assert _reads(behind) == 1
    assert seen.sequence == at
    assert world.now(behind) > at


def test_who_has_seen_more_than_the_copy_reads_from_the_primary(behind: Registry) -> None:
    newest = world.now(behind)
    with asking(Seen(newest)):
        assert world.now(behind) == newest
    assert _reads(behind) == 0


def test_nobody_reads_less_than_they_wrote(behind: Registry) -> None:
    with asking(Seen(0)):
        world.create_dataset(behind, world.EXPRESS)
        assert world.now(behind) == world.now(_registry(Database(behind.database.url)))
    assert _reads(behind) == 0


def test_what_a_write_looks_at_comes_from_where_it_writes(behind: Registry) -> None:
    with asking(Seen(0, may_copy=False)) as seen:
        assert world.now(behind) == seen.sequence
    assert _reads(behind) == 0


def test_jobs_and_commands_read_where_they_write(behind: Registry) -> None:
    world.now(behind)
    assert _reads(behind) == 0


def test_a_copy_that_does_not_answer_is_no_loss(postgres: PostgresServer, behind: Registry) -> None:
    postgres.drop_database("replica_copy")
    newest = world.now(behind)
    with asking(Seen(0)):
        assert world.now(behind) == newest
        assert world.now(behind) == newest


def test_a_standby_is_read_as_soon_as_it_has_come_as_far() -> None:
    with PostgresServer(is_durable=True) as primary:
        database = Database(primary.create_database("registry"))
        database.upgrade()
        database.dispose()
        standby = primary.standby()
        try:
            registry = _registry(Database(primary.url("registry"), standby.url("registry")))
            for number in range(5):
                world.report_run(registry, world.RUN + number)
                newest = world.now(registry)
                before = _reads(registry)
                _wait(lambda at=newest, n=before: _read(registry, at) == at and _reads(registry) > n)  # type: ignore[misc]  # values of this turn
            registry.database.dispose()
        finally:
            standby.stop()


def _read(registry: Registry, seen: int) -> int:
    with asking(Seen(seen)):
        return world.now(registry)


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not until():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)
