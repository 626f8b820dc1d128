"""What people and upstream write is text on every page, which fits its screen and keeps its own policy."""

from collections.abc import Callable
from typing import Any

import pytest

from model.commands.cycles import create_cycle
from model.commands.documents import set_label
from model.commands.handover import hand_over
from model.commands.runs import set_run_attributes
from model.registry import Registry
from tests.browser.hand import Hand
from tests.model import world

HURT = "<img src=x onerror=window.hurt=1><script>window.hurt=1</script>"
SAID = f"\"'>{HURT}{{{{7*7}}}}"
WALL = "/?wall=1"
PAGES = (
    *("/", WALL, "/runs", "/runs?q=9600", "/runs/123456", "/decide", "/map", "/trends", "/golden"),
    *("/reports", "/rules", "/query", "/log", "/cycles", "/products", "/lists", "/consistency", "/datasets"),
    *("/health", "/rights", "/admin", "/bulk", "/training", "/certify/tracker", "/certify/global", "/nowhere"),
)
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_WATCH = """document.addEventListener('securitypolicyviolation',
    (e) => (window.broken ||= []).push(`${e.violatedDirective} ${e.sourceFile}:${e.lineNumber}`))"""
_FOUND = """() => [window.hurt || 0, window.broken || [], document.querySelectorAll('img[src="x"]').length,
    document.querySelectorAll('[onerror], [onclick], [onload]').length]"""


@pytest.fixture
def hostile_run(kept: Registry, a_run: int) -> int:
    """Give a run of which everything that can be said in words is markup."""
    world.report_run(kept, a_run, [(1, 100)], hlt_key=SAID, l1_key=SAID, components=[SAID])
    world.give(kept, world.TRACKER, "tracker-pixel", [(7, 9)], "BAD", "HV trip", SAID, run_number=a_run)
    with kept.writing() as tx:
        set_run_attributes(tx, a_run, {"stop_reason": f"other: {SAID}"}, world.SHIFTER, comment=SAID)
        create_cycle(tx, f"w{a_run}", "2024-06-20", [(a_run, world.PROMPT)], world.EXPERT)
        set_label(tx, f"call-{a_run}", world.EXPERT, comment=SAID)
        hand_over(tx, SAID, world.SHIFTER)
    return a_run


@pytest.mark.parametrize(
    ("theme", "size"), [("dark", (1500, 1000)), ("light", (360, 740))], ids=["desk", "phone"]
)
def test_what_was_written_is_text_on_every_page_and_every_page_fits(
    open_hand: Callable[..., Hand], hostile_run: int, theme: str, size: tuple[int, int]
) -> None:
    hand = open_hand(*size)
    hand.page.add_init_script(f"localStorage.setItem('rr-theme', '{theme}'); {_WATCH}")
    wide = {}
    for place in (f"/runs/{hostile_run}", *PAGES):
        hand.go(place)
        assert hand.page.evaluate("() => document.documentElement.dataset.bsTheme") == theme
        assert hand.page.evaluate(_FOUND) == [0, [], 0, 0], place
        wide[place] = hand.page.evaluate(_OVERFLOW)
    # nobody carries a wall in a pocket
    assert not {place: px for place, px in wide.items() if px > 0 and place != WALL}


def test_the_words_of_a_run_are_read_as_they_were_written(hand: Hand, hostile_run: int) -> None:
    hand.go(f"/runs/{hostile_run}")
    hand.reads("body", HURT)


@pytest.mark.parametrize("place", ["/api/docs/", "/api/docs/swagger", "/logout/done"])
def test_a_page_that_is_none_of_the_screens_keeps_the_policy_too(hand: Hand, place: str) -> None:
    hand.page.add_init_script(_WATCH)
    hand.page.goto(f"{hand.origin}{place}")
    hand.page.wait_for_load_state("networkidle")
    found: list[Any] = hand.page.evaluate(_FOUND)
    assert found[:2] == [0, []]
