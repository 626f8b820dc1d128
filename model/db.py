"""One database per process: SQLite (WAL) embedded, PostgreSQL in production, the same tables on both."""

import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from model.errors import Broken, Busy

#: any constant: the one lock that all writers of one PostgreSQL registry share
_ADVISORY_LOCK = 7_320_378_981
_BUSY_TIMEOUT_MS = 5_000
#: where PostgreSQL tells that something was recorded
CHANNEL = "run_registry_journal"


class Database:
    """Connections for reading, and one writer at a time."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = _engine(url, is_sqlite=self.is_sqlite)
        self._inherited: list[object] = []
        forked = weakref.WeakMethod(self._forked)
        os.register_at_fork(after_in_child=lambda: (own := forked()) and own())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give one consistent snapshot to read from."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
            else:
                connection.exec_driver_sql("BEGIN")
            yield connection
            connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold the journal's lock from the first statement to the commit.

        Raises:
            Busy: another writer held the lock for too long.
        """
        with self.engine.connect() as connection:
            self._lock(connection)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def _forked(self) -> None:
        """Take connections of one's own: those of the parent process are neither used nor closed."""
        self._inherited.append(self.engine.pool)
        self.engine.dispose(close=False)

    def _lock(self, connection: Connection) -> None:
        try:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text(f"SET LOCAL lock_timeout = '{_BUSY_TIMEOUT_MS}ms'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        except OperationalError as error:
            raise Busy("Somebody else is writing for longer than usual; try again in a moment.") from error

    def announce(self, connection: Connection) -> None:
        """Let followers know, at the commit, that something was recorded; on SQLite they look by themselves."""
        if not self.is_sqlite:
            connection.execute(text(f"NOTIFY {CHANNEL}"))

    @property
    def path(self) -> Path | None:
        """Where the embedded database lies; None where it is a server's, or in memory."""
        named = make_url(self.url).database
        return Path(named) if self.is_sqlite and named else None

    def copy(self, path: Path) -> None:
        """Copy the embedded database into a new file as it stands at one moment, while others write.

        Raises:
            ValueError: the database is no file.
        """
        if self.path is None:
            raise ValueError("only an embedded database is copied as a file")
        with closing(sqlite3.connect(self.path)) as source, closing(sqlite3.connect(path)) as target:
            source.backup(target)

    def size_bytes(self, connection: Connection) -> int:
        """Return how much the database takes."""
        if self.is_sqlite:
            pages, each = (
                connection.exec_driver_sql(f"PRAGMA {n}").scalar_one() for n in ("page_count", "page_size")
            )
            return int(pages) * int(each)
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())

    @property
    def in_use(self) -> int:
        """How many connections are given out in this process."""
        pool = self.engine.pool
        return pool.checkedout() if isinstance(pool, QueuePool) else 0

    def schema(self) -> str:
        """Return the migration that the database is at; empty where it has no table yet."""
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""

    def knows(self, schema: str) -> bool:
        """Tell whether this program knows a schema, its own or an older one."""
        return any(
            each.revision == schema for each in ScriptDirectory.from_config(_alembic(self.url)).walk_revisions()
        )

    def upgrade(self) -> None:
        """Bring the schema to the newest migration."""
        command.upgrade(_alembic(self.url), "head")

    def require_current(self) -> None:
        """Check that the schema is the one this code was written for.

        Raises:
            Broken: the schema is older or newer.
        """
        wanted = _newest()
        found = self.schema()
        if found != wanted:
            raise Broken(f"The database schema is {found or 'empty'}, this program needs {wanted}.")

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@contextmanager
def still(path: Path) -> Iterator[Connection]:
    """Give a SQLite file that nobody writes to; it is left exactly as it is."""
    name = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(name, uri=True), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@cache
def _newest() -> str | None:
    return _migrations().get_current_head()


def _migrations() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic(""))


def _alembic(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _engine(url: str, *, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        if url.startswith("postgresql://"):
            url = url.replace("postgresql://", "postgresql+psycopg2://", 1)
        # many rows of one statement go in pages, not in a round trip each
        pages = {"executemany_mode": "values_plus_batch", "executemany_batch_page_size": 500}
        return create_engine(url, pool_size=5, max_overflow=20, pool_pre_ping=True, **pages)
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # the one that was used last has its pages in memory already; taking turns, each would hold all of them
    words = {"pool_size": 5, "max_overflow": 20, "pool_use_lifo": True}
    engine = create_engine(url, connect_args={"check_same_thread": False}, **words)
    event.listen(engine, "connect", _sqlite_pragmas)
    return engine


def _sqlite_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN is deferred, and a deferred reader that turns writer fails at once: BEGIN is ours.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "mmap_size=268435456",
        "temp_store=MEMORY",
        "case_sensitive_like=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
