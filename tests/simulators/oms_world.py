"""An OMS of a few short runs, cut from a real fill, on a port of its own."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import requests

from simulators.oms.fill import GAP_S, FillRun, read_fill
from simulators.oms.server import Oms
from simulators.oms.store import Store

#: a run whose tracker is ramped up on lumisection 40, and one that is good all over
RAMPED, GOOD = 379349, 379350
STARTED = datetime(2026, 5, 1, tzinfo=UTC)


@cache
def whole_fill() -> tuple[FillRun, ...]:
    """Return the default fill."""
    return tuple(read_fill())


def cut(number: int, lumisections: int, *, starts_s: float = 0.0, first: int = 1) -> FillRun:
    """Return so many lumisections of a run of the fill, from one on."""
    run = next(each for each in whole_fill() if each.number == number)
    inside = [one for one in run.lumisections if first <= one.number < first + lumisections]
    return replace(run, starts_s=starts_s, lumisections=tuple(inside))


def two_runs() -> list[FillRun]:
    """Return sixty lumisections of the ramped run, then thirty of the good one."""
    ramped = cut(RAMPED, 60)
    return [ramped, cut(GOOD, 30, starts_s=ramped.ends_s + GAP_S)]


@contextmanager
def serving(runs: Sequence[FillRun], **how: Any) -> Iterator[Oms]:
    """Serve runs; the replay stands still until it is stepped."""
    late_after_s = how.pop("late_after_s", 3600.0)
    server = Oms(0, Store(runs, STARTED, late_after_s), **how)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def control(server: Oms, **wish: Any) -> dict[str, Any]:
    """Tell the server over HTTP what to do."""
    answer = requests.post(f"http://127.0.0.1:{server.server_port}/control", json=wish, timeout=10)
    said: dict[str, Any] = answer.json()
    assert answer.status_code == 200, said
    return said


def everything(server: Oms) -> None:
    """Publish the whole replay but the corrections that OMS made later."""
    control(server, to_s=server.store.ends_s + 2)
