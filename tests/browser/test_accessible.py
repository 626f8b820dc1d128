"""axe-core finds nothing on any page, in either theme; `python -m benchmarks.accessibility` asks more."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components import theme
from tests.browser import axe
from tests.browser.hand import Hand
from tests.browser.places import Place, places
from tests.browser.small import FIRST, SIZES

EVERY = places(FIRST, FIRST, FIRST + len(SIZES) - 1)
PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture(scope="module")
def eyes(browser: Any, origin: str) -> Iterator[dict[str, Hand]]:
    """Give a browser in each theme in which axe-core may run."""
    hands = {name: axe.open_unguarded(browser, origin, name) for name in theme.THEMES}
    yield hands
    for hand in hands.values():
        hand.context.close()


@pytest.mark.parametrize("number", range(len(EVERY)), ids=lambda n: f"{EVERY[n].page}, {EVERY[n].state}")
def test_axe_finds_nothing_wrong(eyes: dict[str, Hand], number: int) -> None:
    place: Place = EVERY[number]
    # each in one theme; the command asks both
    hand = eyes[theme.THEMES[number % 2]]
    place.open(hand)
    broken, _ = axe.audit(hand.page)
    assert not broken, "\n".join(map(str, broken))
    assert hand.page.locator("h1").count() == 1


def test_no_page_is_left_out() -> None:
    modules = {path.stem for path in PAGES.glob("*.py")} - {"__init__"}
    assert modules == {place.page for place in EVERY}
