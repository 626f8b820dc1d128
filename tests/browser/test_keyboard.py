"""Whoever has no mouse does the whole shift, sees where the focus is, and is caught nowhere."""

import itertools

import pytest

from model.registry import Registry
from tests.browser import axe, small
from tests.browser.hand import Hand
from tests.browser.small import FIRST, RULE, SIZES
from tests.browser.test_certify_grid import open_grid, rows, saved
from tests.model import world

_numbers = itertools.count(small.first_of(__name__))
_SIGNED = "() => rrCertify.api.getDisplayedRowAtIndex(0).data.s === 'SIGNOFF'"


@pytest.fixture
def own(kept: Registry) -> int:
    """Give a run that no other test touches."""
    number = next(_numbers)
    small.add_run(kept, number, 20)
    return number


def sees_focus(hand: Hand) -> str:
    """Check that one sees where the focus is, and return what has it."""
    found = axe.focus(hand.page)
    assert found and found.is_seen, found
    return found.name


def tab_to(hand: Hand, words: str, most: int = 80) -> None:
    """Press Tab until the focus is on what is called so, seen at each step."""
    for _ in range(most):
        hand.press("Tab")
        if words in sees_focus(hand):
            return
    raise AssertionError(f"Tab does not come to {words}.")


def test_an_offline_shift_by_keyboard_alone(hand: Hand, kept: Registry, own: int) -> None:
    open_grid(hand, own, own)
    hand.page.focus(".skip")
    tab_to(hand, "certify-grid-place")
    hand.press("ArrowDown", "ArrowRight", "b")
    assert "certify-panel-cause" in sees_focus(hand)
    hand.press("h", "Tab")
    assert "certify-panel-comment" in sees_focus(hand)
    hand.page.keyboard.type("sector 7 lost its bias")
    hand.press("Enter")
    saved(hand)
    assert rows(kept, own, own)[own][2] == ["g", "B*", "g"]
    assert "certify-grid-place" in sees_focus(hand)
    hand.press("u")
    hand.page.wait_for_function(
        "() => rrCertify.texts(rrCertify.api.getDisplayedRowAtIndex(0).data)[1] === 'g'"
    )
    hand.press("l")
    hand.page.wait_for_function("n => rrStrip.meta && rrStrip.meta.run_number === n", arg=own)
    hand.page.wait_for_function("() => document.activeElement.className === 'strip-grid'")
    sees_focus(hand)
    hand.press("Home", "Alt+ArrowLeft", "Shift+Alt+ArrowRight", "Shift+Alt+ArrowRight", "b")
    assert "certify-panel-cause" in sees_focus(hand)
    before = hand.page.evaluate("() => rrStrip.meta.sequence")
    hand.press("h", "Enter")
    hand.page.wait_for_function("s => rrStrip.meta.sequence > s", arg=before)
    hand.press("l")
    assert "certify-grid-place" in sees_focus(hand)
    assert rows(kept, own, own)[own][2] == ["B15*|2x3,1x17", "g", "g"]
    signs_off(hand)


def signs_off(hand: Hand) -> None:
    """Look at the preview, leave it, and sign off through it."""
    hand.press("Shift+Enter")
    hand.reads(".certify-sign-off", "Sign off 1 dataset of tracker")
    sees_focus(hand)
    hand.press("Escape")
    assert "certify-grid-place" in sees_focus(hand)
    hand.press("Shift+Enter", "Enter")
    hand.page.wait_for_function(_SIGNED)
    assert "certify-grid-place" in sees_focus(hand)


def test_an_online_shift_by_keyboard_alone(hand: Hand, a_run: int) -> None:
    hand.go("/")
    hand.sees_strip(a_run)
    hand.page.focus(".skip")
    sees_focus(hand)
    hand.press("Enter")
    assert hand.focus() == "shell-page"
    tab_to(hand, "strip-grid")
    hand.press("Home", "Alt+ArrowLeft", "Shift+Alt+ArrowRight", "Shift+Alt+ArrowRight")
    sees_focus(hand)
    ((_, column, *_),) = hand.chosen()
    before = hand.sequence()
    hand.press("b")
    assert "certify-panel-cause" in sees_focus(hand)
    hand.press("h", "Tab")
    hand.page.keyboard.type("tripped at the start")
    hand.press("Enter")
    hand.sees_sequence(before + 1)
    good = [(4, 100, "GOOD", RULE.name)]
    assert hand.said(a_run, column) == [(1, 3, "BAD", "a.shifter"), *good]
    hand.press("ArrowDown")
    assert "strip-grid" in sees_focus(hand)
    hand.press("u")
    hand.sees_sequence(before + 2)
    assert hand.said(a_run, column) == [(1, 100, "GOOD", RULE.name)]


