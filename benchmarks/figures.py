"""The figures: how fast, how large, on which data. Everything happens in a folder that the caller gives."""

import itertools
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import select

from benchmarks import (
    bulk,
    client,
    filters_year,
    golden_switch,
    grid_year,
    reports,
    rules_figures,
    trends,
    v4_dump,
)
from benchmarks.harness import Figure, Server, own_peak_mib, run, size_mib, timed
from identity import local
from ingest.demo.rulebook import PROMPT
from model import asof, journal
from model.authors import Author
from model.cache import Cache
from model.commands.verdicts import VerdictEdit, certify
from model.db import Database
from model.frames import FrameStore
from model.frames.refs import refs
from model.golden.golden import GoldenRoom, Question
from model.queries import datasets
from model.rulebook.book import rule_version
from model.tables import verdict_range
from model.vocabulary import BEAM_BITS

COORDINATOR = "d.coordinator"
V4_PATTERN = "/PromptReco/Collisions2018%/DQM"
_V4_COLUMNS = (
    "tracker-pixel tracker-strip tracker-track ecal-ecal ecal-es hcal-hcal dt-dt csc-csc rpc-rpc".split()
)
_V4_BITS = ("cms_active", *BEAM_BITS, "bpix_ready", "fpix_ready", "tibtid_ready", "tob_ready", "ebp_ready")
V4_LOGIC = {
    "and": [
        *({"==": [{"var": f"lumisection.rr.{column}"}, "GOOD"]} for column in _V4_COLUMNS),
        *({"==": [{"var": f"lumisection.oms.{bit}"}, True]} for bit in _V4_BITS),
        {">=": [{"var": "run.run_number"}, v4_dump.FIRST_RUN]},
    ]
}


def measure(folder: Path) -> Iterator[Figure]:
    """Measure everything; `folder/demo` holds the loaded year afterwards."""
    demo = folder / "demo"
    yield demo_loaded(demo)
    yield from frames_and_golden(demo)
    yield from golden_in_processes(demo)
    yield one_edit(demo, folder / "edited")
    yield run_page(demo)
    yield from golden_switch.figures(demo)
    yield from trends.figures(demo)
    yield from reports.figures(demo)
    yield from grid_year.figures(folder)
    yield from bulk.figures(folder)
    yield from filters_year.figures()
    yield from rules_figures.figures(folder)
    yield from v4(folder)
    yield from client.figures(folder / "v4")


def open_prompt(database: Database) -> tuple[int, str, int]:
    """Return run, name and last lumisection of the longest prompt dataset that is OPEN for the tracker."""
    with database.reading() as connection:
        at = asof.resolve(connection, None)
        found = []
        for ref in refs(connection, at, "/PromptReco/%"):
            if datasets.dataset(connection, ref.run_number, ref.name).state_of("tracker") == "OPEN":
                last = datasets.lumisections(connection, ref.run_number)[-1].last
                found.append((last, ref.run_number, ref.name))
    last, run_number, name = max(found)
    return run_number, name, last


def database_of(data_dir: Path) -> Database:
    """Open the embedded database of a data folder."""
    return Database(f"sqlite:///{data_dir.absolute()}/registry.sqlite")


def demo_loaded(demo: Path) -> Figure:
    """Load the demo year into an empty folder."""
    ran = run(["-m", "ingest", "demo"], demo)
    if ran.code:
        raise RuntimeError(f"the demo does not load: {ran.output[-500:]}")
    note = f"{size_mib(demo):.1f} MiB database, {ran.cpu_s:.1f} s CPU"
    small = size_mib(demo) <= 1024 and ran.peak_mib <= 1024
    return Figure("demo year loaded", "2024 A–E", (ran.seconds,), ran.peak_mib, 60, False, note, small)


def frames_and_golden(demo: Path) -> Iterator[Figure]:
    """Build frames and the golden list from the database, without and with what the process keeps."""
    database = database_of(demo)
    with database.reading() as connection:
        at = asof.resolve(connection, None)
        rule = rule_version(connection, "golden-2024", at)
        question = Question(rule, PROMPT, at)
        chosen, wanted = refs(connection, at, PROMPT), rule.plan.rule.variables
        kept = FrameStore()
        what = f"{len(chosen)} datasets × {len(wanted)} variables"
        yield Figure("frames cold", what, timed(lambda: FrameStore().frames(connection, chosen, wanted, at), 7))
        kept.frames(connection, chosen, wanted, at)
        yield Figure("frames warm", what, timed(lambda: kept.frames(connection, chosen, wanted, at), 30))
        cold = timed(lambda: GoldenRoom(Cache()).golden(connection, question), 7)
        room = GoldenRoom(Cache())
        golden = room.golden(connection, question)
        what = f"{len(chosen)} datasets, {golden.considered:,} LS"
        yield Figure("golden cold (database)", what, cold, own_peak_mib(), 1.5, True)

        def again() -> None:
            forgetful = GoldenRoom(Cache())
            forgetful.frames = room.frames
            forgetful.golden(connection, question)

        yield Figure("golden computed again (frames kept, no cache)", what, timed(again, 30))
    database.dispose()


def golden_in_processes(demo: Path) -> Iterator[Figure]:
    """Ask in fresh processes: without a shared cache, then each with what another one left there."""
    first = []
    for _ in range(3):
        shutil.rmtree(demo / "cache", ignore_errors=True)
        first.append(_inside("golden", demo))
    second = [_inside("golden", demo) for _ in range(5)]
    for name, told, limit, hits in (
        ("golden, new process", first, 1.5, 0),
        ("golden, 2nd process, shared cache", second, 0.05, 1),
    ):
        seconds = tuple(s for one in told for s in one["seconds"])
        shared = all(one["hits"] == hits for one in told)
        peak = max(one["peak_mib"] for one in told)
        yield Figure(name, "2024 A–E", seconds, peak, limit, False, f"cache hits {hits}", shared)
    again = tuple(s for one in second for s in one["again"])
    yield Figure("golden warm, same process", "2024 A–E", again, None, 0.05, True)


