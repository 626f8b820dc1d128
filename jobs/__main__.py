"""`python -m jobs JOB`: what runs beside the web, one process each, until it is told to stop."""

import argparse
import asyncio
import signal
import threading
from collections.abc import Callable
from datetime import timedelta

import logs
from jobs import schedule, webhooks, worker
from jobs.stream import serve
from jobs.upkeep import Upkeep
from model import replay
from model.cache import Cache
from model.db import Database
from model.follow import Follower
from model.golden.golden import GoldenRoom
from model.leases import Lease
from settings import load


def main() -> int:
    """Run one job until it is told to stop."""
    parser = argparse.ArgumentParser(prog="python -m jobs", description=__doc__)
    parser.add_argument(
        "job", choices=list(_JOBS), help="; ".join(f"{n}: {j.__doc__}" for n, j in _JOBS.items())
    )
    asked = parser.parse_args()
    logs.begin(load().log_format)
    return _JOBS[asked.job]()


def _stream() -> int:
    """hold the browsers' event streams"""
    return asyncio.run(_streaming())


def _schedule() -> int:
    """do the work of each night"""
    settings, database = load(), Database(load().database)
    replay.upgrade(database)
    series = [name.strip() for name in settings.schedule_series.split(",") if name.strip()]
    sentinel = schedule.tell_sentinel if settings.schedule_sentinel else None
    # what a night computes it computes once: nothing is shared
    hour, weekly = settings.schedule_hour_utc, settings.schedule_reports
    found = schedule.Schedule(database, GoldenRoom(Cache()), series, hour, sentinel, has_reports=weekly)
    folder = settings.backups_path if settings.schedule_backups else None
    found.upkeep = Upkeep(database, folder, settings.backup_keep, is_verified=settings.schedule_verify)
    if settings.schedule_snapshots:
        found.snapshots = settings.snapshots_path
        found.keep = timedelta(days=settings.snapshot_keep_days)
    return _until_told("schedule", lambda stop, is_mine: schedule.run(found, stop, is_mine), database)


def _webhooks() -> int:
    """tell addresses of events"""
    settings, database = load(), Database(load().database)
    replay.upgrade(database)
    found = webhooks.Messenger(database, webhooks.sender(allow_private=settings.webhook_private))
    return _until_told("webhooks", lambda stop, is_mine: webhooks.run(found, stop, is_mine), database)


def _query() -> int:
    """answer SQL over the snapshots"""
    # DuckDB and Arrow are large, and no other job needs them
    from jobs.query import Office

    settings, stop = load(), threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _number, _frame: stop.set())
    Office(settings.snapshots_path, settings.query_limits).serve(settings.query_socket_path, stop.is_set)
    return 0


def _worker() -> int:
    """do what browsers ask for in the background, where REDIS_URL is set"""
    return worker.run(load())


_JOBS: dict[str, Callable[[], int]] = {
    "stream": _stream,
    "schedule": _schedule,
    "webhooks": _webhooks,
    "worker": _worker,
    "query": _query,
}


def _until_told(
    name: str, work: Callable[[threading.Event, Callable[[], bool]], int], database: Database
) -> int:
    """Do work that one host does at a time; the others wait until it is theirs."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    try:
        with Lease(database, name, load().here).kept() as lease:
            return work(stop, lambda: lease.is_held)
    finally:
        database.dispose()


async def _streaming() -> int:
    settings = load()
    database = Database(settings.database)
    task = asyncio.ensure_future(serve(Follower(database), settings.stream_socket_path))
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    try:
        await task
    except asyncio.CancelledError:
        return 0
    finally:
        database.dispose()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
