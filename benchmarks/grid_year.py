"""The grid of 5,000 datasets × 25 columns: rows, payload, requests, first paint and a repaint."""

import gzip
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks import grid_made_up
from benchmarks.harness import Figure, Server, own_peak_mib, timed
from model.db import Database
from model.grid.choice import Choice, chosen
from model.grid.grid import GridRoom, Question
from model.journal import sequence_now
from tests.provision.browser import launch_options

DATASETS = 5_000
_WHAT = f"{DATASETS:,} datasets × {len(grid_made_up.COLUMNS)} columns, made up"
_PAYLOAD_KB, _REQUESTS = 400, 3
_VIEW = {"width": 1600, "height": 900}
_PAINTED = "() => document.querySelectorAll('.ag-cell.certify-cell').length > 200"
_REPAINT = """() => new Promise((done) => {
    const start = performance.now();
    const key = { code: "KeyE", key: "e", bubbles: true, cancelable: true };
    document.dispatchEvent(new KeyboardEvent("keydown", key));
    requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - start)));
})"""


def figures(folder: Path) -> Iterator[Figure]:
    """Yield the figures; the registry is built in `folder/grid`."""
    home = folder / "grid"
    home.mkdir()
    database = Database(f"sqlite:///{home.absolute()}/registry.sqlite")
    database.upgrade()
    grid_made_up.build(database, DATASETS)
    yield from _rows(database)
    database.dispose()
    yield from _browser(home)


def _rows(database: Database) -> Iterator[Figure]:
    question = Question("global", grid_made_up.COLUMNS)
    with database.reading() as connection:
        at = sequence_now(connection)
        ids = chosen(connection, Choice(), at)
        room = GridRoom()
        cold = timed(lambda: GridRoom().rows(connection, question, ids, at), 3)
        room.rows(connection, question, ids, at)
        warm = timed(lambda: room.rows(connection, question, ids, at), 10)
    yield Figure("grid rows read, nothing kept", _WHAT, cold, own_peak_mib())
    yield Figure("grid rows again", _WHAT, warm)


def _browser(home: Path) -> Iterator[Figure]:
    with Server(home, workers=1) as server, sync_playwright() as started:
        browser = started.chromium.launch(**launch_options())
        address = f"http://127.0.0.1:{server.port}/certify/global"
        # a new context has no files of ours yet; whoever has been here before has them
        new = [_open(browser.new_context(viewport=_VIEW), address) for _ in range(4)]
        known = browser.new_context(viewport=_VIEW)
        opened = [_open(known, address) for _ in range(7)][1:]
        yield Figure("Certify page painted, server just started", _WHAT, (new[0][0],))
        yield Figure("Certify page painted, browser never here", _WHAT, tuple(o[0] for o in new[1:]), None, 1.5)
        kilobytes, requests = max(o[1] for o in opened), max(o[2] for o in opened)
        note = f"{kilobytes:.0f} kB compressed, {requests} requests for data"
        fits = kilobytes <= _PAYLOAD_KB and requests <= _REQUESTS
        seconds = tuple(o[0] for o in opened)
        yield Figure("Certify page painted", _WHAT, seconds, None, 1.5, False, note, fits)
        yield _repainted(known.new_page(), address)
        browser.close()


def _open(context: Any, address: str) -> tuple[float, float, int]:
    page = context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_function(_PAINTED, polling=10)
    seconds = time.perf_counter() - start
    ours = [a for a in answers if "_dash-update-component" in a.url or "/api/" in a.url]
    filled = [a for a in ours if "certify-grid.rowData" in (a.request.post_data or "")]
    size = max(len(gzip.compress(a.body(), 6)) for a in filled) / 1000
    page.close()
    return seconds, size, len(filled) + sum("/api/" in a.url for a in ours)


def _repainted(page: Page, address: str) -> Figure:
    page.goto(address)
    page.wait_for_function(_PAINTED, polling=10)
    page.wait_for_timeout(1000)
    page.select_option("#shell-who", "d.coordinator")
    page.wait_for_timeout(3000)
    found = []
    for _ in range(20):
        page.keyboard.press("ArrowDown")
        found.append(float(page.evaluate(_REPAINT)) / 1000)
    page.wait_for_function("() => !window.rrCertify.waiting.size")
    return Figure("a cell repainted after its key", _WHAT, tuple(found), None, 0.1, True)
