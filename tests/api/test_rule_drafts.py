"""Rules are changed over HTTP as on the page: drafted, back-tested, made active by a second person."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from model.registry import Registry
from tests.api.conftest import LOGIC, PIXEL
from tests.model import world
from tests.model.world import PROMPT, RUN

RULES = "/api/v1/rules"
COORDINATOR = {"X-Run-Registry-User": "d.coordinator"}
EXPERT = {"X-Run-Registry-User": "b.expert"}
STRICTER = {"and": [LOGIC, {"==": [{"var": "lumisection.rr.tracker-strip"}, "GOOD"]}]}
WORDS = {"logic": STRICTER, "null_policy": "bad", "datasets": PROMPT, "purpose": "golden"}


def _now(client: FlaskClient) -> int:
    return int(client.get("/api/v1/version").get_json()["sequence"])


def _send(
    client: FlaskClient, step: str, who: dict[str, str], *, name: str = "golden", **body: Any
) -> TestResponse:
    return client.post(f"{RULES}/{name}/{step}", json={"seen": _now(client), **body}, headers=who)


def _drafted(client: FlaskClient) -> dict[str, Any]:
    answer = _send(client, "draft", COORDINATOR, **WORDS)
    assert answer.status_code == 200, answer.get_json()
    return dict(answer.get_json())


def _version(client: FlaskClient) -> int:
    return int(client.get(RULES).get_json()["golden"]["version"])


def test_a_rule_is_drafted_tested_and_made_active_by_a_second_person(client: FlaskClient) -> None:
    digest = _drafted(client)["digest"]
    assert _version(client) == 1
    tested = _send(client, "backtest", COORDINATOR, dataset=PROMPT).get_json()["tested"]
    (change,) = tested["changes"]
    assert (change["before"], change["after"], change["lumisections"]) == ("selected", "not selected", 8)
    assert change["ranges"] == {str(RUN): "1\u20133, 6\u201310"}
    (draft,) = client.get(f"{RULES}/drafts").get_json()["drafts"]
    assert (draft["state"], draft["by"], draft["digest"]) == ("back-tested", "d.coordinator", digest)
    assert draft["tested"]["sentence"] == tested["sentence"] and draft["text"]["logic"] == STRICTER
    assert _send(client, "activate", EXPERT, digest=digest).status_code == 200
    assert _version(client) == 2 and client.get(f"{RULES}/drafts").get_json()["drafts"] == []


def test_who_drafted_an_official_rule_does_not_make_it_active(client: FlaskClient) -> None:
    digest = _drafted(client)["digest"]
    _send(client, "backtest", COORDINATOR, dataset=PROMPT)
    before = _now(client)
    refused = _send(client, "activate", COORDINATOR, digest=digest)
    assert refused.status_code == 403 and "second person" in refused.get_json()["detail"]
    assert (_version(client), _now(client)) == (1, before)


@pytest.mark.parametrize(
    ("step", "body", "status", "says"),
    [
        ("draft", {**WORDS, "logic": {"and": [{"vra": "x"}]}}, 422, "/and/0"),
        ("draft", {**WORDS, "logic": 7}, 422, "A rule is a JsonLogic object"),
        ("draft", {**WORDS, "null_policy": "maybe"}, 422, "is no null policy"),
        ("draft", {**WORDS, "purpose": "fun"}, 422, "is no purpose"),
        ("draft", {**WORDS, "priority": -1}, 422, "The priority"),
        ("draft", {**WORDS, "seen": 999_999}, 422, "Nobody has seen"),
        ("backtest", {"dataset": "/Nothing/%"}, 404, "No dataset"),
        ("backtest", {"dataset": PROMPT, "era": "1999A"}, 404, "of era 1999A"),
        ("backtest", {"seen": -1}, 422, "Nobody has seen"),
        ("backtest", {"seen": 1}, 404, "was open at sequence 1"),
        ("activate", {"digest": "x"}, 409, "changed the draft"),
        ("activate", {"digest": "{digest}"}, 409, "was not back-tested"),
        ("activate", {"digest": "{digest}", "seen": -1}, 422, "Nobody has seen"),
    ],
)
def test_a_refusal_is_a_sentence_and_nothing_is_written(
    client: FlaskClient, step: str, body: dict[str, Any], status: int, says: str
) -> None:
    digest = _drafted(client)["digest"]
    before = _now(client)
    said = {key: digest if value == "{digest}" else value for key, value in body.items()}
    refused = _send(client, step, EXPERT, **said)
    assert (refused.status_code, says in refused.get_json()["detail"]) == (status, True), refused.get_json()
    assert _now(client) == before


@pytest.mark.parametrize(("step", "body"), [("backtest", {}), ("activate", {"digest": "x"}), ("withdraw", {})])
def test_what_nobody_drafted_is_not_there(client: FlaskClient, step: str, body: dict[str, Any]) -> None:
    refused = _send(client, step, EXPERT, name="unheard-of", **body)
    assert refused.status_code == 404 and "unheard-of" in refused.get_json()["detail"]


def test_a_draft_that_changed_since_somebody_looked_is_not_made_active(client: FlaskClient) -> None:
    digest, seen = _drafted(client)["digest"], _now(client)
    _send(client, "draft", COORDINATOR, **{**WORDS, "null_policy": "good"})
    _send(client, "backtest", COORDINATOR, dataset=PROMPT)
    for step, body in (("activate", {"digest": digest}), ("withdraw", {})):
        refused = _send(client, step, EXPERT, seen=seen, **body)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "stale")
    assert _version(client) == 1


def test_a_draft_that_changed_while_it_was_tested_keeps_no_result(client: FlaskClient) -> None:
    seen = _drafted(client)["sequence"]
    _send(client, "draft", COORDINATOR, **{**WORDS, "logic": LOGIC})
    refused = _send(client, "backtest", COORDINATOR, seen=seen, dataset=PROMPT)
    assert refused.status_code == 409 and "has changed since it was tested" in refused.get_json()["detail"]


def test_a_draft_is_withdrawn_once(client: FlaskClient) -> None:
    _drafted(client)
    assert _send(client, "withdraw", EXPERT, comment="not needed").status_code == 200
    assert client.get(f"{RULES}/drafts").get_json()["drafts"] == []
    refused = _send(client, "withdraw", EXPERT)
    assert refused.status_code == 409 and "withdrawn" in refused.get_json()["detail"]


def test_each_step_is_done_once_under_its_key(client: FlaskClient) -> None:
    steps = (
        ("draft", COORDINATOR, WORDS),
        ("backtest", COORDINATOR, {"dataset": PROMPT}),
        ("activate", EXPERT, {}),
    )
    told: dict[str, Any] = {}
    for step, who, body in steps:
        sent = {**body, "seen": _now(client), **({"digest": told["digest"]} if step == "activate" else {})}
        headers = {**who, "Idempotency-Key": step}
        first = client.post(f"{RULES}/golden/{step}", json=sent, headers=headers)
        after = _now(client)
        again = client.post(f"{RULES}/golden/{step}", json=sent, headers=headers)
        assert (first.status_code, again.status_code) == (200, 200), first.get_json()
        assert again.headers["Run-Registry-Repeated"] == "true"
        assert again.get_json() == first.get_json() and _now(client) == after
        told |= first.get_json()


def test_open_runs_are_decided_again_by_a_rule_that_became_active(
    client: FlaskClient, registry: Registry
) -> None:
    word = {"value": "GOOD", "purpose": "online-verdict", "target": PIXEL, "logic": True, "null_policy": "bad"}
    digest = _send(client, "draft", COORDINATOR, name="pixel-on", **word).get_json()["digest"]
    assert _send(client, "backtest", COORDINATOR, name="pixel-on", dataset="online").status_code == 200
    said = _send(client, "activate", EXPERT, name="pixel-on", digest=digest, comment="always on")
    assert said.status_code == 200, said.get_json()
    verdicts = client.get(f"/api/v1/runs/{RUN}/verdicts?dataset=online").get_json()["columns"][PIXEL]
    assert [(each["first"], each["last"], each["status"]) for each in verdicts] == [(1, 10, "GOOD")]
    assert world.now(registry) > said.get_json()["sequence"]
