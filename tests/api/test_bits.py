"""Bits over HTTP: what holds, who said otherwise than OMS, one run or a range of them."""

from typing import Any

from model.registry import Registry
from tests.model import world
from tests.model.world import EXPRESS, PROMPT, RUN

DC = {"X-Run-Registry-User": "d.coordinator"}
BIT = {"bit": "bpix_ready", "value": False, "comment": "layer 1 was off"}


def test_a_bit_is_overridden_over_a_range_of_runs(client: Any, registry: Registry) -> None:
    world.report_run(registry, RUN, bits={"bpix_ready": [(1, 10, True)]})
    body = {**BIT, "seen": world.now(registry), "runs": {"first_run": RUN, "last_run": RUN, "dataset": PROMPT}}
    tried = client.post("/api/v1/bits", json={**body, "dry_run": True}, headers=DC).json
    assert tried == {"datasets": 1, "effect": None}
    where = f"/api/v1/bits?run_number={RUN}&dataset={PROMPT}"
    assert client.get(where).json["overrides"] == []
    assert client.post("/api/v1/bits", json=body, headers=DC).json["datasets"] == 1
    found = client.get(where).json
    assert found["bits"]["bpix_ready"] == [[1, 10, False]]
    (said,) = found["overrides"]
    assert (said["raw"], said["author"], said["comment"]) == (True, "d.coordinator", "layer 1 was off")
    assert client.get(f"/api/v1/bits?run_number={RUN}&dataset={EXPRESS}").json["overrides"] == []
    withdrawn = {**body, "value": None, "comment": "it was on", "seen": world.now(registry)}
    assert client.post("/api/v1/bits", json=withdrawn, headers=DC).json["datasets"] == 1
    found = client.get(where).json
    assert (found["overrides"], found["bits"]["bpix_ready"]) == ([], [[1, 10, True]])
    assert client.post("/api/v1/bits", json=withdrawn, headers=DC).status_code == 422


def test_an_override_that_may_not_be_is_refused_in_a_sentence(client: Any, registry: Registry) -> None:
    seen = world.now(registry)
    one = {**BIT, "seen": seen, "datasets": [{"run_number": RUN, "dataset": PROMPT}]}
    for body, status, sentence in (
        ({**one, "bit": "pixel"}, 422, "pixel is no bit"),
        ({**one, "comment": ""}, 422, "needs a reason"),
        ({**one, "ranges": [[5, 2]]}, 422, "reversed"),
        (
            {**BIT, "seen": seen, "runs": {"first_run": 1, "last_run": 2, "dataset": PROMPT}},
            404,
            "No run from 1",
        ),
    ):
        answer = client.post("/api/v1/bits", json=body, headers=DC)
        assert (answer.status_code, sentence in answer.json["detail"]) == (status, True)
    certifier = {"X-Run-Registry-User": "t.certifier"}
    assert client.post("/api/v1/bits", json=one, headers=certifier).status_code == 403
    assert world.now(registry) == seen
