"""Besides certifying: two at once, fill, back for a reason, hide and restore, bits, the registry away."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from model.queries import bits
from model.queries.history import history
from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand
from tests.browser.test_certify_grid import cell, open_grid, rows, saved
from tests.model import world
from tests.model.world import PROMPT

PIXEL = "tracker-pixel"
_numbers = itertools.count(small.first_of(__name__))
#: the row that one is at is not covered by its strip
_BESIDE = """() => { const box = (at) => document.querySelector(at).getBoundingClientRect();
    const strip = box(".certify-strip"), row = box(`.ag-row[row-id="${rrCertify.cursor.id}"]`);
    return strip.height > 200 && (row.bottom <= strip.top + 1 || row.top >= strip.bottom - 1); }"""
_SHOWS = """([id, texts]) => !rrCertify.waiting.size && rrCertify.node(id)
    && String(rrCertify.texts(rrCertify.node(id).data)) === String(texts)"""
_PANEL = ".certify-panel .refusal"
_SHEET = ".certify-sign-off"


@pytest.fixture
def few(kept: Registry) -> Iterator[Callable[[int], list[int]]]:
    """Give runs that no other test touches."""

    def made(many: int) -> list[int]:
        found = [next(_numbers) for _ in range(many)]
        for number in found:
            small.add_run(kept, number, 20)
        return found

    yield made


def overtaken(hand: Hand, kept: Registry, run: int) -> None:
    """Let D. Coordinator set a few lumisections that this browser has not been told of, and set two cells."""
    nothing = {"rows": [], "sequence": world.now(kept), "others": []}
    hand.page.route("**/grid/changes*", lambda route: route.fulfill(json=nothing))
    open_grid(hand, run, run)
    world.give(kept, world.DC, PIXEL, [(3, 9)], "STANDBY", run_number=run)
    hand.press("ArrowDown", "Shift+ArrowRight", "e")
    hand.reads(_PANEL, f"run {run} {PIXEL} LS 3–9: d.coordinator says STANDBY, you say EXCLUDED")
    saved(hand)
    assert rows(kept, run, run)[run][2] == ["g", "S35|1x2,3x7,1x11", "g"]


def test_mine_is_said_again_having_seen_theirs(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    overtaken(hand, kept, run)
    hand.press("m")
    saved(hand)
    hand.page.wait_for_function("() => !rrCertify.refused.size && !rrCertify.conflicts.length")
    assert rows(kept, run, run)[run][2] == ["E", "E", "g"]


def test_theirs_stays_and_what_nobody_else_touched_is_mine(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    overtaken(hand, kept, run)
    hand.page.click(".both-sides button:has-text('Theirs')")
    saved(hand)
    assert rows(kept, run, run)[run][2] == ["E", "S35|1x2,3x7,1x11", "g"]
    assert hand.page.locator(".both-sides").count() == 0


def test_a_row_stays_in_sight_with_its_lumisections_where_the_grid_is_low(hand: Hand, few: Any) -> None:
    runs = few(24)
    hand.page.set_viewport_size({"width": 1366, "height": 800})
    open_grid(hand, runs[0], runs[-1])
    hand.press(*["ArrowDown"] * 9, "l")
    hand.page.wait_for_function("() => rrCertify.isStripOpen() && rrStrip.meta && rrStrip.root.isConnected")
    hand.page.wait_for_function(_BESIDE)
    # even where the strip is higher than what is left beside the row
    hand.page.set_viewport_size({"width": 1366, "height": 680})
    hand.press("l", "l")
    hand.page.wait_for_function("() => rrCertify.isStripOpen() && rrStrip.meta && rrStrip.root.isConnected")
    hand.page.wait_for_function(_BESIDE)
    assert hand.page.evaluate(
        "() => { const e = document.querySelector('.certify-strip'); return e.scrollHeight > e.clientHeight; }"
    )


def test_disjoint_lumisections_of_two_people_merge(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    open_grid(hand, run, run)
    hand.press("ArrowDown", "ArrowRight", "l")
    hand.page.wait_for_function("n => rrStrip.meta && rrStrip.meta.run_number === n", arg=run)
    world.give(kept, world.DC, PIXEL, [(15, 20)], "STANDBY", run_number=run)
    hand.press("ArrowDown", "Home", "Alt+ArrowLeft", "Shift+Alt+ArrowRight", "e")
    hand.reads(".shell-toasts", "EXCLUDED on 2 lumisections recorded")
    said = {(first, last): status for first, last, status, _ in world.said(kept, PIXEL, run_number=run)}
    assert (said[1, 2], said[15, 20]) == ("EXCLUDED", "STANDBY")


def shows(hand: Hand, dataset_id: int, *texts: str) -> None:
    """Wait until a row shows these cells, and nothing of it is on its way."""
    hand.page.wait_for_function(_SHOWS, arg=[str(dataset_id), texts])


def test_a_status_is_filled_down_right_and_by_the_corner(hand: Hand, kept: Registry, few: Any) -> None:
    runs = few(3)
    world.give(kept, world.TRACKER, "tracker-track", [(1, 20)], "BAD", "HV trip", run_number=runs[2])
    open_grid(hand, runs[0], runs[2])
    ids = [rows(kept, n, n)[n][0] for n in runs]
    hand.press("ArrowDown", "Shift+ArrowDown", "Control+d")
    shows(hand, ids[1], "B*", "g", "g")
    assert rows(kept, runs[1], runs[1])[runs[1]][2] == ["B*", "g", "g"]
    hand.press("ArrowUp", "Shift+ArrowRight", "Shift+D")
    shows(hand, ids[2], "B*", "B*", "g")
    assert rows(kept, runs[2], runs[2])[runs[2]][2] == ["B*", "B*", "g"]
    cell(hand, ids[0], PIXEL).click()
    hand.press("s")
    saved(hand)
    hand.page.locator(".certify-handle").hover()
    hand.page.mouse.down()
    cell(hand, ids[0], "tracker-strip").hover()
    hand.page.mouse.up()
    shows(hand, ids[0], "g", "S", "S")
    assert rows(kept, runs[0], runs[0])[runs[0]][2] == ["g", "S", "S"]
    assert world.said(kept, "tracker-track", run_number=runs[1]) == [(1, 20, "BAD", "t.certifier")]


def test_a_mixed_cell_has_no_status_to_fill_with(hand: Hand, kept: Registry, few: Any) -> None:
    runs = few(2)
    world.give(kept, world.TRACKER, "tracker-track", [(1, 4)], "STANDBY", run_number=runs[1])
    open_grid(hand, runs[0], runs[1])
    hand.press("ArrowDown", "Shift+ArrowDown", "d")
    hand.reads(".shell-toasts", "has more than one status")
    assert rows(kept, runs[0], runs[0])[runs[0]][2] == ["g", "g", "g"]


def test_a_signed_off_dataset_goes_back_with_a_reason(hand: Hand, kept: Registry, few: Any) -> None:
    runs = few(2)
    open_grid(hand, runs[0], runs[1])
    hand.press("Control+a", "Shift+Enter", "Enter")
    hand.reads(".shell-toasts", "Moved 2 datasets to SIGNOFF")
    hand.press("Shift+Backspace")
    hand.reads(_SHEET, "Back to OPEN: 2 datasets of tracker")
    hand.press("Enter")
    hand.reads(".shell-toasts", "A reason of at least 3 characters is needed")
    hand.page.keyboard.type("a new hit map")
    hand.press("Enter")
    hand.reads(".shell-toasts", "Moved 2 datasets to OPEN")
    assert {state for _, state, _ in rows(kept, runs[0], runs[1]).values()} == {"OPEN"}
    with kept.reading() as connection:
        happened = history(connection, runs[0], world.sequence_of(connection))
    assert (happened[0].author, happened[0].comment) == ("t.certifier", "a new hit map")


def test_a_dataset_is_hidden_and_brought_back(hand: Hand, kept: Registry, few: Any) -> None:
    runs = few(2)
    open_grid(hand, runs[0], runs[1], "global", "d.coordinator")
    hand.press("ArrowDown", "h")
    hand.page.keyboard.type("made twice")
    hand.press("Enter")
    hand.reads(".shell-toasts", "1 dataset hidden")
    hand.page.wait_for_function("() => rrCertify.api.getDisplayedRowCount() === 1")
    hand.page.click("text=+ hidden")
    hand.page.wait_for_function("() => rrCertify.asked && rrCertify.asked.hidden")
    hand.page.wait_for_function(
        "n => { const found = []; rrCertify.api.forEachNode((row) => found.push(row.data.r));"
        " return found.length === 1 && found[0] === n; }",
        arg=runs[1],
    )
    hand.page.click("[data-task=hide]")
    hand.reads(".shell-toasts", "Select the datasets to bring back first")
    hand.press("ArrowDown", "h", "Enter")
    hand.reads(".shell-toasts", "1 dataset back in every grid")
    assert sorted(rows(kept, runs[0], runs[1])) == runs


def test_who_may_not_hide_is_told_who_may(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    open_grid(hand, run, run)
    hand.press("ArrowDown", "h")
    hand.reads(".shell-toasts", "cms-dqm-runregistry-data-certification")
    hand.press("o")
    hand.reads(".shell-toasts", "may not override a DCS bit")
    assert not hand.page.locator(_SHEET).is_visible()


def test_trap_14_a_bit_is_overridden_from_the_grid_over_a_range_of_runs(
    hand: Hand, kept: Registry, few: Any
) -> None:
    runs = few(3)
    open_grid(hand, runs[0], runs[2], "global", "d.coordinator")
    hand.press("ArrowDown", "Shift+ArrowDown", "o")
    hand.reads(_SHEET, "Override a bit of 2 datasets")
    hand.page.select_option(f"{_SHEET} select >> nth=0", "bpix_ready")
    hand.reads(_SHEET, "−3.0 pb⁻¹ in the golden JSON, 30 lumisections change")
    hand.page.fill(f"{_SHEET} textarea", "layer 1 was off")
    hand.press("Enter")
    hand.reads(".shell-toasts", "bpix_ready is false on 2 datasets; OMS's value is kept beside it")
    with kept.reading() as connection:
        at = world.sequence_of(connection)
        found = [bits.overrides(connection, n, PROMPT, at) for n in runs]
    assert [[(str(o.span), o.value, o.raw, o.comment) for o in one] for one in found] == [
        [],
        *[[("1–5", False, False, "layer 1 was off"), ("6–20", False, True, "layer 1 was off")]] * 2,
    ]
    hand.press("o")
    hand.reads(_SHEET, "Override a bit of 2 datasets")
    hand.page.select_option(f"{_SHEET} select >> nth=0", "bpix_ready")
    hand.page.select_option(f"{_SHEET} select >> nth=1", "as OMS says")
    hand.page.fill(f"{_SHEET} textarea", "it was on")
    hand.press("Enter")
    hand.reads(".shell-toasts", "bpix_ready is again what OMS says on 2 datasets")
    with kept.reading() as connection:
        at = world.sequence_of(connection)
        assert [bits.overrides(connection, n, PROMPT, at) for n in runs] == [[], [], []]


def test_a_button_of_the_panel_shows_the_effect_before_it_is_applied(
    hand: Hand, kept: Registry, few: Any
) -> None:
    (run,) = few(1)
    open_grid(hand, run, run)
    cell(hand, rows(kept, run, run)[run][0], PIXEL).click()
    hand.page.click("[data-status=STANDBY]")
    hand.reads("#certify-panel-impact", "−1.5 pb⁻¹")
    assert rows(kept, run, run)[run][2] == ["g", "g", "g"]
    hand.press("Enter")
    saved(hand)
    hand.page.wait_for_function(
        "id => rrCertify.texts(rrCertify.node(id).data)[1] === 'S'", arg=rows(kept, run, run)[run][0]
    )
    assert rows(kept, run, run)[run][2] == ["g", "S", "g"]


def test_edits_wait_while_the_registry_is_away_and_arrive_when_it_is_back(
    hand: Hand, kept: Registry, few: Any
) -> None:
    (run,) = few(1)
    open_grid(hand, run, run)
    hand.page.route("**/grid/edits", lambda route: route.abort())
    hand.press("ArrowDown", "s", "ArrowRight", "e")
    hand.reads("#certify-grid-outbox", "the registry does not answer · 2 not yet saved")
    assert rows(kept, run, run)[run][2] == ["g", "g", "g"]
    hand.page.unroute("**/grid/edits")
    saved(hand)
    assert rows(kept, run, run)[run][2] == ["S", "E", "g"]
    hand.complaints = [said for said in hand.complaints if "net::ERR_FAILED" not in said]


def test_what_a_killed_tab_had_not_sent_leaves_with_the_next_one(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    open_grid(hand, run, run)
    hand.page.route("**/grid/edits", lambda route: route.abort())
    hand.press("ArrowDown", "s")
    hand.reads("#certify-grid-outbox", "1 not yet saved")
    world.give(kept, world.DC, "tracker-track", [(1, 4)], "EXCLUDED", run_number=run)
    hand.page.on("dialog", lambda dialog: dialog.accept())
    hand.page.reload()
    hand.reads("#certify-grid-outbox", "1 not yet saved")
    hand.page.unroute("**/grid/edits")
    # it is an edit of yesterday: what somebody else said meanwhile is named, not overwritten
    hand.reads(_PANEL, "d.coordinator says EXCLUDED, you say STANDBY")
    assert rows(kept, run, run)[run][2][0].startswith("E20|")
    hand.press("m")
    saved(hand)
    assert rows(kept, run, run)[run][2][0] == "S"
    hand.complaints = [said for said in hand.complaints if "net::ERR_FAILED" not in said]
