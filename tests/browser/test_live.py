"""Screens that follow: told by the stream, by asking where it is dead; where nothing answers they say so."""

from model import feeds
from model.registry import Registry
from tests.browser.conftest import StreamProcess
from tests.browser.hand import Hand
from tests.model import world

PIXEL = "tracker-pixel"
#: the smallest text that is seen: its size in px, and what it says
_SMALLEST = """() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), sizes = [];
    while (walk.nextNode()) { const e = walk.currentNode.parentElement;
        if (walk.currentNode.textContent.trim() && e.checkVisibility() && e.getBoundingClientRect().width > 2)
            sizes.push([parseFloat(getComputedStyle(e).fontSize), walk.currentNode.textContent]); }
    return sizes.sort((a, b) => a[0] - b[0])[0]; }"""
_MODE = "mode => document.documentElement.dataset.stream === mode"


def grows(kept: Registry, number: int, last: int) -> int:
    """Let upstream tell of more lumisections, and the rule of their quality."""
    world.report_run(kept, number, [(1, last)], {"cms_active": [(1, last, True)]})
    return world.rule_says(kept, PIXEL, [(1, last)], "GOOD", dataset="online", run_number=number)


def follows(hand: Hand, mode: str) -> None:
    hand.page.wait_for_function(_MODE, arg=mode, timeout=30_000)


def test_what_somebody_else_says_is_painted_without_a_hand(hand: Hand, kept: Registry, a_run: int) -> None:
    hand.go_to_run(a_run)
    follows(hand, "live")
    recorded = world.give(kept, world.SHIFTER, PIXEL, [(3, 9)], "STANDBY", dataset="online", run_number=a_run)
    hand.sees_sequence(recorded)
    hand.reads("#run-past", "STANDBY")


def test_a_drag_on_a_growing_strip_ends_on_the_lumisections_it_began_on(
    hand: Hand, kept: Registry, a_run: int
) -> None:
    hand.go_to_run(a_run)
    follows(hand, "live")
    hand.page.mouse.move(*hand.point("online", PIXEL, 20))
    hand.page.mouse.down()
    hand.page.mouse.move(*hand.point("online", PIXEL, 24), steps=3)
    hand.sees_sequence(grows(kept, a_run, 400))
    hand.page.mouse.move(*hand.point("online", PIXEL, 30), steps=3)
    hand.page.mouse.up()
    assert hand.chosen() == [["online", PIXEL, 20, 30]]
    hand.sees_sequence(grows(kept, a_run, 800))
    assert hand.chosen() == [["online", PIXEL, 20, 30]]
    hand.press("e")
    hand.reads(".shell-toasts", "EXCLUDED on 11 lumisections recorded")
    assert (20, 30, "EXCLUDED", "a.shifter") in hand.said(a_run, PIXEL)


def test_a_comment_being_typed_outlives_what_others_say(hand: Hand, kept: Registry, a_run: int) -> None:
    hand.go_to_run(a_run)
    follows(hand, "live")
    hand.drag(PIXEL, 20, 30)
    hand.page.fill("#certify-panel-comment", "sector 7 lost its bi")
    hand.sees_sequence(grows(kept, a_run, 300))
    assert hand.page.input_value("#certify-panel-comment") == "sector 7 lost its bi"
    assert hand.focus() == "certify-panel-comment"
    assert hand.chosen() == [["online", PIXEL, 20, 30]]


def test_a_dead_stream_is_replaced_by_asking_until_it_lives_again(
    hand: Hand, kept: Registry, a_run: int, stream_process: StreamProcess
) -> None:
    hand.go_to_run(a_run)
    follows(hand, "live")
    stream_process.kill()
    follows(hand, "polling")
    hand.sees_sequence(grows(kept, a_run, 200))
    assert hand.page.is_hidden("#shell-stopped")
    stream_process.start()
    follows(hand, "live")
    hand.sees_sequence(grows(kept, a_run, 300))


