"""The page of trends over a year, cold and warm; and a month of losses against a walk over its lumisections."""

import itertools
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.asked import addressed
from benchmarks.harness import Figure, Server, timed
from model import asof
from model.accounting.ledger import Ledger, ledger
from model.accounting.losses import Split, losses
from model.accounting.parts import Of
from model.accounting.question import ask
from model.db import Database
from model.frames import FrameStore
from tests.model.lost import walk

#: runs of about a month of the demo
MONTH = (379300, 380000)
_PICKS = ("lost=hcal-hcal", "cause=HV+trip", "brush=380300-380400")
_WARM = ("", "by=fill", "by=era", "of=subsystem&how=inclusive", *_PICKS)
_WHAT = "eras A–E of 2024, 1,772 runs, 246 datasets"


def figures(demo: Path) -> Iterator[Figure]:
    """Yield the page through HTTP by a server that was just started and by a warm one, then the month."""
    started = [_started(demo) for _ in range(3)]
    cold = tuple(each for first, _, _ in started for each in first)
    _, warm, cpu = started[-1]
    yield Figure("Trends page, cold (HTTP)", _WHAT, cold, None, 0.8, cpu_s=(cpu[0],))
    yield Figure("Trends page, warm (HTTP)", _WHAT, warm, None, 0.15, cpu_s=(cpu[1],))
    yield month(demo)


def _started(demo: Path) -> tuple[tuple[float, ...], tuple[float, ...], tuple[float, float]]:
    """Return the first answer of a server that was just started, later ones, and processor times of both."""
    shutil.rmtree(demo / "cache", ignore_errors=True)
    with Server(demo, workers=1) as server:
        asked, waiting = _callback(server), itertools.cycle(_WARM)
        _settle(server)
        start = server.cpu_s()
        first = timed(lambda: _post(server, asked, ""), 1)
        cold_cpu = server.cpu_s() - start
        for search in _WARM:
            _post(server, asked, search)
        start = server.cpu_s()
        warm = timed(lambda: _post(server, asked, next(waiting)), 5 * len(_WARM))
        return first, warm, (cold_cpu, (server.cpu_s() - start) / len(warm))


def _settle(server: Server) -> None:
    """Wait until a server that was just started has read the grid that most people open first."""
    used = -1.0
    while server.cpu_s() - used > 0.02:
        used = server.cpu_s()
        time.sleep(0.5)


def _callback(server: Server) -> Any:
    known = server.json("/_dash-dependencies")
    return next(each for each in known if each["output"].startswith("..trends-head.children"))


def _post(server: Server, asked: Any, search: str) -> None:
    status, answer = server.fill(asked, addressed("/trends", f"?{search}" if search else ""))
    if status != 200 or b"certified" not in answer:
        raise RuntimeError(f"the page of trends: HTTP {status} {answer[:200]!r}")


def month(demo: Path) -> Figure:
    """Compare every class of loss of a month, under each null policy, with a walk over its lumisections."""
    database = Database(f"sqlite:///{demo.absolute()}/registry.sqlite")
    worst, compared, lumisections = 0.0, 0, 0
    with database.reading() as connection:
        at = asof.resolve(connection, None)
        for null in ("bad", "good", "unknown"):
            asked = ask(connection, at, {"null_policy": null})
            found = ledger(connection, FrameStore(), replace(asked, first_run=MONTH[0], last_run=MONTH[1]))
            lumisections = sum(each.lumisections for each in found.accounts)
            for of in Of:
                for mine, theirs in _both(connection, found, of, null):
                    worst = max(worst, abs(mine - theirs) / max(abs(mine), abs(theirs), 1e-12))
                    compared += 1
        seconds = timed(lambda: [losses(Split(found, of)) for of in Of], 10)
    database.dispose()
    note = f"{compared} sums, largest relative difference {worst:.0e}"
    what = f"{lumisections:,} LS × 3 policies × {len(Of)} ways"
    agrees = worst <= 1e-9
    return Figure("losses of a month, as walked", what, seconds, note=note, holds_besides=agrees)


def _both(connection: Any, found: Ledger, of: Of, null: str) -> Iterator[tuple[float, float]]:
    asked = found.question
    clauses = [node.ast for node in asked.rule.plan.clauses]
    dataset_of = {each.run.run_number: each.dataset for each in found.accounts}
    walked = walk(connection, clauses, null, dataset_of, of.value, asked.at, asked.source)
    told = losses(Split(found, of))
    for part in told.parts:
        yield part.inclusive_invpb, walked.inclusive[part.name]
        yield part.exclusive_invpb, walked.exclusive[part.name]
        if of is not Of.CAUSE:
            yield part.sequential_invpb, walked.sequential[part.name]
    yield told.mixed_invpb, walked.mixed
    yield told.trigger_invpb, walked.trigger
    yield told.lost_invpb, walked.lost
    for name in ("recorded", "processed", "certified", "low"):
        yield sum(getattr(each, name) for each in found.accounts), getattr(walked, name)