def one_edit(demo: Path, copy: Path) -> Figure:
    """Certify single lumisections, one transaction each, in a copy of the demo."""
    copy.mkdir(parents=True, exist_ok=True)
    shutil.copy(demo / "registry.sqlite", copy / "registry.sqlite")
    database = database_of(copy)
    run_number, name, last = open_prompt(database)
    author = local.user(COORDINATOR) or Author(COORDINATOR)
    turns = itertools.count()

    def edit() -> None:
        n = next(turns)
        status = ("BAD", "GOOD", "STANDBY")[n % 3]
        at = 1 + n * 7 % last
        given = VerdictEdit(run_number, name, ("tracker-pixel",), ((at, at),), status, "", "measured")
        with journal.writing(database) as tx:
            certify(tx, [given], author, seen=tx.head.sequence)

    timed(edit, 5)
    seconds = timed(edit, 300)
    with database.reading() as connection:
        synchronous = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        rows = len(connection.execute(select(verdict_range.c.first)).all())
    database.dispose()
    note = f"synchronous={'FULL' if synchronous == 2 else synchronous}"
    return Figure("edit of one lumisection", f"{rows:,} verdict rows", seconds, None, 0.03, True, note)


def run_page(demo: Path) -> Figure:
    """Fill the run page for runs of the whole year."""
    told = _inside("page", demo)
    return Figure("run page filled (callback)", "60 runs of the year", tuple(told["seconds"]), told["peak_mib"])


def v4(folder: Path) -> Iterator[Figure]:
    """Make a dump of full size, read it in, ask for a golden list over it."""
    dump, data = folder / "dump", folder / "v4"
    start = time.perf_counter()
    count = v4_dump.make(dump)
    made = time.perf_counter() - start
    size = f"{v4_dump.RUNS} runs × 3 × {len(v4_dump.COLUMNS)}, {v4_dump.LUMISECTIONS:,} LS"
    note = f"{count:,} ranges, {count / (v4_dump.RUNS * 3 * len(v4_dump.COLUMNS)):.2f} per column"
    yield Figure("v4 dump made", size, (made,), None, 15, False, note)
    ran = run(["-m", "ingest", "v4", str(dump)], data)
    if ran.code:
        raise RuntimeError(f"the dump does not load: {ran.output[-500:]}")
    disk = size_mib(data)
    note = f"{disk:.1f} MiB database, {ran.cpu_s:.1f} s CPU"
    yield Figure("v4 dump imported", size, (ran.seconds,), ran.peak_mib, 60, False, note, disk <= 30)
    cold, warm, listed = [], (), 0
    for _ in range(5):
        shutil.rmtree(data / "cache", ignore_errors=True)
        with Server(data, workers=1) as server:
            server.rest()
            cold += timed(lambda: _post(server), 1)
            listed = len(_post(server))
            warm += timed(lambda: _post(server), 20)
    clauses = len(V4_LOGIC["and"])
    note = f"{clauses} clauses, {listed} runs listed"
    yield Figure("v4 golden POST, cold", size, tuple(cold), None, 0.25, False, note)
    yield Figure("v4 golden POST, warm", size, warm, None, 0.05, True, note)


def _post(server: Server) -> dict[str, Any]:
    answer: dict[str, Any] = server.json(
        "/api/v1/golden-json", {"logic": V4_LOGIC, "dataset": V4_PATTERN, "null_policy": "bad"}
    )
    return answer


def _inside(what: str, data_dir: Path) -> Any:
    ran = run(["-m", "benchmarks.inside", what], data_dir)
    if ran.code:
        raise RuntimeError(f"{what}: {ran.output[-800:]}")
    return json.loads(ran.output.strip().splitlines()[-1])


def table(figures: list[Figure], yardstick_s: float) -> list[str]:
    """Return the figures as lines of a Markdown table; all columns but the last stand under each other."""
    rows = [_HEAD, *(_cells(figure, yardstick_s) for figure in figures)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    widths[-1] = 1
    lines = [
        "| " + " | ".join(_padded(place, cell, width) for place, (cell, width) in enumerate(cells)) + " |"
        for cells in (list(zip(row, widths, strict=True)) for row in rows)
    ]
    rule = ["-" * (width + 1) + (":" if place in _NUMBERS else "-") for place, width in enumerate(widths)]
    return [lines[0], "|" + "|".join(rule) + "|", *lines[1:]]


_HEAD = ["what", "on", "n", "p50 ms", "p95 ms", "CPU p50", "peak MiB", "× yardstick", "load", "target", ""]
_NUMBERS = range(2, 9)


def _cells(f: Figure, yardstick_s: float) -> list[str]:
    cpu = "" if not f.cpu_s else f"{np.median(f.cpu_s) * 1000:.1f}"
    peak = "" if f.peak_mib is None else f"{f.peak_mib:.0f}"
    kept = "" if not f.targets else "kept" if f.holds else "**MISSED**"
    times = [
        f"{f.p50 * 1000:.1f}",
        f"{f.p95 * 1000:.1f}",
        cpu,
        peak,
        f"{f.p50 / yardstick_s:.3f}",
        f"{f.load:.1f}",
    ]
    return [f.name, f.data, str(len(f.seconds)), *times, f.targets, ", ".join(t for t in (kept, f.note) if t)]


def _padded(place: int, cell: str, width: int) -> str:
    return cell.rjust(width) if place in _NUMBERS else cell.ljust(width)