def test_a_board_that_nothing_answers_says_so_across_its_frame(hand: Hand, a_run: int) -> None:
    hand.go_to_run(a_run)
    follows(hand, "live")
    hand.page.route("**/api/v1/**", lambda route: route.abort())
    hand.page.evaluate("() => rrStream.close()")
    hand.page.wait_for_selector("#shell-stopped:not([hidden])", timeout=20_000)
    assert "has not answered for" in hand.page.inner_text("#shell-stopped")
    hand.page.unroute("**/api/v1/**")
    hand.page.wait_for_selector("#shell-stopped", state="hidden", timeout=30_000)
    hand.complaints = [each for each in hand.complaints if "ERR_FAILED" not in each]


def test_the_past_does_not_move(hand: Hand, kept: Registry, a_run: int) -> None:
    past = world.now(kept)
    hand.go_to_run(a_run, f"?as_of={past}")
    follows(hand, "live")
    grows(kept, a_run, 200)
    hand.page.wait_for_timeout(1500)
    assert hand.page.evaluate("() => rrStrip.meta.sequence") == past


def test_a_late_feed_is_amber_and_a_stopped_one_is_said(hand: Hand, kept: Registry, a_run: int) -> None:

    hand.go_to_run(a_run)
    feeds.hear(kept.database, "OMS", normal_s=1.0, trouble="connection refused")
    hand.page.wait_for_selector("#shell-feeds-live .feed.is-stale", timeout=20_000)
    hand.reads("#shell-stopped", "OMS has never answered (connection refused)")
    feeds.hear(kept.database, "OMS", normal_s=1e6)
    hand.page.wait_for_selector("#shell-feeds-live .feed.is-fresh", timeout=20_000)
    hand.page.wait_for_selector("#shell-stopped", state="hidden")


def test_a_new_problem_pulses_and_a_known_one_does_not(hand: Hand, kept: Registry, a_run: int) -> None:
    hand.go("/")
    hand.sees_strip(a_run)
    hand.page.wait_for_timeout(700)
    recorded = world.give(kept, world.SHIFTER, "dt-dt", [(3, 9)], "BAD", dataset="online", run_number=a_run)
    hand.sees_sequence(recorded)
    hand.page.wait_for_selector("#board-tiles .tile.is-bad.is-new")
    assert hand.page.evaluate("() => rrBoard.alarms") == 1
    hand.page.click("#board-sound")
    hand.reads("#board-sound", "sound off")
    hand.go("/")
    hand.sees_strip(a_run)
    hand.page.wait_for_timeout(1500)
    assert hand.page.locator("#board-tiles .tile.is-new").count() == 0
    hand.reads("#board-sound", "sound off")


def test_a_note_is_left_for_the_next_shift(hand: Hand, a_run: int) -> None:
    hand.go("/")
    hand.sees_strip(a_run)
    hand.page.click(".handover summary >> text=Leave a note")
    hand.page.click("#handover-leave")
    hand.reads("#handover-refusal", "A hand-over note says something.")
    hand.page.fill("#handover-words", "pixel sector 7 is off until 15:00")
    hand.page.click("#handover-leave")
    hand.reads("#handover-notes", "pixel sector 7 is off until 15:00")
    assert hand.page.input_value("#handover-words") == ""


def test_the_wall_shows_no_controls_and_large_letters(hand: Hand, a_run: int) -> None:
    # from the first thing it shows: a desk that became one moved by a third
    hand.page.add_init_script(
        "addEventListener('DOMContentLoaded', () => "
        "{ window.rrOpened = document.documentElement.classList.contains('is-wall'); })"
    )
    hand.go("/?wall=1")
    assert hand.page.evaluate("() => window.rrOpened")
    hand.sees_strip(a_run)
    for part in (".certify-panel", "#shell-as-of", ".shell-find", "#board-sound", ".handover summary"):
        hand.page.wait_for_selector(part, state="hidden")
    size, words = hand.page.evaluate(_SMALLEST)
    assert size >= 28, words


def test_a_page_that_does_not_follow_is_not_framed(hand: Hand, kept: Registry) -> None:
    feeds.hear(kept.database, "OMS", normal_s=0.1, trouble="connection refused")
    try:
        hand.go("/golden")
        hand.page.wait_for_selector("#shell-feeds-live .feed.is-stale", timeout=20_000)
        assert hand.page.is_hidden("#shell-stopped")
        hand.go("/")
        hand.page.wait_for_selector("#shell-stopped:not([hidden])")
    finally:
        feeds.hear(kept.database, "OMS", normal_s=1e6)
