"""Import one file in two passes: everything is checked first, then written run by run with checkpoints."""

import logging
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from sqlalchemy import select

from ingest import progress
from ingest.files import KINDS, FileRefused, Kind, Record, Report
from ingest.write import write
from model.authors import IMPORTER
from model.commands.derived import writing
from model.commands.documents import finish_import
from model.db import Database
from model.journal import Transaction
from model.tables import import_checkpoint

log = logging.getLogger("ingest")
#: how long a piece may hold the journal's lock
_PIECE_S = 0.2
#: checkpoint that says the whole file was read in
_ALL = 0


class BadFile(Exception):
    """The file holds what cannot be taken; nothing was written."""


def import_file(database: Database, kind: Kind, path: Path, *, skip_bad: bool = False) -> int:
    """Check a file, then write it; return 0, or 1 where bad runs were left out.

    Raises:
        BadFile: bad records, and `skip_bad` was not asked for; the database is as before.
    """
    try:
        report = kind.check(path)
    except FileRefused as error:
        raise BadFile(str(error)) from error
    _tell(report)
    if report.bad_count and (not skip_bad or report.unplaced_count):
        raise BadFile(f"{path}: {report.bad_count:,} bad records; nothing was written.")
    digest = f"{kind.name}:{kind.digest(path)}"
    done = _done(database, digest)
    if _ALL in done:
        log.info("%s was read in before; nothing to do.", path)
        return 0
    records = chain(_columns(kind, path), kind.read(path, skip_runs=frozenset(report.bad_runs | done)))
    with progress.bar(path.name) as tell:
        counts = _write(database, digest, records, lambda n: tell(n, max(report.runs, n, 1)))
    with writing(database) as tx:
        finish_import(tx, f"{kind.name} {path.name}", digest, {"runs": counts}, IMPORTER)
        _check_off(tx, digest, _ALL)
    log.info("%s: %d records written, %d runs left out.", path, counts, len(report.bad_runs))
    return 1 if report.bad_count else 0


def _columns(kind: Kind, path: Path) -> Iterator[Record]:
    """A dump of the system in use names its own columns: they are known before its verdicts."""
    named = path / "workspaces.json"
    if kind.name == "v4" and named.exists():
        yield from KINDS["workspaces"].read(named)


def _write(database: Database, digest: str, records: Iterator[Record], tell: progress.Tell) -> int:
    count = 0
    record = next(records, None)
    action: int | None = None
    while record is not None:
        with writing(database, action=action) as tx:
            until = time.monotonic() + _PIECE_S
            while record is not None and time.monotonic() < until:
                write(record, tx)
                number = getattr(record, "run_number", None)
                if number is not None:
                    _check_off(tx, digest, number)
                count += 1
                record = next(records, None)
            action = tx.action
        tell(count)
    return count


def _check_off(tx: Transaction, digest: str, run_number: int) -> None:
    row = {"digest": digest, "run_number": run_number}
    where = [import_checkpoint.c.digest == digest, import_checkpoint.c.run_number == run_number]
    if tx.connection.execute(select(import_checkpoint).where(*where)).first() is None:
        tx.connection.execute(import_checkpoint.insert(), row)


def _done(database: Database, digest: str) -> frozenset[int]:
    query = select(import_checkpoint.c.run_number).where(import_checkpoint.c.digest == digest)
    with database.reading() as connection:
        return frozenset(row.run_number for row in connection.execute(query))


def _tell(report: Report) -> None:
    for bad in report.bad:
        log.error("%s", bad)
    if report.bad_count > len(report.bad):
        log.error("… and %d more bad records.", report.bad_count - len(report.bad))
    for remark in report.remarks:
        log.warning("%s", remark)
    for difference in report.differences:
        log.warning("%s", difference)
