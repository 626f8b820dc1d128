"""`?` on a page, and words that tell what they mean, by keyboard alone."""

import pytest

from components.help.pages import help_of
from model.glossary import TERMS
from tests.browser.hand import Hand

_DESCRIBED = (
    "() => { const at = document.activeElement, by = at.getAttribute('aria-describedby');"
    " return by && document.getElementById(by).innerText; }"
)


@pytest.mark.parametrize("path", ["/certify", "/golden", "/nowhere"])
def test_the_question_mark_tells_of_this_page_and_takes_its_keys(hand: Hand, path: str) -> None:
    hand.go(path)
    hand.page.keyboard.type("?")
    hand.reads("#shell-help-body", help_of(path).purpose)
    assert hand.page.evaluate("() => document.activeElement.matches('.shell-keys-close')")
    address = hand.page.url
    hand.press("Shift+Backspace", "j", "/", "r")
    assert hand.page.is_visible("#shell-keys") and hand.page.url == address
    assert not hand.page.is_visible("#show-call")
    for _ in range(40):
        hand.press("Tab")
        assert hand.page.evaluate("() => !!document.activeElement.closest('#shell-keys')")
    hand.press("Escape")
    hand.page.wait_for_selector("#shell-keys", state="hidden")


def test_the_help_leads_to_all_words_and_closes(hand: Hand) -> None:
    hand.go("/cycles")
    hand.page.click("#shell-help")
    hand.page.click("#shell-help-body >> text=All words")
    hand.is_at("/glossary")
    hand.page.wait_for_selector("#shell-keys", state="hidden")
    hand.reads(".glossary-list", TERMS["null policy"])


def test_a_dotted_word_tells_what_it_means_and_moves_nothing(hand: Hand) -> None:
    hand.go("/golden")
    word = hand.page.locator("abbr.term", has_text="Missing data")
    before = word.bounding_box()
    word.focus()
    assert hand.page.evaluate(_DESCRIBED) == TERMS["null policy"]
    assert word.bounding_box() == before
    hand.press("Escape")
    hand.page.wait_for_selector("#glossary-tip", state="hidden")
    word.hover()
    hand.page.wait_for_selector("#glossary-tip", state="visible")
    # one may point at what it says
    hand.page.hover("#glossary-tip")
    hand.page.wait_for_timeout(400)
    assert hand.page.is_visible("#glossary-tip")
