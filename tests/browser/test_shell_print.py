"""On paper: the whole grid, the light theme, and where a page came from."""

from tests.browser.hand import Hand
from tests.browser.small import FIRST

_SAID = "() => document.adoptedStyleSheets.flatMap((s) => [...s.cssRules]).map((r) => r.cssText).join(' ')"
_ROWS = """() => [...document.querySelectorAll(".certify-paper tbody tr")].map((tr) =>
    [...tr.cells].map((cell) => cell.textContent))"""


def _about_to(hand: Hand, what: str) -> None:
    hand.page.evaluate("what => window.dispatchEvent(new Event(what))", f"{what}print")


def test_the_grid_on_paper_has_every_row_with_the_letters_of_its_cells(hand: Hand) -> None:
    hand.go("/certify/global")
    hand.page.wait_for_function("() => window.rrCertify.api && window.rrCertify.api.getDisplayedRowCount() > 0")
    _about_to(hand, "before")
    rows = hand.page.evaluate(_ROWS)
    assert len(rows) == hand.page.evaluate("() => window.rrCertify.api.getDisplayedRowCount()")
    letters = {cell[0] for row in rows for cell in row[5:]}
    assert letters <= set("GBSE?·")
    assert "G" in letters
    heads = hand.page.locator(".certify-paper thead th").all_text_contents()
    assert "tracker-pixel" in heads
    _about_to(hand, "after")
    assert hand.page.locator(".certify-paper").count() == 0


def test_a_page_on_paper_is_light_and_says_where_it_came_from(hand: Hand) -> None:
    theme = "() => document.documentElement.dataset.bsTheme"
    hand.go_to_run(FIRST)
    shown = hand.page.evaluate("() => window.rrStrip.meta.sequence")
    _about_to(hand, "before")
    assert hand.page.evaluate(theme) == "light"
    assert f"/runs/{FIRST}" in hand.page.evaluate(_SAID)
    assert f"sequence {shown}" in hand.page.evaluate(_SAID)
    _about_to(hand, "after")
    assert hand.page.evaluate(theme) == "dark"
