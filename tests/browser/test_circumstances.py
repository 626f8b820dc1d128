"""Fingers, forced colours and no motion, where they change what a hand or an eye does on the strip."""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from model.registry import Registry
from tests.browser import axe, circumstances, small
from tests.browser.hand import Hand
from tests.model import world

_numbers = itertools.count(small.first_of(__name__))
ASSETS = Path(__file__).parents[2] / "assets"
#: what a narrow span is drawn with: lines above and below what it is filled with
_MARKS = "at => [...document.querySelectorAll(at)].map((node) => node.getAttribute('d'))"


@pytest.fixture(scope="module")
def own(kept: Registry) -> int:
    """Give a run that no other module touches, with a span of each status, most of them short."""
    number = next(_numbers)
    small.add_run(kept, number, 400)
    said = (("BAD", 3), ("STANDBY", 9), ("EXCLUDED", 15), ("NOTSET", 21))
    for status, first in said:
        world.give(kept, world.TRACKER, "tracker-pixel", [(first, first)], status, run_number=number)
    return number


@pytest.fixture(scope="module")
def finger(browser: Any, origin: str) -> Iterator[Hand]:
    """Give somebody with a telephone: these browsers have a finger for a pointer from the start."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    yield (hand := Hand(context, origin))
    assert not hand.complaints
    context.close()


def test_every_row_of_the_strip_is_high_enough_for_a_finger(finger: Hand, own: int) -> None:
    finger.go_to_run(own)
    assert min(circumstances.heights(finger, "column")) >= 24
    assert min(circumstances.heights(finger, "bit")) >= 24


def test_a_tour_speaks_of_no_keys_where_there_are_none(finger: Hand) -> None:
    finger.go("/")
    finger.page.click("#shell-help")
    finger.page.click(".shell-keys button:has-text('Coordinator')")
    finger.reads("#tour-of", "1 of")
    assert "F6" not in finger.page.inner_text("#tour-hint")
    finger.page.click("#tour-end")


def test_why_a_dataset_is_left_out_of_a_cycle_is_one_line_on_a_telephone(finger: Hand, own: int) -> None:
    finger.go("/cycles?all=1")
    finger.reads("#cycles-next", str(own))
    rows = finger.page.locator(".cycles-table tbody tr")
    assert max(box["height"] for each in rows.all() if (box := each.bounding_box())) < 60


def test_a_row_that_one_certifies_is_high_enough_for_a_mouse(hand: Hand, own: int) -> None:
    hand.go_to_run(own)
    assert min(circumstances.heights(hand, "column")) >= 24
    # a bit explains: what a press on it selects, a press on the row of its column selects too
    explains = hand.page.evaluate(
        "() => rrStrip.meta.rows.filter((r) => r.kind === 'bit').map((r) => r.explains)"
    )
    keys = hand.page.evaluate("() => rrStrip.meta.rows.filter((r) => r.kind === 'column').map((r) => r.key)")
    assert {key for key in explains if key} <= set(keys)


def test_a_narrow_span_shows_what_it_is_filled_with_between_its_lines(hand: Hand, own: int) -> None:
    hand.go_to_run(own)
    hand.page.wait_for_selector(".strip-bad", state="attached")
    for look in (".strip-bad", ".strip-edge"):
        (drawn,) = hand.page.evaluate(_MARKS, look)
        assert drawn.count("H") == 2
        assert "V" not in drawn


def test_whose_colours_are_forced_sees_the_focus_and_the_cursor(hand: Hand, own: int) -> None:
    hand.page.emulate_media(forced_colors="active")
    hand.go_to_run(own)
    hand.page.focus(".skip")
    for _ in range(12):
        hand.press("Tab")
        found = axe.focus(hand.page)
        assert found and found.is_seen, found
    hand.page.focus(".strip-grid")
    hand.press("Home")
    pair = "at => (({ stroke }) => stroke)(getComputedStyle(document.querySelector(at)))"
    ground = hand.page.eval_on_selector(".strip", "at => getComputedStyle(at).backgroundColor")
    assert hand.page.evaluate(pair, ".strip-cursor") != ground
    assert ground != "rgba(0, 0, 0, 0)"


def test_something_moves_for_who_does_not_mind(hand: Hand) -> None:
    """Else nothing would be learned from what does not move for who does."""
    hand.go("/runs")
    hand.page.emulate_media(reduced_motion="no-preference")
    assert hand.page.evaluate(circumstances.MOVES)


def test_no_script_scrolls_or_fades_by_itself() -> None:
    """The stylesheet stops what it moves; a script would have to ask by itself."""
    for path in ASSETS.glob("*.js"):
        words = path.read_text(encoding="utf-8")
        for way in ('behavior: "smooth"', ".animate(", "Plotly.animate"):
            assert way not in words, (path.name, way)
