"""The run table is read in blocks; filter, order and what was looked for stand in the address."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from dash import no_update

from callbacks.filter_builder import keep_view
from callbacks.runs_page import fill_runs, read_runs
from components.runs_page import column_defs
from model.registry import Registry
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world

LAST = FIRST + 1


def block(search: str = "", order: str = "", first: int = 0, last: int = 100) -> dict[str, Any]:
    """Return the block of rows that the browser's table would get."""
    column, _, way = order.partition("-")
    model = [{"colId": column, "sort": way}] if order else []
    found, _ = read_runs({"startRow": first, "endRow": last, "sortModel": model}, search)
    return dict(found)


def listed(search: str = "", order: str = "") -> list[int]:
    return [row["run_number"] for row in block(search, order)["rowData"]]


def test_the_runs_are_listed_newest_first_and_in_blocks(asking: Asking) -> None:
    with asking():
        assert listed() == [LAST, FIRST]
        assert listed(order="run_number-asc") == [FIRST, LAST]
        assert [row["run_number"] for row in block(first=1, last=2)["rowData"]] == [FIRST]
        assert block(first=1, last=2)["rowCount"] == 2
        assert read_runs(None, "") == (no_update, no_update)
        assert fill_runs("/", "", None) == (no_update, no_update)


@pytest.mark.parametrize("asked", [str(FIRST), "9600", "2024c", "collisions24"])
def test_runs_are_found_by_number_fill_era_and_class(asking: Asking, asked: str) -> None:
    with asking():
        assert FIRST in listed(f"?q={asked}")
        said = words(fill_runs("/runs", f"?q={asked}", None))
    assert f"called “{asked}”" in said
    assert "No run" not in said


def test_what_is_not_found_is_said_and_every_run_shown(asking: Asking) -> None:
    with asking():
        assert "No run, fill or era is called “nonsense”." in words(fill_runs("/runs", "?q=nonsense", None))
        assert listed("?q=nonsense") == [LAST, FIRST]


@pytest.mark.parametrize(
    ("search", "said"),
    [
        ("?where=[", "The filter was dropped: This filter is no JSON"),
        ("?stage=raw", "“raw” is no stage"),
        ("?sort=r;drop", "“r;drop” is no order of the table"),
        ("?sort=worst-desc", "“worst-desc” is no order of the table"),
    ],
)
def test_what_an_address_cannot_mean_is_dropped_and_said(asking: Asking, search: str, said: str) -> None:
    with asking():
        assert said in words(fill_runs("/runs", search, None))
        assert listed(search) == [LAST, FIRST]


def test_a_filter_asks_the_online_dataset_or_those_of_a_stage(asking: Asking, small_registry: Registry) -> None:
    world.give(small_registry, world.TRACKER, "tracker-pixel", [(3, 4)], "BAD", run_number=FIRST)
    where = {"where": json.dumps(["cell", "tracker-pixel", "BAD", "any"])}
    with asking():
        found = {
            stage: listed(f"?{urlencode({**where, 'stage': stage})}")
            for stage in ("online", "express", "prompt", "any")
        }
        said = words(fill_runs("/runs", f"?{urlencode(where)}", None))
    assert found == {"online": [], "express": [], "prompt": [FIRST], "any": [FIRST]}
    assert "the filter asks datasets that are online" in said


def test_how_many_of_how_many_is_said(asking: Asking) -> None:
    with asking():
        request = {"startRow": 0, "endRow": 100}
        assert read_runs(request, "")[1] == "2 runs"
        where = urlencode({"where": json.dumps(["run_number", ">", FIRST])})
        assert read_runs(request, f"?{where}")[1] == "1 of 2 runs"


def test_a_view_of_runs_is_kept(asking: Asking) -> None:
    kept = {"where": '["significant"]', "sort": "start_us-asc", "stage": "online"}
    search = f"?{urlencode(kept)}"
    with asking():
        told, _, refusal = keep_view(1, None, "what counts", False, "/runs", search)
    assert refusal is None and told["sequence"]


def test_the_order_by_delivered_luminosity_stands_in_the_address(asking: Asking) -> None:
    with asking():
        # the second run has more lumisections
        for search in ("?sort=delivered_invpb-asc", "?sort=delivered_invpb-desc"):
            way = search.rpartition("-")[2]
            assert fill_runs("/runs", search, None)[1]["sort"] == f"delivered_invpb-{way}"
            expected = [FIRST, LAST] if way == "asc" else [LAST, FIRST]
            assert listed(search, f"delivered_invpb-{way}") == expected
        where = urlencode({"where": json.dumps(["delivered_invpb", ">", 7])})
        assert listed(f"?{where}") == [LAST]


def test_the_head_of_the_ordered_column_shows_it() -> None:
    assert [each["colId"] for each in column_defs("start_us-asc") if each["sort"] == "asc"] == ["start_us"]
    assert [each["colId"] for each in column_defs("nothing") if each["sort"]] == ["run_number"]
