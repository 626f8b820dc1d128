"""Findings of the sentinel over HTTP: read, acknowledged, corrected, refused."""

import pytest
from flask.testing import FlaskClient

from model.registry import Registry
from tests.browser.small import keep_rule
from tests.model import world
from tests.model.world import RUN

COORDINATOR = {"X-Run-Registry-User": "d.coordinator"}
READER = {"X-Run-Registry-User": "r.reader"}
BEAM = f"{RUN}/beam/dc"
ADDRESS = "/api/v1/findings"


@pytest.fixture(autouse=True)
def _contradicts_itself(registry: Registry) -> None:
    keep_rule(registry)
    world.report_run(registry, bits={"beam1_stable": [(1, 2, True), (3, 5, False), (6, 10, True)]})
    world.report_run(registry, 380002, [(1, 4), (7, 10)])


def _keys(client: FlaskClient, search: str = "") -> list[str]:
    return [each["key"] for each in client.get(f"{ADDRESS}{search}").get_json()["findings"]]


def test_findings_are_read_most_luminosity_first_with_all_that_is_to_know(client: FlaskClient) -> None:
    told = client.get(ADDRESS).get_json()
    found, bits = told["findings"][0], ("beam1_stable",)
    assert [each["key"] for each in told["findings"]][0] == BEAM
    assert (found["lumisections"], found["owner"], tuple(found["bits"])) == ([[3, 5]], "dc", bits)
    assert found["recorded_invpb"] == pytest.approx(0.3) and found["delivered_invpb"] == pytest.approx(0.33)
    assert (
        found["sentence"] == "There is luminosity while beam1_stable is false." and "override" in found["mend"]
    )
    assert found["since_at"].endswith("Z") and found["since"] <= told["sequence"]
    assert {each["kind"]: each["findings"] for each in told["kinds"]}["holes"] == 1


def test_findings_are_asked_for_by_kind_owner_runs_and_time(client: FlaskClient) -> None:
    assert _keys(client, "?kind=holes") == ["380002/holes/cms"]
    assert BEAM in _keys(client, "?owner=dc") and "380002/holes/cms" not in _keys(client, "?owner=dc")
    assert _keys(client, "?first_run=380002&last_run=380002") == ["380002/holes/cms"]
    assert len(_keys(client, "?limit=1")) == 1
    assert _keys(client, "?as_of=1") == []


@pytest.mark.parametrize(
    "search", ["?kind=ghosts", "?first_run=x", "?first_run=5&last_run=4", "?limit=0", "?as_of=never"]
)
def test_a_question_that_makes_no_sense_is_refused_in_a_sentence(client: FlaskClient, search: str) -> None:
    refused = client.get(f"{ADDRESS}{search}")
    assert refused.status_code in (404, 422) and refused.get_json()["detail"].endswith(".")


def test_a_finding_is_acknowledged_by_who_may_and_can_be_taken_back(client: FlaskClient) -> None:
    digest = client.get(ADDRESS).get_json()["findings"][0]["digest"]
    body = {"finding": BEAM, "digest": digest, "reason": "the flag came late"}
    refused = client.post(f"{ADDRESS}/acknowledge", json=body, headers=READER)
    assert refused.status_code == 403 and "acknowledge a finding" in refused.get_json()["detail"]
    stale = client.post(f"{ADDRESS}/acknowledge", json={**body, "digest": "0"}, headers=COORDINATOR)
    assert stale.status_code == 409
    none = client.post(f"{ADDRESS}/acknowledge", json={**body, "finding": "x"}, headers=COORDINATOR)
    assert none.status_code == 404
    assert client.post(f"{ADDRESS}/acknowledge", json=body, headers=COORDINATOR).status_code == 200
    assert BEAM not in _keys(client)
    (found,) = [
        f for f in client.get(f"{ADDRESS}?acknowledged=true").get_json()["findings"] if f["key"] == BEAM
    ]
    assert found["acknowledged"]["reason"] == "the flag came late"
    back = client.post(f"{ADDRESS}/take-back", json={"finding": BEAM}, headers=COORDINATOR)
    assert back.status_code == 200 and BEAM in _keys(client)


def test_a_correction_is_tried_and_then_made_in_every_dataset(client: FlaskClient) -> None:
    digest = client.get(ADDRESS).get_json()["findings"][0]["digest"]
    body = {"finding": BEAM, "digest": digest, "reason": "the flag came late", "value": True}
    tried = client.post(f"{ADDRESS}/correct", json={**body, "dry_run": True}, headers=COORDINATOR).get_json()
    assert tried["datasets"] == 2 and tried["effect"]["change_invpb"] == 0.0
    assert BEAM in _keys(client)
    assert client.post(f"{ADDRESS}/correct", json=body, headers=READER).status_code == 403
    assert (
        client.post(f"{ADDRESS}/correct", json={**body, "reason": ""}, headers=COORDINATOR).status_code == 422
    )
    assert client.post(f"{ADDRESS}/correct", json=body, headers=COORDINATOR).status_code == 200
    assert BEAM not in _keys(client, "?acknowledged=true")
    for name in (world.PROMPT, world.EXPRESS):
        told = client.get("/api/v1/bits", query_string={"run_number": RUN, "dataset": name}).get_json()
        assert [(o["bit"], o["span"], o["value"], o["raw"]) for o in told["overrides"]] == [
            ("beam1_stable", [3, 5], True, False)
        ]
