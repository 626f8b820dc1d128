"""What is refused names what is missing or who was there meanwhile, and writes nothing."""

from model.vocabulary import CAUSES
from tests.browser.hand import Hand, Held
from tests.browser.test_certify import CAUSE, COMMENT, PIXEL, records, rule_good

_IS_AT = "id => document.activeElement.id === id"
#: what the page asks when it hears that the journal moved on; until it is answered, the screen is as it was
_FOLLOWS = ('"changedPropIds":["shell-version.data"', '"changedPropIds":["shell-followed.data"')


def test_bad_without_cause_or_comment_is_refused_and_nothing_written(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    before = hand.sequence()
    hand.press("b", "Enter")
    assert "BAD needs a cause, or a comment" in hand.refusal()
    assert hand.sequence() == before
    assert hand.chosen() == [["online", PIXEL, 20, 30]]


def test_after_a_refusal_the_hand_is_where_it_is_mended_and_after_a_record_on_the_strip(
    hand: Hand, a_run: int
) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    hand.press("b")
    hand.page.wait_for_selector(".certify-panel-impact .impact")
    for _ in range(2):
        hand.press("Enter")
        hand.refusal()
        hand.page.wait_for_function(_IS_AT, arg="certify-panel-cause")
    # one step down from "no cause" is the first cause
    hand.press("ArrowDown")
    chosen = hand.page.input_value(CAUSE)
    assert chosen == CAUSES[0]
    assert hand.page.is_visible(".certify-panel-impact .impact")
    records(hand, lambda: hand.press("Enter"))
    assert "strip-grid" in hand.focus()
    assert not hand.page.is_visible(".certify-panel-impact .impact")


def test_bad_with_a_comment_is_enough(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    hand.press("b")
    hand.page.focus(COMMENT)
    hand.page.keyboard.type("sector 7 lost its bias")
    records(hand, lambda: hand.press("Enter"))
    assert (20, 30, "BAD", "a.shifter") in hand.said(a_run, PIXEL)


def test_a_stale_edit_is_refused_naming_both_sides(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    Held(hand).hold(*_FOLLOWS)
    edit = {
        "run_number": a_run,
        "dataset": "online",
        "columns": [PIXEL],
        "ranges": [[25, 40]],
        "status": "STANDBY",
    }
    hand.writes_by_api("b.expert", edit)
    before = hand.sequence()
    hand.press("g")
    sentence = hand.refusal()
    assert "tracker-pixel LS 25–30: b.expert says STANDBY, you say GOOD" in sentence
    assert hand.sequence() == before


def overtaken(hand: Hand, run: int) -> None:
    """Want GOOD on 20-30 where somebody else said STANDBY on 25-40 meanwhile, and be refused."""
    hand.go_to_run(run)
    hand.drag(PIXEL, 20, 30)
    held = Held(hand)
    held.hold(*_FOLLOWS)
    edit = {"run_number": run, "dataset": "online", "columns": [PIXEL], "ranges": [[25, 40]]}
    hand.writes_by_api("b.expert", {**edit, "status": "STANDBY"})
    hand.press("g")
    hand.reads("#certify-panel-refusal", "b.expert says STANDBY, you say GOOD")
    held.let_go()


def test_m_says_mine_again_having_seen_theirs(hand: Hand, a_run: int) -> None:
    overtaken(hand, a_run)
    records(hand, lambda: hand.press("m"))
    assert (20, 30, "GOOD", "a.shifter") in hand.said(a_run, PIXEL)
    assert (31, 40, "STANDBY", "b.expert") in hand.said(a_run, PIXEL)


def test_t_leaves_theirs_and_what_nobody_else_touched_is_mine(hand: Hand, a_run: int) -> None:
    overtaken(hand, a_run)
    records(hand, lambda: hand.press("t"))
    assert (20, 24, "GOOD", "a.shifter") in hand.said(a_run, PIXEL)
    assert (25, 40, "STANDBY", "b.expert") in hand.said(a_run, PIXEL)


def test_lumisections_that_were_typed_are_not_passed_over(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.settles()
    hand.drag(PIXEL, 1, 90)
    before = hand.sequence()
    hand.press("b")
    hand.page.wait_for_selector("#certify-panel-impact .impact")
    hand.page.select_option(CAUSE, "HV trip")
    hand.page.fill("#certify-panel-exactly", "ten")
    hand.page.click("#certify-panel-apply")
    hand.reads("#shell-toasts-own", "such as 10-20")
    assert hand.sequence() == before
    hand.page.fill("#certify-panel-exactly", "10-20")
    records(hand, lambda: hand.page.click("#certify-panel-apply"))
    assert hand.said(a_run, PIXEL) == [
        rule_good(1, 9),
        (10, 20, "BAD", "a.shifter"),
        rule_good(21, 100),
    ]
    hand.page.fill("#certify-panel-exactly", "30-40")
    hand.drag(PIXEL, 50, 60)
    hand.page.wait_for_function("() => document.getElementById('certify-panel-exactly').value === ''")
