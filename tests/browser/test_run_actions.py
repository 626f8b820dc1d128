"""What is done with a whole run stands on its page; the queue answers late changes by keyboard, too."""

import pytest

from model.registry import Registry
from tests.browser.hand import Hand
from tests.model import world
from tests.model.arrivals import keep_rules, tell
from tests.model.test_late_changes import ENDED, GOOD, signed_off

#: presses a key at the very moment a refusal stands there, before the next frame
_AT_SIGHT = """() => new MutationObserver((_, watch) => {
    if (!(document.getElementById('decide-refusal').innerText || '').trim()) return;
    watch.disconnect();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { code: 'KeyA', key: 'a', bubbles: true }));
}).observe(document.body, { childList: true, subtree: true })"""
DO = "#run-actions-body button:has-text('{}')"


def change_late(kept: Registry, *numbers: int, lumi: float = 20.0) -> None:
    """Let runs be signed off, and OMS then say another luminosity, more than any other test's."""
    keep_rules(kept)
    for number in numbers:
        signed_off(kept, number)
        tell(kept, [(1, 10)], GOOD, run_number=number, recorded=[lumi] * 10, end_time=ENDED)


def test_a_run_is_signed_off_once_nothing_is_missing_and_comes_back_with_a_reason(
    hand: Hand, kept: Registry, a_run: int
) -> None:
    world.give(kept, world.SHIFTER, "dt-dt", [(3, 7)], "NOTSET", dataset="online", run_number=a_run)
    hand.go_to_run(a_run)
    hand.reads("#run-actions-missing", "1 column keeps it")
    hand.page.click(DO.format("Sign off"))
    hand.reads("#run-actions-refusal", "nobody decided on dt-dt LS 3–7")
    hand.reads("#run-actions-missing li", "dt-dt LS 3–7")
    hand.page.click("#run-actions-missing button:has-text('Select on the strip')")
    assert hand.chosen() == [["online", "dt-dt", 3, 7]]
    hand.press("g")
    hand.page.wait_for_selector("#run-actions-missing", state="hidden")
    hand.page.click(DO.format("Sign off"))
    hand.reads("#run-actions-body .state", "SIGNOFF")
    hand.page.focus(DO.format("Back to OPEN"))
    hand.press("Enter")
    hand.reads("#run-actions-refusal", "may not move a run back")
    hand.becomes("b.expert")
    hand.page.fill("#run-actions-reason", "one more look")
    hand.page.click(DO.format("Back to OPEN"))
    hand.reads("#run-actions-body .state", "OPEN")


def test_a_late_change_is_answered_and_the_answer_taken_back_on_the_page_of_its_run(
    hand: Hand, kept: Registry, a_run: int
) -> None:
    number = a_run + 500_000
    change_late(kept, number)
    hand.comes_as("a.shifter")
    hand.go_to_run(number)
    hand.reads("#late-change", "cms-dqm-oncall or")
    hand.becomes("b.expert")
    hand.page.click("#late-change button:has-text('Reject')")
    hand.reads(".shell-toasts", "nothing changed")
    hand.page.wait_for_selector("#late-change", state="hidden")
    hand.page.click(".shell-toasts button:has-text('Undo')")
    hand.reads(".shell-toasts", "Taken back")
    hand.page.wait_for_selector("#late-change", state="visible")
    hand.page.click("#late-change button:has-text('Accept')")
    hand.reads(".shell-toasts", "the truth from now on")


@pytest.mark.parametrize(
    ("key", "says"), [("a", "accepted."), ("x", "rejected."), ("l", "accepted, and all that are alike")]
)
def test_late_changes_are_answered_by_keyboard_in_the_queue(
    hand: Hand, kept: Registry, a_run: int, key: str, says: str
) -> None:
    number = a_run + 600_000
    change_late(kept, number, lumi=30.0)
    hand.comes_as("b.expert")
    hand.go("/decide?kind=late")
    hand.page.wait_for_selector(f"#decide-item [data-key*=':{number}:']")
    hand.press("g", "Enter")
    hand.reads("#decide-refusal", "it takes no status")
    hand.press(key)
    hand.reads(".shell-toasts", f"Late change of {number} {says}")
    hand.page.wait_for_selector(f"#decide-list [data-key*=':{number}:']", state="detached")


def test_a_key_at_the_sight_of_a_refusal_is_not_lost(hand: Hand, kept: Registry, a_run: int) -> None:
    number = a_run + 700_000
    change_late(kept, number, lumi=40.0)
    hand.comes_as("b.expert")
    hand.go("/decide?kind=late")
    hand.page.wait_for_selector(f"#decide-item [data-key*=':{number}:']")
    hand.page.evaluate(_AT_SIGHT)
    hand.press("g", "Enter")
    hand.reads(".shell-toasts", f"Late change of {number} accepted.")


def test_the_age_of_a_feed_leads_to_its_health(hand: Hand) -> None:
    hand.go("/")
    hand.page.click("a.shell-feeds")
    hand.is_at("/health")
    hand.reads("#health-journal", "last sequence")
