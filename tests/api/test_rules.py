"""Rules over HTTP: the official suite through the door, open answers, reasons, and rules that are refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Counted
from tests.rules.recorded import official, oracle, same

EVALUATE, EXPLAIN = "/api/v1/rules/evaluate", "/api/v1/rules/explain"
GOOD = {"and": [{"==": [{"var": "rr.pixel"}, "GOOD"]}, {">=": [{"var": "oms.energy"}, 6500]}]}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Give the application's own server; rules need no registry behind it."""
    import settings

    with pytest.MonkeyPatch.context() as patch:
        folder: Path = tmp_path_factory.mktemp("rules")
        patch.setattr(settings, "load", lambda: settings.Settings(data_dir=folder))
        import app
    server: Flask = app.server
    with server.test_client() as found:
        yield found


def _result(door: FlaskClient, rule: Any, data: Any = None, **words: Any) -> Any:
    found = door.post(EVALUATE, json={"rule": rule, "data": data, **words})
    assert found.status_code == 200, found.get_json()
    return found.get_json()["result"]


def _refused(door: FlaskClient, url: str, **body: Any) -> tuple[int, str]:
    found = door.post(url, json=body)
    said = found.get_json()
    assert said["detail"].endswith((".", "?")) and len(said["detail"].split()) > 3
    return found.status_code, said["code"]


def test_the_official_suite_holds_through_the_door(door: FlaskClient, counted: Counted) -> None:
    agreed = sum(same(_result(door, rule, data), expected) for rule, data, expected in official())
    counted("official JsonLogic suite over HTTP", agreed, len(official()))
    assert agreed == len(official()) == 277


def test_what_json_logic_js_gave_on_data_like_ours_is_given_or_null(
    door: FlaskClient, counted: Counted
) -> None:
    cases = oracle()[::10]
    wrong = [case for case in cases if not _agrees(door, case)]
    counted("json-logic-js 2.0.5 over HTTP", len(cases) - len(wrong), len(cases))
    assert not wrong
    assert len(cases) == 400


def _agrees(door: FlaskClient, case: Any) -> bool:
    # a dictionary stands for what JSON cannot say
    expected = None if isinstance(case["result"], dict) else case["result"]
    return same(_result(door, case["rule"], case["data"]), expected)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("a literal", "a literal"),
        (None, None),
        ({"and": []}, None),
        ({"/": [1, 0]}, None),
        ([{"/": [0, 0]}, [{"and": []}, {"/": [4, 2]}]], [None, [None, 2]]),
        ({"-": [0]}, 0),
        ({"a": 1, "b": {"nonsense": 1}}, {"a": 1, "b": {"nonsense": 1}}),
    ],
)
def test_data_may_be_absent_and_what_json_cannot_say_is_null(
    door: FlaskClient, rule: Any, expected: Any
) -> None:
    assert same(door.post(EVALUATE, json={"rule": rule}).get_json(), {"result": expected})


@pytest.mark.parametrize(
    ("data", "result", "unknown"),
    [
        ({"rr": {"pixel": "GOOD"}, "oms": {"energy": 6800}}, True, []),
        ({"rr": {"pixel": "GOOD"}, "oms": {"energy": None}}, None, ["oms.energy"]),
        ({"rr": {"pixel": "GOOD"}}, None, ["oms.energy"]),
        ({"rr": {"pixel": "BAD"}}, False, []),
        (None, None, ["oms.energy", "rr.pixel"]),
    ],
)
def test_strict_mode_says_what_is_open_and_why(
    door: FlaskClient, data: Any, result: bool | None, unknown: list[str]
) -> None:
    answer = door.post(EVALUATE, json={"rule": GOOD, "data": data, "mode": "strict"}).get_json()
    assert answer == {"result": result, "unknown": unknown}


def test_strict_mode_knows_a_test_for_null_and_a_literal(door: FlaskClient) -> None:
    guarded = {"or": [{"==": [{"var": "x"}, None]}, {"<": [{"var": "x"}, 3]}]}
    assert _result(door, guarded, {}, mode="strict") is True
    assert _result(door, {"<": [{"var": "x"}, 3]}, {"x": None}, mode="strict") is None
    assert _result(door, {"<": [{"var": "x"}, 3]}, {"x": None}) is True
    assert _result(door, "a literal", mode="strict") is True


def test_an_explanation_names_the_false_clause(door: FlaskClient) -> None:
    data = {"rr": {"pixel": "GOOD"}, "oms": {"energy": 450}}
    answer = door.post(EXPLAIN, json={"rule": GOOD, "data": data}).get_json()
    assert answer["result"] is False
    assert [each["text"] for each in answer["clauses"]] == ["rr.pixel = GOOD", "oms.energy >= 6500"]
    (leaf,) = answer["blame"]
    assert (leaf["pointer"], leaf["text"]) == ("/and/1", "oms.energy >= 6500")
    assert (leaf["truth"], leaf["value"], leaf["variables"]) == (False, False, {"oms.energy": 450})


def test_an_explanation_in_strict_mode_names_the_open_clause(door: FlaskClient) -> None:
    body = {"rule": GOOD, "data": {"rr": {"pixel": "GOOD"}}, "mode": "strict"}
    answer = door.post(EXPLAIN, json=body).get_json()
    assert (answer["result"], answer["unknown"]) == (None, ["oms.energy"])
    assert [(each["pointer"], each["truth"]) for each in answer["blame"]] == [("/and/1", None)]


def test_a_bad_rule_is_refused_with_its_place(door: FlaskClient) -> None:
    found = door.post(EVALUATE, json={"rule": {"and": [True, {"vra": "x"}]}})
    assert found.status_code == 422
    said = found.get_json()
    assert (said["code"], said["pointer"]) == ("unknown-operator", "/and/1")
    assert said["detail"] == 'There is no operator called "vra". Did you mean var?'


@pytest.mark.parametrize(("rule", "code"), [({"var": ""}, "whole-row"), ({"a": 1, "b": 2}, "two-keys")])
def test_only_rules_of_the_registry_are_explained(door: FlaskClient, rule: Any, code: str) -> None:
    assert _refused(door, EXPLAIN, rule=rule) == (422, code)
    assert _refused(door, EVALUATE, rule=rule, mode="strict") == (422, code)
    assert door.post(EVALUATE, json={"rule": rule}).status_code == 200
