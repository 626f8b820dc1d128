"""The table of every run: filtered by chip, ordered by its heads, opened by Enter, shared by its address."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from model.registry import Registry
from tests.browser.hand import Hand
from tests.browser.small import FIRST, SIZES, add_run
from tests.model import world

_NUMBERS = """() => [...document.querySelectorAll('.runs-grid .ag-row')]
    .sort((a, b) => a.getAttribute('row-index') - b.getAttribute('row-index'))
    .map((row) => Number(row.getAttribute('row-id')))
    .filter((number, place, all) => number && all.indexOf(number) === place)"""
_FOCUSED = "() => (document.activeElement.closest('[row-id]') || document.body).getAttribute('row-id')"


def numbers(hand: Hand) -> list[int]:
    """Return the runs in view, from top to bottom."""
    return list(hand.page.evaluate(_NUMBERS))


@pytest.fixture
def page(hand: Hand, kept: Registry) -> Any:
    """Give the run table, with two pixels' troubles in it."""
    with kept.reading() as connection:
        at = world.sequence_of(connection)
    if not world.statuses(kept, "dt-dt", dataset="online", run_number=FIRST + 2, at=at)[1:]:
        for number in (FIRST, FIRST + 2):
            world.give(kept, world.SHIFTER, "dt-dt", [(3, 9)], "BAD", dataset="online", run_number=number)
    # of the runs of other tests nothing is known
    hand.go(f"/runs?where={quote(json.dumps({'and': [['runs', f'{FIRST}-{FIRST + 2}']]}))}")
    hand.reads(".runs-grid .runs-run", str(FIRST))
    return hand.page


def test_runs_are_filtered_ordered_opened_and_shared(
    hand: Hand, page: Any, open_hand: Callable[..., Hand]
) -> None:
    hand.press("f")
    for label, value in (("column", "dt-dt"), ("status", "BAD"), ("where", "any")):
        page.select_option(f".filter-fields [aria-label={label}]", value)
    page.focus(".filter-fields select")
    page.click(".filter-editor [type=submit]")
    expect(page.locator(".filter-words").last).to_have_text("dt-dt BAD somewhere")
    page.wait_for_function(f"() => ({_NUMBERS})().join() === '{FIRST + 2},{FIRST}'")
    hand.reads("#runs-count", "2 of ")
    page.click(".runs-grid .ag-header-cell[col-id=lumisections]")
    page.wait_for_function("() => location.search.includes('sort=lumisections-desc')")
    page.click(".runs-grid .ag-header-cell[col-id=lumisections]")
    page.wait_for_function("() => location.search.includes('sort=lumisections-asc')")
    page.wait_for_function(f"() => ({_NUMBERS})().join() === '{FIRST},{FIRST + 2}'")
    assert SIZES[0] < SIZES[2]
    address, mine = page.url.removeprefix(hand.origin), numbers(hand)
    other = open_hand()
    other.go(address)
    other.page.wait_for_function(f"() => ({_NUMBERS})().join() === '{FIRST},{FIRST + 2}'")
    assert numbers(other) == mine
    page.click(f".runs-grid .ag-center-cols-container [row-id='{FIRST}'] [col-id=era]")
    hand.press("ArrowDown", "Enter")
    hand.sees_strip(FIRST + 2)
    hand.is_at(f"/runs/{FIRST + 2}")


def test_a_new_run_appears_and_the_hand_stays_on_its_run(hand: Hand, kept: Registry, new_number: int) -> None:
    both = {"or": [["runs", str(FIRST + 1)], ["runs", str(new_number)]]}
    hand.go(f"/runs?where={quote(json.dumps(both))}")
    page = hand.page
    page.wait_for_function(f"() => ({_NUMBERS})().join() === '{FIRST + 1}'")
    page.click(f".runs-grid .ag-center-cols-container [row-id='{FIRST + 1}'] [col-id=era]")
    assert page.evaluate(_FOCUSED) == str(FIRST + 1)
    add_run(kept, new_number)
    page.wait_for_function(f"() => ({_NUMBERS})().join() === '{new_number},{FIRST + 1}'")
    page.wait_for_function(f"() => ({_FOCUSED})() === '{FIRST + 1}'")
    hand.press("Enter")
    hand.sees_strip(FIRST + 1)
