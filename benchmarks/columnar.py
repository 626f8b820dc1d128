"""A year of lumisections in one request: seconds, MiB of the server, and the same rows read one by one."""

import io
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from sqlalchemy import select

from benchmarks import grid_made_up
from benchmarks.harness import MIB, Figure, Server, run
from model import encoding
from model.columnar.snapshots import snapshots
from model.db import Database
from model.journal import sequence_now
from model.queries import datasets, luminosities, upstream, verdicts
from model.queries import runs as run_queries
from model.ranges import numbers
from model.tables import luminosity, term, upstream_range
from model.vocabulary import BITS

#: runs of the made-up year
RUNS = 1_264
ADDRESS = "/api/v1/lumisections"
#: so many of a hundred datasets are read one by one; the time of all follows from their lumisections
_BASELINE = 40
_LIMIT_S, _LIMIT_MIB = 5.0, 300.0


def figures(folder: Path) -> Iterator[Figure]:
    """Yield the figures of a made-up year, and of the demo period in `folder/demo`."""
    home = folder / "columnar"
    home.mkdir()
    database = Database(f"sqlite:///{home.absolute()}/registry.sqlite")
    database.upgrade()
    build(database)
    yield from _served(home, f"?dataset={grid_made_up.PROMPT}", "a made-up year", database)
    yield from _served(folder / "demo", "?dataset=online", "2024 A–E", None)
    yield from _served(folder / "demo", "", "2024 A–E, every dataset", None, is_target=False)
    database.dispose()
    yield _snapshot(home)


def build(database: Database, many: int = RUNS, seed: int = 1) -> None:
    """Fill an empty, migrated database with a year: verdicts, bits in a few ranges each, luminosity."""
    grid_made_up.build(database, many, seed)
    rng, noise = random.Random(seed), np.random.default_rng(seed)
    with database.writing() as connection:
        words = connection.execute(select(term.c.text, term.c.id)).all()
        ids = {row.text: row.id for row in words}
        more = [word for word in (*BITS, "false") if word not in ids]
        ids |= {word: max(ids.values()) + place for place, word in enumerate(more, 1)}
        connection.execute(term.insert(), [{"id": ids[word], "text": word} for word in more])
        runs = connection.execute(select(upstream_range.c.dataset_id, upstream_range.c.last)).all()
        for place, (dataset_id, last) in enumerate(sorted(runs)):
            connection.execute(upstream_range.insert(), list(_bits(rng, dataset_id, last, ids)))
            recorded, delivered = noise.random(last), noise.random(last)
            told = {"recorded": recorded, "delivered": delivered, "pileup": np.empty(0)}
            where = {"run_number": grid_made_up.FIRST_RUN + place, "source_id": ids["OMS"], "first": 1}
            packed = {name: encoding.pack(values) for name, values in told.items()}
            connection.execute(luminosity.insert(), {**where, **packed, "since": 1, "until": None})


def _bits(rng: random.Random, dataset_id: int, last: int, ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    for bit in BITS:
        edges = [1, *sorted(rng.sample(range(2, last + 1), 2)), last + 1]
        where = {"dataset_id": dataset_id, "attribute_id": ids[bit], "since": 1, "until": None}
        for part, (first, after) in enumerate(zip(edges, edges[1:], strict=False)):
            # nobody knows a few
            if rng.random() < 0.95:
                value = ids["false" if part == 1 and rng.random() < 0.2 else "true"]
                yield {**where, "first": first, "last": after - 1, "value_id": value}


def _served(
    home: Path, search: str, what: str, compared: Database | None, *, is_target: bool = True
) -> Iterator[Figure]:
    """Ask for the lumisections of a registry; the target is for one dataset of each run, as Parquet."""
    with Server(home, workers=1) as server:
        server.rest()
        at_rest_mib = server.peak_mib()
        for kind, times in (("parquet", 9), ("arrow", 5), ("csv", 3)):
            asked = [_asked(server, f"{ADDRESS}.{kind}{search}") for _ in range(times)]
            seconds, cpu_s = tuple(each[0] for each in asked), tuple(each[1] for each in asked)
            body = asked[-1][2]
            note = f"{len(body) / MIB:.1f} MiB, server at rest {at_rest_mib:.0f} MiB"
            if kind == "parquet":
                told = pq.read_metadata(io.BytesIO(body))
                shape = f"{what}, {told.num_rows:,} LS × {told.num_columns} columns"
                if compared is not None:
                    ratio = _one_by_one(compared, told.num_rows) / float(np.median(seconds))
                    note += f", one by one takes {ratio:.0f} times as long"
            limits = (_LIMIT_S, _LIMIT_MIB) if is_target and kind == "parquet" else (None, None)
            peak_mib = server.peak_mib()
            yield Figure(
                f"lumisections as {kind}",
                shape,
                seconds,
                peak_mib,
                limits[0],
                False,
                note,
                True,
                cpu_s,
                limits[1],
            )


def _asked(server: Server, address: str) -> tuple[float, float, bytes]:
    """Return how long a whole file took by the clock and on the server's processor, and the file."""
    start, used = time.perf_counter(), server.cpu_s()
    status, body = server.request(address)
    if status != 200:
        raise RuntimeError(f"{address}: HTTP {status} {body[:300]!r}")
    return time.perf_counter() - start, server.cpu_s() - used, body


def _one_by_one(database: Database, lumisections: int) -> float:
    """Return the seconds that all lumisections would take one by one, through pandas into Parquet."""
    start, rows = time.perf_counter(), list[dict[str, Any]]()
    with database.reading() as connection:
        at = sequence_now(connection)
        for number in range(grid_made_up.FIRST_RUN, grid_made_up.FIRST_RUN + _BASELINE):
            about = run_queries.run(connection, number, at)
            told = upstream.bits(connection, number, grid_made_up.PROMPT, at)
            said = verdicts.of_dataset(connection, number, grid_made_up.PROMPT, at)
            lumi = luminosities.luminosity(connection, number, at=at)
            for each in numbers(datasets.lumisections(connection, number, at)):
                row: dict[str, Any] = {"run_number": number, "era": about.era, "lumisection": each}
                for column, given in said.items():
                    row[column] = next(
                        (v.status.name for v in given if v.span.first <= each <= v.span.last), "EMPTY"
                    )
                for bit, spans in told.items():
                    row[bit] = next((value for first, last, value in spans if first <= each <= last), None)
                row["recorded"] = lumi.recorded_invpb[each - 1] if lumi else None
                rows.append(row)
    pd.DataFrame(rows).to_parquet(io.BytesIO())
    return (time.perf_counter() - start) * lumisections / len(rows)


def _snapshot(home: Path) -> Figure:
    seconds, peaks = [], []
    for _ in range(3):
        shutil.rmtree(home / "snapshots", ignore_errors=True)
        ran = run(["-m", "flask", "--app", "app", "snapshot", "make"], home)
        if ran.code:
            raise RuntimeError(f"no snapshot: {ran.output[-500:]}")
        seconds.append(ran.seconds)
        peaks.append(ran.peak_mib)
    (made,) = snapshots(home / "snapshots")
    told = made.manifest["tables"].values()
    rows, size_mib = (sum(table[name] for table in told) for name in ("rows", "bytes"))
    note = f"{len(told)} tables, {size_mib / MIB:.1f} MiB, the start of the process included"
    return Figure("snapshot made", f"a made-up year, {rows:,} rows", tuple(seconds), max(peaks), note=note)
