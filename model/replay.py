"""Rebuild every projection from the journal, and compare."""

import logging
import time
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Table, exists, select

from model import journal
from model.authors import Author
from model.db import Database
from model.errors import Unreachable
from model.product_tables import PROJECTED
from model.projections import Projector
from model.tables import dataset_fact, dataset_summary

log = logging.getLogger("run-registry.upgrade")
#: shorter than gunicorn waits for a worker that does not say that it lives
_PATIENCE_S = 45.0


def replay(source: Connection, target: Connection) -> int:
    """Project the source's journal into the target's empty tables; return the last sequence."""
    projector = Projector(target)
    last = 0
    for entry in journal.entries(source):
        projector.apply(entry.sequence, Author(entry.author, entry.is_person), entry.event)
        last = entry.sequence
    return last


def upgrade(database: Database) -> bool:
    """Bring the schema to the newest migration; tables that are new are filled from the journal.

    Of several hosts that start at once, one does it and the others wait. So do all while the database is away:
    a host that gave up then would have to be started again.

    Returns: whether the projections had to be rebuilt.
    """
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with database.upgrading():
                database.upgrade()
                return _filled(database)
        except Unreachable as error:
            if time.monotonic() > until:
                raise
            log.warning("waiting for the database: %s", str(error.__cause__).split("\n", 1)[0])
            time.sleep(1)


def _filled(database: Database) -> bool:
    with database.reading() as connection:
        if not _is_behind(connection):
            return False
        with database.writing() as target:
            for table in PROJECTED:
                target.execute(table.delete())
            replay(connection, target)
    return True


def _is_behind(connection: Connection) -> bool:
    summarised = exists().where(dataset_summary.c.dataset_id == dataset_fact.c.dataset_id)
    return connection.execute(select(dataset_fact.c.dataset_id).where(~summarised).limit(1)).first() is not None


def differences(one: Connection, other: Connection) -> Iterator[str]:
    """Name every projection that is not the same in both."""
    for table in PROJECTED:
        if _content(one, table) != _content(other, table):
            yield table.name


def _content(connection: Connection, table: Table) -> list[tuple[Any, ...]]:
    query = select(table).order_by(*table.primary_key.columns)
    return [
        tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in connection.execute(query)
    ]
