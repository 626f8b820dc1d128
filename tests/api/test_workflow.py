"""States and a run's own words over HTTP."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.model.world import PROMPT, RUN

EXPERT = {"X-Run-Registry-User": "b.expert"}
SHIFTER = {"X-Run-Registry-User": "a.shifter"}
CERTIFIER = {"X-Run-Registry-User": "t.certifier"}
TRACK = {"dataset": PROMPT, "workspace": "tracker", "from_state": "OPEN", "to_state": "SIGNOFF"}


def _post(client: FlaskClient, where: str, body: Any, headers: dict[str, str] = CERTIFIER) -> Any:
    return client.post(f"/api/v1/runs/{RUN}/{where}", json=body, headers=headers)


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
    assert sentence in found.get_json()["message"]
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