def test_an_online_run_is_signed_off_and_brought_back_by_keyboard_alone(
    hand: Hand, kept: Registry, own: int
) -> None:
    missing = [(3, 7)]
    world.give(kept, world.SHIFTER, "dt-dt", missing, "NOTSET", dataset="online", run_number=own)
    hand.comes_as("b.expert")
    hand.go_to_run(own)
    hand.reads("#run-actions-missing", "1 column keeps it")
    hand.page.focus(".skip")
    tab_to(hand, "Sign off")
    hand.press("Enter")
    hand.reads("#run-actions-refusal", "nobody decided on dt-dt LS 3–7")
    assert hand.page.get_attribute("#run-actions-refusal", "role") == "alert"
    assert "Sign off" in sees_focus(hand)
    # what is missing stands in the list that the refusal opened, and is decided on the strip
    hand.reads("#run-actions-missing li", "dt-dt LS 3–7")
    before = hand.page.evaluate("() => rrStrip.meta.sequence")
    tab_to(hand, "strip-grid")
    row = hand.page.evaluate(
        "() => rrStrip.meta.rows.findIndex((r) => r.dataset === 'online' && r.key === 'dt-dt')"
    )
    hand.press("Home", *["ArrowDown"] * row, "ArrowRight", "Space", "g")
    hand.sees_sequence(before + 1)
    assert [each[2] for each in hand.said(own, "dt-dt")] == ["GOOD"] * 3
    # what is true no more is said no more
    hand.page.wait_for_selector("#run-actions-refusal .notice", state="detached")
    hand.page.focus(".skip")
    tab_to(hand, "Sign off")
    hand.press("Enter")
    hand.reads("#run-actions-body .state", "SIGNOFF")
    hand.page.focus(".skip")
    tab_to(hand, "reason")
    hand.page.keyboard.type("one more look")
    hand.page.focus(".skip")
    tab_to(hand, "Back to OPEN")
    hand.press("Enter")
    hand.reads("#run-actions-body .state", "OPEN")


@pytest.mark.parametrize("path", ["/", "/runs", f"/certify/tracker?runs={FIRST}-{FIRST + len(SIZES) - 1}"])
def test_tab_goes_through_the_page_and_round_and_is_seen_all_the_way(hand: Hand, path: str) -> None:
    hand.go(path)
    hand.page.wait_for_selector(
        ".runs-run, .certify-cell[aria-label], .strip-grid [role=row]", state="attached"
    )
    met = axe.walk(hand.page)
    assert [each.name for each in met if not each.is_seen] == []
    assert "Skip to content" in met[0].name
    # the header comes before the page, and what is done with a selection after where one selects
    names = [each.name for each in met]
    works = next(n for n, name in enumerate(names) if "strip-grid" in name or "ag-" in name or "-place" in name)
    assert names.index(next(name for name in names if "shell-go-to" in name)) < works


@pytest.mark.parametrize(("key", "dialog"), [("?", ".shell-keys"), ("r", "#show-call")])
def test_a_dialog_keeps_the_focus_and_gives_it_back(hand: Hand, key: str, dialog: str) -> None:
    hand.go("/runs")
    hand.page.focus("#shell-theme")
    hand.press(key)
    hand.page.wait_for_selector(dialog, state="visible")
    for _ in range(5):
        hand.press("Tab")
        assert hand.page.evaluate("at => !!document.activeElement.closest(at)", dialog)
        sees_focus(hand)
    hand.press("Escape")
    hand.page.wait_for_selector(dialog, state="hidden")
    assert hand.focus() == "shell-theme"


def test_a_list_of_pages_closes_by_escape_and_gives_the_focus_back(hand: Hand) -> None:
    hand.go("/runs")
    hand.page.focus(".shell-more summary")
    hand.press("Enter", "Tab")
    assert hand.page.evaluate("() => !!document.activeElement.closest('.shell-more-list')")
    hand.press("Escape")
    assert "More" in sees_focus(hand)


@pytest.mark.parametrize(
    ("path", "column", "says"),
    [
        (f"/certify/tracker?runs={FIRST}-{FIRST}", "l", "recorded luminosity of the run, OMS"),
        (f"/certify/tracker?runs={FIRST}-{FIRST}", "tracker-pixel", "tracker-pixel"),
        ("/runs", "fill_number", "One filling of the LHC"),
    ],
)
def test_a_head_of_a_grid_tells_a_keyboard_what_it_means(hand: Hand, path: str, column: str, says: str) -> None:
    hand.go(path)
    hand.page.wait_for_selector(".ag-row .ag-cell")
    hand.page.focus(f'.ag-header-cell[col-id="{column}"]')
    # a focus that no key led to is not told
    hand.press("ArrowLeft", "ArrowRight")
    hand.reads("#glossary-tip", says)
    head = hand.page.locator(f'.ag-header-cell[col-id="{column}"]')
    assert head.get_attribute("aria-describedby") == "glossary-tip"
    hand.press("Escape")
    assert not hand.page.is_visible("#glossary-tip")
    assert head.get_attribute("aria-describedby") is None
    sees_focus(hand)


def test_a_head_of_the_grid_sorts_by_keyboard(hand: Hand, kept: Registry, own: int) -> None:
    other = next(_numbers)
    small.add_run(kept, other, 20)
    open_grid(hand, own, other)
    assert hand.page.evaluate("() => rrCertify.api.getDisplayedRowAtIndex(0).data.r") == other
    hand.page.focus(".certify-grid-place")
    tab_to(hand, "ag-header-cell", most=2)
    hand.press("Enter")
    hand.page.wait_for_function("n => rrCertify.api.getDisplayedRowAtIndex(0).data.r === n", arg=own)
