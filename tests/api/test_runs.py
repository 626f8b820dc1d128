"""Runs over HTTP: the table's filter, page by page."""

import json
from typing import Any

import pytest

from model.registry import Registry
from tests.model import world
from tests.model.world import RUN


@pytest.fixture
def many(registry: Registry) -> list[int]:
    for place in range(1, 5):
        world.report_run(registry, RUN + place, fill_number=9600 + place, start_time="2024-05-01T00:00:00Z")
    return [RUN + place for place in range(4, -1, -1)]


def test_pages_hold_every_run_once_newest_first(client: Any, many: list[int]) -> None:
    found: list[int] = []
    asked: dict[str, Any] = {"limit": 2}
    while True:
        page = client.get("/api/v1/runs", query_string=asked).json
        assert page["total"] == len(many)
        found += [row["run_number"] for row in page["runs"]]
        if page["next_cursor"] is None:
            break
        asked = {"limit": 2, "cursor": page["next_cursor"]}
    assert found == many


def test_a_page_that_is_held_fast_does_not_see_later_runs(
    client: Any, registry: Registry, many: list[int]
) -> None:
    page = client.get("/api/v1/runs?limit=2").json
    world.report_run(registry, RUN - 1)
    rest = client.get(f"/api/v1/runs?limit=9&cursor={page['next_cursor']}").json
    assert [row["run_number"] for row in rest["runs"]] == many[2:]
    assert (rest["next_cursor"], rest["sequence"]) == (None, page["sequence"])


def test_runs_are_asked_for_by_filter_stage_and_words(client: Any, many: list[int]) -> None:
    def numbers(**asked: Any) -> list[int]:
        answer = client.get("/api/v1/runs", query_string=asked)
        assert answer.status_code == 200
        return [row["run_number"] for row in answer.json["runs"]]

    late = json.dumps(["fill_number", ">", 9602])
    assert numbers(where=late) == many[:2]
    bad = json.dumps(["cell", "tracker-pixel", "BAD", "any"])
    assert numbers(where=bad) == []
    assert numbers(where=bad, asked="prompt") == [RUN]
    assert numbers(q="9603") == [RUN + 3]


def test_a_row_has_units_sources_and_what_is_missing(client: Any, many: list[int]) -> None:
    row = client.get("/api/v1/runs?q=380001").json["runs"][0]
    assert (row["recorded_lumi_invpb"], row["lumi_source"]) == (pytest.approx(1.0), "OMS")
    assert row["state"] == "OPEN" and "tracker-pixel" in row["missing"]


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("where=[", 422),
        ('where=["nothing"]', 422),
        ("asked=raw", 422),
        ("limit=0", 422),
        ("limit=100000", 422),
        ("before=380001", 422),
        ("cursor=x", 422),
        ("limit=1000000000", 422),
        ("as_of=yesterday", 404),
    ],
)
def test_what_cannot_be_asked_is_refused(client: Any, asked: str, status: int) -> None:
    assert client.get(f"/api/v1/runs?{asked}").status_code == status
