"""A page opened by a real browser: bytes on the wire, requests, first sight of data, when it answers a hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

#: a page, and what stands on it as soon as it shows what the registry says
PAGES: tuple[tuple[str, str], ...] = (
    ("/", "#board-tiles > *"),
    ("/runs", "#runs-grid .ag-row .ag-cell"),
    ("/runs/380306", "#run-graph .heatmaplayer image"),
    ("/certify/tracker", "#certify-grid .ag-row .ag-cell.certify-cell"),
    ("/decide", "#decide-item [data-key]"),
    ("/map", "#era-map-words:not(:empty)"),
    ("/trends", "#trends-good .points path"),
    ("/golden", "#golden-download"),
    ("/reports", "#reports-list:not(:empty)"),
    ("/rules", "#rules-list a"),
    ("/query", "#query-snapshot:not(:empty)"),
    ("/log", "#log-rows tr"),
    ("/cycles", "#cycles-body:not(:empty)"),
    ("/products", "#products-body:not(:empty)"),
    ("/lists", "#lists-body:not(:empty)"),
    ("/consistency", "#consistency-rows > *, #consistency-panel > *"),
    ("/datasets", "#datasets-rows > *"),
    ("/health", "#health-feeds:not(:empty)"),
    ("/rights", "#rights-matrix > *"),
    ("/admin", "#admin-workspaces > *"),
    ("/bulk", "#bulk-form-name"),
    ("/training", "#training-workspace option"),
    ("/glossary", ".glossary-list dd"),
)
#: a page is settled when it was quiet so long, or its data stood so long; then comes what it reads while idle
_QUIET_MS, _BUSY_MS, _IDLE_MS, _PATIENCE_MS = 800, 6_000, 4_500, 60_000
_WATCH = """selector => {
    const felt = window.felt = { layout: 0, data: 0, tasks: [], shift: 0 };
    const every = (type, tell) => new PerformanceObserver((list) => list.getEntries().forEach(tell))
        .observe({ type, buffered: true });
    every('longtask', (task) => felt.tasks.push([task.startTime, task.duration]));
    every('layout-shift', (one) => { felt.shift += one.hadRecentInput ? 0 : one.value; });
    const look = () => {
        const page = document.getElementById('_pages_content');
        if (!felt.layout && page && page.firstElementChild) felt.layout = performance.now();
        if (felt.layout && document.querySelector(selector)) { felt.data = performance.now(); return; }
        requestAnimationFrame(look);
    };
    look();
}"""
_SETTLED = """([quiet, busy]) => window.felt && felt.data && performance.now() - felt.data > quiet
    && (performance.now() - felt.data > busy
        || felt.tasks.every(([at, took]) => performance.now() - at - took > quiet))"""


@dataclass(frozen=True)
class Load:
    """One page opened once; times in seconds since the browser was told the address.

    Args:
        data_s: first sight of real data.
        interactive_s: the end of the last long task before the main thread was quiet, not before `data_s`.
        cpu_s: processor time of the page's main thread until then.
        shift: the sum of the browser's layout shift scores.
        sent_bytes: as they went over the wire, heads included; `idle_bytes` what came later, while it was idle.
    """

    layout_s: float
    data_s: float
    interactive_s: float
    longest_task_s: float
    cpu_s: float
    shift: float
    requests: int
    sent_bytes: int
    idle_bytes: int = 0


@dataclass
class Wire:
    """What goes over the wire to one page."""

    sizes: dict[str, int] = field(default_factory=dict)
    asked: int = 0

    def listen(self, session: Any) -> None:
        """Count from now on."""
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._came)

    def _sent(self, told: Any) -> None:
        self.asked += told["request"]["url"].startswith("http")

    def _came(self, told: Any) -> None:
        self.sizes[told["requestId"]] = int(told["encodedDataLength"])

    @property
    def total(self) -> int:
        """How many bytes came."""
        return sum(self.sizes.values())


@contextmanager
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """Give a browser that has never been here."""
    context = browser.new_context(viewport={"width": 1500, "height": 1000})
    try:
        yield context
    finally:
        context.close()


def opened(context: BrowserContext, address: str, selector: str, *, waits_for_idle: bool = False) -> Load:
    """Open a page in a tab of its own and say how that went."""
    page = context.new_page()
    session, wire = context.new_cdp_session(page), Wire()
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    wire.listen(session)
    page.add_init_script(f"({_WATCH})({selector!r})")
    page.goto(address, wait_until="commit", timeout=_PATIENCE_MS)
    page.wait_for_function(_SETTLED, arg=[_QUIET_MS, _BUSY_MS], timeout=_PATIENCE_MS)
    used = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    asked, sent = wire.asked, wire.total
    found = page.evaluate("() => felt")
    if waits_for_idle:
        page.wait_for_timeout(_IDLE_MS)
    late = wire.total - sent
    page.close()
    ends = [(at + took) / 1000 for at, took in found["tasks"]]
    return Load(
        layout_s=found["layout"] / 1000,
        data_s=found["data"] / 1000,
        interactive_s=max(found["data"] / 1000, *ends) if ends else found["data"] / 1000,
        longest_task_s=max((took for _, took in found["tasks"]), default=0) / 1000,
        cpu_s=used["TaskDuration"],
        shift=found["shift"],
        requests=asked,
        sent_bytes=sent,
        idle_bytes=late,
    )


def cold_and_warm(browser: Browser, address: str, selector: str, *, waits_for_idle: bool) -> tuple[Load, Load]:
    """Return how a page opened with an empty cache, and again with what the browser kept."""
    with visitor(browser) as context:
        first = opened(context, address, selector, waits_for_idle=waits_for_idle)
        return first, opened(context, address, selector)


def warm_up(page: Page, origin: str) -> None:
    """Open every page once, so that no worker answers anything for the first time."""
    for path, selector in PAGES:
        page.goto(origin + path, wait_until="commit", timeout=_PATIENCE_MS)
        page.wait_for_selector(selector, state="attached", timeout=_PATIENCE_MS)
