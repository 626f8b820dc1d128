"""A day's work with a real browser: what each callback and each question to the grid takes, by its name."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Request

_CALLBACK, _QUIET_MS, _PATIENCE_MS = "_dash-update-component", 200, 600_000
_WHO = "d.coordinator"
#: doors that a page asks while one works
_DOORS = ("/api/v1/grid/edits", "/api/v1/grid/changes")
#: long enough to certify on, and open
RUN = 380_306
_ROWS = ".ag-row .ag-cell.certify-cell"
_FELT = """([key, seen]) => new Promise((done) => {
    const shown = new Function(`return ${seen}`), before = shown(), start = performance.now();
    const look = () => {
        if (shown() !== before && shown()) { done(performance.now() - start); return; }
        requestAnimationFrame(look);
    };
    const pressed = new KeyboardEvent('keydown', { code: key, key, bubbles: true });
    (document.activeElement || document.body).dispatchEvent(pressed);
    requestAnimationFrame(look);
})"""


@dataclass
class Day:
    """How long each question took from the first byte out to the last one in, and what was felt, in seconds."""

    asked: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    felt: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))


class Shift:
    """One person at work, who waits for each answer before the next key."""

    def __init__(self, context: BrowserContext, origin: str, day: Day) -> None:
        self.origin, self.day, self.page = origin, day, context.new_page()
        self.page.set_default_timeout(_PATIENCE_MS)
        self._open: set[Request] = set()
        self.page.on("request", self._left)
        self.page.on("requestfinished", self._came)
        self.page.on("requestfailed", lambda request: self._open.discard(request))

    def _left(self, request: Request) -> None:
        if _name(request):
            self._open.add(request)

    def _came(self, request: Request) -> None:
        self._open.discard(request)
        if name := _name(request):
            timing = request.timing
            self.day.asked[name].append((timing["responseEnd"] - timing["requestStart"]) / 1000)

    def go(self, path: str, selector: str) -> None:
        """Open an address and wait until it shows something and asks nothing."""
        self.page.goto(self.origin + path, wait_until="commit")
        self.page.wait_for_selector(selector, state="attached")
        self.settle()

    def settle(self) -> None:
        """Wait until every answer is there, those to what they led to included."""
        quiet = 0
        while quiet < _QUIET_MS:
            self.page.wait_for_timeout(50)
            quiet = 0 if self._open else quiet + 50

    def press(self, *keys: str) -> None:
        """Press keys, each after the answers to the one before."""
        for key in keys:
            self.page.keyboard.press(key)
            self.settle()

    def feels(self, what: str, key: str, seen: str) -> None:
        """Press a key and take the time until the page says something else, as the page sees it."""
        self.day.felt[what].append(self.page.evaluate(_FELT, [key, seen]) / 1000)
        self.settle()

    def certifies_on_a_strip(self, path: str, selector: str) -> None:
        """Select lumisections, look at the effect of STANDBY, apply it, take it back."""
        self.go(path, selector)
        self.page.focus(".strip-grid")
        self.press("Home", "ArrowDown", "Shift+Alt+ArrowRight", "s", "u", "Escape", "w")

    def works_in_the_grid(self) -> None:
        """Move, certify, open lumisections and those of the next row, look at a sign-off, take all back."""
        self.go("/certify/tracker", _ROWS)
        self.page.locator(_ROWS).first.click()
        self.settle()
        self.press("ArrowDown", "ArrowRight", "e", "u", "w", "l")
        self.page.wait_for_selector(".certify-strip .strip-grid", state="attached")
        self.press("l", "ArrowDown", "l", "l", "Shift+Enter", "Escape")

    def reads_runs(self) -> None:
        """Filter and scroll the table of runs, open one, and go to its neighbours."""
        self.go("/runs?filter=state%3DOPEN", "#runs-grid .ag-row .ag-cell")
        self.go("/runs", "#runs-grid .ag-row .ag-cell")
        for _ in range(3):
            self.page.mouse.move(700, 700)
            self.page.mouse.wheel(0, 4_000)
            self.settle()
        self.go(f"/runs/{RUN}", "#run-graph .heatmaplayer image")
        for word in ("next", "previous", "previous"):
            self.page.locator(f".run-header a[title^={word}]").click()
            self.settle()

    def asks_for_products(self) -> None:
        """Switch the rule of the golden JSON, pick a loss in the trends, look through the log."""
        self.go("/golden", "#golden-download")
        for rule in ("muon-2024", "golden-2024"):
            self.page.select_option("#golden-rule-name", rule)
            self.settle()
        self.go("/trends", "#trends-good .points path")
        for _ in range(2):
            self.page.locator("#trends-losses a").first.click()
            self.settle()
        self.go("/log", "#log-rows tr")
        self.page.select_option("#log-filter-voice", "people")
        self.settle()
        self.page.select_option("#log-filter-voice", "any")
        self.settle()
        self.page.locator("#log-rows a").first.click()
        self.settle()

    def decides(self) -> None:
        """Go along what waits, answer one, take the answer back."""
        self.go("/decide", "#decide-item [data-key]")
        key = "(document.querySelector('#decide-item [data-key]') || { dataset: {} }).dataset.key"
        for press in ("KeyJ", "KeyJ", "KeyJ", "KeyK"):
            self.feels("decide: the next one, from the key to the screen", press, key)
        self.press("s")
        self.feels("decide: answered, until the next one is shown", "Enter", key)
        self.press("u")


def work(context: BrowserContext, origin: str, day: Day) -> None:
    """Do a day's work once."""
    shift = Shift(context, origin, day)
    shift.go("/", "#board-tiles > *")
    shift.page.select_option("#shell-who", _WHO)
    shift.settle()
    shift.certifies_on_a_strip("/", ".strip-grid")
    shift.certifies_on_a_strip(f"/runs/{RUN}", "#run-graph .heatmaplayer image")
    shift.works_in_the_grid()
    shift.reads_runs()
    shift.asks_for_products()
    shift.decides()
    shift.page.close()


def _name(request: Request) -> str:
    """Return what a callback fills first, and what it listens to where several fill the same."""
    for door in _DOORS:
        if door in request.url:
            return door
    if _CALLBACK not in request.url:
        return ""
    asked: Any = request.post_data_json
    first = str(asked["output"]).strip(".").split("...")[0]
    output, _, shared = first.partition("@")
    changed = (asked.get("changedPropIds") or ["at load"])[0]
    return f"{output} after {changed}" if shared else output
