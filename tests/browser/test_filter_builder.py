"""A filter is put together from chips by keyboard and mouse, and nothing of it is written by hand."""

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand
from tests.model import world
from tests.model.world import TRACKER


def where(hand: Hand) -> object:
    return json.loads(parse_qs(urlsplit(hand.page.url).query)["where"][0])


@pytest.fixture
def page(hand: Hand, kept: Registry) -> Any:
    """Give the grid of the tracker group, one run of which is BAD on seven lumisections."""
    world.give(kept, TRACKER, "tracker-pixel", [(3, 9)], "BAD", run_number=small.FIRST)
    hand.comes_as("t.certifier")
    hand.page.goto(f"{hand.origin}/certify/tracker?stage=prompt&runs={small.FIRST}")
    expect(hand.page.locator(".filter-chips")).to_contain_text("something BAD")
    return hand.page


def add(hand: Hand, kind: str, words: str) -> None:
    """Put the one field of a condition and press Enter."""
    hand.page.select_option(".filter-kind", kind)
    hand.page.fill(".filter-fields input", words)
    hand.press("Enter")


def test_a_filter_is_built_from_chips(hand: Hand, page: Any) -> None:
    hand.press("f")
    for label, value in (("column", "tracker-pixel"), ("status", "BAD"), ("where", "lumisections")):
        page.select_option(f".filter-fields [aria-label={label}]", value)
    page.focus(".filter-fields input")
    hand.press("Enter")
    hand.reads(".filter-refusal", "More than 0 is wanted.")
    hand.press("7", "Enter")
    expect(page.locator(".filter-words")).to_have_text("tracker-pixel BAD on ≥ 7 LS")
    leaf = ["cell", "tracker-pixel", "BAD", "lumisections", 7]
    assert where(hand) == {"and": [leaf]}
    hand.reads("#certify-sum", "1 datasets")
    page.click(".filter-chips > [data-filter=group]")
    add(hand, "runs", "380002-380001")
    hand.reads(".filter-refusal", "no run or range of runs")
    add(hand, "runs", "380002-380003")
    page.click(".filter-group [data-filter=not]")
    expect(page.locator(".filter-not.is-on")).to_be_visible()
    assert where(hand) == {"and": [leaf, {"not": {"or": [["runs", "380002-380003"]]}}]}


def test_a_filter_is_kept_as_a_view_and_found_again(hand: Hand, page: Any) -> None:
    hand.press("f")
    add(hand, "says", "HV trip")
    expect(page.locator(".filter-words")).to_have_text("says “HV trip”")
    page.click(".filter-views > summary")
    page.fill("#filter-builder-name", "HV trips")
    hand.press("Enter")
    expect(page.locator("#filter-builder-views")).to_contain_text("HV trips")
    asked = where(hand)
    page.click(".filter-chips [data-filter=clear]")
    expect(page.locator(".filter-chip")).to_have_count(0)
    page.click(".filter-views > summary")
    page.click("#filter-builder-views a")
    expect(page.locator(".filter-words")).to_have_text("says “HV trip”")
    assert where(hand) == asked
