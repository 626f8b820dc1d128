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


PROMPTS = {"stage": "prompt", "where": f'["run_number","=",{RUN}]'}
LIST = {"text": f'{{"{RUN}": [[1, 3]]}}', "columns": ["tracker-strip"], "inside": {"status": "GOOD"}}


def carried_out(client: Any, body: dict[str, Any], by: dict[str, str] = AS) -> Any:
    token = client.post("/api/v1/bulk/plan", json=body, headers=by).json["token"]
    return client.post("/api/v1/bulk/apply", json={**body, "token": token}, headers=by)


def test_cells_are_set_and_a_list_is_read(client: Any, registry: Registry) -> None:
    outside = {"status": "BAD", "cause": "other"}
    assert carried_out(client, {"certification": {**LIST, "outside": outside}}).status_code == 200
    assert world.statuses(registry, "tracker-strip") == [(1, 3, "GOOD"), (4, 10, "BAD")]
    cells = {"datasets": PROMPTS, "columns": ["tracker-track"], "status": "STANDBY"}
    assert carried_out(client, {"set_cells": cells}).status_code == 200
    assert world.statuses(registry, "tracker-track") == [(1, 10, "STANDBY")]
    named = {**cells, "datasets": {"names": [[RUN, EXPRESS]]}}
    assert carried_out(client, {"set_cells": named}).status_code == 200
    assert world.statuses(registry, "tracker-track", dataset=EXPRESS) == [(1, 10, "STANDBY")]


def test_datasets_are_duplicated_moved_and_taken_back(client: Any, registry: Registry) -> None:
    by = {"X-Run-Registry-User": "d.coordinator"}
    done = carried_out(client, {"duplicate": {"datasets": PROMPTS, "to": "/ReReco/Again/DQM"}}, by)
    assert done.status_code == 200
    assert world.statuses(registry, "tracker-pixel", dataset="/ReReco/Again/DQM") == [
        (1, 3, "GOOD"),
        (4, 5, "BAD"),
        (6, 10, "GOOD"),
    ]
    move = {"datasets": PROMPTS, "workspaces": ["dt"], "from_state": "OPEN", "to_state": "waiting dqm gui"}
    assert carried_out(client, {"move": move}, by).status_code == 422
    moved = carried_out(client, {"move": {**move, "comment": "wrong samples"}}, by)
    assert moved.status_code == 200
    for action in (moved.json["action"], done.json["action"]):
        assert client.post(f"/api/v1/actions/{action}/undo", headers=by).status_code == 200


def test_more_than_one_wish_and_a_bad_filter_are_refused(client: Any) -> None:
    cells = {"datasets": {"where": "["}, "columns": ["tracker-track"], "status": "GOOD"}
    for body, sentence in (
        ({"rows": ROWS, "certification": LIST}, "Give one of rows, certification"),
        ({"set_cells": cells}, "no JSON"),
        ({"set_cells": {**cells, "datasets": {"first_run": 1, "last_run": 2}}}, "No dataset is chosen."),
    ):
        refused = client.post("/api/v1/bulk/plan", json=body, headers=AS)
        assert refused.status_code == 422
        assert sentence in refused.json["detail"]


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
