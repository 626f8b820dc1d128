"""What needs a decision is worked through by keyboard: the next one comes by itself."""

from typing import Any

from model.commands.proposals import propose
from model.events import ProposalsMade
from model.registry import Registry
from tests.browser.hand import Hand, Held
from tests.model import world
from tests.model.test_proposals import PROGRAM
from tests.model.world import DC, PROMPT, TRACKER

PIXEL, STRIP, TRACK = "tracker-pixel", "tracker-strip", "tracker-track"
#: more than any other test's run, so that these stand first
_PLENTY_INVPB = 50.0
_LEFT = "key => !document.querySelector(`#decide-list [data-key*='${key}']`)"


def set_back(kept: Registry, number: int, columns: list[str], lumi: float = _PLENTY_INVPB) -> None:
    world.report_luminosity(kept, [lumi] * 100, number)
    for by, column in ((TRACKER, c) for c in columns):
        world.give(kept, by, column, [(10, 20)], "NOTSET", run_number=number)


def offer(kept: Registry, number: int, column: str) -> None:
    said = {"column": column, "ranges": [(30, 40)], "status": "BAD", "score": 0.9, "reason": "odd occupancy"}
    with kept.writing() as tx:
        propose(tx, ProposalsMade(number, PROMPT, "ae", "1", (said,)), PROGRAM)


def open_queue(hand: Hand, search: str = "") -> None:
    hand.comes_as("t.certifier")
    hand.go(f"/decide{search}")
    hand.page.wait_for_selector("#decide-item [data-key]")


def shows(hand: Hand, words: str) -> None:
    hand.page.wait_for_function(
        "words => (document.querySelector('#decide-item h2') || {}).textContent === words", arg=words
    )


def current(hand: Hand) -> str:
    return str(hand.page.inner_text("#decide-list .is-current b"))


def test_a_quick_hand_answers_one_after_the_other(hand: Hand, kept: Registry, a_run: int) -> None:
    set_back(kept, a_run, [PIXEL, STRIP])
    open_queue(hand, "?workspace=tracker&kind=undecided")
    shows(hand, f"{a_run} · {PIXEL}")
    hand.press("g", "Enter", "b", "Enter")
    hand.page.wait_for_selector("#decide-refusal .is-refusal")
    assert "BAD needs a cause" in hand.page.inner_text("#decide-refusal")
    assert current(hand) == f"{a_run} · {STRIP}"
    hand.press("b")
    hand.page.select_option("#decide-cause", "HV trip")
    hand.press("Enter")
    hand.page.wait_for_function(_LEFT, arg=f":{a_run}:")
    assert (10, 20, "GOOD", TRACKER.name) in hand.said(a_run, PIXEL, PROMPT)
    assert (10, 20, "BAD", TRACKER.name) in hand.said(a_run, STRIP, PROMPT)


def test_undo_brings_it_back(hand: Hand, kept: Registry, a_run: int) -> None:
    set_back(kept, a_run, [PIXEL], 2 * _PLENTY_INVPB)
    open_queue(hand, "?kind=undecided")
    shows(hand, f"{a_run} · {PIXEL}")
    hand.press("s", "Enter", "u")
    hand.reads(".shell-toasts", "it waits again")
    shows(hand, f"{a_run} · {PIXEL}")
    assert (10, 20, "NOTSET", TRACKER.name) in hand.said(a_run, PIXEL, PROMPT)
    hand.press("g", "Enter")
    hand.reads(".shell-toasts", "GOOD recorded")


def test_a_proposal_is_accepted_and_the_next_one_rejected(hand: Hand, kept: Registry, a_run: int) -> None:
    world.report_luminosity(kept, [_PLENTY_INVPB] * 100, a_run)
    offer(kept, a_run, PIXEL)
    offer(kept, a_run, STRIP)
    open_queue(hand, "?kind=proposal")
    shows(hand, f"{a_run} · {PIXEL}")
    assert "odd occupancy" in hand.page.inner_text("#decide-item")
    hand.press("a", "x")
    hand.reads(".shell-toasts", f"{STRIP}: rejected")
    said = hand.said(a_run, PIXEL, PROMPT)
    assert (30, 40, "BAD", TRACKER.name) in said
    assert {status for _, _, status, _ in hand.said(a_run, STRIP, PROMPT)} == {"GOOD"}


