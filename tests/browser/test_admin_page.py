"""The page of administration in hands: a workspace is made and taken back, and nobody else is offered it."""

from collections.abc import Callable

from tests.browser.hand import Hand


def test_a_workspace_is_made_and_taken_back(hand: Hand) -> None:
    hand.comes_as("b.expert")
    hand.go("/admin")
    hand.page.wait_for_selector("#admin-name:visible")
    hand.answer_to(lambda: hand.page.select_option("#admin-verb", "add-workspace"), "admin-verb")
    hand.page.wait_for_selector("#admin-level:visible")
    hand.page.fill("#admin-name", "higgs")
    hand.page.click("#admin-apply")
    hand.reads("#admin-said", "Say why")
    hand.page.fill("#admin-reason", "wanted by the Higgs group")
    hand.page.click("#admin-apply")
    hand.reads(".shell-toasts", "higgs is a workspace from now on.")
    hand.reads("#admin-workspaces", "higgs")
    assert hand.page.input_value("#admin-name") == "" and hand.page.inner_text("#admin-said") == ""
    hand.page.click("#admin-changes .link-button >> nth=0")
    hand.reads(".shell-toasts", "Taken back")
    hand.page.wait_for_function(
        "() => !document.getElementById('admin-workspaces').innerText.includes('higgs')"
    )


def test_who_does_not_administer_reads_who_does(open_hand: Callable[..., Hand]) -> None:
    hand = open_hand(390, 844)
    hand.go("/admin")
    hand.reads("#admin-may", "cms-dqm-runregistry-experts may")
    assert hand.page.is_hidden("#admin-apply")
    hand.page.wait_for_selector("#admin-workspaces .chip")
    assert hand.page.evaluate("() => document.documentElement.scrollWidth") <= 390
