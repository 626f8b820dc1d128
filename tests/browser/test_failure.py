"""A browser that sends what no callback foresees is told so, and goes on."""

from tests.browser.hand import Hand

_NONSENSE = "() => dash_clientside.set_props('decide-intent', { data: { words: 'nonsense' } })"


def test_a_failure_is_told_in_a_sentence_and_closed_by_hand(hand: Hand) -> None:
    hand.go("/decide")
    hand.page.evaluate(_NONSENSE)
    hand.reads(".failure", "The registry failed here")
    hand.reads(".failure", "The log has it as")
    hand.page.click(".failure .btn-close")
    hand.page.wait_for_selector(".failure .notice", state="detached")
    hand.page.evaluate(_NONSENSE.replace("nonsense' }", "other' }"))
    hand.reads(".failure", "The registry failed here")
    hand.page.click("a[href='/runs']")
    hand.page.wait_for_selector("#runs-grid")
