"""Joint ranges: the longest on which no chosen status or bit changes, with their luminosity and its source."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from model.registry import Registry
from tests.api.conftest import PIXEL
from tests.model import world
from tests.model.world import EXPERT, PROMPT

RUN = world.RUN + 1
ADDRESS = f"/api/v1/runs/{RUN}/lumisection-ranges"
_BITS = {"cms_active": [(1, 5, True), (8, 9, True), (10, 12, False)]}


@pytest.fixture
def told(client: FlaskClient, registry: Registry) -> FlaskClient:
    """Tell of a run whose lumisections 6 and 7 are missing."""
    world.report_run(registry, RUN, [(1, 5), (8, 12)], _BITS)
    world.create_dataset(registry, run_number=RUN)
    world.give(registry, world.TRACKER, PIXEL, [(1, 2)], "BAD", "HV trip", run_number=RUN)
    world.give(registry, world.TRACKER, PIXEL, [(3, 3)], "BAD", "Other", "another reason", run_number=RUN)
    world.give(registry, EXPERT, "dt-dt", [(1, 5), (8, 12)], "GOOD", run_number=RUN)
    return client


def _ranges(client: FlaskClient, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(ADDRESS, query_string={"dataset": PROMPT, **asked})
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json()["source"] == asked.get("source", "OMS")
    return list(answer.get_json()["ranges"])


def test_a_range_ends_where_a_status_or_a_bit_changes_and_at_a_hole(told: FlaskClient) -> None:
    found = _ranges(told, columns=f"{PIXEL}, dt-dt", bits="cms_active")
    assert [
        (r["first"], r["last"], r["status"][PIXEL], r["status"]["dt-dt"], *r["bits"].values()) for r in found
    ] == [
        (1, 3, "BAD", "GOOD", True),
        (4, 5, "EMPTY", "GOOD", True),
        (8, 9, "EMPTY", "GOOD", True),
        (10, 12, "EMPTY", "GOOD", False),
    ]
    assert set(found[0]["status"]) == {PIXEL, "dt-dt"} and set(found[0]["bits"]) == {"cms_active"}
    assert [r["recorded_lumi_invpb"] for r in found] == [0.3, 0.2, 0.2, 0.3]


def test_what_is_not_asked_for_cuts_nothing(told: FlaskClient) -> None:
    assert [(r["first"], r["last"]) for r in _ranges(told, columns="dt-dt", bits="none")] == [(1, 5), (8, 12)]
    assert [(r["first"], r["last"]) for r in _ranges(told, columns="none", bits="none")] == [(1, 5), (8, 12)]
    every = _ranges(told)
    assert {PIXEL, "dt-dt"} < set(every[0]["status"]) and len(every[0]["bits"]) > 30
    assert every[0]["bits"]["cms_active"] is True and every[0]["bits"]["bpix_ready"] is None


def test_luminosity_is_of_one_source_and_says_what_it_did_not_measure(
    told: FlaskClient, registry: Registry
) -> None:
    world.report_luminosity(registry, [0.5, float("nan"), 0.25], RUN, "PHYSICS")
    found = _ranges(told, columns="none", bits="none", source="PHYSICS")
    assert [(r["recorded_lumi_invpb"], r["unmeasured"]) for r in found] == [(0.75, 3), (None, 5)]
    both = told.get(f"{ADDRESS}?dataset={PROMPT}&source=OMS&source=PHYSICS")
    assert both.status_code == 422 and "never added up" in both.get_json()["detail"]


def test_ranges_are_told_as_they_were(told: FlaskClient, registry: Registry) -> None:
    at = world.now(registry)
    before = _ranges(told, columns=PIXEL, bits="none")
    world.give(registry, world.TRACKER, PIXEL, [(4, 4)], "GOOD", run_number=RUN)
    assert _ranges(told, columns=PIXEL, bits="none", as_of=str(at)) == before
    assert [r["status"][PIXEL] for r in _ranges(told, columns=PIXEL, bits="none")] == [
        "BAD",
        "GOOD",
        "EMPTY",
        "EMPTY",
    ]


@pytest.mark.parametrize(
    ("asked", "status", "says"),
    [
        ({"dataset": "/Nothing"}, 404, "has no dataset /Nothing"),
        ({"columns": "tracker-pixle"}, 404, "is not a column of"),
        ({"bits": "cms_actve"}, 404, "is not a bit"),
        ({"bits": "none,cms_active"}, 404, "“none” is not a bit"),
        ({"source": "brilcalc"}, 404, "No run has luminosity"),
        ({"column": PIXEL}, 422, "Extra inputs"),
    ],
)
def test_what_is_not_there_is_a_sentence(
    told: FlaskClient, asked: dict[str, str], status: int, says: str
) -> None:
    refused = told.get(ADDRESS, query_string={"dataset": PROMPT, **asked})
    assert refused.status_code == status and says in refused.get_json()["detail"]


def test_a_run_that_is_not_there_has_no_ranges(told: FlaskClient) -> None:
    assert told.get("/api/v1/runs/1/lumisection-ranges").status_code == 404
