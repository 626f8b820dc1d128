"""States and a run's own words over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from identity import local
from tests.model.world import GEM, PROMPT, RUN

EXPERT = {"X-Run-Registry-User": "b.expert"}
SHIFTER = {"X-Run-Registry-User": "a.shifter"}
CERTIFIER = {"X-Run-Registry-User": "t.certifier"}
TRACK = {"dataset": PROMPT, "workspace": "tracker", "from_state": "OPEN", "to_state": "SIGNOFF"}


COLUMNS = ("gem-gem", "tracker-pixel")
_PROMPT = {"run_number": RUN, "dataset": PROMPT}


def _edit(column: str, dataset: str = PROMPT) -> dict[str, Any]:
    where = {"run_number": RUN, "dataset": dataset}
    return {**where, "columns": [column], "ranges": [[1, 2]], "status": "GOOD"}


def _post(client: FlaskClient, where: str, body: Any, headers: dict[str, str] = CERTIFIER) -> Any:
    seen = client.get("/api/v1/version").get_json()["sequence"]
    return client.post(f"/api/v1/runs/{RUN}/{where}", json={"seen": seen, **body}, headers=headers)


def test_a_run_gets_its_class_from_an_expert(client: FlaskClient) -> None:
    words = {"attributes": {"class": "Collisions24", "significant": True}}
    assert _post(client, "attributes", words, EXPERT).status_code == 200
    assert client.get(f"/api/v1/runs/{RUN}").get_json()["registry"]["class"] == "Collisions24"


@pytest.mark.parametrize(
    ("where", "body", "headers", "status", "sentence"),
    [
        ("attributes", {"attributes": {"class": "Cosmics24"}}, SHIFTER, 403, "cms-dqm-oncall"),
        ("attributes", {"attributes": {"energy": 1}}, EXPERT, 422, "cannot be set by hand"),
        ("attributes", {"attributes": ["class"]}, EXPERT, 422, "attributes"),
        ("state", {"from_state": "SIGNOFF", "to_state": "COMPLETED"}, EXPERT, 409, "is OPEN, not SIGNOFF"),
        ("state", {"from_state": "OPEN", "to_state": "SIGNOFF"}, SHIFTER, 409, "nobody decided on"),
        ("state", {"from_state": "OPEN", "to_state": "DONE"}, SHIFTER, 422, "is no state"),
        ("dataset-state", TRACK, CERTIFIER, 409, "tracker-track LS 1–10"),
        ("dataset-state", {**TRACK, "workspace": "gem"}, CERTIFIER, 403, "in gem"),
        ("dataset-state", {**TRACK, "dataset": "/X"}, CERTIFIER, 404, "has no dataset /X"),
    ],
)
def test_a_step_that_may_not_be_taken_is_refused_in_a_sentence(
    client: FlaskClient, where: str, body: Any, headers: dict[str, str], status: int, sentence: str
) -> None:
    """Traps 10, 11 and 15 at the door."""
    before = client.get("/api/v1/version").get_json()
    found = _post(client, where, body, headers)
    assert found.status_code == status
    assert sentence in found.get_json()["detail"]
    assert client.get("/api/v1/version").get_json() == before


def test_a_workspace_signs_off_when_all_is_decided(client: FlaskClient) -> None:
    seen = client.get("/api/v1/version").get_json()["sequence"]
    edit = {"run_number": RUN, "dataset": PROMPT, "ranges": [[1, 10]], "status": "GOOD"}
    edit["columns"] = ["tracker-strip", "tracker-track"]
    client.post("/api/v1/verdicts", json={"edits": [edit], "seen": seen}, headers=CERTIFIER)
    assert _post(client, "dataset-state", TRACK).status_code == 200
    run = client.get(f"/api/v1/runs/{RUN}").get_json()
    states = {d["name"]: d["states"] for d in run["datasets"]}
    assert states[PROMPT]["tracker"] == "SIGNOFF"


@pytest.mark.parametrize(
    ("where", "body"),
    [
        ("/api/v1/verdicts", {"edits": [_edit("tracker-pixel")]}),
        ("/api/v1/verdicts", {"edits": [_edit("gem-gem"), _edit("tracker-pixel")]}),
        ("/api/v1/verdicts", {"edits": [_edit("gem-gem", dataset="online")]}),
        (f"/api/v1/runs/{RUN}/dataset-state", TRACK),
        (f"/api/v1/runs/{RUN}/everywhere", {"dataset": PROMPT, "to_state": "OPEN"}),
        (f"/api/v1/runs/{RUN}/state", {"from_state": "OPEN", "to_state": "SIGNOFF"}),
        (f"/api/v1/runs/{RUN}/attributes", {"attributes": {"class": "Cosmics24"}}),
        (f"/api/v1/runs/{RUN}/hidden", {"dataset": PROMPT, "comment": "made twice"}),
        ("/api/v1/bits", {"bit": "gemp_ready", "value": False, "comment": "off", "datasets": [_PROMPT]}),
    ],
)
def test_trap_15_who_has_the_right_of_gem_changes_nothing_else(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch, where: str, body: dict[str, Any]
) -> None:
    monkeypatch.setattr(local, "USERS", (*local.USERS, GEM))
    before = client.get("/api/v1/version").get_json()
    told = {"seen": before["sequence"], **body}
    found = client.post(where, json=told, headers={"X-Run-Registry-User": GEM.name})
    assert (found.status_code, found.get_json()["code"]) == (403, "forbidden")
    assert "cms-" in found.get_json()["detail"]
    assert client.get("/api/v1/version").get_json() == before


def test_trap_15_a_batch_of_the_grid_lets_through_what_is_of_gem_only(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "USERS", (*local.USERS, GEM))
    seen = client.get("/api/v1/version").get_json()["sequence"]
    mine, other = (
        {"key": c, "seen": seen, "status": "GOOD", "cells": [{**_PROMPT, "columns": [c]}]} for c in COLUMNS
    )
    # the workspace of the address gives no right
    body = {"workspace": "gem", "stage": "prompt", "edits": [mine, other]}
    headers = {"X-Run-Registry-User": GEM.name}
    answers = client.post("/api/v1/grid/edits", json=body, headers=headers).get_json()["answers"]
    assert [each["code"] for each in answers] == ["", "forbidden"]
