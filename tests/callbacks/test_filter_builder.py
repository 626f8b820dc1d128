"""The bar is filled from the address; views are kept and taken away where one works."""

import json
from typing import Any
from urllib.parse import urlencode

import orjson
from dash import no_update

from callbacks.certify_page import fill_certify
from callbacks.filter_builder import drop_view, fill_filter, keep_view
from components import filter_builder
from model.registry import Registry
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import parts, words
from tests.model import world

WHERE = '["cell","tracker-pixel","BAD","any"]'
SEARCH = f"?{urlencode({'stage': 'prompt', 'where': WHERE, 'sort': 'r-asc'})}"


def test_the_chips_are_those_of_the_address(asking: Asking) -> None:
    with asking():
        chips, _ = fill_filter("/certify/tracker", SEARCH, None)
        assert "tracker-pixel BAD somewhere" in words(chips)
        assert fill_filter("/golden", "", None) == (no_update, no_update)
        of_runs, _ = fill_filter("/runs", "", None)
        assert "not signed off" in words(of_runs)
        broken, _ = fill_filter("/certify", "?where=[", None)
    assert "something BAD" in words(broken)


def test_a_view_is_kept_shared_and_taken_away(asking: Asking, triggered_by: Any) -> None:
    with asking("t.certifier"):
        told, name, refusal = keep_view(1, None, "odd pixels", True, "/certify/tracker", SEARCH)
        assert (name, refusal) == ("", None) and told["sequence"]
        _, _, again = keep_view(2, None, "odd pixels", True, "/certify/tracker", SEARCH)
        assert "so already" in words(again)
        assert "needs a name" in words(keep_view(3, None, None, False, "/certify/tracker", SEARCH)[2])
    with asking("r.reader"):
        _, views = fill_filter("/certify", "", None)
        assert "odd pixels by t.certifier" in words(views)
        name = {"type": filter_builder.DROP, "owner": "t.certifier", "name": "odd pixels"}
        triggered_by(f"{json.dumps(name, separators=(',', ':'), sort_keys=True)}.n_clicks")
        assert "may not" in words(drop_view([1])[1])
    with asking("t.certifier"):
        assert drop_view([1])[1] is None
        assert "No view yet" in words(fill_filter("/certify", "", None)[1])


def test_trap_26_an_address_shows_everybody_the_same_table(
    asking: Asking, small_registry: Registry, triggered_by: Any
) -> None:
    world.give(small_registry, world.TRACKER, "tracker-pixel", [(3, 4)], "BAD", run_number=world.RUN)
    world.give(small_registry, world.TRACKER, "tracker-pixel", [(3, 4)], "BAD", run_number=world.RUN + 1)
    triggered_by("shell-address.search")
    shown = []
    for who in ("t.certifier", "r.reader"):
        with asking(who):
            defs, rows, _, head, _ = fill_certify("/certify/tracker", SEARCH, None, None)
            shown.append(
                (defs, orjson.loads(orjson.dumps(rows)), [part for part in words(head).split() if "✕" in part])
            )
    assert shown[0] == shown[1]
    assert [row["r"] for row in shown[0][1]]
    assert [each["field"] for each in shown[0][0] if each["sort"]] == ["r"]


def test_an_order_that_is_none_is_dropped_and_said(asking: Asking, triggered_by: Any) -> None:
    triggered_by("shell-address.search")
    with asking():
        defs, _, _, head, _ = fill_certify("/certify/tracker", "?sort=r;drop", None, None)
    assert "“r;drop” is no order of the grid" in words(head)
    assert not any(each["sort"] for each in defs)
    assert not [part for part in parts(head) if "sort=" in str(getattr(part, "href", ""))]
