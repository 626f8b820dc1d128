"""The page of trends: the address is its state, a bar leads to its runs, what means nothing is dropped."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from dash import no_update
from flask import Flask

from callbacks.trends_page import brush_trends, choose_trends, fill_trends
from components import trends_page as page
from model.filters.language import parse
from model.registry import Registry
from tests.browser import small
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import parts, words
from tests.model import world

HERE = "/trends"
CHOSEN = {page.ERA: "all", page.BY: "run", page.RUNS: "", page.OF: "column"}


@pytest.fixture(autouse=True)
def _bad_pixels(small_registry: Registry) -> None:
    world.give(small_registry, world.TRACKER, "tracker-pixel", [(21, 30)], "BAD", "HV trip", run_number=FIRST)


def fill(search: str = "", pathname: str = HERE) -> dict[str, Any]:
    return dict(fill_trends(pathname, search, None))


def links(drawn: Any) -> dict[str, dict[str, str]]:
    """Return path and words of every link, by its text."""
    found = {}
    for part in parts(drawn):
        if href := getattr(part, "href", ""):
            split = urlsplit(href)
            found[words(part)] = {"path": split.path, **{k: v[0] for k, v in parse_qs(split.query).items()}}
    return found


def test_the_plots_tell_what_was_lost_and_to_what(asking: Asking) -> None:
    with asking():
        drawn = fill()
    assert "2 runs · 14.00 pb⁻¹ recorded · 12.00 certified" in words(drawn["head"])
    assert drawn["whole"] == "trends-grid"
    (points,) = drawn["good"]["data"]
    assert [each[2] for each in points["customdata"]] == [str(FIRST), str(FIRST + 1)]
    first, second = (each[3] for each in points["customdata"])
    assert f"run {FIRST}: 75.0% good of 6.00 pb⁻¹ processed" in first and "93.8% good" in second
    assert points["marker"]["symbol"] == ["triangle-down", "circle"]
    assert [trace["name"] for trace in drawn["flow"]["data"]] == [
        "delivered",
        "recorded",
        "processed",
        "certified",
    ]
    assert "tracker-pixel" in words(drawn["losses"]) and "2.00" in words(drawn["losses"])
    assert "HV trip" in words(drawn["causes"]) and "DCS loss" in words(drawn["causes"])
    assert "not signed off" in words(drawn["latency"])
    assert "online agrees on" in words(drawn["agreement"])
    assert "OMS" in words(drawn["sources"])


def test_what_no_bar_shows_is_told_beside_them(asking: Asking, small_registry: Registry) -> None:
    small.add_run(small_registry, FIRST + 9, 7)
    world.report_luminosity(small_registry, [0.01] * 7, FIRST + 9)
    world.give(small_registry, world.TRACKER, "tracker-pixel", [(1, 7)], "BAD", "noise", run_number=FIRST + 9)
    with asking():
        drawn = fill()
    assert "2.00 lost of what was processed; 0.07 more in runs of less than 0.08 pb⁻¹" in drawn["losses_note"]


def test_a_bar_leads_to_itself_picked_and_once_picked_to_itself_let_go(asking: Asking) -> None:
    with asking():
        before = links(fill("?by=fill")["causes"])
        picked = fill("?by=fill&cause=HV+trip")
    (bar,) = [link for name, link in before.items() if name.startswith("HV trip")]
    assert bar == {"path": HERE, "by": "fill", "cause": "HV trip"}
    (bar,) = [link for name, link in links(picked["causes"]).items() if name.startswith("HV trip")]
    assert bar == {"path": HERE, "by": "fill"}
    assert "DCS loss" not in words(picked["losses"])
    assert "cause HV trip" in words(picked["head"])


def test_what_is_picked_opens_its_lumisections_and_can_be_certified_there(asking: Asking) -> None:
    with asking():
        opened = fill("?lost=tracker-pixel&cause=HV+trip&as_of=now")["opened"]
    assert "1 run with lost luminosity, 1.00 pb⁻¹" in words(opened) and "21–30" in words(opened)
    found = links(opened)
    assert found["Certify these"] == {
        "path": "/certify/tracker",
        "where": f'["runs", "{FIRST}"]',
        "column": "tracker-pixel",
        "stage": "prompt",
        "as_of": "now",
    }
    assert (found["certify"]["runs"], found["certify"]["ls"]) == (f"{FIRST}-{FIRST}", "21-30")
    assert (found["On the map"]["path"], found["On the map"]["runs"]) == ("/map", str(FIRST))
    assert found[str(FIRST)]["path"] == f"/runs/{FIRST}"


def test_voices_and_stages_that_differ_lead_to_where_they_are_certified(asking: Asking) -> None:
    with asking():
        drawn = fill(f"?era=2024C&brush={FIRST}")
    of_column = {name.split()[0]: link for name, link in links(drawn["voices"]).items()}
    assert of_column["ecal-es"]["path"] == "/certify/ecal"
    (differs,) = [link for name, link in links(drawn["agreement"]).items() if name.startswith("tracker-pixel")]
    assert (differs["path"], differs["column"]) == ("/certify/tracker", "tracker-pixel")
    parts_of_filter = json.loads(differs["where"])["and"]
    assert parts_of_filter[1:] == [["era", "=", "2024C"], ["runs", str(FIRST)]]
    assert parts_of_filter[0][:2] == ["disagrees", "tracker-pixel"]
    assert parse(differs["where"])


def test_the_same_numbers_can_be_had_as_files(asking: Asking, server: Flask) -> None:
    with asking():
        drawn = fill("?era=2024C&by=week")
    for place, path in (("losses", "losses"), ("sources", "luminosity")):
        found = links(drawn[place])["CSV"]
        assert found.pop("path") == f"/api/v1/{path}.csv"
        assert (found["era"], found["source"]) == ("2024C", "OMS")
        answer = server.test_client().get(f"/api/v1/{path}.csv", query_string=found)
        assert (answer.status_code, answer.mimetype) == (200, "text/csv"), answer.text


def test_a_brush_goes_into_the_address_and_the_same_once_more_takes_it_out(
    asking: Asking, triggered_by: Callable[..., None]
) -> None:
    points = {"points": [{"customdata": [FIRST + 1, FIRST + 1]}, {"customdata": [FIRST, FIRST]}]}
    with asking():
        triggered_by(f"{page.GOOD}.selectedData")
        brushed = brush_trends(points, None, None, HERE, "?by=fill")
        assert brushed == f"?by=fill&brush={FIRST}-{FIRST + 1}"
        assert brush_trends(points, None, None, HERE, brushed) == "?by=fill"
        assert brush_trends(points, None, None, "/golden", "") is no_update
        triggered_by(f"{page.FLOW}.clickData")
        assert brush_trends(None, None, {"points": [{"customdata": [7, 9]}]}, HERE, "") == "?brush=7-9"
        for strange in (None, {}, {"points": None}, {"points": [1]}, {"points": [{"customdata": ["x", True]}]}):
            assert brush_trends(None, None, strange, HERE, "") is no_update


def test_a_control_goes_into_the_address_and_lets_go_of_what_no_longer_fits(
    asking: Asking, triggered_by: Callable[..., None]
) -> None:
    def choose(**said: str) -> Any:
        values = [{**CHOSEN, **said}.get(control) for control in page.CONTROLS]
        return choose_trends(*values, CHOSEN, "?lost=dt-dt&brush=5-9&cause=noise&strange=1")

    with asking():
        triggered_by(f"{page.BY}.value")
        assert choose(**{page.BY: "week"}) == "?lost=dt-dt&brush=5-9&cause=noise&by=week"
        assert choose() is no_update
        triggered_by(f"{page.OF}.value")
        assert choose(**{page.OF: "subsystem"}) == "?brush=5-9&cause=noise&of=subsystem"
        triggered_by(f"{page.RUNS}.value")
        assert choose(**{page.RUNS: " 5-7 "}) == "?runs=5-7"


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?stage=raw", "“raw” is not a stage that is certified offline"),
        ("?era=2031Z", "“2031Z” is not an era of these runs"),
        ("?by=month", "“month” is not a way to group runs"),
        ("?rule=silver", "“silver” is not a rule to certify with"),
        ("?runs=9-5", "“9-5” is no range of runs"),
        ("?brush=all", "“all” is no range of runs"),
        ("?source=PLT", "No run has luminosity of “PLT”"),
        ("?null_policy=maybe", "“maybe” is no null policy"),
        ("?of=luck", "“luck” is not a way to tell losses"),
        ("?how=both", "“both” is not a way to count losses"),
        ("?k=99", "“99” is not a width of the band"),
        ("?lost=castor", "“castor” is no column of this rule"),
        ("?cause=luck", "“luck” is no cause of this rule"),
        ("?time=soon", "“soon” is no bar of the latencies"),
        ("?colour=red", "“colour” means nothing on this page"),
        ("?by=run&by=era", "“by” was said 2 times"),
        ("?source=OMS&source=PLT", "OMS and PLT are never added up"),
    ],
)
def test_what_the_address_cannot_mean_is_dropped_and_said(asking: Asking, search: str, said: str) -> None:
    with asking():
        drawn = fill(search)
    assert said in words(drawn["head"])
    assert "14.00 pb⁻¹ recorded" in words(drawn["head"])


def test_an_address_that_asks_for_nothing_says_so_and_hides_the_plots(asking: Asking) -> None:
    with asking():
        drawn = fill("?runs=1-2")
    assert "The registry has no run of 1–2" in words(drawn["head"])
    assert (drawn["whole"], drawn["good"]) == ("trends-grid is-empty", no_update)


def test_without_a_golden_rule_the_page_says_so(asking: Asking) -> None:
    with asking():
        assert "There is no golden rule yet" in words(fill("?as_of=0")["head"])


def test_calibrations_stand_side_by_side(asking: Asking, small_registry: Registry) -> None:
    world.report_luminosity(small_registry, [0.2] * 50, FIRST, source="normtag v3")
    with asking():
        drawn = fill()
        other = fill("?source=normtag+v3")
    assert "normtag v3" in words(drawn["sources"]) and "10.00" in words(drawn["sources"])
    assert "2 runs · 10.00 pb⁻¹ recorded" in words(other["head"])
    assert "OMS has 9.000 /pb there, which is not added" in words(other["head"])


def test_the_page_is_filled_only_on_its_own_address(asking: Asking) -> None:
    with asking():
        assert set(fill(pathname="/golden").values()) == {no_update}
