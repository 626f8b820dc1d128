"""A registry that follows the OMS of a test."""

import atexit
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from ingest import working_set
from ingest.oms.command import follower
from ingest.oms.follow import Follower
from model.cache import Cache
from model.db import Database
from model.golden.golden import GoldenRoom
from model.journal import writing
from model.queries import datasets, luminosities, upstream, verdicts
from model.queries.runs import runs
from model.registry import Registry
from settings import Settings
from simulators.oms.server import Oms
from tests.model import world
from tests.provision import stores


def follow(registry: Registry, oms: Oms, **settings: Any) -> Follower:
    """Return who follows an OMS for a registry, without waiting."""
    quick = {"oms_requests_per_s": 1000, "oms_whole_read_s": 3600, **settings}
    who = follower(registry.database, Settings(**quick), oms.base)
    who.oms._connection._pace.sleep = lambda _: None
    return who


@cache
def _template() -> Path:
    """Return a registry that holds the working set, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="oms-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = stores.sqlite(folder / "registry.sqlite")
    with writing(database) as tx:
        working_set.install(tx)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return folder / "registry.sqlite"


@contextmanager
def opened(path: Path) -> Iterator[Registry]:
    """Give a registry with the working set of rules."""
    shutil.copy(_template(), path)
    database = Database(f"sqlite:///{path}")
    yield Registry(database, GoldenRoom(Cache()))
    database.dispose()


def state_of(registry: Registry) -> dict[int, Any]:
    """Return everything a registry knows about its runs, sequences left out."""
    found: dict[int, Any] = {}
    with registry.reading() as connection:
        at = world.sequence_of(connection)
        for run in runs(connection):
            said = verdicts.of_dataset(connection, run.run_number, "online", at)
            lumi = luminosities.luminosity(connection, run.run_number)
            numbers = [repr(a.tolist()) for a in (lumi.recorded_invpb, lumi.delivered_invpb)] if lumi else []
            spoken = {c: [(v.span, v.status, v.author, v.comment) for v in vs] for c, vs in said.items()}
            own = {name: value for name, value in run.upstream.items() if name != "last_update"}
            exist = datasets.lumisections(connection, run.run_number)
            bits = upstream.bits(connection, run.run_number, "online")
            found[run.run_number] = (own, run.registry, exist, bits, numbers, spoken)
    return found
