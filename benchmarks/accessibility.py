"""`python -m benchmarks.accessibility`: every page, in each state and both themes, by other eyes and hands.

Each is asked axe-core's rules, is magnified to 200 and 400 %, has its colours forced, and shall not move for
who wants no motion; rows of the strip are measured under a mouse and under a finger. What it found is written
into docs/accessibility.md; 1 is returned where something falls short.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from benchmarks.harness import ROOT
from components import theme
from tests.browser import axe, circumstances, small
from tests.browser.hand import Hand
from tests.browser.places import Place, places
from tests.components import vision
from tests.provision.axe import PACKAGE
from tests.provision.browser import launch_options
from tests.provision.server import serving

PAGE = ROOT / "docs" / "accessibility.md"
_MARKS = ("<!-- what python -m benchmarks.accessibility found -->", "<!-- end of it -->")
#: a page may be slow where much else runs
_PATIENCE_MS = 60_000
#: in so many parts the pages of a theme are looked at; both themes at once keep two cores busy
_PARTS = 1
#: what points, how wide its window is, and how the browser is opened
_POINTERS: tuple[tuple[str, int, dict[str, bool]], ...] = (
    ("mouse", 1500, {}),
    ("finger", 390, {"has_touch": True, "is_mobile": True}),
)


@dataclass(frozen=True)
class Seen:
    """What axe-core said of a page in one state and one theme, and what it is like in other circumstances.

    Args:
        wide: at which magnification it is scrolled sideways, and for what.
        moves: what moves for who asked that nothing does.
        alike: statuses that are not told apart where colours are forced.
    """

    page: str
    path: str
    state: str
    theme: str
    broken: Sequence[axe.Finding]
    open_: Sequence[axe.Finding]
    wide: Mapping[str, Sequence[str]]
    moves: Sequence[str]
    alike: Sequence[str]

    def row(self) -> str:
        """Return the line of the table."""
        cannot = ", ".join(f"{each.rule} {len(each.where)}" for each in self.open_) or "none"
        broken = "; ".join(map(str, self.broken)) or "0"
        widths = "; ".join(f"{at}: {', '.join(what)}" for at, what in self.wide.items()) or "0"
        rest = " | ".join([widths, "; ".join(self.moves) or "0", "; ".join(self.alike) or "0"])
        return f"| `{self.path}` | {self.state} | {self.theme} | {broken} | {rest} | {cannot} |"

    def falls_short(self) -> bool:
        """Tell whether anybody is kept out by something."""
        return bool(self.broken or self.wide or self.moves or self.alike)


@contextmanager
def _small_registry() -> Iterator[tuple[Any, str]]:
    """Give a browser, and the address of a small registry of its own."""
    with tempfile.TemporaryDirectory(prefix="run-registry-access-") as home, sync_playwright() as playwright:
        folder = Path(home)
        registry = small.opened(folder / "registry.sqlite")
        small.build(registry)
        with serving(registry.database.url, folder) as origin:
            browser = playwright.chromium.launch(**launch_options())
            yield browser, origin
            browser.close()
        registry.database.dispose()


def look(part: tuple[theme.Theme, int]) -> list[Seen]:
    """Look at every so many-th page of a small registry of its own, in one theme."""
    name, first = part
    every, found = places(small.FIRST, small.FIRST, small.FIRST + len(small.SIZES) - 1), []
    with _small_registry() as (browser, origin):
        hand = axe.open_unguarded(browser, origin, name)
        hand.page.set_default_timeout(_PATIENCE_MS)
        for place in every[first::_PARTS]:
            place.open(hand)
            found.append(_seen(hand, place, name))
            print(found[-1].row(), file=sys.stderr, flush=True)
    return found


def _seen(hand: Hand, place: Place, name: str) -> Seen:
    broken, open_ = axe.audit(hand.page)
    moves, alike = circumstances.moves(hand.page), circumstances.alike(hand.page)
    wide = circumstances.sticks_out(hand.page)
    return Seen(place.page, place.path, place.state, name, broken, open_, wide, moves, alike)


def rows() -> list[str]:
    """Return how high the rows of a strip are under a mouse and under a finger."""
    lines = ["| pointer | row of a column, px | row of a bit, px | the whole strip, px |", "|---|---|---|---|"]
    with _small_registry() as (browser, origin):
        for pointer, width, more in _POINTERS:
            context = browser.new_context(viewport={"width": width, "height": 1000}, **more)
            hand = Hand(context, origin)
            hand.page.set_default_timeout(_PATIENCE_MS)
            hand.go("/")
            hand.page.wait_for_function("() => window.rrStrip && rrStrip.meta")
            high = [f"{min(circumstances.heights(hand, kind)):.0f}" for kind in ("column", "bit")]
            tall = hand.page.evaluate("() => Math.round(rrStrip.gd.getBoundingClientRect().height)")
            lines.append(f"| {pointer}, {width} px | {' | '.join(high)} | {tall:,} |")
            context.close()
    return lines


def look_at_all() -> list[Seen]:
    """Look at all pages in both themes, several at a time, in the order of the pages."""
    parts = [(name, first) for name in theme.THEMES for first in range(_PARTS)]
    with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
        found = [seen for looked in pool.map(look, parts) for seen in looked]
    return sorted(found, key=lambda seen: (seen.page, seen.path, seen.state, seen.theme))


def colours() -> list[str]:
    """Return how far apart statuses, and the kinds of the era map, are by their fill alone, for each eye."""
    head = "| theme | eyes | smallest CIEDE2000 of any two statuses | which two | on the map | which two |"
    lines = [head, "|---|---|---|---|---|---|"]
    for name in theme.THEMES:
        token = vision.tokens(name)
        kinds = vision.drawn(["reason", "reason", "reason", "other", "golden", "unknown"])
        for eye in vision.EYES:
            pairs = (
                vision.nearest(vision.fills(name, ""), eye),
                vision.nearest({k: token[k] for k in kinds}, eye),
            )
            told = " | ".join(f"{least:.1f} | {one}, {other}" for least, one, other in pairs)
            lines.append(f"| {name} | {eye} | {told} |")
    return lines


def told(found: Sequence[Seen], high: Sequence[str]) -> str:
    """Return what the page says of it."""
    reasons = Counter(why for seen in found for each in seen.open_ for why in each.whys)
    head = "| page | state | theme | broken | sideways | moves | alike | cannot be told by axe-core, places |"
    said = ", ".join(f"{why} {n:,}" for why, n in reasons.most_common(8))
    number = sum(len(seen.broken) for seen in found)
    wide, moves, alike = (
        sum(map(bool, each)) for each in zip(*((s.wide, s.moves, s.alike) for s in found), strict=True)
    )
    return "\n".join(
        [
            f"{PACKAGE}, rules of {', '.join(axe.TAGS)}: {number} broken on {len(found)} screens.",
            "",
            f"Screens scrolled sideways at 200 or 400 %: {wide}; where something moves for who wants no "
            f"motion: {moves}; where statuses are alike with forced colours: {alike}.",
            "",
            *[head, "|---|---|---|---|---|---|---|---|", *(seen.row() for seen in found)],
            "",
            f"Why it cannot tell, in its own words, by places: {said}.",
            "",
            *high,
            "",
            *colours(),
        ]
    )


def main() -> int:
    """Look at everything and write the page."""
    found, high = look_at_all(), rows()
    text, (begin, end) = PAGE.read_text(encoding="utf-8"), _MARKS
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
    PAGE.write_text(between.sub(lambda _: f"{begin}\n{told(found, high)}\n{end}", text), encoding="utf-8")
    return 1 if any(seen.falls_short() for seen in found) else 0


if __name__ == "__main__":
    sys.exit(main())
