"""The published client's pages and joint ranges: whole requests in the server, a registry of the size in use.

The baseline is how the system in use works, over the same data in the same process: every object put together
for each question, and ranges found by comparing all that is known of each lumisection with its neighbour.
"""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from sqlalchemy import Connection, func, select

from benchmarks import v4_dump
from benchmarks.harness import Figure, Timed, clocked, run
from model.classic.kept import ClientRoom
from model.classic.lumisections import Lumisections
from model.classic.page import asked, page
from model.journal import sequence_now
from model.registry import registry
from model.tables import dataset_summary

_SIZE = f"{v4_dump.RUNS} runs × 3 × {len(v4_dump.COLUMNS)}, {v4_dump.LUMISECTIONS:,} LS"
_HEADERS = {"Content-Type": "application/json", "email": "api@api", "Accept-Encoding": "gzip, deflate"}
_FIRST = v4_dump.FIRST_RUN
_FILTERS: Sequence[dict[str, Any]] = (
    {},
    {"run_number": {"and": [{">": _FIRST + 100}, {"<": _FIRST + 5_000}]}},
    {"rr_attributes.class": {"=": "Collisions18"}},
    {"triplet_summary.tracker-pixel.GOOD": {">": 0}},
    {"oms_attributes.energy": {"and": [{">": 6_000}, {"<": 7_000}]}},
)
_PAGES = [{"filter": each, "page": n, "page_size": 50} for each in _FILTERS for n in (0, 2)]
_LONG = 600
_JOINT = "/lumisections/joint_lumisection_ranges"


def figures(data: Path) -> Iterator[Figure]:
    """Yield the figures of the registry in a folder."""
    ran = run(["-m", "benchmarks.inside", "client"], data)
    if ran.code:
        raise RuntimeError(f"client: {ran.output[-800:]}")
    told = json.loads(ran.output.strip().splitlines()[-1])
    for name, how, limit_s in (
        ("page of 50 runs", "every object anew", 0.015),
        ("page of 50 datasets", "every object anew", 0.025),
        ("joint ranges", "LS by LS", 0.02),
    ):
        one = told[name]
        seconds, cpu_s = tuple(one["seconds"]), tuple(one["cpu_s"])
        baseline = float(np.median(one["baseline"]))
        ratio = baseline / float(np.median(seconds))
        note = f"{one['note']}; {how} {baseline * 1000:.1f} ms, {ratio:.1f} times as long"
        yield Figure(f"client: {name}", _SIZE, seconds, None, limit_s, False, note, cpu_s=cpu_s)


def measured(server: Flask) -> dict[str, Any]:
    """Measure inside a process that has the application."""
    return {
        "page of 50 runs": _pages(server, of_runs=True),
        "page of 50 datasets": _pages(server, of_runs=False),
        "joint ranges": _joint(server),
    }


def _pages(server: Flask, *, of_runs: bool) -> dict[str, Any]:
    path = "/runs_filtered_ordered" if of_runs else "/datasets_filtered_ordered"
    kilobytes = [len(_ask(server, path, body)) / 1000 for body in _PAGES]
    taken = [clocked(partial(_ask, server, path, body), 6) for body in _PAGES]
    with registry().reading() as connection:
        at = sequence_now(connection)
        anew = [
            s
            for body in _PAGES
            for s in clocked(
                partial(page, connection, ClientRoom(), asked(body), at, of_runs=of_runs), 1
            ).seconds
        ]
    return _told(taken, anew, f"{max(kilobytes):.0f} kB compressed")


def _joint(server: Flask) -> dict[str, Any]:
    with registry().reading() as connection:
        run_number, name, length = _long_run(connection)
        at = sequence_now(connection)
        each = clocked(lambda: _one_by_one(Lumisections(connection, run_number, name, at)), 9)
        found = len(Lumisections(connection, run_number, name, at).ranges(verdicts=True, bits=True))
    body = {"run_number": run_number, "dataset_name": name}
    _ask(server, _JOINT, body)
    taken = [clocked(partial(_ask, server, _JOINT, body), 40)]
    return _told(taken, each.seconds, f"{length} LS in {found} ranges")


def _told(taken: Sequence[Timed], baseline: Sequence[float], note: str) -> dict[str, Any]:
    return {
        "seconds": [s for each in taken for s in each.seconds],
        "cpu_s": [s for each in taken for s in each.cpu_s],
        "baseline": baseline,
        "note": note,
    }


def _ask(server: Flask, path: str, body: Any) -> bytes:
    answer = server.test_client().post(path, json=body, headers=_HEADERS)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: HTTP {answer.status_code} {answer.data[:200]!r}")
    return answer.data


def _one_by_one(of: Lumisections) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    last: dict[str, Any] = {}
    for number, (bits, said) in enumerate(zip(of.bits(), of.verdicts(), strict=True), 1):
        here = {**bits, **said}
        if here == last:
            found[-1]["end"] = number
        else:
            found.append({**here, "start": number, "end": number})
        last = here
    return found


def _long_run(connection: Connection) -> tuple[int, str, int]:
    s = dataset_summary
    near = func.abs(s.c.lumisections - _LONG)
    query = select(s.c.run_number, s.c.name, s.c.lumisections).where(s.c.until.is_(None), s.c.stage == "prompt")
    row = connection.execute(query.order_by(near).limit(1)).one()
    return row.run_number, row.name, row.lumisections
