"""Findings by keyboard: moved through, opened, acknowledged, and overridden after a look at the effect."""

import pytest

from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand
from tests.model import world

_FOCUSED = "() => (document.activeElement.closest('tr') || document.body).innerText"


@pytest.fixture
def doubtful(kept: Registry, new_number: int) -> int:
    """Give a run whose beam flag is false on five lumisections with luminosity, and that lacks two others."""
    # older than all others: the board shows the newest run
    number = new_number - 30_000
    small.add_run(kept, number, 40)
    there = [(1, 20, True), (23, 40, True)]
    flags = {
        "cms_active": there,
        "bpix_ready": there,
        "beam1_stable": [(1, 9, True), (10, 14, False), *there[1:]],
    }
    world.report_run(kept, number, [(1, 20), (23, 40)], flags)
    return number


def focused(hand: Hand) -> str:
    return str(hand.page.evaluate(_FOCUSED))


def test_a_finding_is_opened_by_arrows_and_overridden_after_a_look_at_its_effect(
    hand: Hand, doubtful: int
) -> None:
    address = f"/consistency?runs={doubtful}-{doubtful}"
    hand.comes_as("d.coordinator")
    hand.go(address)
    hand.reads("#consistency-rows", "beam flag false")
    hand.press("ArrowDown")
    first = focused(hand)
    hand.press("ArrowDown")
    assert str(doubtful) in first and focused(hand) != first
    hand.press("ArrowUp")
    assert focused(hand) == first
    hand.press("Enter")
    hand.page.wait_for_selector("#consistency-rows tr.is-current")
    hand.page.focus("#consistency-rows tr:has-text('beam flag false') .consistency-open")
    hand.press("o")
    hand.reads("#consistency-effect", "beam1_stable true on 5 LS of 2 datasets")
    hand.reads("#consistency-effect", "0.500 pb⁻¹, source OMS")
    before = hand.sequence()
    hand.press("Enter")
    hand.reads("#consistency-refusal", "A reason has 3")
    assert hand.sequence() == before
    hand.page.focus("#consistency-reason")
    hand.page.keyboard.type("the flag came late")
    hand.press("Enter")
    hand.reads(".shell-toasts", "Overridden in every dataset")
    hand.reads("#consistency-panel", "It is not there any more")
    hand.page.wait_for_selector("#consistency-rows tr:has-text('beam flag false')", state="detached")
    told = hand.ask(f"/bits?run_number={doubtful}&dataset={small.PROMPT}")["overrides"]
    assert [(o["bit"], o["span"], o["value"], o["comment"]) for o in told] == [
        ("beam1_stable", [10, 14], True, "the flag came late")
    ]


def test_a_finding_is_acknowledged_by_a_and_a_reason(hand: Hand, doubtful: int) -> None:
    hand.comes_as("d.coordinator")
    hand.go(f"/consistency?kind=holes&runs={doubtful}-{doubtful}")
    hand.press("ArrowDown", "a")
    hand.reads("#consistency-panel", "What would mend it")
    hand.page.wait_for_function("() => document.activeElement.id === 'consistency-reason'")
    hand.page.keyboard.type("nothing was taken then")
    hand.press("Enter")
    hand.reads(".shell-toasts", "it comes back when it changes")
    hand.reads("#consistency-panel", "Acknowledged by d.coordinator")


def test_letters_typed_into_the_reason_do_nothing_else(hand: Hand, doubtful: int) -> None:
    hand.comes_as("d.coordinator")
    hand.go(f"/consistency?runs={doubtful}-{doubtful}")
    hand.press("ArrowDown", "Enter")
    hand.page.wait_for_selector("#consistency-reason")
    hand.page.focus("#consistency-reason")
    before = hand.sequence()
    hand.page.keyboard.type("a oo")
    assert hand.page.input_value("#consistency-reason") == "a oo"
    hand.press("Escape")
    assert focused(hand) != "" and hand.focus() != "consistency-reason" and hand.sequence() == before
