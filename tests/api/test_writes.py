"""Every write says what its author looked at, and is done once under a key."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from model.registry import Registry
from tests.api.conftest import PIXEL
from tests.model import world
from tests.model.world import PROMPT, RUN

V1 = "/api/v1"
EXPERT = {"X-Run-Registry-User": "b.expert"}
CERTIFIER = {"X-Run-Registry-User": "t.certifier"}
#: fields that tell what an author looked at
LOOKED = {"seen", "token", "digest", "edits"}
#: writes that tell nothing of it
UNSEEN = {
    "/actions/{action}/undo": "the action is what is taken back; where somebody spoke since, it is refused",
    "/cycles": "what is new was not there to be looked at",
    "/cycles/{name}/completion": "refused where it is so already, or where the workspace is not that far",
    "/findings/take-back": "refused where nobody acknowledged it",
    "/late-changes/answer": "what upstream changes further gets another id",
    "/products": "what is new was not there to be looked at",
    "/products/{name}/approve": "a product never changes",
    "/products/{name}/withdraw": "a product never changes",
    "/proposals": "a program replaces what it proposed itself",
    "/reports": "a report names the sequence it is made at",
    "/webhooks/{number}/again": "a webhook stands in no journal",
    "/runs/{run_number}/refresh": "asks upstream and changes nothing",
    "/snapshots": "a snapshot is of the sequence that is named, and of the same bytes whoever asks",
    "/training/sittings": "a sitting names the sequence that it is compared as of",
    "/views": "one's own",
    "/views/removal": "one's own",
    "/webhooks": "what is new was not there to be looked at",
    "/webhooks/{number}/stop": "stopping twice is stopping",
}


def _seen(client: FlaskClient) -> int:
    return int(client.get(f"{V1}/version").get_json()["sequence"])


def _verdict(client: FlaskClient, **words: Any) -> dict[str, Any]:
    edit = {"run_number": RUN, "dataset": PROMPT, "columns": [PIXEL], "ranges": [[7, 8]], "status": "STANDBY"}
    return {"edits": [{**edit, **words}], "seen": _seen(client)}


def test_every_write_says_what_its_author_looked_at_or_there_is_a_reason(client: FlaskClient) -> None:
    document = client.get("/api/docs/openapi.json").get_json()
    schemas = document["components"]["schemas"]
    silent = set()
    for path, methods in document["paths"].items():
        told = methods.get("post")
        if told is None or told.get("x-question"):
            continue
        assert any(each["name"] == "Idempotency-Key" for each in told["parameters"]), path
        schema = told.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        body = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else {}
        if not LOOKED & set(body.get("properties", {})):
            silent.add(path.removeprefix(V1))
    assert silent == set(UNSEEN)


def test_what_comes_twice_under_a_key_is_done_once(client: FlaskClient) -> None:
    body, headers = _verdict(client), {**CERTIFIER, "Idempotency-Key": "night-1"}
    first = client.post(f"{V1}/verdicts", json=body, headers=headers)
    assert first.status_code == 200 and "Run-Registry-Repeated" not in first.headers
    again = client.post(f"{V1}/verdicts", json=body, headers=headers)
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    assert again.headers["Run-Registry-Repeated"] == "true"
    assert _seen(client) == first.get_json()["sequence"]


def test_a_key_that_comes_with_another_deed_is_refused(client: FlaskClient) -> None:
    headers = {**CERTIFIER, "Idempotency-Key": "night-1"}
    client.post(f"{V1}/verdicts", json=_verdict(client), headers=headers)
    before = _seen(client)
    other = client.post(f"{V1}/verdicts", json=_verdict(client, status="GOOD"), headers=headers)
    assert (other.status_code, other.get_json()["code"]) == (422, "key-reused")
    undo = client.post(f"{V1}/actions/{before}/undo", headers=headers)
    assert (undo.status_code, undo.get_json()["code"]) == (422, "key-reused")
    assert _seen(client) == before
    theirs = client.post(f"{V1}/verdicts", json=_verdict(client), headers={**headers, **EXPERT})
    assert theirs.status_code == 200


def test_a_refused_deed_may_come_again_under_its_key(client: FlaskClient) -> None:
    headers = {**CERTIFIER, "Idempotency-Key": "night-1"}
    assert (
        client.post(f"{V1}/verdicts", json=_verdict(client, status="FINE"), headers=headers).status_code == 422
    )
    assert client.post(f"{V1}/verdicts", json=_verdict(client), headers=headers).status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 201, "schlüssel"])
def test_a_key_that_is_none_is_refused(client: FlaskClient, key: str) -> None:
    headers = {**CERTIFIER, "Idempotency-Key": key}
    before = _seen(client)
    refused = client.post(f"{V1}/verdicts", json=_verdict(client), headers=headers)
    assert refused.status_code == 422 and "printable ASCII" in refused.get_json()["detail"]
    assert _seen(client) == before


def test_edits_of_a_grid_that_are_sent_again_are_carried_out_once(client: FlaskClient) -> None:
    def edit(key: str, status: str) -> dict[str, Any]:
        cells = [{"run_number": RUN, "dataset": PROMPT, "columns": [PIXEL]}]
        return {"key": key, "seen": _seen(client), "status": status, "cells": cells}

    one, two, headers = edit("1", "STANDBY"), edit("2", "EXCLUDED"), {**CERTIFIER, "Idempotency-Key": "tab"}
    first = client.post(f"{V1}/grid/edits", json={"edits": [one]}, headers=headers).get_json()["answers"]
    # the answer was lost: the batch comes again, with what was said meanwhile
    again = client.post(f"{V1}/grid/edits", json={"edits": [one, two]}, headers=headers).get_json()["answers"]
    assert again[0] == first[0] and again[1]["code"] == ""
    assert again[1]["action"] == first[0]["action"] + 1 == _seen(client)


def test_a_bulk_action_is_written_once_under_its_key(client: FlaskClient) -> None:
    names = [[RUN, PROMPT]]
    wish = {
        "set_cells": {"datasets": {"names": names}, "columns": [PIXEL], "status": "STANDBY", "replaces": True}
    }
    token = client.post(f"{V1}/bulk/plan", json=wish, headers=CERTIFIER).get_json()["token"]
    headers = {**CERTIFIER, "Idempotency-Key": "bulk-1"}
    first = client.post(f"{V1}/bulk/apply", json={**wish, "token": token}, headers=headers)
    again = client.post(f"{V1}/bulk/apply", json={**wish, "token": token}, headers=headers)
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.get_json() == first.get_json() and _seen(client) == first.get_json()["sequence"]


@pytest.mark.parametrize(
    ("where", "body", "theirs"),
    [
        ("attributes", {"attributes": {"class": "Cosmics24"}}, {"attributes": {"class": "Collisions24"}}),
        ("reset", {}, {"attributes": {"class": "Collisions24"}}),
        ("hidden", {"dataset": PROMPT, "comment": "made twice"}, None),
    ],
)
def test_what_somebody_else_changed_since_is_told_and_not_overwritten(
    client: FlaskClient, where: str, body: dict[str, Any], theirs: dict[str, Any] | None
) -> None:
    seen = _seen(client)
    other = "attributes" if theirs else where
    headers = EXPERT if theirs else {"X-Run-Registry-User": "d.coordinator"}
    done = client.post(f"{V1}/runs/{RUN}/{other}", json={**(theirs or body), "seen": seen}, headers=headers)
    assert done.status_code == 200, done.get_json()
    me = {"X-Run-Registry-User": "b.expert" if not theirs else "api@api"}
    before = _seen(client)
    refused = client.post(f"{V1}/runs/{RUN}/{where}", json={**body, "seen": seen}, headers=me)
    assert (refused.status_code, refused.get_json()["code"]) == (409, "stale")
    assert "came before you" in refused.get_json()["detail"] and _seen(client) == before


def test_what_concerns_other_words_of_a_run_goes_through(client: FlaskClient, registry: Registry) -> None:
    seen = _seen(client)
    words = {"attributes": {"class": "Collisions24"}, "seen": seen}
    assert client.post(f"{V1}/runs/{RUN}/attributes", json=words, headers=EXPERT).status_code == 200
    world.report_run(registry, RUN + 1)
    mine = {"attributes": {"stop_reason": "beam dump"}, "seen": seen}
    shifter = {"X-Run-Registry-User": "a.shifter"}
    assert client.post(f"{V1}/runs/{RUN}/attributes", json=mine, headers=shifter).status_code == 200


@pytest.mark.parametrize("seen", [-1, 999_999])
def test_nobody_has_seen_what_is_not_there_yet(client: FlaskClient, seen: int) -> None:
    refused = client.post(f"{V1}/runs/{RUN}/reset", json={"seen": seen}, headers=EXPERT)
    assert refused.status_code == 422 and "Nobody has seen" in refused.get_json()["detail"]
