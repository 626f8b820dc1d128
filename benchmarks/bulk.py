"""A sheet of 1,000 datasets, and one of 20,000 rows on one cell: tried, written, time under the lock."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import grid_made_up
from benchmarks.harness import Figure
from identity.local import user
from model.authors import IMPORTER, Author
from model.bulk.plan import Sheet, make_plan
from model.bulk.rows import MOST_ROWS
from model.bulk.write import write
from model.cache import Cache
from model.commands.datasets import create_dataset
from model.commands.undo import undo
from model.commands.upstream import report_lumisections, report_run
from model.db import Database
from model.events import DatasetCreated
from model.golden.golden import GoldenRoom
from model.journal import Transaction
from model.ranges import canonical
from model.registry import Registry
from model.vocabulary import Stage
from tests.provision.postgres import PostgresServer

DATASETS, TIMES = 1_000, 5
_NAME = "/PromptReco/Collisions2024Z/DQM"
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
    yield from _one_cell(registry, f"20,000 rows on one cell, {store}, made up", by)
    database.dispose()


def _one_cell(registry: _Watched, what: str, by: Author) -> Iterator[Figure]:
    """Yield what the longest sheet costs where each of its rows says something else of one cell."""
    run = grid_made_up.FIRST_RUN + DATASETS
    with Registry.writing(registry) as tx:
        report_run(tx, run, {"fill_number": 1}, IMPORTER)
        report_lumisections(tx, run, canonical([(1, 2 * MOST_ROWS)]), {}, IMPORTER)
        create_dataset(tx, DatasetCreated(run, _NAME, {"global": "OPEN"}, (_NAME,)), IMPORTER)
    tried, written = [], []
    registry.held.clear()
    for turn in range(TIMES):
        rows = (f"{run},{n},{n},tracker-pixel,BAD,HV trip,{turn} {n}" for n in range(1, 2 * MOST_ROWS, 2))
        sheet = Sheet("\n".join(rows), Stage.PROMPT)
        start = time.perf_counter()
        with registry.reading() as connection:
            plan = make_plan(connection, sheet, by)
        tried.append(time.perf_counter() - start)
        write(registry, sheet, plan.token, by)
        written.append(time.perf_counter() - start - tried[-1])
    yield Figure("bulk: dry run of the longest sheet", what, tuple(tried), None, 2.0, True)
    yield Figure("bulk: the longest sheet written", what, tuple(written), None, 5.0, True)
    yield Figure("bulk: of that, under the journal's lock", what, tuple(registry.held))


def _sheet(said: str) -> Sheet:
    runs = range(grid_made_up.FIRST_RUN, grid_made_up.FIRST_RUN + DATASETS)
    return Sheet("\n".join(f"{run},2,9,tracker-pixel,{said}" for run in runs), Stage.PROMPT)
