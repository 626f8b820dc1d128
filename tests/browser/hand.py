"""What a person's hands do on the screens, and what the browser and the registry say to it."""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from components.shell import VERSION, WHO
from model.vocabulary import ONLINE

PATIENCE_MS = 20_000
#: where a lumisection of a row lies on the screen
_POINT = """([dataset, column, number]) => {
    const strip = window.rrStrip, box = strip.gd.getBoundingClientRect();
    const row = strip.meta.rows.find((r) => r.dataset === dataset && r.key === column);
    return [box.left + strip.x(number), box.top + strip.y((row.top + row.bottom) / 2)];
}"""
_SHOWN = "number => { const s = window.rrStrip; return !!(s && s.meta && s.root.isConnected && %s) }"
_READS = "([at, words]) => [...document.querySelectorAll(at)].some((e) => e.innerText.includes(words))"
#: two pictures were drawn, and what waited for its turn had it
_TURN = """() => new Promise((done) =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 20, true))))"""
#: so many turns without a question, about 150 ms on a machine that does nothing else
_TURNS = 3
_CHOSEN = """() => [...window.rrStrip.chosen].flatMap(([i, ranges]) => ranges.map(([first, last]) =>
    [window.rrStrip.meta.rows[i].dataset, window.rrStrip.meta.rows[i].key, first, last]))"""


def _asks(request: Any, changed: str) -> bool:
    return "_dash-update-component" in request.url and changed in (request.post_data or "")


