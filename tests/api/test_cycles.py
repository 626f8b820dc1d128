"""Cycles over HTTP: proposed, made, worked on, completed."""

from typing import Any

from model.registry import Registry
from tests.model import world
from tests.model.world import PROMPT, RUN

DC = {"X-Run-Registry-User": "d.coordinator"}


def test_a_cycle_from_its_proposal_to_its_end(client: Any, registry: Registry) -> None:
    (candidate,) = client.get("/api/v1/cycles/next").json["candidates"]
    assert (candidate["run_number"], candidate["reason"]) == (RUN, "")
    body = {"name": "call 1", "deadline": "2024-06-20", "datasets": [[RUN, PROMPT]]}
    assert client.post("/api/v1/cycles", json=body, headers=DC).status_code == 200
    assert client.post("/api/v1/cycles", json=body, headers=DC).status_code == 422
    found = client.get("/api/v1/cycles/call 1").json
    tracker = next(p for p in found["progress"] if p["workspace"] == "tracker")
    assert (tracker["work"], tracker["done"]) == (1, 0)
    ended = client.post("/api/v1/cycles/call 1/completion", json={"workspace": "tracker"}, headers=DC)
    assert (ended.status_code, "has not signed off" in ended.json["detail"]) == (409, True)
    assert client.post("/api/v1/cycles/call 1/completion", json={}, headers=DC).status_code == 200
    changed = {k: v for k, v in body.items() if k != "name"} | {"seen": world.now(registry)}
    assert client.post("/api/v1/cycles/call 1", json=changed, headers=DC).status_code == 409
    assert client.get("/api/v1/cycles/call 2").status_code == 404
    assert client.get("/api/v1/cycles").json["cycles"][0]["is_closed"]
