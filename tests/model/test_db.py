"""Connections to the database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

import pytest
from sqlalchemy import Connection, text

from model import journal
from model.cache import Cache
from model.clock import SettableClock
from model.commands.handover import hand_over
from model.db import Database
from model.errors import Broken, Unreachable
from model.golden.golden import GoldenRoom
from model.host_tables import schema_floor
from model.registry import Registry
from model.replay import upgrade
from tests.model import world
from tests.provision.postgres import PostgresServer
from tests.provision.stores import PostgresStores


def test_a_forked_process_takes_connections_of_its_own(registry: Registry) -> None:
    world.report_run(registry)
    before, inherited = world.now(registry), registry.database.engine.pool
    child = os.fork()
    if child == 0:
        own = registry.database.engine.pool
        world.create_dataset(registry)
        os._exit(0 if own is not inherited and world.now(registry) == before + 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert registry.database.engine.pool is inherited
    world.create_dataset(registry, world.EXPRESS)
    assert world.now(registry) == before + 2


def test_a_database_that_is_away_is_said_to_be_and_comes_back_with_nothing_half_written() -> None:
    with PostgresServer(is_durable=True) as server:
        database = Database(server.create_database("registry"))
        database.upgrade()
        registry = Registry(database, GoldenRoom(Cache()), SettableClock(world.START))
        world.report_run(registry)
        before = world.now(registry)
        with pytest.raises(Unreachable), registry.writing() as tx:
            hand_over(tx, "said, and not committed", world.SHIFTER)
            server.kill()
        with pytest.raises(Unreachable, match="Nothing was written"):
            world.now(registry)
        with pytest.raises(Unreachable, match="Nothing was written"):
            world.create_dataset(registry)
        starting = Thread(target=upgrade, args=(database,))
        starting.start()
        server.again()
        starting.join()
        assert world.now(registry) == before
        world.create_dataset(registry)
        assert world.now(registry) == before + 1
        with registry.reading() as connection:
            journal.verify(connection)
        database.dispose()


def test_a_commit_whose_answer_was_lost_is_not_said_to_be_nothing(postgres_stores: PostgresStores) -> None:
    with postgres_stores.one() as url:
        database = Database(url)
        with (
            pytest.raises(Unreachable, match="it may hold what you said or not"),
            database.writing() as connection,
        ):
            _cut_off(url, connection)
        database.dispose()


def _cut_off(url: str, connection: Connection) -> None:
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    other = Database(url)
    with other.engine.begin() as its:
        its.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    other.dispose()


def test_hosts_that_start_at_once_bring_the_schema_up_to_date_one_by_one(
    postgres: PostgresServer,
) -> None:
    url = postgres.create_database("many_starts")
    hosts = [Thread(target=_start, args=(url,)) for _ in range(4)]
    for host in hosts:
        host.start()
    for host in hosts:
        host.join()
    database = Database(url)
    database.require_current()
    database.dispose()
    postgres.drop_database("many_starts")


def _start(url: str) -> None:
    database = Database(url)
    upgrade(database)
    database.dispose()


def test_an_older_program_goes_on_with_a_newer_schema_that_takes_nothing_away(database: Database) -> None:
    with _made_by_a_newer(database):
        upgrade(database)
        database.require_current()


def test_an_older_program_does_not_start_on_a_schema_that_took_away_what_it_needs(database: Database) -> None:
    with (
        _made_by_a_newer(database, floor="9998"),
        pytest.raises(Broken, match="programs before 9998 cannot use it"),
    ):
        upgrade(database)


def test_a_program_that_knows_the_floor_goes_on(database: Database) -> None:
    with _made_by_a_newer(database, floor="0001"):
        database.require_current()


@contextmanager
def _made_by_a_newer(database: Database, floor: str = "") -> Iterator[None]:
    known = _version(database, "9999")
    if floor:
        with database.writing() as connection:
            connection.execute(schema_floor.insert().values(revision=floor))
    yield
    # others will be given this database
    _version(database, known)


def _version(database: Database, version: str) -> str:
    with database.writing() as connection:
        before = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        connection.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})
        return str(before)
