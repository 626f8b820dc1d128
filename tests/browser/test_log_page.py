"""The log by keyboard: a line is opened, looked at, and reverted as one unit."""

from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand
from tests.model import world


def test_an_action_is_opened_by_arrows_and_reverted_after_a_look(
    hand: Hand, kept: Registry, a_run: int
) -> None:
    for last, status in ((9, "GOOD"), (12, "STANDBY")):
        world.give(
            kept, world.TRACKER, "tracker-pixel", [(4, last)], status, dataset=small.PROMPT, run_number=a_run
        )
    hand.comes_as("t.certifier")
    hand.go(f"/log?run={a_run}&voice=people")
    hand.reads("#log-rows", "STANDBY tracker-pixel")
    hand.press("ArrowDown", "Enter")
    hand.reads("#log-panel", "9: 4–12")
    before = hand.sequence()
    hand.page.click("#log-try")
    hand.reads("#log-effect", "0.900 pb⁻¹, source OMS")
    assert hand.sequence() == before
    hand.page.click("#log-revert")
    hand.reads(".shell-toasts", "Reverted")
    hand.reads("#log-rows", "taken back by")
    assert (4, 9, "GOOD") in [said[:3] for said in hand.said(a_run, "tracker-pixel", small.PROMPT)]
