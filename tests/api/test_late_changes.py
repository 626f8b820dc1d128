"""Late changes of upstream, and what is asked of OMS again, over HTTP."""

from flask.testing import FlaskClient

from model import journal
from model.authors import IMPORTER
from model.commands.runs import import_run_attributes
from model.queries.feeds import wishes
from model.registry import Registry
from tests.model.arrivals import tell
from tests.model.world import RUN

EXPERT = {"X-Run-Registry-User": "b.expert"}
SHIFTER = {"X-Run-Registry-User": "a.shifter"}
READER = {"X-Run-Registry-User": "r.reader"}


def _changed_late(registry: Registry) -> None:
    with registry.writing() as tx:
        import_run_attributes(tx, RUN, {"state": "SIGNOFF"}, IMPORTER, importer=IMPORTER)
    tell(registry, [(1, 10)], recorded=[0.3] * 10, end_time="2026-05-01T10:00:00Z")


def test_a_late_change_is_read_with_its_consequence_and_answered_once(
    client: FlaskClient, registry: Registry
) -> None:
    _changed_late(registry)
    (one,) = client.get(f"/api/v1/late-changes?run_number={RUN}").get_json()["late_changes"]
    assert "luminosity" in one["kinds"] and one["lumisections"] == [[1, 10]]
    assert abs(one["recorded_change_invpb"] - 2.0) < 1e-6
    body = {"late_change": one["id"], "accepted": True}
    refused = client.post("/api/v1/late-changes/answer", json=body, headers=SHIFTER)
    assert refused.status_code == 403 and "late change" in refused.get_json()["detail"]
    assert client.post("/api/v1/late-changes/answer", json=body, headers=EXPERT).status_code == 200
    gone = client.post("/api/v1/late-changes/answer", json=body, headers=EXPERT)
    assert gone.status_code == 404 and "not open" in gone.get_json()["detail"]
    assert client.get("/api/v1/late-changes").get_json()["late_changes"] == []
    with registry.reading() as connection:
        action = next(e.action for e in journal.entries(connection) if e.event.kind == "late-change-answered")
    undo = f"/api/v1/actions/{action}/undo"
    assert client.post(undo, headers=SHIFTER).status_code == 403
    assert client.post(undo, headers=EXPERT).status_code == 200
    assert client.post(undo, headers=EXPERT).status_code == 409
    (again,) = client.get("/api/v1/late-changes").get_json()["late_changes"]
    assert {**again, "id": 0} == {**one, "id": 0}


def test_a_run_is_wanted_again_by_who_may(client: FlaskClient, registry: Registry) -> None:
    assert client.post(f"/api/v1/runs/{RUN}/refresh", headers=READER).status_code == 403
    assert client.post("/api/v1/runs/399999/refresh", headers=SHIFTER).status_code == 404
    assert client.post(f"/api/v1/runs/{RUN}/refresh", headers=SHIFTER).status_code == 200
    with registry.reading() as connection:
        assert wishes(connection, "OMS") == [str(RUN)]


def test_a_run_is_reset_by_an_expert(client: FlaskClient) -> None:
    seen = client.get("/api/v1/version").get_json()["sequence"]
    words = {"attributes": {"class": "Collisions24"}, "seen": seen}
    client.post(f"/api/v1/runs/{RUN}/attributes", json=words, headers=EXPERT)
    body = {"comment": "the rules shall say", "seen": seen + 1}
    assert client.post(f"/api/v1/runs/{RUN}/reset", json=body, headers=SHIFTER).status_code == 403
    assert client.post(f"/api/v1/runs/{RUN}/reset", json=body, headers=EXPERT).status_code == 200
    assert client.get(f"/api/v1/runs/{RUN}").get_json()["registry"]["class"] is None
