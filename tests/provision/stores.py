"""Databases that are migrated already: migrating is done once per process, not once per test."""

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Dialect, inspect, text
from sqlalchemy.util import LRUCache

from model.db import Database
from tests.provision.postgres import PostgresServer


def sqlite(path: Path) -> Database:
    """Give a new, migrated, empty SQLite database in a file that is not there yet."""
    path.write_bytes(_migrated_file())
    return opened(f"sqlite:///{path}")


#: the dialect of the first database of each kind, and what was compiled for it
_COMPILED: dict[bool, tuple[Dialect, LRUCache[object, object]]] = {}


def opened(url: str) -> Database:
    """Give a database whose statements are compiled once per process and kind of store, not once per test.

    A fifth of the processor's time went into compiling what the test before had compiled.
    """
    found = Database(url)
    dialect, compiled = _COMPILED.setdefault(found.is_sqlite, (found.engine.dialect, LRUCache(2_000)))
    if found.engine.dialect is dialect:
        # it learns what its server can do when it is connected first
        found.engine.connect().close()
    found.engine.dialect = dialect
    found.engine.update_execution_options(compiled_cache=compiled)
    return found


@cache
def _migrated_file() -> bytes:
    folder = Path(tempfile.mkdtemp())
    try:
        database = Database(f"sqlite:///{folder / 'migrated.sqlite'}")
        database.upgrade()
        database.dispose()
        return (folder / "migrated.sqlite").read_bytes()
    finally:
        shutil.rmtree(folder)


class PostgresStores:
    """Migrated databases of one server, emptied after each use and given again."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._free: list[str] = []

    @contextmanager
    def one(self) -> Iterator[str]:
        """Give the URL of a migrated, empty database that nobody else sees."""
        url = self._free.pop() if self._free else self._made()
        yield url
        _empty(url)
        self._free.append(url)

    def _made(self) -> str:
        url = self._server.create_database(f"test_{next(self._numbers)}")
        database = Database(url)
        database.upgrade()
        database.dispose()
        return url


def walks(*seeds: int) -> pytest.MarkDecorator:
    """Mark a test of random histories by `seed`: all on SQLite, and the first on PostgreSQL too.

    What both stores read and write alike is shown once more by one walk, not by as many as look for corners.
    """
    told = [*(("sqlite", seed) for seed in seeds), ("postgresql", seeds[0])]
    return pytest.mark.parametrize(("database", "seed"), told, indirect=["database"])


@contextmanager
def either(request: pytest.FixtureRequest, path: Path) -> Iterator[Database]:
    """Give a migrated, empty database of the kind that a fixture's parameter names."""
    if request.param == "sqlite":
        found = sqlite(path)
        yield found
        found.dispose()
        return
    with request.getfixturevalue("postgres_stores").one() as url:
        found = opened(url)
        yield found
        found.dispose()


def _empty(url: str) -> None:
    """Remove every row; others that are still connected are sent away first.

    Tables are truncated: where rows were only deleted, new ones would come back in any order.
    """
    database = opened(url)
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        names = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names)
        filled = [str(row[0]) for row in connection.execute(text(asked))]
        if filled:
            connection.execute(text(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY"))
    database.dispose()
