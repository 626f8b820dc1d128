"""How a page looks in a browser: its picture, and what can be measured of it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

#: width → height: a phone, the smallest laptop, a desk, a wall
WIDTHS: Mapping[int, int] = MappingProxyType({360: 740, 1366: 768, 1920: 1080, 3840: 2160})
THEMES = ("dark", "light")
#: https://web.dev/articles/cls calls no more than this good
MOST_SHIFT = 0.1
#: screens.md: what is read across the control room
LEAST_WALL_TEXT_PX = 28
_STILL_MS, _PATIENCE_MS = 700, 90_000
_SCRIPT = Path(__file__).with_suffix(".js")
_DARK = "localStorage.setItem('rr-theme', 'dark')"


@dataclass(frozen=True)
class Screen:
    """A page, and the address that shows it with something in it; `wall` is that of the wall."""

    name: str
    path: str
    wall: str = ""

    def at(self, width: int) -> str:
        """Return the address for a screen of this width."""
        return self.wall if self.wall and width == max(WIDTHS) else self.path


@dataclass(frozen=True)
class Look:
    """What one page was like at one width; it is laid out the same in both themes.

    Args:
        shift: what moved by itself while it was read, summed as Chromium counts it.
        moved: which elements did, from where to where.
        target: what is pressed on the least place.
    """

    screen: str
    width: int
    shift: float
    moved: tuple[str, ...]
    overflow_px: int
    target_px: float
    target: str
    text_px: float
    still_s: float
    complaints: tuple[str, ...]

    def picture(self, theme: str) -> str:
        """Return the name of its picture in a theme."""
        return f"{self.screen}-{self.width}-{theme}.png"

    @property
    def holds(self) -> bool:
        """Whether it is as docs/looks.md asks."""
        calm, whole = self.shift < MOST_SHIFT, not self.overflow_px and not self.complaints
        is_wall = self.width == max(WIDTHS) and self.screen == "board"
        return calm and whole and (not is_wall or self.text_px >= LEAST_WALL_TEXT_PX)


def open_page(browser: Any, width: int, complaints: list[str]) -> Any:
    """Return a page, dark, of somebody who was never here."""
    size = {"width": width, "height": WIDTHS[width]}
    page = browser.new_context(viewport=size, reduced_motion="reduce").new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.add_init_script(_DARK)
    page.add_init_script(_SCRIPT.read_text(encoding="utf-8"))
    return page


def wait_until_still(page: Any) -> None:
    """Wait until a page neither reads nor changes."""
    page.wait_for_function("longMs => window.rrLook.isStill(longMs)", arg=_STILL_MS, polling=100)


def look(browser: Any, origin: str, screen: Screen, width: int, out: Path) -> Look:
    """Open a page, wait until it is still, measure it and take its picture in each theme."""
    complaints: list[str] = []
    page, begin = open_page(browser, width, complaints), time.monotonic()
    page.goto(f"{origin}{screen.at(width)}")
    wait_until_still(page)
    still_s = time.monotonic() - begin - _STILL_MS / 1000
    shifts = page.evaluate("() => window.rrLook.shifts")
    target_px, target = page.evaluate("() => window.rrLook.target()")
    found = Look(
        screen.name,
        width,
        sum(value for value, _ in shifts),
        tuple(f"{value:.3f} {'; '.join(moved)}" for value, moved in shifts),
        page.evaluate("() => window.rrLook.overflow()"),
        target_px,
        target,
        page.evaluate("() => window.rrLook.text()"),
        still_s,
        tuple(complaints),
    )
    for theme in THEMES:
        # it opened in the first of them, and is still
        if theme != page.evaluate("() => window.rrTheme.get()"):
            page.evaluate("theme => window.rrTheme.set(theme)", theme)
            wait_until_still(page)
        page.screenshot(path=out / found.picture(theme))
    page.context.close()
    return found


def looks(
    browser: Any, origin: str, screens: Sequence[Screen], out: Path, widths: Sequence[int] = tuple(WIDTHS)
) -> Iterator[Look]:
    """Look at every page at every width."""
    for screen in screens:
        for width in widths:
            yield look(browser, origin, screen, width, out)
