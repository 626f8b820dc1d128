"""Verbs of the bulk page by hand: copy columns, duplicate, change states."""

from tests.browser.hand import Hand
from tests.browser.small import EXPRESS, PROMPT

PIXEL = "tracker-pixel"
COORDINATOR = "d.coordinator"


def _asked(hand: Hand, verb: str, number: int) -> None:
    hand.comes_as(COORDINATOR)
    hand.go(f"/bulk?do={verb}&stage=prompt&runs={number}")
    hand.reads("#bulk-form-chosen", "1 prompt datasets are chosen")


def _written(hand: Hand, counts: str) -> None:
    hand.page.click("#bulk-try")
    hand.reads("#bulk-plan", counts)
    hand.reads("#bulk-plan", "Nothing stands in the way")
    hand.page.click("#bulk-apply")
    hand.reads(".shell-toasts", "All of it was written")


def _takes_back(hand: Hand) -> None:
    hand.page.click("#shell-toasts button.link-button")
    hand.reads(".shell-toasts", "Taken back")


def _states(hand: Hand, number: int) -> dict[str, dict[str, str]]:
    found = hand.ask(f"/runs/{number}")["datasets"]
    return {each["name"]: each["states"] for each in found}


def test_columns_are_copied_from_another_stage(hand: Hand, a_run: int) -> None:
    edit = {"run_number": a_run, "dataset": EXPRESS, "columns": [PIXEL], "ranges": [[3, 9]]}
    hand.writes_by_api(COORDINATOR, {**edit, "status": "STANDBY", "comment": "ramp"})
    _asked(hand, "copy", a_run)
    hand.page.check(f"#bulk-form-columns input[value='{PIXEL}']")
    hand.page.check("#bulk-form-replaces")
    _written(hand, "1 datasets · 1 cells · 100 LS")
    assert (3, 9, "STANDBY", COORDINATOR) in hand.said(a_run, PIXEL, PROMPT)
    _takes_back(hand)
    assert (3, 9, "STANDBY", COORDINATOR) not in hand.said(a_run, PIXEL, PROMPT)


def test_a_dataset_is_duplicated_under_another_name(hand: Hand, a_run: int) -> None:
    _asked(hand, "duplicate", a_run)
    hand.page.fill("#bulk-form-name", "/ReReco/Once/DQM")
    _written(hand, "1 datasets")
    assert hand.said(a_run, PIXEL, "/ReReco/Once/DQM")[0][:3] == (1, 100, "GOOD")


def test_a_state_is_changed_and_taken_back(hand: Hand, a_run: int) -> None:
    _asked(hand, "move", a_run)
    hand.page.select_option("#bulk-form-workspace", "tracker")
    _written(hand, "1 datasets · 1 cells")
    assert _states(hand, a_run)[PROMPT]["tracker"] == "SIGNOFF"
    _takes_back(hand)
    assert _states(hand, a_run)[PROMPT]["tracker"] == "OPEN"
