"""One database per process: SQLite (WAL) embedded, PostgreSQL in production, the same tables on both."""

import os
import sqlite3
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from model import replica
from model.away import UNSURE, answering, is_away
from model.errors import Broken, Busy
from model.host_tables import schema_floor
from model.replica import Replica

#: any constant: the one lock that all writers of one PostgreSQL registry share
_ADVISORY_LOCK = 7_320_378_981
#: another: the lock of whoever brings the schema up to date
_UPGRADE_LOCK = 7_320_378_982
_BUSY_TIMEOUT_MS = 5_000
#: where PostgreSQL tells that something was recorded
CHANNEL = "run_registry_journal"
#: a host that is gone is known to be gone after so long, not after the minutes that TCP would wait
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class Database:
    """Connections for reading, and one writer at a time.

    Args:
        read_url: of a copy that answers reads where it has come far enough; empty where there is none.
    """

    def __init__(self, url: str, read_url: str = "") -> None:
        self.url = _named(url)
        self.is_sqlite = make_url(self.url).get_backend_name() == "sqlite"
        self.engine = _engine(self.url, is_sqlite=self.is_sqlite)
        self.replica = Replica(_engine(_named(read_url), is_sqlite=False)) if read_url else None
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
        for engine in self._engines():
            self._inherited.append(engine.pool)
            engine.dispose(close=False)

    def _engines(self) -> list[Engine]:
        return [self.engine, *([self.replica.engine] if self.replica else [])]

    def _lock(self, connection: Connection) -> None:
        try:
            if self.is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            else:
                connection.execute(text(f"SET LOCAL lock_timeout = '{_BUSY_TIMEOUT_MS}ms'"))
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

    def schema(self) -> str:
        """Return the migration that the database is at; empty where it has no table yet."""
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision() or ""

    def knows(self, schema: str) -> bool:
        """Tell whether this program knows a schema, its own or an older one."""
        return schema in _revisions(self.url)

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
        wanted, found, floor = _scripts(self.url).get_current_head(), self.schema(), None
        with self.engine.connect() as connection:
            if age == "newer" and inspect(connection).has_table(schema_floor.name):
                floor = connection.execute(select(schema_floor.c.revision)).scalar()
        if age == "older":
            raise Broken(f"The database schema is {found or 'empty'}, this program needs {wanted}.")
        if floor is not None and floor not in _revisions(self.url):
            raise Broken(
                f"The database schema is {found}: programs before {floor} cannot use it; this is {wanted}."
            )

    def _age(self) -> Literal["older", "current", "newer"]:
        """Tell how old the schema is; one that this program does not know was made by a newer one."""
        found = self.schema()
        if found == _scripts(self.url).get_current_head():
            return "current"
        return "older" if not found or self.knows(found) else "newer"

    def dispose(self) -> None:
        """Close every connection."""
        for engine in self._engines():
            engine.dispose()


def _scripts(url: str) -> ScriptDirectory:
    return ScriptDirectory.from_config(_alembic(url))


def _revisions(url: str) -> set[str]:
    return {script.revision for script in _scripts(url).walk_revisions()}


def _named(url: str) -> str:
    """Return a database's URL with its driver: SQLAlchemy would take another for PostgreSQL."""
    return url.replace("postgresql://", "postgresql+psycopg2://", 1) if url.startswith("postgresql://") else url


@contextmanager
def still(path: Path) -> Iterator[Connection]:
    """Give a SQLite file that nobody writes to; it is left exactly as it is."""
    name = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(name, uri=True), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _alembic(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def _engine(url: str, *, is_sqlite: bool) -> Engine:
    if not is_sqlite:
        # many rows of one statement go in pages, not in a round trip each
        pages = {"executemany_mode": "values_plus_batch", "executemany_batch_page_size": 500}
        pool: dict[str, Any] = {"pool_size": 5, "max_overflow": 20, "pool_pre_ping": True, "pool_timeout": 10}
        return create_engine(url, connect_args=_PATIENCE, **pool, **pages)
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"check_same_thread": False}, pool_size=5, max_overflow=20)
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
