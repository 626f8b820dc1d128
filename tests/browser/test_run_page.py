"""Runs beside the one that is shown are there before somebody goes to them, and never older than they look."""

import pytest

from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand, Held
from tests.model import world
from tests.model.world import TRACKER

NUMBER = small.first_of(__name__)
NEXT = f".run-header a[href='/runs/{NUMBER + 1}']"
_AHEAD = "number => dash_clientside.rrRunAhead.has(`/runs/${number}`)"


@pytest.fixture(scope="module")
def beside(kept: Registry) -> int:
    """Give the first of three runs that stand beside each other."""
    for number in range(NUMBER, NUMBER + 3):
        small.add_run(kept, number, 40 + number % 3)
    return NUMBER


def waits_ahead(hand: Hand, number: int) -> None:
    """Wait until the browser has what it will show of a run."""
    hand.page.wait_for_function(_AHEAD, arg=number)


def test_the_next_run_is_shown_while_the_registry_has_not_answered(hand: Hand, beside: int) -> None:
    held = Held(hand)
    hand.go_to_run(beside)
    waits_ahead(hand, beside + 1)
    held.hold("outputs")
    hand.page.click(NEXT)
    hand.sees_strip(beside + 1)
    hand.reads("#run-head h1", str(beside + 1))
    assert held.held
    held.let_go()
    hand.settles()
    hand.sees_strip(beside + 1)
    # and the one after it in turn
    waits_ahead(hand, beside + 2)


def test_from_run_to_run_the_page_stays_and_its_panel_forgets(hand: Hand, kept: Registry, beside: int) -> None:
    hand.comes_as("a.shifter")
    hand.go_to_run(beside)
    hand.page.evaluate("() => { document.getElementById('run-graph').rrSame = true; }")
    hand.page.fill("#certify-panel-comment", "of the first run")
    hand.page.focus(".strip-grid")
    hand.press("Home", "w")
    hand.page.wait_for_function("() => document.getElementById('certify-panel-why').innerText")
    hand.page.click(NEXT)
    hand.sees_strip(beside + 1)
    hand.page.wait_for_function("() => !document.getElementById('certify-panel-why').innerText")
    assert hand.page.input_value("#certify-panel-comment") == ""
    assert hand.page.evaluate("() => document.getElementById('run-graph').rrSame === true")
    hand.page.go_back()
    hand.sees_strip(beside)
    hand.is_at(f"/runs/{beside}")


def test_a_run_of_which_more_was_said_meanwhile_is_not_shown_as_it_was(
    hand: Hand, kept: Registry, beside: int
) -> None:
    held = Held(hand)
    hand.go_to_run(beside)
    waits_ahead(hand, beside + 1)
    # nothing more is drawn ahead; meanwhile somebody says more of the next run
    held.hold("run-wanted.data", "run-whole.hidden")
    sequence = world.give(
        kept, TRACKER, "tracker-pixel", [(5, 9)], "BAD", comment="HV trip seen", run_number=beside + 1
    )
    hand.page.wait_for_function("number => window.rrStream.newest >= number", arg=sequence)
    hand.page.click(NEXT)
    hand.page.wait_for_selector("#run-whole.is-leaving")
    assert hand.page.inner_text("#run-head h1") == str(beside)
    held.let_go()
    hand.sees_strip(beside + 1)
    hand.reads("#run-past", "HV trip seen")
    assert not hand.page.query_selector("#run-whole.is-leaving")
