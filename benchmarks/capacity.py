"""`make capacity`: what a viewer, a run and a year cost, measured; `docs/capacity.md` is written from it.

`python -m benchmarks.capacity [--data FOLDER] [--seconds 30] [--viewers 200]`. Without `--data` the demo period
is loaded first. PostgreSQL, Redis and the web run on this machine; so does who views, which is not counted.
"""

import argparse
import os
import platform
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from textwrap import fill

from sqlalchemy import func, select, text

from benchmarks.cluster import Cluster
from benchmarks.crowd import Crowd, prepare
from benchmarks.figures import database_of
from benchmarks.harness import MIB, ROOT, Server, run, size_mib, yardstick
from model.tables import dataset, journal, upstream_range, verdict_range

PAGE = ROOT / "docs" / "capacity.md"
#: what is foreseen: years of data taking, and people who look at once
YEARS, VIEWERS = 10, 2_000
#: runs of a year of data taking, as OMS had them in 2024 in eras A to J (2,732), rounded up for F and G
RUNS_A_YEAR = 4_000
_WARM_S = 3.0


@dataclass(frozen=True)
class Disk:
    """What a registry holds and what it takes, MiB."""

    runs: int
    events: int
    ranges: int
    journal_mib: float
    whole_mib: float


@dataclass(frozen=True)
class Web:
    """What viewers cost a web host: cores of its processes, and MiB at rest and under them."""

    viewers: int
    cores: float
    rest_mib: float
    busy_mib: float
    p95_ms: float
    refused: int


def stored(folder: Path) -> Disk:
    """Return what the embedded registry of a data folder takes."""
    database = database_of(folder)
    with database.reading() as connection:
        # runs that hold data to certify; of most others nothing but their number is known
        runs = connection.execute(select(func.count(dataset.c.run_number.distinct()))).scalar_one()
        events = connection.execute(select(func.count()).select_from(journal)).scalar_one()
        ranges = sum(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (verdict_range, upstream_range)
        )
        packed = connection.execute(
            text("SELECT sum(length(payload) + length(hash)) FROM journal")
        ).scalar_one()
    database.dispose()
    return Disk(runs, events, ranges, packed / MIB, size_mib(folder))


def watched(folder: Path, viewers: int, seconds: float) -> Web:
    """Return what viewers cost a web host of two processes; the registry is small, the questions real."""
    with Cluster(folder) as cluster:
        prepare(cluster.database, 20)
        host = cluster.hosts[0]
        assert host.server is not None
        server: Server = host.server
        for _ in range(8):
            server.request("/")
        rest_mib = host.mib()
        with Crowd([host.port], viewers, 0) as crowd:
            time.sleep(_WARM_S)
            crowd.settle()
            phase, used, start = crowd.begin("measured"), server.cpu_s(), time.monotonic()
            time.sleep(seconds)
            cores = (server.cpu_s() - used) / (time.monotonic() - start)
            crowd.begin("after")
            busy_mib = host.mib()
        reads = sorted(phase.reads)
        p95_ms = reads[int(0.95 * len(reads))] * 1000
        return Web(viewers, cores, rest_mib, busy_mib, p95_ms, phase.trouble)


