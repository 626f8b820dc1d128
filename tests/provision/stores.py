"""Databases that are migrated already: migrating is done once per process, not once per test."""

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Dialect, event
from sqlalchemy.util import LRUCache

from model.db import Database
from tests.provision.postgres import PostgresServer


def sqlite(path: Path) -> Database:
    """Give a new, migrated, empty SQLite database in a file that is not there yet."""
    path.write_bytes(_migrated_file())
    return opened(f"sqlite:///{path}")


#: the dialect of the first database of each kind, and what was compiled for it
_COMPILED: dict[bool, tuple[Dialect, LRUCache[object, object]]] = {}


def opened(url: str, connect: Callable[..., Any] | None = None) -> Database:
    """Give a database whose statements are compiled once per process and kind of store, not once per test.

    A fifth of the processor's time went into compiling what the test before had compiled.

    Args:
        connect: is asked for a connection; where it gives none, there is a new one.
    """
    found = Database(url)
    if connect is not None:
        event.listen(found.engine, "do_connect", connect)
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
    """Migrated databases of one server, emptied after each use and given again.

    One connection to each stays: a server knows nothing of the tables where somebody connects anew, and
    finding out took longer than most tests.
    """

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = itertools.count(1)
        self._free: list[str] = []
        self._open: dict[str, Any] = {}

    @contextmanager
    def one(self) -> Iterator[str]:
        """Give the URL of a migrated, empty database that nobody else sees."""
        url = self._free.pop() if self._free else self._made()
        yield url
        self._open[url] = _emptied(self._open.pop(url, None), url)
        self._free.append(url)

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """Give such a database, opened; the first connection that it asks for is the one that stayed."""
        with self.one() as url:
            found = opened(url, lambda *_: self._open.pop(url, None))
            yield found
            stays = found.engine.raw_connection()
            self._open[url] = stays.dbapi_connection
            # closing what is detached would close it for good
            stays.detach()
            found.dispose()

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
    with request.getfixturevalue("postgres_stores").opened() as found:
        yield found


_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""
#: tables with a page: something was written there, and be it deleted since
_WRITTEN = """SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
AND relname <> 'alembic_version' AND pg_relation_size(oid) > 0"""


def _emptied(connection: Any, url: str) -> Any:
    """Remove every row, and return a connection as new: the one given, another where it was closed.

    Others that are still connected are sent away first. Tables are truncated: where rows were only deleted, new
    ones would come back in any order.
    """
    if connection is None or connection.closed:
        connection = psycopg2.connect(url.replace("+psycopg2", ""))
    connection.reset()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS)
        cursor.execute(_WRITTEN)
        if written := [name for (name,) in cursor]:
            cursor.execute(f"TRUNCATE {', '.join(written)} RESTART IDENTITY")
        cursor.execute("DISCARD ALL")
    connection.autocommit = False
    return connection
