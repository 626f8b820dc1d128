"""A sheet of 1,000 datasets: its dry run, writing it as one action, and how long that holds the lock."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import grid_made_up
from benchmarks.harness import Figure
from identity.local import user
from model.authors import Author
from model.bulk.plan import Sheet, make_plan
from model.bulk.write import write
from model.cache import Cache
from model.commands.undo import undo
from model.db import Database
from model.golden.golden import GoldenRoom
from model.journal import Transaction
from model.registry import Registry
from model.vocabulary import Stage
from tests.provision.postgres import PostgresServer

DATASETS, TIMES = 1_000, 5
_STATUSES = ("BAD,HV trip", "GOOD", "STANDBY")


@dataclass(frozen=True)
class _Watched(Registry):
    """A registry that keeps how long its lock was held."""

    held: list[float] = field(default_factory=list)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Give the journal's lock, and time it to the end of the commit."""
        start = 0.0
        with super().writing() as tx:
            start = time.perf_counter()
            yield tx
        self.held.append(time.perf_counter() - start)


def figures(folder: Path) -> Iterator[Figure]:
    """Yield the figures on a made-up registry of either store."""
    home = folder / "bulk"
    home.mkdir()
    yield from _written(Database(f"sqlite:///{home.absolute()}/registry.sqlite"), "SQLite")
    server = PostgresServer()
    server.start()
    try:
        yield from _written(Database(server.create_database("bulk")), "PostgreSQL")
    finally:
        server.stop()


def _written(database: Database, store: str) -> Iterator[Figure]:
    database.upgrade()
    grid_made_up.build(database, DATASETS)
    with database.engine.connect() as connection:
        # as a store that has been in use for a while has done by itself
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    by = user("d.coordinator") or Author("")
    what = f"{DATASETS:,} datasets, {store}, made up"
    registry = _Watched(database, GoldenRoom(Cache()))
    tried, written, undone = [], [], []
    for turn in range(TIMES):
        sheet = _sheet(_STATUSES[turn % len(_STATUSES)])
        start = time.perf_counter()
        with registry.reading() as connection:
            plan = make_plan(connection, sheet, by)
        tried.append(time.perf_counter() - start)
        _, action = write(registry, sheet, plan.token, by)
        written.append(time.perf_counter() - start - tried[-1])
        with Registry.writing(registry) as tx:
            start = time.perf_counter()
            undo(tx, action, by)
        undone.append(time.perf_counter() - start)
    yield Figure("bulk: dry run of a sheet", what, tuple(tried), note=f"{plan.cells:,} cells")
    yield Figure("bulk: written as one action", what, tuple(written), None, 5.0, True)
    yield Figure("bulk: of that, under the journal's lock", what, tuple(registry.held), None, 1.0, True)
    yield Figure("bulk: taken back, all under the lock", what, tuple(undone), None, 5.0, True)
    database.dispose()


def _sheet(said: str) -> Sheet:
    runs = range(grid_made_up.FIRST_RUN, grid_made_up.FIRST_RUN + DATASETS)
    return Sheet("\n".join(f"{run},2,9,tracker-pixel,{said}" for run in runs), Stage.PROMPT)
