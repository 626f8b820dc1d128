"""Restore a backup into an empty registry of either kind of store, in one transaction: all, or nothing."""

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from model import journal, replay
from model.backups import operation
from model.backups.backups import JOURNAL, OPERATION, SQLITE, Backup, verify
from model.clock import rfc3339
from model.db import Database
from model.errors import Broken, Invalid
from model.journal import Transaction
from model.portable.lines import End, read
from model.portable.take_in import take_over
from model.product_tables import PROJECTED, product
from model.tables import journal as journal_table
from model.tables import run_fact


@dataclass(frozen=True)
class Held:
    """What a registry holds."""

    events: int
    hash: str
    recorded_at: str
    runs: int
    products: int

    @property
    def sentence(self) -> str:
        """Say it."""
        last = f", the last recorded at {self.recorded_at}" if self.recorded_at else ""
        said = f"{self.events:,} events{last}, {self.runs:,} runs, {self.products:,} products"
        return f"{said}; the journal verifies to its head {self.hash}."


def restore(database: Database, found: Backup) -> Held:
    """Fill an empty registry with a backup that verifies.

    Raises:
        Broken: the backup is damaged.
        Invalid: the registry is not empty, or was written by a newer program.
    """
    head = verify(found)
    if not database.knows(schema := str(found.manifest["schema"])):
        raise Invalid(f"{found.name} was made by a newer program: this one does not know its schema {schema}.")
    with tempfile.TemporaryDirectory(prefix="run-registry-restore-") as name, database.writing() as connection:
        if journal.sequence_now(connection):
            raise Invalid("The registry is not empty: restore into a new one, and nothing of this one is lost.")
        if SQLITE in found.manifest["files"]:
            _from_copy(found.folder / SQLITE, Path(name), connection)
        else:
            _from_journal(found.folder, connection)
        if journal.verify(connection).hash != head.hash:
            raise Broken("What was restored does not verify to the head of the backup: nothing was kept.")
        database.announce(connection)
        return held(connection)


def held(connection: Connection) -> Held:
    """Return what a registry holds."""
    head = journal.head(connection)
    runs = connection.execute(select(func.count(run_fact.c.run_number.distinct()))).scalar_one()
    products = connection.execute(select(func.count()).select_from(product)).scalar_one()
    recorded = rfc3339(head.recorded_us) if head.sequence else ""
    return Held(head.sequence, head.hash.hex(), recorded, runs, products)


def _from_copy(path: Path, folder: Path, target: Connection) -> None:
    """Copy every table of an embedded database, which an older program may have written."""
    # a copy is brought up to date, not the backup
    shutil.copyfile(path, folder / path.name)
    source = Database(f"sqlite:///{folder / path.name}")
    replay.upgrade(source)
    with source.reading() as connection:
        operation.clear(target)
        for table in (journal_table, *PROJECTED, *operation.tables()):
            rows = connection.execute(select(table).execution_options(yield_per=500))
            operation.put(target, table, _plain(rows))
    source.dispose()


def _plain(rows: Any) -> Iterator[dict[str, Any]]:
    return ({str(key): value for key, value in row._mapping.items()} for row in rows)


def _from_journal(folder: Path, target: Connection) -> None:
    tx = Transaction(target)
    for each in read(folder / JOURNAL):
        if not isinstance(each, End):
            take_over(tx, each)
    operation.read(target, folder / OPERATION)
