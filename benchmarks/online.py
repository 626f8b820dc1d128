"""Checks of the way from OMS to the glass: a worker killed 50 times, an OMS that is away for an hour."""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.harness import Server, beside
from benchmarks.live import SPEED, wait_for
from benchmarks.survival import Check
from model import journal
from model.db import Database
from model.replay import differences, replay
from simulators.oms.fill import read_fill
from simulators.oms.server import Oms
from tests.ingest.oms_world import follow, opened, state_of
from tests.provision.browser import launch_options
from tests.simulators.oms_world import control, everything, serving

_KILLS = 50
_AWAY_S = 3600 / SPEED
_SAID_WITHIN_S = 10.0
_SHIFTER = "a.shifter"
_GROWS = "() => window.rrStrip && rrStrip.meta && rrStrip.meta.last > 20"


def worker_killed(folder: Path) -> Iterator[Check]:
    """Kill the worker at random points of a replayed fill; compare with one that nobody disturbed."""
    home, chance = _home(folder, "killed"), random.Random(20241126)
    runs = read_fill()
    steps = sum(len(run.lumisections) for run in runs) // _KILLS + 1
    with serving(runs) as oms, opened(home / "registry.sqlite") as killed:
        for _ in range(_KILLS):
            control(oms, steps=steps)
            with beside(home, "ingest", "oms", "--follow", "--url", oms.base) as worker:
                time.sleep(chance.uniform(1.0, 4.0))
                worker.kill()
        everything(oms)
        follow(killed, oms).once()
        with opened(home / "undisturbed.sqlite") as other:
            follow(other, oms).once()
            is_equal = state_of(killed) == state_of(other)
        with killed.reading() as connection:
            events = journal.verify(connection).sequence
        rebuilt = _rebuilt_differently(killed.database, home)
    printed = (
        f"{_KILLS} kills; {events} events verify; tables equal to those of an undisturbed day: {is_equal}; "
        f"differing after a rebuild: {', '.join(rebuilt) or 'none'}"
    )
    yield Check(
        "kill -9 of the OMS worker, 50 times",
        "python -m benchmarks.drill --only worker_killed",
        f"fill 9512, {sum(len(run.lumisections) for run in runs):,} LS of {len(runs)} runs, SQLite",
        printed,
        is_equal and not rebuilt,
    )


def oms_away(folder: Path) -> Iterator[Check]:
    """Let OMS reset every connection for an hour of replay, under a board and a shifter."""
    home, runs = _home(folder, "away"), read_fill()
    with (
        opened(home / "registry.sqlite") as registry,
        serving(runs, speed=SPEED) as oms,
        Server(home) as server,
    ):
        with (
            beside(home, "jobs", "stream"),
            beside(home, "ingest", "oms", "--follow", "--url", oms.base),
            sync_playwright() as started,
        ):
            wait_for(home / "stream.sock")
            browser = started.chromium.launch(**launch_options())
            page = browser.new_page()
            page.goto(f"http://127.0.0.1:{server.port}/")
            page.wait_for_function(
                "() => window.rrStrip && rrStrip.meta && rrStrip.meta.last > 20", timeout=60_000
            )
            said_s, certified, back_s = _without(oms, server, page)
            browser.close()
        control(oms, speed=0)
        everything(oms)
        follow(registry, oms).once()
        with opened(home / "undisturbed.sqlite") as other:
            follow(other, oms).once()
            is_equal = _facts(registry) == _facts(other)
    printed = (
        f"the board says so after {said_s:.1f} s; {certified} certifications meanwhile, none refused; "
        f"gone {back_s:.1f} s after OMS is back; lumisections, bits and luminosities equal: {is_equal}"
    )
    yield Check(
        "OMS away for an hour of replay",
        "python -m benchmarks.drill --only oms_away",
        f"fill 9512 at {SPEED}×, {_AWAY_S:.0f} s away, SQLite",
        printed,
        said_s <= _SAID_WITHIN_S and is_equal,
    )


def _without(oms: Oms, server: Server, page: Any) -> tuple[float, int, float]:
    """Take OMS away; return after how long the board said so, what was certified, when it was well again."""
    run = page.evaluate("() => rrStrip.meta.run_number")
    control(oms, fault={"kind": "reset", "count": 10**9})
    gone = time.monotonic()
    page.wait_for_selector("#shell-stopped:not([hidden])", timeout=60_000)
    said_s, certified = time.monotonic() - gone, 0
    while time.monotonic() - gone < _AWAY_S:
        edit = {"run_number": run, "dataset": "online", "columns": ["dt-dt"], "status": "STANDBY"}
        edit |= {"ranges": [[1 + certified, 1 + certified]], "cause": "", "comment": "while OMS is away"}
        seen = server.json("/api/v1/version")["sequence"]
        server.json("/api/v1/verdicts", {"edits": [edit], "seen": seen}, user=_SHIFTER)
        certified += 1
        time.sleep(2)
    control(oms, clear_faults=True)
    back = time.monotonic()
    page.wait_for_selector("#shell-stopped", state="hidden", timeout=90_000)
    return said_s, certified, time.monotonic() - back


def _facts(registry: Any) -> dict[int, Any]:
    """Return what upstream says of every run: what the shifter said is left out."""
    return {run: state[:1] + state[2:5] for run, state in state_of(registry).items()}


def _rebuilt_differently(database: Database, home: Path) -> list[str]:
    again = Database(f"sqlite:///{home / 'again.sqlite'}")
    again.upgrade()
    with database.reading() as source, again.writing() as target:
        replay(source, target)
        found = list(differences(source, target))
    again.dispose()
    return found


def _home(folder: Path, name: str) -> Path:
    home = (folder / name).absolute()
    home.mkdir()
    return home
