"""The demo year moves from SQLite to PostgreSQL and back: journals, tables and products must be the same.

`python -m benchmarks.moved --data FOLDER` does it with the registry of a data folder, which it only reads.
"""

import argparse
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import select

from benchmarks.figures import database_of
from benchmarks.survival import Check
from model import replay
from model.cache import Cache
from model.db import Database
from model.golden.golden import GoldenRoom
from model.journal import sequence_now
from model.portable.lines import export
from model.portable.take_in import take_in
from model.products.products import products
from model.products.rebuild import rebuild
from model.tables import journal
from tests.provision.postgres import PostgresServer

_YEAR = "demo year 2024"


def round_trip(folder: Path) -> Iterator[Check]:
    """Move the registry of `folder/demo` to a PostgreSQL server of its own and back, by files."""
    source, back = database_of(folder / "demo"), database_of(folder / "moved-back")
    replay.upgrade(source)
    back.upgrade()
    files = [folder / f"journal-{n}.jsonl.gz" for n in (1, 2)]
    with _postgres() as middle:
        begun = time.perf_counter()
        seconds = [_moved(*each) for each in ((source, files[0], middle), (middle, files[1], back))]
        seconds.append(time.perf_counter() - begun)
        told = ", ".join(f"{n:.0f} s" for n in seconds)
        is_same = files[0].read_bytes() == files[1].read_bytes()
        size = files[0].stat().st_size / 2**20
        events = _events(source)
        printed = f"{events:,} events there, back, together in {told}; the files ({size:.1f} MiB) are "
        printed += "equal byte for byte" if is_same else "not equal"
        yield Check("a journal moves by file", "journal export, journal import", _YEAR, printed, is_same)
        for name, other in (("PostgreSQL", middle), ("SQLite again", back)):
            yield _compared(name, source, other)
            yield _made_again(name, other)
    source.dispose()
    back.dispose()


@contextmanager
def _postgres() -> Iterator[Database]:
    server = PostgresServer()
    server.start()
    try:
        found = Database(server.create_database("moved"))
        found.upgrade()
        yield found
        found.dispose()
    finally:
        server.stop()


def _moved(source: Database, file: Path, target: Database) -> float:
    begun = time.perf_counter()
    with source.reading() as connection, file.open("wb") as out:
        export(connection, out)
    take_in(target, file)
    return time.perf_counter() - begun


def _events(database: Database) -> int:
    with database.reading() as connection:
        return sequence_now(connection)


def _compared(name: str, source: Database, other: Database) -> Check:
    query = select(journal).order_by(journal.c.sequence)
    with source.reading() as one, other.reading() as two:
        pairs = zip(one.execute(query), two.execute(query), strict=True)
        unlike = sum(_plain(a) != _plain(b) for a, b in pairs)
        tables = list(replay.differences(one, two))
    printed = f"{unlike} rows of the journal differ; tables that differ: {', '.join(tables) or 'none'}"
    return Check(
        f"journal and tables are the same on {name}", "model.replay", _YEAR, printed, not (unlike or tables)
    )


def _plain(row: Iterable[object]) -> list[object]:
    return [bytes(v) if isinstance(v, memoryview) else v for v in row]


def _made_again(name: str, database: Database) -> Check:
    with database.reading() as connection:
        found = [rebuild(connection, GoldenRoom(Cache()), each) for each in products(connection)]
    same = sum(each.is_identical for each in found)
    printed = f"{same} of {len(found)} products identical"
    return Check(
        f"products are made again on {name}", "product rebuild --all", _YEAR, printed, same == len(found)
    )


def main() -> int:
    """Copy the registry of a data folder, move it there and back; return 1 where something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="data folder of a registry; it is only read")
    asked = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory(prefix="run-registry-moved-") as name:
        (Path(name) / "demo").mkdir()
        with (
            closing(sqlite3.connect(asked.data / "registry.sqlite")) as one,
            closing(sqlite3.connect(f"{name}/demo/registry.sqlite")) as copy,
        ):
            one.backup(copy)
        for check in round_trip(Path(name)):
            failed += not check.holds
            print("held  " if check.holds else "FAILED", check.name, "—", check.printed, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
