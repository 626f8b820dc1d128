"""A switch on the Golden page: another rule, another way with several datasets, until it is drawn."""

import itertools
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from benchmarks.harness import Figure, Server, timed
from tests.provision.browser import launch_options

_RULES = ("golden-2024", "muon-2024", "golden-2022-call-moved", "muon-2022-call-moved")
_WAYS = ("refuse", "union", "intersection")
_TARGET_S = 0.2
_SHOWS = """([rule, before]) => {
    const text = document.getElementById("golden-body").innerText;
    return text.includes(rule + " v") && text !== before;
}"""


def figures(demo: Path) -> Iterator[Figure]:
    """Yield the switch through HTTP (each question first, then again), and with a browser drawing it."""
    questions = list(itertools.product(_RULES, _WAYS))
    shutil.rmtree(demo / "cache", ignore_errors=True)
    with Server(demo, workers=1) as server:
        asked = next(
            d for d in server.json("/_dash-dependencies") if d["output"].startswith("..golden-body.children")
        )
        _post(server, asked, ("dcs-only-2023-moved", "union"))
        waiting = iter(questions)
        again = itertools.cycle(questions)
        start = server.cpu_s()
        first = timed(lambda: _post(server, asked, next(waiting)), len(questions))
        middle = server.cpu_s()
        warm = timed(lambda: _post(server, asked, next(again)), 5 * len(questions))
        cpu = (middle - start) / len(first), (server.cpu_s() - middle) / len(warm)
        what = f"{len(_RULES)} rules × {len(_WAYS)} ways, 246 datasets"
        for name, seconds, used in zip(
            ("new question (HTTP)", "again (HTTP)"), (first, warm), cpu, strict=True
        ):
            yield Figure(f"Golden page switched, {name}", what, seconds, None, _TARGET_S, True, cpu_s=(used,))
        yield Figure("Golden page switched, drawn (browser)", what, _drawn(server), None, _TARGET_S, True)


def _post(server: Server, asked: Any, question: tuple[str, str]) -> None:
    rule, way = question
    given = ("/golden", f"?{urlencode({'rule': rule, 'several': way})}", None)
    status, answer = server.fill(asked, given)
    if status != 200 or rule.encode() not in answer:
        raise RuntimeError(f"the Golden page: HTTP {status} {answer[:200]!r}")


def _drawn(server: Server) -> tuple[float, ...]:
    with sync_playwright() as started:
        browser = started.chromium.launch(**launch_options())
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.port}/golden")
        page.wait_for_function("() => document.querySelector('#golden-body h2')")
        found = tuple(_switched(page, rule) for rule in _RULES[::-1] * 6)
        browser.close()
    return found[len(_RULES) :]


def _switched(page: Page, rule: str) -> float:
    before = page.inner_text("#golden-body")
    start = time.perf_counter()
    page.select_option("#golden-rule-name", rule)
    page.wait_for_function(_SHOWS, arg=[rule, before], polling=5)
    return time.perf_counter() - start