def page(disk: Disk, web: Web, loaded: str) -> str:
    """Return the page."""
    run_kib = disk.whole_mib / disk.runs * 1024
    year_gib = run_kib * RUNS_A_YEAR / 2**20
    viewer_kib = max(web.busy_mib - web.rest_mib, 0.0) / web.viewers * 1024
    cores, per_run = web.cores / web.viewers * VIEWERS, f"{disk.events / disk.runs:.1f} events"
    rows = [
        ("a viewer", "processor of the web", f"{web.cores / web.viewers * 1000:.2f} thousandths of a core"),
        ("a viewer", "memory of the web", f"{viewer_kib:.0f} KiB" if viewer_kib else "too little to be seen"),
        ("a web host of two processes at rest", "memory", f"{web.rest_mib:.0f} MiB"),
        (f"{web.viewers} viewers", "95 of 100 answers within", f"{web.p95_ms:.0f} ms"),
        (f"{web.viewers} viewers", "questions not answered", f"{web.refused}"),
        ("a run", "disk", f"{run_kib:.1f} KiB: {per_run}, {disk.ranges / disk.runs:.0f} ranges"),
        ("a run", "disk of the journal alone", f"{disk.journal_mib / disk.runs * 1024:.1f} KiB"),
        (f"a year of {RUNS_A_YEAR:,} runs", "disk, by proportion", f"{year_gib:.2f} GiB"),
    ]
    foreseen = [
        (f"{YEARS} years", "disk", f"{year_gib * YEARS:.1f} GiB, and as much for each full backup"),
        (f"{VIEWERS:,} viewers", "processor of the web", f"{cores:.1f} cores"),
        (f"{VIEWERS:,} viewers", "memory of the web", f"{viewer_kib * VIEWERS / 1024:.0f} MiB beyond rest"),
    ]
    said = [*_head(loaded), *_table("measured", rows), "", "## What it means", ""]
    said += ["By proportion from the table above; nothing of it was measured:", ""]
    lines = [*said, *_table("foreseen", foreseen), "", *_meaning(cores)]
    return "\n".join(line if line.startswith("|") else fill(line, 118) for line in lines) + "\n"


def _head(loaded: str) -> list[str]:
    now, memory = datetime.now(UTC), os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return [
        "# Capacity",
        "",
        f"Written by `make capacity` on {now:%Y-%m-%d %H:%M} UTC, on {os.cpu_count()} cores, {memory:.0f} GiB "
        f"memory, {platform.system()}, Python {platform.python_version()}; load average "
        f"{os.getloadavg()[0]:.1f}, yardstick {yardstick() * 1000:.0f} ms. {loaded}",
        "",
        "A *viewer* is a browser without an event stream, the dearest kind: it asks for the version every two "
        "seconds and opens a page or its data every ten. With a stream it asks for nothing while all is quiet.",
        "",
    ]


def _table(title: str, rows: list[tuple[str, str, str]]) -> list[str]:
    return [f"| of | what | {title} |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]


def _meaning(cores: float) -> list[str]:
    # twice the room, and one host more than that, so that one may be away
    hosts = -(-int(cores * 2 + 1) // 4) + 1
    return [
        f"With twice the room and one host to spare, that is {hosts} web hosts of 4 cores for {VIEWERS:,} "
        "viewers. Writers share one lock of the database, so hosts add readers, not writers; `make bench` has "
        "the time that a writer holds it. A replica (`DATABASE_READ_URL`) takes reads off the primary where "
        "that is short.",
        "",
        f"A stream is a connection in the stream process of its host, 5,000 at most: {VIEWERS:,} fit one host.",
    ]


def main() -> int:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="data folder with the demo period; it is copied")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--viewers", type=int, default=200)
    asked = parser.parse_args()
    threading.stack_size(256 * 1024)
    with tempfile.TemporaryDirectory(prefix="run-registry-capacity-") as name:
        demo, hosts = Path(name) / "demo", Path(name) / "hosts"
        hosts.mkdir()
        if asked.data:
            shutil.copytree(asked.data, demo, ignore=shutil.ignore_patterns("cache", "background", "*.sock"))
        elif (ran := run(["-m", "ingest", "demo"], demo)).code:
            print(ran.output[-500:], file=sys.stderr)
            return 1
        disk = stored(demo)
        web = watched(hosts, asked.viewers, asked.seconds)
    loaded = f"Disk: the demo period, {disk.runs:,} runs of 2024, SQLite. "
    loaded += f"Viewers: {web.viewers} for {asked.seconds:g} s, PostgreSQL."
    PAGE.write_text(page(disk, web, loaded), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
