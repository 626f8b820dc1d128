"""Every tour, walked to its end by keyboard, and by doing what it says: nothing is written by it."""

from collections.abc import Callable

import pytest

from components.tour import TOURS, Step
from tests.browser.hand import Hand

_RINGED = """name => {
    const ring = document.getElementById('tour-ring'), at = document.getElementById(name);
    if (ring.hidden || !at) return false;
    const r = ring.getBoundingClientRect(), b = at.getBoundingClientRect();
    return r.bottom > b.top && r.top < b.bottom && r.right > b.left && r.left < b.right && r.top < innerHeight;
}"""
_CARD_IS_SEEN = """() => {
    const b = document.getElementById('tour').getBoundingClientRect();
    return b.left >= 0 && b.top >= 0 && b.right <= innerWidth && b.bottom <= innerHeight;
}"""
_ON_CARD = "() => !!document.activeElement.closest('#tour')"
_OFFERED = "() => getComputedStyle(document.getElementById('tour-offer')).display !== 'none'"


def _begin(hand: Hand, name: str) -> None:
    hand.go("/glossary")
    hand.page.keyboard.type("?")
    hand.page.wait_for_selector("#shell-keys", state="visible")
    hand.page.focus(f"#shell-keys [data-tour={name}]")
    hand.press("Enter")
    hand.page.wait_for_selector("#shell-keys", state="hidden")


def _sees(hand: Hand, step: Step) -> None:
    hand.reads("#tour-title", step.title)
    # a page that nobody asked for before takes its time to be filled
    hand.page.wait_for_function(_RINGED, arg=step.at, timeout=30_000)
    hand.page.wait_for_function(_CARD_IS_SEEN)
    assert hand.page.url.removeprefix(hand.origin).startswith(step.page)


@pytest.mark.parametrize("width", [1500, 360])
@pytest.mark.parametrize("name", TOURS)
def test_a_tour_is_walked_to_its_end_by_keyboard(
    open_hand: Callable[..., Hand], a_run: int, name: str, width: int
) -> None:
    hand = open_hand(width, 740 if width < 700 else 1000)
    _begin(hand, name)
    before = hand.sequence()
    for step in TOURS[name].steps:
        _sees(hand, step)
        hand.page.wait_for_function(_ON_CARD)
        hand.press("ArrowRight")
    hand.page.wait_for_selector("#tour", state="hidden")
    assert hand.sequence() == before
    # it is over for good
    hand.page.reload()
    hand.page.wait_for_function("() => (document.getElementById('shell-page') || {}).innerText")
    assert not hand.page.is_visible("#tour")


def test_a_tour_goes_on_when_the_hand_did_what_it_says(hand: Hand, a_run: int) -> None:
    _begin(hand, "online")
    steps = TOURS["online"].steps
    for step in steps[:3]:
        _sees(hand, step)
        hand.press("ArrowRight")
    _sees(hand, steps[3])
    hand.sees_strip(a_run)
    hand.drag("tracker-pixel", 20, 30)
    _sees(hand, steps[4])
    assert hand.chosen() == [["online", "tracker-pixel", 20, 30]]
    hand.page.click("#tour-next")
    _sees(hand, steps[5])
    hand.page.click("#tour-next")
    _sees(hand, steps[6])
    hand.page.click("#board-queue h2 a")
    hand.is_at("/decide")
    _sees(hand, steps[7])
    hand.press("j")
    hand.page.wait_for_selector("#tour", state="hidden")


def test_a_tour_goes_back_on_after_a_reload_and_ends_by_escape(hand: Hand, a_run: int) -> None:
    _begin(hand, "coordinator")
    steps = TOURS["coordinator"].steps
    hand.page.click("#tour-next")
    _sees(hand, steps[1])
    hand.press("ArrowLeft")
    _sees(hand, steps[0])
    hand.press("ArrowRight")
    hand.page.reload()
    _sees(hand, steps[1])
    # to the page, and back to the card
    hand.press("F6")
    assert not hand.page.evaluate(_ON_CARD)
    hand.press("F6")
    assert hand.page.evaluate(_ON_CARD)
    hand.press("Escape")
    hand.page.wait_for_selector("#tour", state="hidden")
    assert hand.page.evaluate("() => document.activeElement !== document.body")


def test_tours_are_offered_once(open_hand: Callable[..., Hand], a_run: int) -> None:
    hand = open_hand(is_new=True)
    hand.go("/?wall=1")
    hand.sees_strip(a_run)
    assert not hand.page.evaluate(_OFFERED)
    hand.go("/runs")
    assert hand.page.evaluate(_OFFERED)
    hand.page.click(".tour-later")
    assert not hand.page.evaluate(_OFFERED)
    hand.go("/golden")
    assert not hand.page.evaluate(_OFFERED) and not hand.page.is_visible("#tour")


def test_who_takes_the_offer_is_on_the_tour(open_hand: Callable[..., Hand], a_run: int) -> None:
    hand = open_hand(is_new=True)
    hand.go("/runs")
    hand.page.click("#tour-offer >> text=Expert")
    _sees(hand, TOURS["expert"].steps[0])
    assert not hand.page.evaluate(_OFFERED)
