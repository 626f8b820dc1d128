"""The Golden page by hand: switches, numbers, the order of the clauses; the address follows."""

from tests.browser.hand import Hand

_ROW = "#golden-clauses li:has-text('{}')"
_FOCUSED = """key => {
    const row = document.activeElement.closest('#golden-clauses li');
    return !!row && row.dataset.key === key;
}"""


def opened(hand: Hand, search: str = "") -> None:
    hand.go(f"/golden{search}")
    hand.page.wait_for_selector("#golden-download")


def test_a_clause_is_switched_off_and_on_and_the_address_is_the_question(hand: Hand) -> None:
    opened(hand)
    before = hand.page.inner_text("#golden-result .golden-total")
    hand.page.click(f"{_ROW.format('bpix_ready')} input")
    hand.reads("#golden-result", "against the rule as it is kept")
    hand.page.wait_for_selector(f"{_ROW.format('bpix_ready')} .num:has-text('off')")
    hand.page.wait_for_url("**/golden?off=*")
    after = hand.page.inner_text("#golden-result .golden-total")
    assert after != before
    hand.page.reload()
    hand.page.wait_for_selector("#golden-download")
    assert hand.page.inner_text("#golden-result .golden-total") == after
    assert not hand.page.is_checked(f"{_ROW.format('bpix_ready')} input")
    hand.page.click(".golden-reset")
    hand.page.wait_for_selector(".golden-change", state="detached")
    hand.is_at("/golden")
    assert hand.page.is_checked(f"{_ROW.format('bpix_ready')} input")


def test_a_clause_is_moved_by_keyboard_and_by_hand_and_keeps_the_focus(hand: Hand) -> None:
    opened(hand)
    last = hand.page.locator("#golden-clauses li").last
    key = last.get_attribute("data-key")
    last.locator(".grip").focus()
    hand.press("Alt+ArrowUp")
    hand.page.wait_for_function(
        "key => document.querySelector('#golden-clauses li:nth-last-child(2)').dataset.key === key", arg=key
    )
    hand.page.wait_for_function(_FOCUSED, arg=key)
    hand.page.wait_for_url("**/golden?order=*")
    grip = hand.page.locator(f"#golden-clauses li[data-key='{key}'] .grip")
    box, top = grip.bounding_box(), hand.page.locator("#golden-clauses li").first.bounding_box()
    hand.page.mouse.move(box["x"] + 8, box["y"] + 8)
    hand.page.mouse.down()
    hand.page.mouse.move(box["x"] + 8, top["y"] + 2, steps=5)
    hand.page.mouse.up()
    hand.page.wait_for_function(
        "key => document.querySelector('#golden-clauses li').dataset.key === key", arg=key
    )
    hand.is_at(f"/golden?order={key}")


def test_losses_are_told_in_order_exclusive_and_inclusive(hand: Hand) -> None:
    opened(hand)
    hand.page.click("label:has-text('inclusive')")
    hand.reads("#golden-way", "do not add up")
    hand.is_at("/golden?losses=inclusive")
    hand.page.click("label:has-text('exclusive')")
    hand.reads("#golden-way", "what several refuse is mixed")


def test_going_back_brings_the_question_before(hand: Hand) -> None:
    opened(hand)
    hand.page.select_option("#golden-null", "good")
    hand.is_at("/golden?null_policy=good")
    hand.page.go_back()
    hand.is_at("/golden")
    hand.page.wait_for_function("() => document.getElementById('golden-null').value === 'kept'")
