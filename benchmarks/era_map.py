"""The era map of 500 runs × 2,000 lumisections × 25 columns: its bytes, their size, and the browser's paint."""

import gzip
import random
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright
from sqlalchemy import Connection, delete, select, update

from benchmarks import grid_made_up
from benchmarks.harness import Figure, Server, own_peak_mib, timed
from model import encoding
from model.authors import IMPORTER
from model.cache import Cache
from model.commands.rules import set_rule
from model.db import Database
from model.era_map.era_map import EraMap, era_map
from model.era_map.question import Question, Tells
from model.golden.golden import GoldenRoom
from model.journal import sequence_now
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.tables import dataset, dataset_summary, luminosity, term, upstream_range, verdict_range
from tests.provision.browser import launch_options

RUNS, LUMISECTIONS, PIECES = 500, 2_000, 8
_WHAT = f"{RUNS} runs × {LUMISECTIONS:,} LS × {len(grid_made_up.COLUMNS)} columns of {PIECES} ranges, made up"
_VIEW = {"width": 1600, "height": 900}
_PAINTED = "() => window.rrEraMap && window.rrEraMap.painted"
_READY = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"
_PAINT = """() => { const start = performance.now(); window.rrEraMap.paint();
    document.getElementById('era-map-image').getContext('2d').getImageData(0, 0, 1, 1);
    return performance.now() - start; }"""
_HOVER = """([x, y]) => { const place = document.getElementById('era-map-place'), start = performance.now();
    place.dispatchEvent(new PointerEvent('pointermove', { clientX: x, clientY: y, bubbles: true }));
    return [performance.now() - start, document.getElementById('era-map-tip').textContent]; }"""


def figures(folder: Path) -> Iterator[Figure]:
    """Yield the figures; the registry is built in `folder/era_map`."""
    home = folder / "era_map"
    home.mkdir()
    database = Database(f"sqlite:///{home.absolute()}/registry.sqlite")
    database.upgrade()
    build(database)
    yield from _bytes(database)
    database.dispose()
    yield from _browser(home)


def build(database: Database, seed: int = 1) -> None:
    """Fill an empty, migrated database with runs of one length, cut finely, and a golden rule over them."""
    grid_made_up.build(database, RUNS, seed)
    rng = random.Random(seed)
    with database.writing() as connection:
        ids = {row.text: row.id for row in connection.execute(select(term.c.text, term.c.id))}
        prompt = connection.execute(select(dataset.c.id).where(dataset.c.name == grid_made_up.PROMPT)).scalars()
        said = [row for each in prompt.all() for row in _said(rng, each, ids)]
        connection.execute(delete(verdict_range))
        connection.execute(verdict_range.insert(), said)
        connection.execute(update(upstream_range).values(last=LUMISECTIONS))
        connection.execute(update(dataset_summary).values(lumisections=LUMISECTIONS))
        recorded = encoding.pack(np.random.default_rng(seed).random(LUMISECTIONS))
        packed = {"delivered": recorded, "recorded": recorded, "pileup": encoding.pack(np.empty(0))}
        numbers = range(grid_made_up.FIRST_RUN, grid_made_up.FIRST_RUN + RUNS)
        since = {"source_id": ids["OMS"], "first": 1, "since": 1, "until": None, **packed}
        connection.execute(luminosity.insert(), [{"run_number": number, **since} for number in numbers])
    logic = {"and": [{"==": [{"var": f"lumisection.rr.{c}"}, "GOOD"]} for c in grid_made_up.COLUMNS[:-1]]}
    with Registry(database, GoldenRoom(Cache())).writing() as tx:
        text = RuleText(logic, "bad", "Every column GOOD.", "/PromptReco/%/DQM", "golden")
        set_rule(tx, "golden-made-up", text, IMPORTER)


def _said(rng: random.Random, dataset_id: int, ids: dict[str, int]) -> Iterator[dict[str, int | None]]:
    for column in grid_made_up.COLUMNS:
        edges = [1, *sorted(rng.sample(range(2, LUMISECTIONS), PIECES - 1)), LUMISECTIONS + 1]
        where = {"dataset_id": dataset_id, "column_id": ids[column], "cause_id": 1, "comment_id": 1}
        for first, after in zip(edges, edges[1:], strict=False):
            status = rng.choices((1, 2, 3, 4), (94, 2, 2, 2))[0]
            span = {"first": first, "last": after - 1, "status": status}
            yield {**where, **span, "author_id": 2, "since": 1, "until": None}


