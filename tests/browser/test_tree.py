"""What a screen reader is given: Chromium's own accessibility tree, and what is announced."""

import itertools
from typing import Any

import pytest

from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand
from tests.browser.small import FIRST, SIZES
from tests.browser.test_certify_grid import open_grid, saved
from tests.model import world

Node = tuple[str, str]
_numbers = itertools.count(small.first_of(__name__))
GRID = f"/certify/tracker?runs={FIRST}-{FIRST + len(SIZES) - 1}"
READY = ".runs-run, .certify-cell[aria-label], .strip-grid [role=row], #golden-download"


def tree(hand: Hand) -> list[Node]:
    """Return the role and the name of everything that is not ignored, in order."""
    session = hand.context.new_cdp_session(hand.page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [(_value(each, "role"), _value(each, "name")) for each in nodes if not each.get("ignored")]


def _value(node: dict[str, Any], what: str) -> str:
    return str(node.get(what, {}).get("value", ""))


def names(found: list[Node], role: str) -> list[str]:
    """Return the names of everything of a role."""
    return [name for kind, name in found if kind == role]


@pytest.mark.parametrize("path", ["/", "/runs", f"/runs/{FIRST}", GRID, "/golden"])
def test_a_page_has_its_landmarks_and_one_heading_of_the_first_level(hand: Hand, path: str) -> None:
    hand.go(path)
    hand.page.wait_for_selector(READY, state="attached")
    found = tree(hand)
    assert len(names(found, "banner")) == len(names(found, "main")) == 1
    assert "pages" in names(found, "navigation")
    assert hand.page.get_by_role("heading", level=1).count() == 1
    for role in ("button", "link", "textbox", "combobox", "checkbox", "spinbutton", "searchbox"):
        assert "" not in names(found, role), role


def test_the_strip_is_a_grid_whose_rows_say_what_stands_in_them(hand: Hand, kept: Registry, a_run: int) -> None:
    world.give(kept, world.TRACKER, "tracker-pixel", [(3, 14)], "BAD", run_number=a_run)
    hand.go_to_run(a_run)
    hand.page.wait_for_selector(".strip-grid [role=row]", state="attached")
    grid = hand.page.locator(".strip-grid")
    rows = hand.page.evaluate("() => rrStrip.meta.rows.length")
    assert grid.get_attribute("aria-rowcount") == str(rows)
    assert grid.get_attribute("aria-colcount") == "100"
    found = tree(hand)
    assert any(name.startswith("Lumisections") for name in names(found, "grid"))
    said = names(found, "rowheader")
    assert len(said) == rows
    assert f"tracker-pixel of {world.PROMPT}: BAD 12 of 100 lumisections, GOOD 88" in said
    assert "bpix: false 5 of 100 lumisections, true 95" in said


def test_the_cursor_is_the_cell_that_is_read_out(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.page.focus(".strip-grid")
    hand.press("Home")
    cell = hand.page.locator(".strip-grid [role=gridcell]")
    assert cell.count() == 1
    assert hand.page.get_attribute(".strip-grid", "aria-activedescendant") == cell.get_attribute("id")
    assert "LS 1–100 GOOD by rule:dqm@1" in hand.page.inner_text("#lumisection-strip-says")
    hand.press("Shift+ArrowDown")
    hand.reads("#lumisection-strip-says", "Selected: 2 rows, 100 lumisections")


def test_cells_of_the_grid_are_named_in_words(hand: Hand, kept: Registry) -> None:
    run = next(_numbers)
    small.add_run(kept, run, 20)
    world.give(kept, world.TRACKER, "tracker-pixel", [(1, 3)], "BAD", run_number=run)
    open_grid(hand, run, run)
    hand.page.wait_for_selector(".certify-cell[aria-label]")
    grid = hand.page.locator(".certify-grid [role=grid]")
    # the head, and one dataset; run, dataset, two luminosities, state and three columns
    assert (grid.get_attribute("aria-rowcount"), grid.get_attribute("aria-colcount")) == ("2", "8")
    found = tree(hand)
    assert "Datasets and columns" in names(found, "grid")
    assert str(run) in names(found, "rowheader")
    cells = names(found, "gridcell")
    assert "tracker-pixel BAD 3 of 20 lumisections, B 15, by a person, with a reason" in cells
    assert "tracker-strip GOOD 20 lumisections, by a rule" in cells
    hand.press("ArrowDown", "ArrowRight")
    active = hand.page.get_attribute(".certify-grid-place", "aria-activedescendant")
    label = hand.page.get_attribute(f"#{active}", "aria-label")
    assert str(label).startswith("tracker-pixel BAD")
    assert hand.page.get_attribute(f"#{active}", "aria-selected") == "true"


def test_what_a_key_did_and_what_was_refused_is_announced(hand: Hand, kept: Registry) -> None:
    run = next(_numbers)
    small.add_run(kept, run, 20)
    open_grid(hand, run, run)
    hand.press("ArrowDown")
    hand.reads("#certify-grid-says", f"run {run}, tracker-track, GOOD, by a rule")
    hand.press("e")
    hand.reads("#certify-grid-says", "EXCLUDED on 1 cells")
    saved(hand)
    nothing = {"rows": [], "sequence": world.now(kept), "others": []}
    hand.page.route("**/grid/changes*", lambda route: route.fulfill(json=nothing))
    world.give(kept, world.DC, "tracker-pixel", [(3, 9)], "STANDBY", run_number=run)
    hand.press("ArrowRight", "e")
    hand.reads("#certify-grid-says", "Refused: ")
    for said in ("#certify-grid-says", "#lumisection-strip-says", ".shell-toasts"):
        live = hand.page.locator(said)
        assert live.count() == 0 or live.first.get_attribute("aria-live") == "polite"
    assert hand.page.get_attribute(".certify-panel .refusal", "role") == "alert"
