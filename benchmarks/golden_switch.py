"""A switch on the Golden page: another rule, another way with several datasets, until it is drawn."""

import itertools
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page, sync_playwright

from benchmarks.asked import addressed
from benchmarks.harness import Figure, Server, timed
from tests.provision.browser import launch_options

_RULES = ("golden-2024", "muon-2024", "golden-2022-call-moved", "muon-2022-call-moved")
_WAYS = ("refuse", "union", "intersection")
_CLAUSES = 20
_TARGET_S = 0.2
#: a person looks at the answer before the next press; what follows it is then done
_BREATH_MS = 1_500
_TIMED = """([control, choice]) => new Promise((done) => {
    const place = document.getElementById('golden-result'), before = place.innerText;
    const node = document.querySelector(control), start = performance.now();
    const watch = new MutationObserver(() => {
        if (place.innerText === before) return;
        watch.disconnect();
        requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
    });
    watch.observe(place, { subtree: true, childList: true, characterData: true });
    if (!choice) { node.click(); return; }
    Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(node, choice);
    node.dispatchEvent(new Event('change', { bubbles: true }));
})"""
_SWITCHES = "() => [...document.querySelectorAll('#golden-clauses li')].map((row) => row.dataset.key)"


def figures(demo: Path) -> Iterator[Figure]:
    """Yield the switch through HTTP (each question first, then again), and with a browser drawing it."""
    questions = list(itertools.product(_RULES, _WAYS))
    shutil.rmtree(demo / "cache", ignore_errors=True)
    with Server(demo, workers=1) as server:
        wanted = "..golden-rule-title.children"
        asked = next(d for d in server.json("/_dash-dependencies") if d["output"].startswith(wanted))
        _post(server, asked, ("dcs-only-2023-moved", "union"))
        server.rest()
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
        rules, clauses = _drawn(server)
        yield Figure("Golden page, another rule drawn (browser)", what, rules, None, _TARGET_S, True)
        year = f"{len(clauses)} clauses off and on, 246 datasets"
        yield Figure("Golden page, a clause switched and drawn (browser)", year, clauses, None, _TARGET_S, True)


def _post(server: Server, asked: Any, question: tuple[str, str]) -> None:
    rule, way = question
    status, answer = server.fill(asked, addressed("/golden", f"?{urlencode({'rule': rule, 'several': way})}"))
    if status != 200 or rule.encode() not in answer:
        raise RuntimeError(f"the Golden page: HTTP {status} {answer[:200]!r}")


def _drawn(server: Server) -> tuple[tuple[float, ...], tuple[float, ...]]:
    with sync_playwright() as started:
        browser = started.chromium.launch(**launch_options())
        page = browser.new_page()
        page.goto(f"http://127.0.0.1:{server.port}/golden")
        page.wait_for_selector("#golden-download")
        page.wait_for_timeout(_BREATH_MS)
        rules = tuple(_switched(page, "#golden-rule-name", rule) for rule in _RULES[::-1] * 6)
        clauses = []
        for key in page.evaluate(_SWITCHES)[-_CLAUSES:]:
            switch = f"#golden-clauses li[data-key='{key}'] input[type=checkbox]"
            clauses += [_switched(page, switch), _switched(page, switch)]
        browser.close()
    return rules[len(_RULES) :], tuple(clauses)


def _switched(page: Page, control: str, choice: str = "") -> float:
    """Return how long it takes from the hand to the frame that shows another result, told by the browser."""
    found: float = page.evaluate(_TIMED, [control, choice])
    page.wait_for_timeout(_BREATH_MS)
    return found / 1000
