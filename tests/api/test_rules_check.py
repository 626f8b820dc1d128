"""Checking a rule over HTTP, and why a lumisection or a status is what it is."""

import hashlib
import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.model import world

CHECK = "/api/v1/rules/check"
ENERGY = {"<=": [{"var": "run.oms.energy"}, 7000]}


def check(client: FlaskClient, **body: Any) -> dict[str, Any]:
    answer = client.post(CHECK, json=body)
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


def codes(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["code"], each["pointer"]) for each in found["findings"]]


def test_a_rule_is_checked_as_json_and_as_text(client: FlaskClient) -> None:
    found = check(client, rule=ENERGY)
    assert (found["ok"], codes(found), found["variables"]) == (True, [("null-passes", "")], ["run.oms.energy"])
    assert check(client, text=json.dumps(ENERGY, indent=2)) == found
    assert codes(check(client, rule=ENERGY, null_policy="unknown")) == []


def test_a_check_gives_the_text_that_is_digested(client: FlaskClient) -> None:
    found = check(client, text='{ "<=" : [ {"var": "run.oms.energy"}, 7e3 ] }')
    assert found["canonical"] == '{"<=":[{"var":"run.oms.energy"},7000]}'
    assert found["digest"] == hashlib.sha256(found["canonical"].encode()).hexdigest()
    assert check(client, rule="true")["canonical"] == '"true"'
    unread = check(client, text="{")
    assert (unread["canonical"], unread["digest"], unread["variables"]) == (None, None, [])


def test_kept_rules_may_be_read_as_flags(client: FlaskClient) -> None:
    assert codes(check(client, rule={"var": "flag.golden"})) == []
    assert codes(check(client, rule={"var": "flag.golde"})) == [("unknown-variable", "")]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "not-json"),
        ('{"==": [1, 1], "==": [2, 2]}', "duplicate-key"),
        ('{"=": [1, 1]}', "unknown-operator"),
        ('{"==": [NaN, 1]}', "not-finite"),
        ("[" * 50_000, "too-deep"),
        ("9" * 100_000, "not-finite"),
        ('"GOOD"', "non-boolean-condition"),
    ],
)
def test_a_rule_that_cannot_be_read_is_a_finding_and_no_error(
    client: FlaskClient, text: str, code: str
) -> None:
    found = check(client, text=text)
    assert not found["ok"]
    assert codes(found)[0][0] == code


def test_a_key_given_twice_inside_a_rule_is_found_in_its_place(client: FlaskClient) -> None:
    body = '{"rule": {"and": [{"==": [1, 1], "==": [2, 2]}]}}'
    answer = client.post(CHECK, data=body, content_type="application/json").get_json()
    assert codes(answer) == [("duplicate-key", "/and/0")]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[]", 422),
        ("{}", 422),
        ('{"rule": true, "text": "true"}', 422),
        ('{"rule": true, "more": 1}', 422),
        ('{"text": 5}', 422),
        ('{"rule": true, "null_policy": "maybe"}', 422),
        ('{"rule": true, "rule": false}', 422),
        ("[" * 100_000, 422),
        ('"' + "x" * 300_000 + '"', 413),
    ],
)
def test_what_is_no_question_is_refused_in_a_sentence(client: FlaskClient, body: str, status: int) -> None:
    answer = client.post(CHECK, data=body, content_type="application/json")
    assert answer.status_code == status
    assert answer.get_json()["detail"].endswith(".")


def test_a_lumisection_says_which_clauses_keep_it_out(client: FlaskClient) -> None:
    where = {"run": world.RUN, "dataset": world.PROMPT, "lumisection": 4, "rule": "golden"}
    found = client.get("/api/v1/explain/lumisection", query_string=where).get_json()
    assert (found["rule"], found["version"], found["result"]) == ("golden", 1, False)
    (step,) = found["blame"]
    assert step["values"] == {"lumisection.rr.tracker-pixel": "BAD"}


@pytest.mark.parametrize(
    ("change", "status"),
    [({"run": 1}, 404), ({"lumisection": 9999}, 422), ({"rule": "silver"}, 404), ({"lumisection": "x"}, 422)],
)
def test_what_does_not_exist_is_not_explained(client: FlaskClient, change: dict[str, Any], status: int) -> None:
    where = {"run": world.RUN, "dataset": world.PROMPT, "lumisection": 1, "rule": "golden", **change}
    answer = client.get("/api/v1/explain/lumisection", query_string=where)
    assert answer.status_code == status


def test_a_status_says_who_gave_it(client: FlaskClient) -> None:
    where = {"run": world.RUN, "dataset": world.PROMPT, "lumisection": 1, "column": "tracker-strip"}
    found = client.get("/api/v1/explain/status", query_string=where).get_json()
    assert found["column"] == "tracker-strip"
    assert set(found) == {"column", "verdict", "overruled", "rules", "note"}
