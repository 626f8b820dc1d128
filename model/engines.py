"""Connections to a database: how they are made, and how long they wait."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url

BUSY_TIMEOUT_MS = 5_000
#: a host that is gone is known to be gone after so long, not after the minutes that TCP would wait
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def named(url: str) -> str:
    """Return a database's URL with its driver: SQLAlchemy would take another for PostgreSQL."""
    return url.replace("postgresql://", "postgresql+psycopg2://", 1) if url.startswith("postgresql://") else url


def engine(url: str, *, is_sqlite: bool) -> Engine:
    """Return the pool of connections to a database."""
    if not is_sqlite:
        # many rows of one statement go in pages, not in a round trip each
        pages = {"executemany_mode": "values_plus_batch", "executemany_batch_page_size": 500}
        pool: dict[str, Any] = {"pool_size": 5, "max_overflow": 20, "pool_pre_ping": True, "pool_timeout": 10}
        return create_engine(url, connect_args=_PATIENCE, **pool, **pages)
    path = make_url(url).database
    if path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    # the one that was used last has its pages in memory already; taking turns, each would hold all of them
    words = {"pool_size": 5, "max_overflow": 20, "pool_use_lifo": True}
    found = create_engine(url, connect_args={"check_same_thread": False}, **words)
    event.listen(found, "connect", _sqlite_pragmas)
    return found


def _sqlite_pragmas(connection: sqlite3.Connection, _record: Any) -> None:
    # The driver's own BEGIN is deferred, and a deferred reader that turns writer fails at once: BEGIN is ours.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "mmap_size=268435456",
        "temp_store=MEMORY",
        "case_sensitive_like=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")