class Hand:
    """One person with one browser, which others get after them: what a test needs set, it sets on the page."""

    def __init__(
        self, context: Any, origin: str, size: tuple[int, int] | None = None, *, is_new: bool = False
    ) -> None:
        self.context, self.origin = context, origin
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self._unanswered: set[Any] = set()
        self.page = context.new_page()
        if size is not None:
            self.page.set_viewport_size({"width": size[0], "height": size[1]})
        if not is_new:
            # somebody who was here before is offered no tour
            self.page.add_init_script("localStorage.setItem('rr-tour', 'seen')")
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("request", self._left)
        self.page.on("requestfinished", self._answered)
        self.page.on("requestfailed", self._answered)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def _left(self, request: Any) -> None:
        self.requests.append(request.url)
        # a stream never ends
        if request.resource_type != "eventsource":
            self._unanswered.add(request)
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.complaints.append(f"a request left for {request.url}")

    def _answered(self, request: Any) -> None:
        self._unanswered.discard(request)

    def go(self, path: str) -> Any:
        """Open an address and wait until nothing moves."""
        answer = self.page.goto(f"{self.origin}{path}")
        self.page.wait_for_function("() => (document.getElementById('shell-page') || {}).innerText")
        self.settles()
        return answer

    def settles(self) -> None:
        """Wait until every question of the page is answered, and a few pictures bring no other.

        Raises:
            AssertionError: it goes on for too long.
        """
        until, asked, turns = time.monotonic() + PATIENCE_MS / 1_000, -1, 0
        while turns < _TURNS:
            is_quiet = asked == len(self.requests) and not self._unanswered
            turns, asked = turns + 1 if is_quiet else 0, len(self.requests)
            self.page.wait_for_function(_TURN)
            assert time.monotonic() < until, [request.url for request in self._unanswered]

    def rests(self) -> None:
        """Wait until the page asks nothing more: its stream, and what is drawn ahead, come when it is idle."""
        asked = -1
        while asked != len(self.requests):
            asked = len(self.requests)
            self.page.wait_for_timeout(1_500)

    def go_to_run(self, number: int, search: str = "") -> None:
        """Open a run and wait for its strip."""
        self.page.goto(f"{self.origin}/runs/{number}{search}")
        self.sees_strip(number)

    def sees_strip(self, number: int) -> None:
        """Wait for the strip of a run."""
        self.page.wait_for_function(_SHOWN % "s.meta.run_number === number", arg=number)

    def sees_sequence(self, sequence: int) -> None:
        """Wait for a strip that shows a sequence or a later one."""
        self.page.wait_for_function(_SHOWN % "s.meta.sequence >= number", arg=sequence)

    def reads(self, selector: str, words: str) -> None:
        """Wait until something on the page says these words."""
        self.page.wait_for_function(_READS, arg=[selector, words])

    def is_at(self, path: str) -> None:
        """Wait until the address is this one."""
        self.page.wait_for_function("path => location.pathname + location.search === path", arg=path)

    def comes_as(self, name: str) -> None:
        """Be somebody from the first page on: asked as the shell asks, without drawing a page for it."""
        value = {"id": WHO, "property": "value", "value": name}
        asked = {
            "output": f"{VERSION}.data",
            "outputs": {"id": VERSION, "property": "data"},
            "inputs": [value],
            "state": [{"id": VERSION, "property": "data", "value": None}],
            "changedPropIds": [f"{WHO}.value"],
        }
        self.context.clear_cookies()
        answer = self.context.request.post(f"{self.origin}/_dash-update-component", data=asked)
        assert answer.ok, answer.text()

    def becomes(self, name: str) -> None:
        """Choose who is asking, and wait for the page that this person sees."""
        if self.page.input_value("#shell-who") != name:
            self.answer_to(lambda: self.page.select_option("#shell-who", name), "shell-who.value")

    def answer_to(self, act: Any, changed: str = "") -> None:
        """Do something and wait until the server has answered everything it led to.

        Args:
            changed: what the awaited question says has changed; any question when empty.
        """
        with self.page.expect_response(lambda answer: _asks(answer.request, changed)):
            act()
        self.settles()

    def drag(self, column: str, first: int, last: int, dataset: str = ONLINE) -> None:
        """Drag along one row from one lumisection to another."""
        start, end = self.point(dataset, column, first), self.point(dataset, column, last)
        self.page.mouse.move(*start)
        self.page.mouse.down()
        self.page.mouse.move((start[0] + end[0]) / 2, end[1], steps=4)
        self.page.mouse.move(*end, steps=4)
        self.page.mouse.up()

    def point(self, dataset: str, column: str, number: int) -> list[float]:
        """Return where a lumisection of a row lies on the screen, scrolled into view."""
        height = self.page.viewport_size["height"]
        x, y = self.page.evaluate(_POINT, [dataset, column, number])
        if not 100 < y < height - 100:
            self.page.evaluate("(d) => window.scrollBy(0, d)", y - height / 2)
            x, y = self.page.evaluate(_POINT, [dataset, column, number])
        return [x, y]

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def chosen(self) -> list[list[Any]]:
        """Return what is selected: [dataset, column, first, last] each."""
        return list(self.page.evaluate(_CHOSEN))

    def focus(self) -> str:
        """Return the id of what has the focus."""
        return str(self.page.evaluate("() => document.activeElement && document.activeElement.id"))

    def refusal(self) -> str:
        """Wait for the panel to refuse, and return its sentence."""
        self.page.wait_for_selector(".certify-panel .refusal .notice")
        return str(self.page.inner_text(".certify-panel .refusal"))

    def ask(self, path: str) -> Any:
        """Ask the API."""
        return self.context.request.get(f"{self.origin}/api/v1{path}").json()

    def said(self, number: int, column: str, dataset: str = ONLINE) -> list[tuple[int, int, str, str]]:
        """Return what the API says of a column: (first, last, status, author)."""
        columns = self.ask(f"/runs/{number}/verdicts?dataset={quote(dataset, safe='')}")["columns"]
        return [(v["first"], v["last"], v["status"], v["author"]) for v in columns[column]]

    def sequence(self) -> int:
        """Return how far the journal is."""
        return int(self.ask("/version")["sequence"])

    def writes_by_api(self, user: str, edit: Mapping[str, Any]) -> Any:
        """Certify as somebody else's program."""
        body = {"edits": [edit], "seen": self.sequence()}
        headers = {"X-Run-Registry-User": user}
        answer = self.context.request.post(f"{self.origin}/api/v1/verdicts", data=body, headers=headers)
        assert answer.ok, answer.text()
        return answer.json()


class Held:
    """Questions of a page that are not let through for a while."""

    def __init__(self, hand: Hand) -> None:
        self._routes: list[Any] = []
        self._words: tuple[str, ...] = ()
        hand.page.route("**/_dash-update-component*", self._came)

    def _came(self, route: Any) -> None:
        if any(word in route.request.post_data for word in self._words):
            self._routes.append(route)
        else:
            route.continue_()

    def hold(self, *words: str) -> None:
        """Hold what says any of these words."""
        self._words = words

    @property
    def held(self) -> int:
        """How many are held now."""
        return len(self._routes)

    def let_go(self) -> None:
        """Let all through, and what comes after them."""
        self._words = ()
        while self._routes:
            self._routes.pop().continue_()
