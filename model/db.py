"""One database per process: SQLite (WAL) embedded, PostgreSQL in production, the same tables on both."""

import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool, QueuePool

from model import replica
from model.away import UNSURE, answering, is_away
from model.engines import BUSY_TIMEOUT_MS, engine, named
from model.errors import Broken, Busy
from model.host_tables import schema_floor
from model.replica import Replica

#: any constant: the one lock that all writers of one PostgreSQL registry share
_ADVISORY_LOCK = 7_320_378_981
#: another: the lock of whoever brings the schema up to date
_UPGRADE_LOCK = 7_320_378_982
#: where PostgreSQL tells that something was recorded
CHANNEL = "run_registry_journal"


class Database:
    """Connections for reading, and one writer at a time.

    Args:
        read_url: of a copy that answers reads where it has come far enough; empty where there is none.
    """

    def __init__(self, url: str, read_url: str = "") -> None:
        self.url = named(url)
        self.is_sqlite = make_url(self.url).get_backend_name() == "sqlite"
        self.engine = engine(self.url, is_sqlite=self.is_sqlite)
        self.replica = Replica(engine(named(read_url), is_sqlite=False)) if read_url else None
        self._inherited: list[object] = []
        forked = weakref.WeakMethod(self._forked)
        os.register_at_fork(after_in_child=lambda: (own := forked()) and own())

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give one consistent snapshot to read from.

        Raises:
            Unreachable: the database does not answer.
        """
        with answering(), self._snapshot() as connection:
            yield connection
            connection.rollback()

    @contextmanager
    def _snapshot(self) -> Iterator[Connection]:
        asks = replica.seen() if self.replica else None
        if self.replica is None or asks is None:
            with self.engine.connect() as connection:
                self._begin(connection)
                yield connection
            return
        found = self.replica.snapshot(asks.sequence) if asks.may_copy else None
        if found is None:
            connection = self.engine.connect()
            found = connection, replica.begin(connection)
        with found[0] as connection:
            asks.rise(found[1])
            yield connection

    def _begin(self, connection: Connection) -> None:
        if self.is_sqlite:
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Hold the journal's lock from the first statement to the commit.

        Raises:
            Busy: another writer held the lock for too long.
            Unreachable: the database does not answer, or went away meanwhile; the sentence says which.
        """
        with answering(), self.engine.connect() as connection:
            self._lock(connection)
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            asks = replica.seen() if self.replica else None
            if asks is not None:
                asks.rise(replica.head_of(connection))
            with answering(UNSURE):
                connection.commit()

    def _forked(self) -> None:
        """Take connections of one's own: those of the parent process are neither used nor closed."""
        for each in self._engines():
            self._inherited.append(each.pool)
            each.dispose(close=False)

    def _engines(self) -> list[Engine]:
        return [self.engine, *([self.replica.engine] if self.replica else [])]

    def _lock(self, connection: Connection) -> None:
        try:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text(f"SET LOCAL lock_timeout = '{BUSY_TIMEOUT_MS}ms'"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        except OperationalError as error:
            if is_away(error):
                raise
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
        return schema in _known()

    @contextmanager
    def upgrading(self) -> Iterator[None]:
        """Let one host at a time bring the database up to date; others wait here."""
        if self.is_sqlite:
            yield
            return
        with answering(), self.engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _UPGRADE_LOCK})
            connection.commit()
            try:
                yield
            finally:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _UPGRADE_LOCK})
                connection.commit()

    def upgrade(self) -> None:
        """Bring the schema to the newest migration; leave one that a newer program made and this may use.

        Raises:
            Broken: a newer program made it, and took away what this one needs.
        """
        if self._age() == "newer":
            self.require_current()
            return
        command.upgrade(_alembic(self.url), "head")

    def require_current(self) -> None:
        """Check that the schema is the one this code was written for, or a newer one that it may go on with.

        Raises:
            Broken: the schema is older, or newer and took away what this program needs.
        """
        if (age := self._age()) == "current":
            return
        wanted, found, floor = _newest(), self.schema(), None
        with self.engine.connect() as connection:
            if age == "newer" and inspect(connection).has_table(schema_floor.name):
                floor = connection.execute(select(schema_floor.c.revision)).scalar()
        if age == "older":
            raise Broken(f"The database schema is {found or 'empty'}, this program needs {wanted}.")
        if floor is not None and floor not in _known():
            raise Broken(
                f"The database schema is {found}: programs before {floor} cannot use it; this is {wanted}."
            )

    def _age(self) -> Literal["older", "current", "newer"]:
        """Tell how old the schema is; one that this program does not know was made by a newer one."""
        found = self.schema()
        if found == _newest():
            return "current"
        return "older" if not found or self.knows(found) else "newer"

    def dispose(self) -> None:
        """Close every connection."""
        for each in self._engines():
            each.dispose()


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


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in _migrations().walk_revisions())


def _migrations() -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic(""))


def _alembic(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
