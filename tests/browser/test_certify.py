"""The shifter certifies on the strip: by drag, by keys, by typing; what is not theirs is closed."""

from collections.abc import Callable
from typing import Any

from components.shell import WHO
from tests.browser.hand import Hand
from tests.browser.small import PROMPT, RULE

PIXEL = "tracker-pixel"
CAUSE, COMMENT, PANEL = "#certify-panel-cause", "#certify-panel-comment", "#certify-panel"


def rule_good(first: int, last: int) -> tuple[int, int, str, str]:
    return (first, last, "GOOD", RULE.name)


def records(hand: Hand, act: Callable[[], Any]) -> int:
    """Do something that writes, and wait until the strip shows it."""
    before = hand.sequence()
    act()
    hand.sees_sequence(before + 1)
    return hand.sequence()


def test_a_drag_then_b_then_a_cause_then_enter_records_bad(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.rests()
    before = len(hand.requests)
    hand.drag(PIXEL, 20, 30)
    hand.page.wait_for_timeout(400)
    assert hand.requests[before:] == []
    assert hand.chosen() == [["online", PIXEL, 20, 30]]
    hand.press("b")
    assert hand.focus() == "certify-panel-cause"
    hand.page.select_option(CAUSE, "HV trip")
    records(hand, lambda: hand.press("Enter"))
    assert hand.said(a_run, PIXEL) == [
        rule_good(1, 19),
        (20, 30, "BAD", "a.shifter"),
        rule_good(31, 100),
    ]


def test_the_keyboard_alone_certifies(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.page.focus(".strip-grid")
    hand.press("Home", "Alt+ArrowLeft", "Shift+Alt+ArrowRight", "Shift+Alt+ArrowRight", "Shift+ArrowDown")
    cells = hand.chosen()
    assert [cell[2:] for cell in cells] == [[1, 3], [1, 3]]
    hand.press("b")
    assert hand.focus() == "certify-panel-cause"
    hand.page.keyboard.type("noise")
    records(hand, lambda: hand.press("Enter"))
    for _, column, _, _ in cells:
        assert hand.said(a_run, column) == [(1, 3, "BAD", "a.shifter"), rule_good(4, 100)]
    hand.press("ArrowDown")
    assert hand.focus() == "lumisection-strip-grid"


def test_the_last_cause_is_offered_again(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    hand.press("b")
    hand.page.select_option(CAUSE, "timing")
    records(hand, lambda: hand.press("Enter"))
    hand.drag("hcal-hcal", 40, 50)
    hand.press("b")
    hand.page.wait_for_function("() => document.querySelector('#certify-panel-cause').value === 'timing'")
    records(hand, lambda: hand.press("Enter"))
    assert (40, 50, "BAD", "a.shifter") in hand.said(a_run, "hcal-hcal")


def test_g_records_good_at_once_and_u_takes_it_back(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    records(hand, lambda: hand.press("g"))
    assert (20, 30, "GOOD", "a.shifter") in hand.said(a_run, PIXEL)
    hand.page.wait_for_selector(".rr-toast")
    records(hand, lambda: hand.press("u"))
    assert hand.said(a_run, PIXEL) == [rule_good(1, 100)]


def test_two_actions_are_taken_back_one_after_the_other(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    for first, last in ((20, 30), (50, 60)):
        hand.drag(PIXEL, first, last)
        records(hand, lambda: hand.press("s"))
    records(hand, lambda: hand.press("u"))
    assert hand.said(a_run, PIXEL) == [rule_good(1, 19), (20, 30, "STANDBY", "a.shifter"), rule_good(31, 100)]
    records(hand, lambda: hand.press("u"))
    assert hand.said(a_run, PIXEL) == [rule_good(1, 100)]


def test_the_history_takes_back_what_it_names(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    records(hand, lambda: hand.press("e"))
    records(hand, lambda: hand.page.click("#run-past .link-button >> nth=0"))
    assert hand.said(a_run, PIXEL) == [rule_good(1, 100)]


def test_letters_in_the_comment_box_certify_nothing(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    before = hand.sequence()
    hand.press("c")
    assert hand.focus() == "certify-panel-comment"
    hand.page.keyboard.type("bgseu")
    hand.press("Backspace")
    hand.page.wait_for_timeout(400)
    assert hand.page.input_value(COMMENT) == "bgse"
    assert hand.sequence() == before
    assert hand.page.locator(f"{PANEL} [data-status][aria-pressed=true]").count() == 0


def test_letters_in_the_go_to_box_certify_nothing(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    before = hand.sequence()
    hand.press("/")
    hand.page.keyboard.type("gse")
    hand.page.wait_for_timeout(400)
    assert hand.sequence() == before


def test_caps_lock_is_ignored_and_control_is_not_a_verdict(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    before = hand.sequence()
    for keys in ("Control+b", "Control+g", "Alt+s", "Meta+e"):
        hand.press(keys)
    hand.page.wait_for_timeout(400)
    assert hand.sequence() == before
    capital = "new KeyboardEvent('keydown', {key: 'G', code: 'KeyG', bubbles: true, cancelable: true})"
    records(hand, lambda: hand.page.evaluate(f"() => document.activeElement.dispatchEvent({capital})"))
    assert (20, 30, "GOOD", "a.shifter") in hand.said(a_run, PIXEL)


def test_a_key_held_down_writes_once(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 30)
    before = hand.sequence()
    hand.page.keyboard.down("s")
    hand.page.keyboard.down("s")
    hand.page.keyboard.down("s")
    hand.page.keyboard.up("s")
    hand.sees_sequence(before + 1)
    hand.page.wait_for_timeout(500)
    assert hand.sequence() == before + 1


def test_if_applied_shows_the_luminosity_lost_before_it_is_applied(hand: Hand, a_run: int) -> None:
    hand.comes_as("t.certifier")
    hand.go_to_run(a_run)
    hand.sees_strip(a_run)
    hand.drag(PIXEL, 20, 29, PROMPT)
    before = hand.sequence()
    hand.press("b")
    hand.page.wait_for_selector("#certify-panel-impact .impact")
    words = hand.page.inner_text("#certify-panel-impact")
    assert "−1.0 pb⁻¹" in words
    assert "10 lumisections change" in words
    assert hand.sequence() == before
    hand.page.select_option(CAUSE, "DCS loss")
    records(hand, lambda: hand.press("Enter"))
    assert (20, 29, "BAD", "t.certifier") in hand.said(a_run, PIXEL, PROMPT)


def test_a_status_goes_with_the_selection_it_was_chosen_for(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 29)
    hand.press("b")
    hand.page.wait_for_selector("#certify-panel-impact .impact")
    hand.page.select_option(CAUSE, "HV trip")
    before = hand.sequence()
    hand.drag(PIXEL, 40, 60)
    hand.page.wait_for_selector("#certify-panel-impact .impact", state="detached")
    # nor is an answer shown that comes only now
    hand.page.evaluate("dash_clientside.set_props('certify-panel-impact', {children: 'late'})")
    hand.page.wait_for_function("() => document.getElementById('certify-panel-impact').textContent === 'late'")
    assert not hand.page.is_visible("#certify-panel-impact")
    assert hand.page.get_attribute(f"{PANEL} [data-status=BAD]", "aria-pressed") == "false"
    hand.page.click("#certify-panel-apply")
    hand.reads("#shell-toasts-own", "choose a status first")
    assert hand.sequence() == before


def test_lumisections_are_typed_where_a_hand_is_too_coarse(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.settles()
    row = "rrStrip.meta.rows.findIndex((row) => row.dataset === 'online' && row.key === 'tracker-pixel')"
    hand.page.evaluate(f"() => rrStrip.choose(rrStrip.rectangle([{row}], 1, 90))")
    for typed, answer in (("ten", "such as 10-20"), ("900", "no lumisections 900")):
        hand.page.fill("#certify-panel-exactly", typed)
        hand.press("Enter")
        hand.reads("#shell-toasts-own", answer)
        assert hand.chosen() == [["online", PIXEL, 1, 90]]
    hand.page.fill("#certify-panel-exactly", "10-20, 25")
    hand.press("Enter")
    assert hand.chosen() == [["online", PIXEL, 10, 20], ["online", PIXEL, 25, 25]]
    assert hand.focus() == "lumisection-strip-grid"


def test_becoming_somebody_else_certifies_nothing(hand: Hand, a_run: int) -> None:
    """The panel is drawn again for another person, with the last key still in the page."""
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 29)
    records(hand, lambda: hand.press("s"))
    hand.drag(PIXEL, 40, 60)
    before = hand.sequence()
    hand.page.select_option(f"#{WHO}", "r.reader")
    hand.page.wait_for_selector("#certify-panel-apply:disabled")
    hand.settles()
    assert hand.sequence() == before
    hand.page.select_option(f"#{WHO}", "b.expert")
    hand.page.wait_for_selector("#certify-panel-apply:enabled")
    hand.settles()
    assert hand.sequence() == before


def test_a_dataset_that_the_rule_does_not_read_says_so(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.drag(PIXEL, 20, 29)
    hand.press("b")
    hand.page.wait_for_selector("#certify-panel-impact .impact")
    assert "does not" in hand.page.inner_text("#certify-panel-impact")


def test_a_certifier_cannot_select_what_is_not_theirs(hand: Hand, a_run: int) -> None:
    hand.comes_as("t.certifier")
    hand.go_to_run(a_run)
    hand.sees_strip(a_run)
    hand.drag("hcal-hcal", 20, 29, PROMPT)
    assert hand.chosen() == []
    hand.drag(PIXEL, 20, 29, PROMPT)
    assert hand.chosen() == [[PROMPT, PIXEL, 20, 29]]


def test_a_reader_finds_the_panel_closed_and_is_told_why(hand: Hand, a_run: int) -> None:
    hand.comes_as("r.reader")
    hand.go_to_run(a_run)
    hand.page.wait_for_selector("#certify-panel-apply[disabled]")
    hand.reads("#certify-panel-closed", "cms-dqm-runregistry-online-shifters or")
    look = "at => (({ borderStyle, backgroundColor }) => [borderStyle, backgroundColor])(getComputedStyle(at))"
    # nothing of it looks like what can be pressed
    assert hand.page.eval_on_selector("#certify-panel-apply", look) == ["dashed", "rgba(0, 0, 0, 0)"]
    assert hand.page.locator(f"{PANEL} [data-status]:not([disabled])").count() == 0
    hand.sees_strip(a_run)
    hand.drag(PIXEL, 20, 30)
    assert hand.chosen() == []


def test_a_click_takes_the_span_and_escape_lets_go(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    hand.page.mouse.click(*hand.point("bits", "bpix_ready", 3))
    cells = hand.chosen()
    assert {cell[1] for cell in cells} == {PIXEL}
    assert {tuple(cell[2:]) for cell in cells} == {(1, 5)}
    hand.press("Escape")
    assert hand.chosen() == []


def test_the_board_certifies_its_run_too(hand: Hand, a_run: int) -> None:
    hand.page.goto(f"{hand.origin}/")
    hand.sees_strip(a_run)
    hand.drag(PIXEL, 20, 30)
    records(hand, lambda: hand.press("s"))
    assert (20, 30, "STANDBY", "a.shifter") in hand.said(a_run, PIXEL)
    # its tile selects those lumisections, and the next key is about them
    hand.page.click(".tile.is-standby")
    assert hand.chosen() == [["online", PIXEL, 20, 30]]
    records(hand, lambda: hand.press("e"))
    assert (20, 30, "EXCLUDED", "a.shifter") in hand.said(a_run, PIXEL)
    records(hand, lambda: hand.press("u"))
    records(hand, lambda: hand.press("u"))
    assert hand.said(a_run, PIXEL) == [rule_good(1, 100)]
