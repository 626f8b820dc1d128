"""Proposals over HTTP: a program makes them, a person answers."""

from typing import Any

from model.registry import Registry
from tests.model import world
from tests.model.world import PROMPT, RUN

AS = {"X-Run-Registry-User": "t.certifier"}
PROGRAM = {"X-Run-Registry-User": "p.program"}


def made(status: str = "BAD", column: str = "tracker-strip") -> dict[str, Any]:
    said = {"column": column, "ranges": [[2, 4]], "status": status, "score": 0.97, "reason": "occupancy"}
    of = {"run_number": RUN, "dataset": PROMPT, "program": "ae", "version": "3", "proposals": [said]}
    return {"datasets": [of]}


def test_a_program_proposes_and_a_person_accepts(client: Any, registry: Registry) -> None:
    assert client.post("/api/v1/proposals", json=made(), headers=PROGRAM).status_code == 200
    found = client.get(f"/api/v1/proposals?run_number={RUN}").json
    (one,) = found["proposals"]
    assert (one["status"], one["span"], one["program"], one["score"]) == ("BAD", [2, 4], "ae", 0.97)
    body = {"ids": [one["id"]], "accepted": True, "seen": found["sequence"]}
    assert client.post("/api/v1/proposals/answer", json=body, headers=PROGRAM).status_code == 403
    assert client.post("/api/v1/proposals/answer", json=body, headers=AS).status_code == 200
    assert client.post("/api/v1/proposals/answer", json=body, headers=AS).status_code == 404
    assert world.statuses(registry, "tracker-strip") == [(2, 4, "BAD")]
    (program,) = client.get("/api/v1/proposals/agreement").json["programs"]
    assert (program["program"], program["accepted"], program["share"]) == ("ae", 1, 1.0)


def test_a_bad_batch_writes_nothing(client: Any, registry: Registry) -> None:
    body = made()
    body["datasets"].append(made(column="no-column")["datasets"][0])
    answer = client.post("/api/v1/proposals", json=body, headers=PROGRAM)
    assert (answer.status_code, answer.json["detail"]) == (422, f"no-column is no column of {PROMPT}.")
    assert client.post("/api/v1/proposals", json=made(), headers=AS).status_code == 403
    assert client.post("/api/v1/proposals", json={"datasets": []}, headers=PROGRAM).status_code == 422
    assert client.get("/api/v1/proposals").json["proposals"] == []
