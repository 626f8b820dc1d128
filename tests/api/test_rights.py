"""Rights over HTTP: who may do what, a change tried and made and taken back, and what was denied."""

from typing import Any

from model.policy import FIXED_ACTION, Action
from model.registry import Registry
from tests.model import world

EXPERT = {"X-Run-Registry-User": "b.expert"}
READER = {"X-Run-Registry-User": "r.reader"}
COORDINATOR = {"X-Run-Registry-User": "d.coordinator"}
HAND_OVER = Action.HAND_OVER.value


def _told(client: Any, as_of: object = "now") -> Any:
    return client.get(f"/api/v1/rights?as_of={as_of}", headers=READER).json


def _body(client: Any, **more: Any) -> dict[str, Any]:
    told = _told(client)
    body = {"groups": told["groups"], "matrix": told["matrix"], "seen": told["sequence"]}
    body["groups"] = [*body["groups"], {"group": "cms-muon-shift", "role": "online shifter"}]
    return {**body, **more}


def test_everybody_reads_who_may_do_what(client: Any) -> None:
    told = _told(client)
    assert {"group": "cms-dqm-oncall", "role": "on-call expert", "workspace": ""} in told["groups"]
    assert set(told["matrix"]) == {action.value for action in Action} - {FIXED_ACTION.value}
    assert told["matrix"][Action.ADMINISTER.value] == ["run registry expert"]


def test_a_change_is_asked_made_and_taken_back(client: Any, registry: Registry) -> None:
    before = _told(client)
    asked = client.post("/api/v1/rights", json=_body(client, dry_run=True), headers=EXPERT).json
    assert [(each["group"], each["loses"]) for each in asked["changes"]] == [("cms-muon-shift", [])]
    assert HAND_OVER in asked["changes"][0]["gains"]
    assert (asked["sequence"], world.now(registry)) == (None, before["sequence"])
    done = client.post("/api/v1/rights", json=_body(client, comment="a new shift"), headers=EXPERT).json
    assert done["changes"] == asked["changes"]
    assert "cms-muon-shift" in {each["group"] for each in _told(client)["groups"]}
    assert _told(client, before["sequence"])["groups"] == before["groups"]
    undone = client.post(f"/api/v1/actions/{done['action']}/undo", json={}, headers=EXPERT)
    assert undone.status_code == 200, undone.text
    assert _told(client)["groups"] == before["groups"]


def test_a_change_that_makes_no_sense_writes_nothing(client: Any, registry: Registry) -> None:
    sound = _body(client)
    without = {name: roles for name, roles in sound["matrix"].items() if name != HAND_OVER}
    nobody = {**sound["matrix"], Action.ADMINISTER.value: []}
    for body, sentence in (
        ({**sound, "matrix": without}, f"nothing is said of “{HAND_OVER}”"),
        ({**sound, "matrix": nobody}, "No group could administer any more"),
        ({**sound, "groups": [{"group": "x y", "role": "online shifter"}]}, "is no name of a group"),
        ({**sound, "groups": [{"group": "x", "role": "king"}]}, "groups.0.role"),
        ({**sound, "matrix": {**sound["matrix"], "fly": []}}, "matrix.fly"),
    ):
        refused = client.post("/api/v1/rights", json=body, headers=EXPERT)
        assert (refused.status_code, sentence in refused.json["detail"]) == (422, True), refused.text
    for headers in (COORDINATOR, READER):
        refused = client.post("/api/v1/rights", json=sound, headers=headers)
        assert (refused.status_code, "cms-dqm-runregistry-experts may" in refused.json["detail"]) == (403, True)
    assert world.now(registry) == sound["seen"]


def test_who_looked_at_other_rights_is_told_so(client: Any) -> None:
    body = _body(client)
    assert client.post("/api/v1/rights", json=body, headers=EXPERT).status_code == 200
    refused = client.post("/api/v1/rights", json=body, headers=EXPERT)
    assert (refused.status_code, refused.json["code"]) == (409, "stale")


def test_administrators_read_what_was_denied(client: Any) -> None:
    refused = client.get("/api/v1/rights/denied", headers=COORDINATOR)
    assert refused.status_code == 403
    (found,) = client.get("/api/v1/rights/denied", headers=EXPERT).json["denied"]
    assert (found["author"], found["action"], found["times"]) == ("d.coordinator", Action.ADMINISTER.value, 1)
    assert found["sentence"] in refused.json["detail"]
