"""The trends in a browser: brushed by hand, picked by a key, and carried on to be certified."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from model.authors import IMPORTER
from model.commands.rules import set_rule
from model.commands.runs import import_run_attributes
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.vocabulary import OFFLINE_COLUMNS
from tests.browser import small
from tests.browser.hand import Hand
from tests.model import world
from tests.model.world import PROMPT

FIRST, ERA, RULE = small.first_of(__name__), "2019T", "trends-golden"
_DRAWN = """() => document.querySelector('#trends-losses a')
    && document.querySelector('#trends-good .points path')"""
_PLACE = """(i) => { const gd = document.querySelector('#trends-good .js-plotly-plot');
    const box = gd.getBoundingClientRect(), { xaxis, yaxis } = gd._fullLayout;
    return [box.x + xaxis._offset + xaxis.l2p(i), box.y + yaxis._offset + yaxis.l2p(gd.data[0].y[i])]; }"""
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_SMALL = """() => [...document.querySelectorAll('.trends-page :is(a, button, select, input)')]
    .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 24)
    .map((e) => e.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def era(kept: Registry) -> str:
    """Give an era of six runs: the second lost three lumisections to dt, the fifth one to pixel."""
    asked = [{"==": [{"var": f"lumisection.rr.{name}"}, "GOOD"]} for name in ("dt-dt", "tracker-pixel")]
    with kept.writing() as tx:
        # a selection: what other tests look at is the golden rule
        set_rule(tx, RULE, RuleText({"and": asked}, "bad", "dt and pixels", PROMPT), world.EXPERT)
    for number in range(FIRST, FIRST + 6):
        bits = {bit: [(1, 10, True)] for bit in ("cms_active", "bpix_ready")}
        world.report_run(kept, number, [(1, 10)], bits, era=ERA)
        with kept.writing() as tx:
            import_run_attributes(tx, number, {"class": "Collisions24"}, world.RULE, importer=IMPORTER)
        world.create_dataset(kept, PROMPT, number)
        world.rule_says(kept, OFFLINE_COLUMNS, [(1, 10)], "GOOD", run_number=number)
    world.give(kept, world.EXPERT, "dt-dt", [(4, 6)], "BAD", "noise", run_number=FIRST + 1)
    world.give(kept, world.EXPERT, "tracker-pixel", [(2, 2)], "BAD", "HV trip", run_number=FIRST + 4)
    return ERA


def open_trends(hand: Hand, search: str = "") -> None:
    hand.go(f"/trends?era={ERA}&rule={RULE}{search}")
    hand.page.wait_for_function(_DRAWN)


def asked(hand: Hand) -> dict[str, str]:
    return {name: value[0] for name, value in parse_qs(urlsplit(hand.page.url).query).items()}


def place(hand: Hand, point: float) -> Any:
    return hand.page.evaluate(_PLACE, point)


def test_a_brush_over_points_filters_every_plot_and_is_the_address(hand: Hand, era: str) -> None:
    open_trends(hand)
    hand.reads("#trends-losses", "dt-dt")
    start, end = place(hand, 3), place(hand, 5)
    hand.page.mouse.move(start[0] - 6, start[1] + 30)
    hand.page.mouse.down()
    hand.page.mouse.move(end[0] + 6, end[1] + 60, steps=6)
    hand.page.mouse.up()
    hand.page.wait_for_function("() => location.search.includes('brush')")
    assert asked(hand)["brush"] == f"{FIRST + 3}-{FIRST + 5}"
    hand.page.wait_for_function("() => !document.querySelector('#trends-losses').innerText.includes('dt-dt')")
    hand.reads("#trends-opened", str(FIRST + 4))
    hand.go(f"/trends?{urlsplit(hand.page.url).query}")
    hand.reads("#trends-head", f"runs {FIRST + 3}-{FIRST + 5}")


def test_a_press_on_a_point_opens_its_run(hand: Hand, era: str) -> None:
    open_trends(hand)
    hand.page.mouse.move(*place(hand, 1))
    hand.page.mouse.click(*place(hand, 1))
    hand.page.wait_for_function("() => location.search.includes('brush')")
    assert asked(hand)["brush"] == str(FIRST + 1)
    hand.reads("#trends-opened", "4–6")


def test_a_bar_is_picked_by_a_key_keeps_the_focus_and_leads_to_certify(hand: Hand, era: str) -> None:
    open_trends(hand)
    hand.page.focus("#trends-causes a[data-name='noise']")
    hand.page.keyboard.press("Enter")
    hand.page.wait_for_function("() => location.search.includes('cause=noise')")
    hand.page.wait_for_function("() => document.querySelector('#trends-causes a[aria-current=true]')")
    assert hand.page.evaluate("() => document.activeElement.dataset.name") == "noise"
    hand.page.wait_for_function("() => !document.querySelector('#trends-losses').innerText.includes('pixel')")
    hand.page.click("#trends-opened a:has-text('Certify these')")
    hand.page.wait_for_function("() => location.pathname === '/certify/global'")
    hand.reads("[row-id]", str(FIRST + 1))
    hand.page.go_back()
    hand.page.wait_for_function("() => location.search.includes('cause=noise')")


def test_what_was_picked_on_the_map_is_picked_in_the_trends(hand: Hand, era: str) -> None:
    hand.go(f"/map?era={era}&column=dt-dt")
    hand.page.wait_for_function("() => window.rrEraMap && rrEraMap.painted && rrEraMap.data.runs.length === 6")
    hand.page.focus("#era-map-place")
    for key in ("ArrowDown", "ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown"):
        hand.page.keyboard.press(key)
    hand.page.click("#era-map-trends")
    hand.page.wait_for_function("() => location.pathname === '/trends'")
    assert asked(hand) == {"brush": f"{FIRST + 2}-{FIRST + 4}", "stage": "prompt"}
    hand.reads("#trends-head", f"runs {FIRST + 2}-{FIRST + 4}")


@pytest.mark.parametrize("width", [360, 1500])
def test_the_trends_fit_and_every_target_is_large_enough(
    open_hand: Callable[..., Hand], era: str, width: int
) -> None:
    hand = open_hand(width, 900)
    open_trends(hand)
    assert hand.page.evaluate(_OVERFLOW) <= 0
    assert hand.page.evaluate(_SMALL) == []