def test_both_sides_of_a_dispute_stand_there_and_j_and_k_move(hand: Hand, kept: Registry, a_run: int) -> None:
    world.report_luminosity(kept, [_PLENTY_INVPB] * 100, a_run)
    for column in (PIXEL, STRIP):
        world.give(kept, TRACKER, column, [(5, 9)], "BAD", comment="FED 341 off", run_number=a_run)
        world.give(kept, DC, column, [(5, 9)], "GOOD", comment="one module only", run_number=a_run)
    open_queue(hand, "?kind=people")
    shows(hand, f"{a_run} · {PIXEL}")
    sides: Any = hand.page.inner_text("#decide-item .decide-sides")
    assert "FED 341 off" in sides and "one module only" in sides
    hand.press("j")
    shows(hand, f"{a_run} · {STRIP}")
    hand.press("k")
    shows(hand, f"{a_run} · {PIXEL}")
    hand.press("c")
    hand.page.keyboard.type("agreed: one module")
    hand.press("Escape", "g", "Enter")
    shows(hand, f"{a_run} · {STRIP}")
    hand.reads(".shell-toasts", "GOOD recorded")
    assert (5, 9, "GOOD", TRACKER.name) in hand.said(a_run, PIXEL, PROMPT)


_AHEAD = """key => { const drawn = dash_component_api.getLayout('decide-ahead').props.data;
    return !!(drawn && drawn.items[key]) }"""


def waits_ahead(hand: Hand, column: str) -> None:
    """Wait until the browser has what it will show of the line of a column."""
    line = hand.page.locator("#decide-list > li[data-key]", has_text=f"· {column}").first
    hand.page.wait_for_function(_AHEAD, arg=line.get_attribute("data-key"))


def test_the_next_one_is_shown_while_the_registry_has_not_answered(
    hand: Hand, kept: Registry, a_run: int
) -> None:
    set_back(kept, a_run, [PIXEL, STRIP], 3 * _PLENTY_INVPB)
    held = Held(hand)
    open_queue(hand, "?workspace=tracker&kind=undecided")
    shows(hand, f"{a_run} · {PIXEL}")
    waits_ahead(hand, STRIP)
    held.hold("outputs")
    hand.press("j")
    shows(hand, f"{a_run} · {STRIP}")
    held.let_go()
    waits_ahead(hand, PIXEL)
    held.hold("outputs")
    hand.press("k")
    shows(hand, f"{a_run} · {PIXEL}")
    held.let_go()


def test_a_refused_answer_brings_back_what_it_was_about(hand: Hand, kept: Registry, a_run: int) -> None:
    set_back(kept, a_run, [PIXEL, STRIP], 4 * _PLENTY_INVPB)
    held = Held(hand)
    open_queue(hand, "?workspace=tracker&kind=undecided")
    shows(hand, f"{a_run} · {PIXEL}")
    waits_ahead(hand, STRIP)
    held.hold("decide-intent")
    hand.press("b", "Enter")
    shows(hand, f"{a_run} · {STRIP}")
    held.let_go()
    shows(hand, f"{a_run} · {PIXEL}")
    assert "BAD needs a cause" in hand.page.inner_text("#decide-refusal")
    assert current(hand) == f"{a_run} · {PIXEL}"


def test_what_was_drawn_beside_an_older_row_is_not_shown(hand: Hand, kept: Registry, a_run: int) -> None:
    columns = (PIXEL, STRIP, TRACK)
    world.report_luminosity(kept, [5 * _PLENTY_INVPB] * 100, a_run)
    for column in columns:
        world.give(kept, TRACKER, column, [(5, 9)], "BAD", comment="FED 341 off", run_number=a_run)
        world.give(kept, DC, column, [(5, 9)], "GOOD", comment="one module only", run_number=a_run)
    held = Held(hand)
    open_queue(hand, "?kind=people")
    first, second, third = hand.page.locator("#decide-list b").all_inner_texts()[:3]
    shows(hand, first)
    waits_ahead(hand, third.split(" · ")[1])
    # nothing more is drawn ahead; meanwhile somebody says more of the third
    held.hold("decide-wanted.data")
    world.give(
        kept, TRACKER, third.split(" · ")[1], [(5, 9)], "STANDBY", comment="half of it", run_number=a_run
    )
    hand.press("c")
    hand.page.keyboard.type("agreed")
    hand.press("Escape", "g", "Enter")
    hand.reads(".shell-toasts", "GOOD recorded")
    shows(hand, second)
    hand.press("j")
    shows(hand, third)
    assert "half of it" in hand.page.inner_text("#decide-item .decide-sides")
    held.let_go()


def test_who_may_decide_nothing_is_told_so(hand: Hand) -> None:
    hand.comes_as("r.reader")
    hand.go("/decide?workspace=muon&kind=nonsense")
    hand.reads("#decide-item", "You may certify in no workspace")
    hand.reads("#decide-head", "“nonsense” is no kind of decision")
