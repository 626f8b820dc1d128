"""`python -m benchmarks.accessibility`: axe-core on every page, in each state and both themes.

What it found is written into docs/accessibility.md; 1 is returned where a page breaks a rule.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.harness import ROOT
from components import theme
from tests.browser import axe, small
from tests.browser.places import places
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
_STATUSES = ("good", "bad", "standby", "excluded", "notset", "empty")


@dataclass(frozen=True)
class Seen:
    """What axe-core said of a page in one state and one theme."""

    page: str
    path: str
    state: str
    theme: str
    broken: Sequence[axe.Finding]
    open_: Sequence[axe.Finding]

    def row(self) -> str:
        """Return the line of the table."""
        cannot = ", ".join(f"{each.rule} {len(each.where)}" for each in self.open_) or "none"
        broken = "; ".join(map(str, self.broken)) or "0"
        return f"| `{self.path}` | {self.state} | {self.theme} | {broken} | {cannot} |"


def look(part: tuple[theme.Theme, int]) -> list[Seen]:
    """Look at every so many-th page of a small registry of its own, in one theme."""
    name, first = part
    with tempfile.TemporaryDirectory(prefix="run-registry-access-") as home, sync_playwright() as playwright:
        folder = Path(home)
        registry = small.opened(folder / "registry.sqlite")
        small.build(registry)
        every = places(small.FIRST, small.FIRST, small.FIRST + len(small.SIZES) - 1)
        with serving(registry.database.url, folder) as origin:
            browser = playwright.chromium.launch(**launch_options())
            hand = axe.open_unguarded(browser, origin, name)
            hand.page.set_default_timeout(_PATIENCE_MS)
            found = []
            for place in every[first::_PARTS]:
                place.open(hand)
                found.append(Seen(place.page, place.path, place.state, name, *axe.audit(hand.page)))
                print(found[-1].row(), file=sys.stderr, flush=True)
            browser.close()
        registry.database.dispose()
    return found


def look_at_all() -> list[Seen]:
    """Look at all pages in both themes, several at a time, in the order of the pages."""
    parts = [(name, first) for name in theme.THEMES for first in range(_PARTS)]
    with ProcessPoolExecutor(len(parts), mp_context=get_context("spawn")) as pool:
        found = [seen for looked in pool.map(look, parts) for seen in looked]
    return sorted(found, key=lambda seen: (seen.page, seen.path, seen.state, seen.theme))


def colours() -> list[str]:
    """Return how far apart the statuses of the palette are, for each eye."""
    token = vision.tokens("dark")
    lines = ["| eyes | smallest CIEDE2000 of any two statuses | which two |", "|---|---|---|"]
    for eye in vision.EYES:
        least, one, other = vision.nearest({status: token[status] for status in _STATUSES}, eye)
        lines.append(f"| {eye} | {least:.1f} | {one.upper()}, {other.upper()} |")
    return lines


def told(found: Sequence[Seen]) -> str:
    """Return what the page says of it."""
    reasons = Counter(why for seen in found for each in seen.open_ for why in each.whys)
    head = "| page | state | theme | broken | cannot be told by axe-core, places |"
    said = ", ".join(f"{why} {n:,}" for why, n in reasons.most_common(8))
    number = sum(len(seen.broken) for seen in found)
    return "\n".join(
        [
            f"{PACKAGE}, rules of {', '.join(axe.TAGS)}: {number} broken on {len(found)} screens.",
            "",
            *[head, "|---|---|---|---|---|", *(seen.row() for seen in found)],
            "",
            f"Why it cannot tell, in its own words, by places: {said}.",
            "",
            *colours(),
        ]
    )


def main() -> int:
    """Look at everything and write the page."""
    found = look_at_all()
    text, (begin, end) = PAGE.read_text(encoding="utf-8"), _MARKS
    between = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.S)
    PAGE.write_text(between.sub(lambda _: f"{begin}\n{told(found)}\n{end}", text), encoding="utf-8")
    return 1 if any(seen.broken for seen in found) else 0


if __name__ == "__main__":
    sys.exit(main())
