"""Many verdicts over HTTP: a dry run, then the same by its token."""

from typing import Any

from model.registry import Registry
from tests.model import world
from tests.model.world import EXPRESS, RUN

AS = {"X-Run-Registry-User": "t.certifier"}
ROWS = f"{RUN},1,2,tracker-strip,GOOD\n{RUN},3,4,tracker-strip,BAD,HV trip"


def test_rows_are_tried_and_written(client: Any, registry: Registry) -> None:
    tried = client.post("/api/v1/bulk/plan", json={"rows": ROWS}, headers=AS).json
    assert (tried["is_sound"], tried["cells"], tried["lumisections"]) == (True, 1, 4)
    body = {"rows": ROWS, "token": tried["token"]}
    done = client.post("/api/v1/bulk/apply", json=body, headers=AS)
    assert done.status_code == 200
    assert world.statuses(registry, "tracker-strip") == [(1, 2, "GOOD"), (3, 4, "BAD")]
    assert client.post(f"/api/v1/actions/{done.json['action']}/undo", headers=AS).status_code == 200
    assert world.statuses(registry, "tracker-strip") == []


def test_columns_are_copied(client: Any, registry: Registry) -> None:
    world.give(registry, world.TRACKER, "tracker-strip", [(1, 9)], "GOOD", dataset=EXPRESS)
    asked = {"runs": [RUN], "source": "express", "target": "prompt", "columns": ["tracker-strip"]}
    body = {"copy_columns": asked}
    token = client.post("/api/v1/bulk/plan", json=body, headers=AS).json["token"]
    assert client.post("/api/v1/bulk/apply", json={**body, "token": token}, headers=AS).status_code == 200
    assert world.statuses(registry, "tracker-strip") == [(1, 9, "GOOD")]


def test_a_bad_wish_is_refused(client: Any, registry: Registry) -> None:
    for body, status in (
        ({}, 422),
        ({"rows": ROWS, "copy_columns": None, "token": "1.x", "stage": "nowhere"}, 422),
        ({"rows": ROWS, "token": "none"}, 422),
        ({"rows": ROWS, "token": f"1.{'0' * 64}"}, 409),
    ):
        body = {"token": "", **body}
        assert client.post("/api/v1/bulk/apply", json=body, headers=AS).status_code == status
    assert world.statuses(registry, "tracker-strip") == []
