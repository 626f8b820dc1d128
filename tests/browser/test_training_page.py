"""A trainee certifies blind with the keys of the shift, compares, reads the score; no verdict comes of it."""

from typing import Any

import pytest

from model.commands.datasets import move_dataset
from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand
from tests.model import world
from tests.model.world import PROMPT

FIRST, RUNS = small.first_of(__name__), 4
#: the newest, in which the certifier found something
FOUND = FIRST + RUNS - 1
SECRET = "a tripped power supply"
COLUMNS = ("tracker-track", "tracker-pixel", "tracker-strip")
_READY = """() => window.rrCertify && rrCertify.api && rrCertify.asked && rrCertify.asked.sitting
    && rrCertify.api.getDisplayedRowCount() === 4"""
_SAVED = "() => rrCertify.isSaved() && !rrCertify.waiting.size"
_CELLS = """() => { const found = {};
    rrCertify.api.forEachNode((node) => { found[node.data.r] = rrCertify.texts(node.data).join(';'); });
    return found; }"""
_DRAWN = (
    """() => rrStrip.meta && rrStrip.root.isConnected && document.activeElement.className === 'strip-grid'"""
)
_STRIP_SAYS = """(word) => rrStrip.meta && rrStrip.meta.rows[0].spans.some(
    (span) => rrStrip.meta.codes[span[2]][2] === word)"""


@pytest.fixture(scope="module")
def signed(kept: Registry) -> Registry:
    """Give four runs, later than those of any other test, that were signed off, one of them with a finding."""
    for number in range(FIRST, FIRST + RUNS):
        world.report_run(kept, number, [(1, 20)], start_time="2029-09-02T12:00:00Z")
        world.create_dataset(kept, PROMPT, number)
        world.rule_says(kept, COLUMNS[1:], [(1, 20)], "GOOD", run_number=number)
        world.give(kept, world.TRACKER, COLUMNS, [(1, 20)], "GOOD", run_number=number)
    world.give(kept, world.TRACKER, COLUMNS[0], [(5, 9)], "BAD", "HV trip", SECRET, run_number=FOUND)
    for number in range(FIRST, FIRST + RUNS):
        with kept.writing() as tx:
            move_dataset(tx, number, PROMPT, "tracker", ("OPEN", "SIGNOFF"), world.EXPERT)
    return kept


def begin(hand: Hand, who: str) -> list[str]:
    """Choose a sitting by keyboard; return every answer that the browser gets from then on."""
    answers: list[str] = []
    hand.go("/training")
    hand.becomes(who)
    hand.page.on("response", lambda answer: answers.append(answer.text()) if _tells(answer) else None)
    hand.page.wait_for_selector("#training-workspace option[value=tracker]", state="attached")
    hand.page.select_option("#training-workspace", "tracker")
    hand.page.fill("#training-days", "1")
    hand.page.focus("#training-begin")
    hand.press("Enter")
    hand.page.wait_for_function(_READY)
    return answers


def _tells(answer: Any) -> bool:
    return "_dash-update-component" in answer.url or "/api/v1/" in answer.url


def cells(hand: Hand) -> dict[str, str]:
    """Wait until every answer is taken, and return the rows."""
    hand.page.wait_for_function(_SAVED)
    return dict(hand.page.evaluate(_CELLS))


def test_a_sitting_is_certified_compared_and_read_by_keyboard(hand: Hand, signed: Registry) -> None:
    told = begin(hand, "r.reader")
    before, sequence = world.said(signed, COLUMNS[0], run_number=FOUND), hand.sequence()
    assert set(cells(hand).values()) == {"·;g;g"}
    hand.press("ArrowDown", "g", "ArrowDown", "g", "ArrowDown", "b")
    hand.page.wait_for_function("() => document.activeElement.id === 'certify-panel-cause'")
    hand.page.select_option("#certify-panel-cause", "noise")
    hand.press("Enter")
    hand.page.wait_for_function("() => document.activeElement.className.includes('certify-grid-place')")
    assert list(cells(hand).values()) == ["·;g;g", "B*;g;g", "G;g;g", "G;g;g"]
    hand.reads("#training-progress", "1 of 12 cells open")
    hand.press("u")
    hand.reads(".certify-toast", "Taken back")
    hand.press("g")
    assert list(cells(hand).values()) == ["·;g;g", "G;g;g", "G;g;g", "G;g;g"]
    assert not [each for each in told if SECRET in each or "t.certifier" in each]
    assert len(told) > 5
    hand.press("Shift+Enter")
    hand.reads(".certify-sign-off", "1 of 12 cells are still open")
    hand.press("Enter")
    hand.reads(".training-big", "89.6 %")
    hand.reads(".training-tile.is-lenient", "0.5 pb⁻¹ · 5 LS")
    hand.reads(".training-tile.is-silent", "2.0 pb⁻¹ · 20 LS")
    hand.reads("#training-result", SECRET)
    assert (world.said(signed, COLUMNS[0], run_number=FOUND), hand.sequence()) == (before, sequence + 1)
    on_paper(hand)
    hand.go("/training")
    hand.reads("#training-kept", "89.6 %")


def on_paper(hand: Hand) -> None:
    """The result is printed by its button, and nothing of it is cut off at the edge of an A4 page."""
    hand.page.evaluate("() => { window.print = () => { document.title = 'printed'; }; }")
    hand.page.click("[data-print]")
    assert hand.page.title() == "printed"
    hand.page.set_viewport_size({"width": 1047, "height": 718})
    hand.page.emulate_media(media="print")
    cut = """() => [...document.querySelectorAll(".training-table")].filter((each) =>
        getComputedStyle(each).overflowX !== "visible" || each.scrollWidth > each.clientWidth).length"""
    assert hand.page.evaluate(cut) == 0
    hand.page.emulate_media(media="screen")
    hand.page.set_viewport_size({"width": 1500, "height": 1000})


def test_lumisections_are_answered_on_the_strip_and_another_tab_has_them(hand: Hand, signed: Registry) -> None:
    begin(hand, "d.coordinator")
    sequence = hand.sequence()
    hand.press("ArrowDown", "g", "l")
    hand.page.wait_for_function(_DRAWN)
    hand.page.wait_for_function(_STRIP_SAYS, arg="GOOD")
    hand.press("Alt+ArrowRight", "Space", "s")
    hand.page.wait_for_function(_STRIP_SAYS, arg="STANDBY")
    said = cells(hand)
    assert said[str(FOUND)] == "S5|1x19,3x1;g;g"
    sitting = hand.page.evaluate("() => rrCertify.asked.sitting")
    other = hand.context.new_page()
    other.goto(f"{hand.origin}/training/practice?sitting={sitting}")
    other.wait_for_function(_READY)
    other.wait_for_function(f"() => ({_CELLS})()[{FOUND}] === '{said[str(FOUND)]}'")
    other.close()
    hand.press("l")
    assert hand.sequence() == sequence


def test_what_the_shift_does_with_datasets_is_not_done_here(hand: Hand, signed: Registry) -> None:
    begin(hand, "b.expert")
    sequence = hand.sequence()
    hand.press("ArrowDown", "Shift+Enter")
    hand.reads(".certify-toast", "Certify something first")
    for key, words in (
        ("h", "nothing is moved, hidden"),
        ("Shift+Backspace", "nothing is moved"),
        ("p", "yourself"),
    ):
        hand.press(key)
        hand.reads(".certify-toast", words)
    assert hand.sequence() == sequence
