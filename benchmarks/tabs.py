"""Ten tabs left open while somebody else certifies: what their memory does, and what their console says."""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks import grid_made_up
from benchmarks.harness import Server
from benchmarks.survival import Check
from model.db import Database
from tests.provision.browser import launch_options

TABS, DATASETS = 10, 300
MINUTES = 30.0
#: of this part the pages are still settling: it is what growth is measured from
_SETTLED = 0.1
_EVERY_S = 2.0
_GROWTH = 0.20
_PATHS = (
    "/certify/global",
    "/certify/tracker",
    "/",
    "/runs",
    "/map",
    "/decide",
    "/golden",
    "/cycles",
    "/rules",
)


@dataclass
class _Seen:
    """What was heard and measured, in MiB over all tabs."""

    console: list[str] = field(default_factory=list)
    heaps: list[tuple[float, float]] = field(default_factory=list)
    written: int = 0
    refused: list[str] = field(default_factory=list)


def left_open(folder: Path, minutes: float = MINUTES) -> Iterator[Check]:
    """Open them, write for the whole time, measure after each tenth of it."""
    home = folder / "tabs"
    home.mkdir()
    database = Database(f"sqlite:///{home.absolute()}/registry.sqlite")
    database.upgrade()
    grid_made_up.build(database, DATASETS)
    database.dispose()
    seen = _Seen()
    with Server(home, workers=2) as server, sync_playwright() as started:
        browser = started.chromium.launch(**launch_options())
        _stay(browser.new_context(viewport={"width": 1500, "height": 900}), server, seen, minutes)
        browser.close()
    what = f"{TABS} tabs for {minutes:g} minutes, {seen.written:,} edits by somebody else"
    first, last = seen.heaps[0][1], seen.heaps[-1][1]
    grown = last / first - 1
    course = ", ".join(f"{at:.1f} min {mib:.0f}" for at, mib in seen.heaps)
    printed = f"heaps together {first:.0f} to {last:.0f} MiB, {100 * grown:+.1f} %; {course}"
    yield Check("browser memory", what, f"{DATASETS} datasets × 25 columns, made up", printed, grown < _GROWTH)
    heard = f"{len(seen.console)} lines{''.join(f'; {line}' for line in seen.console[:3])}"
    yield Check("browser console", what, "", heard, not seen.console)
    refused = f"{seen.written:,} written{''.join(f'; {line}' for line in seen.refused[:3])}"
    yield Check("edits meanwhile", what, "", refused, seen.written > 0 and not seen.refused)


def _stay(context: Any, server: Server, seen: _Seen, minutes: float) -> None:
    pages = [_opened(context, server, path, seen) for path in _paths()]
    stop = threading.Event()
    writer = threading.Thread(target=_write, args=(server, seen, stop))
    start = time.monotonic()
    writer.start()
    try:
        for part in (_SETTLED, *(each / 10 for each in range(2, 11))):
            while time.monotonic() - start < part * minutes * 60:
                _look(pages)
            seen.heaps.append(
                ((time.monotonic() - start) / 60, sum(_heap_mib(context, page) for page in pages))
            )
    finally:
        stop.set()
        writer.join()


def _paths() -> list[str]:
    run = f"/runs/{grid_made_up.FIRST_RUN}"
    return [*_PATHS, run][:TABS]


def _opened(context: Any, server: Server, path: str, seen: _Seen) -> Page:
    page: Page = context.new_page()
    page.on("console", lambda said: _heard(seen, path, said))
    page.on("pageerror", lambda error: seen.console.append(f"{path}: {error}"))
    page.goto(f"http://127.0.0.1:{server.port}{path}")
    page.wait_for_load_state("networkidle")
    return page


def _heard(seen: _Seen, path: str, said: Any) -> None:
    if said.type in ("error", "warning"):
        seen.console.append(f"{path}: {said.text[:200]}")


def _look(pages: list[Page]) -> None:
    # as a person does: one tab after the other, moving about in it
    for page in pages:
        page.bring_to_front()
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(300)


def _heap_mib(context: Any, page: Page) -> float:
    session = context.new_cdp_session(page)
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    used = float(session.send("Runtime.getHeapUsage")["usedSize"]) / 2**20
    session.detach()
    return used


def _write(server: Server, seen: _Seen, stop: threading.Event) -> None:
    rng = random.Random(1)
    while not stop.wait(_EVERY_S):
        edit = {
            "run_number": grid_made_up.FIRST_RUN + rng.randrange(DATASETS),
            "dataset": grid_made_up.PROMPT,
            "columns": [rng.choice(("tracker-pixel", "tracker-strip", "dt-dt"))],
            "ranges": [[2, 2 + rng.randrange(15)]],
            "status": rng.choice(("GOOD", "STANDBY", "EXCLUDED")),
        }
        seen_at = server.json("/api/v1/version")["sequence"]
        body = {"edits": [edit], "seen": seen_at}
        status, answer = server.request("/api/v1/verdicts", body, "d.coordinator")
        seen.written += status == 200
        if status != 200:
            seen.refused.append(f"HTTP {status} {answer[:200]!r}")
