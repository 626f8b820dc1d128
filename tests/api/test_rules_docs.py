"""What the documentation of the rule doors says is what they take and give."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from api.problems import Problem
from api.rule_questions.models import CheckBody, Checked, EvaluateBody, Evaluated, Explained
from tests.api import test_rules

door = test_rules.door
DOORS: dict[str, tuple[type[BaseModel], type[BaseModel]]] = {
    "/api/v1/rules/evaluate": (EvaluateBody, Evaluated),
    "/api/v1/rules/explain": (EvaluateBody, Explained),
    "/api/v1/rules/check": (CheckBody, Checked),
}
RULE = {"and": [{"!": [{"var": "a.b"}]}, {"<": [{"var": "c"}, 3]}, {"in": ["x", {"var": "d"}]}]}


@pytest.fixture(scope="module")
def documentation(door: FlaskClient) -> dict[str, Any]:
    """Give the OpenAPI document."""
    found: dict[str, Any] = door.get("/api/docs/openapi.json").get_json()
    return found


@pytest.mark.parametrize("url", DOORS)
def test_a_door_documents_its_question_and_its_answers(documentation: dict[str, Any], url: str) -> None:
    body, answer = DOORS[url]
    (method,) = documentation["paths"][url]
    assert method == "post"
    said = documentation["paths"][url]["post"]
    taken = said["requestBody"]["content"]["application/json"]["schema"]
    assert set(taken["properties"]) == set(body.model_fields)
    assert all(each["description"] for each in taken["properties"].values())
    given = said["responses"]["200"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    assert given == answer.__name__
    assert set(documentation["components"]["schemas"][given]["properties"]) == set(answer.model_fields)
    assert {"200", "400", "413", "415", "422"} <= set(said["responses"])


@pytest.mark.parametrize(
    "body",
    [
        {"rule": RULE},
        {"rule": RULE, "data": {"c": 1}, "mode": "strict"},
        {"rule": RULE, "data": {"a": {"b": 1}}, "mode": "jsonlogic"},
        {"rule": {"map": [{"var": "c"}, {"var": ""}]}, "data": {"c": [1, {"d": None}]}},
    ],
)
@pytest.mark.parametrize("url", ["/api/v1/rules/evaluate", "/api/v1/rules/explain"])
def test_an_answer_is_what_is_documented(door: FlaskClient, url: str, body: dict[str, Any]) -> None:
    EvaluateBody.model_validate(body)
    found = door.post(url, json=body)
    assert found.status_code == 200
    DOORS[url][1].model_validate(found.get_json())


@pytest.mark.parametrize(
    "body",
    [{"rule": RULE}, {"rule": {"=": 1}}, {"text": '{"==": [1, '}, {"text": "1", "null_policy": "unknown"}],
)
def test_what_a_check_finds_is_what_is_documented(door: FlaskClient, body: dict[str, Any]) -> None:
    CheckBody.model_validate(body)
    found = door.post("/api/v1/rules/check", json=body)
    assert found.status_code == 200
    Checked.model_validate(found.get_json())


@pytest.mark.parametrize(
    "body", [{}, {"rule": 1, "mode": 5}, {"rule": 1, "text": "1"}, {"rule": 1, "more": 1}, []]
)
@pytest.mark.parametrize("url", DOORS)
def test_a_refusal_is_what_is_documented(door: FlaskClient, url: str, body: Any) -> None:
    found = door.post(url, json=body)
    assert found.status_code == 422
    Problem.model_validate(found.get_json())