def _bytes(database: Database) -> Iterator[Figure]:
    with database.reading() as connection:
        at = sequence_now(connection)
        for tells in (Tells.WORST, Tells.GOLDEN):
            asked = Question(at, tells=tells)
            packed = _made(connection, asked).packed
            cold = timed(partial(_made, connection, asked), 3)
            note = f"{len(packed) / 1000:.0f} kB of codes"
            yield Figure(
                f"era map as bytes, nothing kept: {tells}", _WHAT, cold, own_peak_mib(), None, False, note
            )
        room = GoldenRoom(Cache(_Memory()))
        era_map(connection, room, Question(at))
        warm = timed(lambda: era_map(connection, room, Question(at)), 10)
    yield Figure("era map as bytes, from the shared cache", _WHAT, warm)


def _made(connection: Connection, asked: Question) -> EraMap:
    return era_map(connection, GoldenRoom(Cache()), asked)


class _Memory(dict[str, bytes]):
    """What the cache of a server is, without its disk."""

    def set(self, key: str, value: bytes) -> None:
        """Keep a value."""
        self[key] = value


def _browser(home: Path) -> Iterator[Figure]:
    with Server(home, workers=1) as server, sync_playwright() as started:
        browser = started.chromium.launch(**launch_options())
        address = f"http://127.0.0.1:{server.port}/map"
        first = _open(browser.new_context(viewport=_VIEW), address)
        yield Figure("Map page painted, server just started", _WHAT, (first[0],))
        known = browser.new_context(viewport=_VIEW)
        opened = [_open(known, address) for _ in range(7)][1:]
        ready = np.median([ready_s for *_, ready_s in opened]) * 1000
        note = f"{max(o[1] for o in opened):.0f} kB compressed; {ready:.0f} ms of it until Dash has loaded"
        yield Figure("Map page painted, loaded anew", _WHAT, tuple(o[0] for o in opened), note=note)
        walked = tuple(_walk_to(known, server.port) for _ in range(6))
        yield Figure("Map painted, from another page", _WHAT, walked, None, 1.0)
        page = known.new_page()
        page.goto(address)
        page.wait_for_function(_PAINTED, polling=10)
        paints = tuple(float(page.evaluate(_PAINT)) / 1000 for _ in range(10))
        yield Figure("Map painted again, as for the other theme", _WHAT, paints)
        yield _hovered(page)
        browser.close()


def _open(context: Any, address: str) -> tuple[float, float, float]:
    """Return the seconds until it is painted, the kB of the answer, and the seconds until Dash had loaded."""
    page = context.new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    start = time.perf_counter()
    page.goto(address)
    page.wait_for_function(_PAINTED, polling=10)
    seconds = time.perf_counter() - start
    filled = [a for a in answers if "era-map-picture.data" in (a.request.post_data or "")]
    size = max(len(gzip.compress(a.body(), 6)) for a in filled) / 1000
    ready_s = float(page.evaluate(_READY)) / 1000
    page.close()
    return seconds, size, ready_s


def _walk_to(context: Any, port: int) -> float:
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}/rules")
    page.wait_for_load_state("networkidle")
    start = time.perf_counter()
    page.click(".shell-nav a[href='/map']")
    page.wait_for_function(_PAINTED, polling=10)
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def _hovered(page: Any) -> Figure:
    found = []
    box = page.locator("#era-map-place").bounding_box()
    for place in range(200):
        x, y = box["x"] + 80 + 5 * place, box["y"] + 10 + 2 * place
        milliseconds, said = page.evaluate(_HOVER, [x, y])
        if " · LS " not in said:
            raise RuntimeError(f"hovering said {said!r}")
        found.append(float(milliseconds) / 1000)
    return Figure("hovering over the map tells", _WHAT, tuple(found), None, 0.016, True)
