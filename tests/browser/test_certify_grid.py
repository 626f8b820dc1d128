"""The offline shift works in the grid: by keyboard, without a request while selecting, and nothing is lost."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from model.authors import IMPORTER
from model.commands.proposals import propose
from model.events import ProposalsMade
from model.grid.cells import cell_text
from model.grid.choice import Choice, chosen
from model.grid.grid import Question
from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand
from tests.model import world
from tests.model.world import PROMPT

_DRAWN = """n => rrStrip.meta && rrStrip.meta.run_number === n
    && document.activeElement.className === 'strip-grid'"""
_SAVED = """() => document.getElementById('certify-grid-outbox').textContent === ''
    && !window.rrCertify.waiting.size"""
_ALL_SIGNED = """() => { let left = 0;
    rrCertify.api.forEachNode((row) => { left += row.data.s !== 'SIGNOFF'; }); return left === 0; }"""
_ORDER = """() => { const found = [];
    rrCertify.api.forEachNodeAfterFilterAndSort((row) => found.push(row.data.r)); return found; }"""
COLUMNS = ("tracker-track", "tracker-pixel", "tracker-strip")
FIRST, RUNS, BAD = small.first_of(__name__), 40, (5, 17, 33)
_CELL = '.ag-row[row-id="{}"] .ag-cell[col-id="{}"]'


@pytest.fixture(scope="module")
def shift(kept: Registry) -> Registry:
    """Give forty runs that the tracker group has not looked at yet."""
    for number in range(FIRST, FIRST + RUNS):
        world.report_run(kept, number, [(1, 20)])
        world.create_dataset(kept, PROMPT, number)
    return kept


def rows(registry: Registry, first: int, last: int) -> dict[int, tuple[int, str, list[str]]]:
    with registry.reading() as connection:
        at = world.sequence_of(connection)
        ids = chosen(connection, Choice(first_run=first, last_run=last), at)
        found = registry.grid.rows(connection, Question("tracker", COLUMNS), ids, at)
    return {row.run_number: (row.dataset_id, row.state, [cell_text(c) for c in row.cells]) for row in found}


def open_grid(hand: Hand, first: int, last: int, workspace: str = "tracker", who: str = "t.certifier") -> None:
    hand.comes_as(who)
    hand.go(f"/certify/{workspace}?runs={first}-{last}")
    hand.page.wait_for_selector(".ag-cell.certify-cell")
    hand.page.wait_for_function("() => window.rrCertify && window.rrCertify.api && window.rrCertify.asked")


def saved(hand: Hand) -> None:
    hand.page.wait_for_function(_SAVED)


def cell(hand: Hand, dataset_id: int, column: str) -> Any:
    return hand.page.locator(_CELL.format(dataset_id, column))


class Counting:
    """Presses keys and counts them."""

    def __init__(self, hand: Hand) -> None:
        self.hand, self.pressed = hand, 0

    def press(self, *keys: str) -> None:
        self.hand.press(*keys)
        self.pressed += len(keys)


def certify_bad(keys: Counting, number: int) -> None:
    """Set the first three lumisections of the first column BAD, and the rest of the run GOOD."""
    hand = keys.hand
    keys.press("l")
    hand.page.wait_for_function(_DRAWN, arg=number)
    keys.press("Home", "Alt+ArrowLeft", "Shift+Alt+ArrowRight", "Shift+Alt+ArrowRight", "b")
    assert hand.focus() == "certify-panel-cause"
    before = hand.page.evaluate("() => rrStrip.meta.sequence")
    keys.press("h")
    keys.press("Enter")
    hand.page.wait_for_function("s => rrStrip.meta.sequence > s", arg=before)
    keys.press("l", "a")


def test_a_whole_shift_by_keyboard_alone(hand: Hand, shift: Registry) -> None:
    open_grid(hand, FIRST, FIRST + RUNS - 1)
    order, keys = hand.page.evaluate(_ORDER), Counting(hand)
    assert order == list(range(FIRST + RUNS - 1, FIRST - 1, -1))
    keys.press("ArrowDown")
    for place, number in enumerate(order):
        if place in BAD:
            certify_bad(keys, number)
        else:
            keys.press("a")
    saved(hand)
    keys.press("Control+a", "Shift+Enter")
    hand.reads(".certify-sign-off", f"Sign off {RUNS} datasets of tracker")
    keys.press("Enter")
    hand.page.wait_for_function(_ALL_SIGNED)
    # one key for a clean run, ten for one with a bad range, four for the whole shift
    assert keys.pressed == 1 * (RUNS - len(BAD)) + 10 * len(BAD) + 4
    is_as_shown(hand, shift, order)


def is_as_shown(hand: Hand, shift: Registry, order: list[int]) -> None:
    """Check that the API says of every run what the grid shows and what the hand did."""
    found = rows(shift, FIRST, FIRST + RUNS - 1)
    for place, number in enumerate(order):
        dataset_id, state, cells = found[number]
        assert state == "SIGNOFF"
        assert cells == (["B15*|2x3,1x17", "G", "G"] if place in BAD else ["G", "G", "G"])
        assert hand.page.evaluate("id => rrCertify.texts(rrCertify.node(id).data)", dataset_id) == cells
        answer = hand.page.request.get(f"{hand.origin}/api/v1/runs/{number}/verdicts?dataset={PROMPT}").json()
        first = answer["columns"]["tracker-track"][0]
        assert (first["status"], first["last"]) == (("BAD", 3) if place in BAD else ("GOOD", 20))


@pytest.fixture
def few(kept: Registry) -> Iterator[Callable[[int], list[int]]]:
    """Give runs that no other test touches."""
    yield lambda many: [_fresh(kept) for _ in range(many)]


def _fresh(registry: Registry) -> int:
    number = next(_numbers)
    small.add_run(registry, number, 20)
    return number


_numbers = itertools.count(FIRST + 100)


def test_nothing_leaves_while_somebody_selects(hand: Hand, kept: Registry, few: Any) -> None:
    runs = few(4)
    open_grid(hand, runs[0], runs[-1])
    hand.rests()
    before = len(hand.requests)
    hand.press("ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight")
    ids = [rows(kept, n, n)[n][0] for n in runs]
    cell(hand, ids[0], "tracker-strip").click(modifiers=["Control"])
    cell(hand, ids[1], "tracker-track").hover()
    hand.page.mouse.down()
    cell(hand, ids[3], "tracker-strip").hover()
    hand.page.mouse.up()
    assert hand.page.evaluate("() => rrCertify.selected.size") == 9
    # what follows the registry, and what the browser fetches for other pages while it is idle
    asked = [r for r in hand.requests[before:] if "/changes" not in r and "-component-suites/" not in r]
    assert asked == []


def test_keys_faster_than_answers_are_all_kept(hand: Hand, kept: Registry, few: Any) -> None:
    runs = few(3)
    open_grid(hand, runs[0], runs[-1])
    hand.page.route("**/grid/edits", lambda route: (hand.page.wait_for_timeout(300), route.continue_())[1])
    hand.press("ArrowDown", "s", "ArrowRight", "e", "ArrowRight", "g", "ArrowDown", "e", "ArrowLeft", "s")
    saved(hand)
    found = rows(kept, runs[0], runs[-1])
    assert found[runs[2]][2] == ["S", "E", "G"]
    assert found[runs[1]][2] == ["g", "S", "E"]


def test_bad_asks_for_its_cause_and_shows_what_it_costs(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    open_grid(hand, run, run)
    hand.press("ArrowDown", "ArrowRight", "b")
    assert hand.focus() == "certify-panel-cause"
    hand.reads("#certify-panel-impact", "pb⁻¹")
    hand.page.select_option("#certify-panel-cause", "HV trip")
    hand.press("Enter")
    saved(hand)
    assert rows(kept, run, run)[run][2] == ["g", "B*", "g"]
    hand.press("u")
    hand.page.wait_for_function(
        "id => rrCertify.texts(rrCertify.node(id).data)[1] === 'g'", arg=rows(kept, run, run)[run][0]
    )
    assert rows(kept, run, run)[run][2] == ["g", "g", "g"]


def test_a_refused_edit_comes_back_into_its_cell_with_its_reason(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    # nobody tells this browser what happened meanwhile
    nothing = {"rows": [], "sequence": world.now(kept), "others": []}
    hand.page.route("**/grid/changes*", lambda route: route.fulfill(json=nothing))
    open_grid(hand, run, run)
    world.give(kept, world.DC, "tracker-pixel", [(3, 9)], "STANDBY", run_number=run)
    hand.press("ArrowDown", "ArrowRight", "e")
    hand.reads(".certify-panel .refusal", "d.coordinator says STANDBY, you say EXCLUDED")
    saved(hand)
    ((dataset_id, _, cells),) = rows(kept, run, run).values()
    assert cells[1].startswith("S")
    assert "is-refused" in str(cell(hand, dataset_id, "tracker-pixel").get_attribute("class"))
    assert hand.page.evaluate("id => rrCertify.texts(rrCertify.node(id).data)[1]", dataset_id) == cells[1]


def test_what_another_person_does_appears(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    open_grid(hand, run, run)
    world.give(kept, world.DC, "tracker-strip", [(1, 20)], "EXCLUDED", run_number=run)
    hand.page.evaluate("() => rrCertify.follow()")
    hand.reads(_CELL.format(rows(kept, run, run)[run][0], "tracker-strip"), "E")


def test_a_reader_may_look_and_is_told_why_no_more(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    open_grid(hand, run, run, who="r.reader")
    hand.page.wait_for_selector("#certify-panel-apply[disabled]")
    hand.reads("#certify-panel-closed", "cms-dqm-runregistry-offline-tracker-certifiers or")
    assert hand.page.get_attribute("#certify-panel-apply", "aria-describedby") == "certify-panel-closed"
    assert hand.page.locator(".certify-panel [data-status]:not([disabled])").count() == 0
    hand.press("ArrowDown", "g")
    hand.reads(".shell-toasts", "may not certify offline lumisections in tracker")
    assert rows(kept, run, run)[run][2] == ["g", "g", "g"]


def test_apply_is_open_where_something_selected_is_ones_own(hand: Hand, few: Any) -> None:
    (run,) = few(1)
    open_grid(hand, run, run, workspace="global", who="t.certifier")
    apply = "#certify-panel-apply"
    hand.press("ArrowDown")
    hand.page.wait_for_selector(f"{apply}[disabled]")
    hand.reads("#certify-panel-closed", "may not certify offline lumisections in btag")
    hand.press("Shift+End")
    hand.page.wait_for_selector(f"{apply}:not([disabled])")
    assert not hand.page.is_visible("#certify-panel-closed")


def test_sign_off_names_what_is_missing(hand: Hand, kept: Registry, few: Any) -> None:
    runs = few(2)
    world.give(kept, world.TRACKER, "tracker-track", [(2, 3)], "NOTSET", run_number=runs[0])
    open_grid(hand, runs[0], runs[1])
    hand.press("Control+a", "Shift+Enter")
    hand.reads(".certify-sign-off", "Sign off 1 dataset of tracker")
    hand.reads(".certify-sign-off", f"{runs[0]} {PROMPT}: tracker-track")
    hand.press("Escape")
    assert {state for _, state, _ in rows(kept, runs[0], runs[1]).values()} == {"OPEN"}


def test_an_address_that_means_nothing_says_what_it_dropped(hand: Hand, kept: Registry) -> None:
    hand.go("/certify/nowhere?stage=later&runs=x")
    hand.reads(".certify-head", "“later” is no stage")
    hand.reads(".certify-head", "“x” is no range of runs")
    hand.reads(".certify-head", "There is no workspace nowhere")


def test_a_proposal_is_shown_in_its_cell_and_accepted_by_a_key(hand: Hand, kept: Registry, few: Any) -> None:
    (run,) = few(1)
    said = {"column": "tracker-pixel", "ranges": [[4, 8]], "status": "BAD", "score": 0.97, "reason": "holes"}
    with kept.writing() as tx:
        propose(tx, ProposalsMade(run, PROMPT, "autoencoder", "2.1", (said,)), IMPORTER)
    open_grid(hand, run, run)
    dataset_id = rows(kept, run, run)[run][0]
    assert "has-proposal" in str(cell(hand, dataset_id, "tracker-pixel").get_attribute("class"))
    hand.press("ArrowDown", "ArrowRight", "w")
    hand.reads("#certify-panel-why", "BAD on LS 4–8")
    hand.reads("#certify-panel-why", "by autoencoder 2.1: holes")
    assert rows(kept, run, run)[run][2] == ["g", "g", "g"]
    hand.press("p")
    hand.reads(".shell-toasts", "Accepted 1 proposal of autoencoder")
    hand.reads(_CELL.format(dataset_id, "tracker-pixel"), "B 25")
    assert world.said(kept, "tracker-pixel", run_number=run)[1] == (4, 8, "BAD", "t.certifier")


def test_the_panel_says_what_is_selected_after_the_strip_was_taken_back(
    hand: Hand, kept: Registry, few: Any
) -> None:
    [number] = few(1)
    open_grid(hand, number, number)
    hand.press("ArrowDown", "l")
    hand.page.wait_for_function(_DRAWN, arg=number)
    hand.page.evaluate("() => rrStrip.choose(rrStrip.rectangle([0], 3, 5))")
    hand.press("b")
    hand.page.select_option("#certify-panel-cause", "HV trip")
    before = hand.page.evaluate("() => rrStrip.meta.sequence")
    hand.press("Enter")
    hand.page.wait_for_function("s => rrStrip.meta.sequence > s", arg=before)
    hand.press("u")
    hand.reads(".shell-toasts", "Taken back")
    hand.page.wait_for_function("s => rrStrip.meta && rrStrip.meta.sequence > s + 1", arg=before)
    hand.settles()
    assert hand.chosen() == []
    hand.reads(".certify-panel h2", "1 cell")
    assert not hand.page.is_visible("#certify-panel-exactly")
    assert hand.page.query_selector_all(".certify-panel [data-status][aria-pressed=true]") == []
