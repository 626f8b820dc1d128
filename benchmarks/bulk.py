"""A sheet of 1,000 datasets: its dry run, and writing it as one action."""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import grid_made_up
from benchmarks.harness import Figure
from identity.local import user
from model.bulk.plan import Sheet, apply_plan, make_plan
from model.db import Database
from model.journal import writing
from model.vocabulary import Stage

DATASETS = 1_000


def figures(folder: Path) -> Iterator[Figure]:
    """Yield the dry run and the writing, on a made-up registry in `folder/bulk`."""
    home = folder / "bulk"
    home.mkdir()
    database = Database(f"sqlite:///{home.absolute()}/registry.sqlite")
    database.upgrade()
    grid_made_up.build(database, DATASETS)
    by = user("d.coordinator")
    if by is None:
        raise RuntimeError("there is no coordinator among the local users")
    runs = range(grid_made_up.FIRST_RUN, grid_made_up.FIRST_RUN + DATASETS)
    sheet = Sheet("\n".join(f"{run},2,9,tracker-pixel,BAD,HV trip" for run in runs), Stage.PROMPT)
    start = time.perf_counter()
    with database.reading() as connection:
        plan = make_plan(connection, sheet, by)
    tried = time.perf_counter()
    with writing(database) as tx:
        apply_plan(tx, sheet, plan.token, by)
    done = time.perf_counter()
    what = f"{DATASETS:,} datasets, SQLite, made up"
    yield Figure("bulk: dry run of a sheet", what, (tried - start,), None, None, False, f"{plan.cells:,} cells")
    yield Figure("bulk: written as one action", what, (done - tried,), None, 5.0)
    database.dispose()
