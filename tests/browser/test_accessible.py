"""No page breaks a rule of axe-core, runs off when magnified, moves for who wants no motion, or loses its
statuses where colours are forced; `python -m benchmarks.accessibility` asks each in both themes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components import theme
from tests.browser import axe, circumstances
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


@pytest.fixture(scope="module", params=range(len(EVERY)), ids=lambda n: f"{EVERY[n].page}, {EVERY[n].state}")
def opened(eyes: dict[str, Hand], request: pytest.FixtureRequest) -> Hand:
    """Give each page in its state, in one theme; it is opened once for all that is asked of it."""
    place: Place = EVERY[request.param]
    hand = eyes[theme.THEMES[request.param % 2]]
    place.open(hand)
    return hand


def test_axe_finds_nothing_wrong(opened: Hand) -> None:
    broken, _ = axe.audit(opened.page)
    assert not broken, "\n".join(map(str, broken))
    assert opened.page.locator("h1").count() == 1


def test_nothing_moves_for_who_wants_no_motion(opened: Hand) -> None:
    assert circumstances.moves(opened.page) == []


def test_statuses_stay_apart_where_colours_are_forced(opened: Hand) -> None:
    assert circumstances.alike(opened.page) == []


def test_a_magnified_page_is_scrolled_one_way_only(opened: Hand) -> None:
    assert circumstances.sticks_out(opened.page) == {}


def test_no_page_is_left_out() -> None:
    modules = {path.stem for path in PAGES.glob("*.py")} - {"__init__"}
    assert modules == {place.page for place in EVERY}
