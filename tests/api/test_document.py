"""The OpenAPI document is kept beside the code, is valid, and changes only in ways that break nobody."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import validate

from tests.api import test_rules
from tests.api.breaking import breaks
from tests.house.files import ROOT

door = test_rules.door
Json = dict[str, Any]
KEPT, RELEASED = ROOT / "docs" / "openapi.json", ROOT / "docs" / "openapi-released.json"
AGAIN = "flask --app app openapi -i 1 -o docs/openapi.json"


@pytest.fixture(scope="module")
def document(door: FlaskClient) -> Json:
    """Give the document that the server serves."""
    found: Json = door.get("/api/docs/openapi.json").get_json()
    return found


def test_the_document_beside_the_code_is_the_servers(document: Json) -> None:
    assert json.loads(KEPT.read_text(encoding="utf-8")) == document, f"make it again: {AGAIN}"


def test_the_document_is_openapi_3_1(document: Json) -> None:
    assert document["openapi"].startswith("3.1.")
    validate(document)


def test_nothing_that_was_released_is_broken(document: Json) -> None:
    assert breaks(json.loads(RELEASED.read_text(encoding="utf-8")), document) == []


def test_every_door_says_what_it_answers_and_why_it_may_refuse(document: Json) -> None:
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            where = f"{method} {path}"
            assert told["summary"] and told["tags"], where
            answers = [each for status, each in told["responses"].items() if status in ("200", "202")]
            assert answers and all(each.get("content") for each in answers), where
            assert {"400", "401", "403", "404", "409", "422", "500", "503"} <= set(told["responses"]), where


def test_every_body_refuses_what_it_does_not_know(document: Json) -> None:
    for path, methods in document["paths"].items():
        schema = methods.get("post", {}).get("requestBody", {}).get("content", {}).get("application/json")
        if schema:
            named = schema["schema"].get("$ref", "").rpartition("/")[2]
            body = document["components"]["schemas"][named] if named else schema["schema"]
            assert body.get("additionalProperties") is False, path


def test_names_of_operations_are_their_own(document: Json) -> None:
    names = [told["operationId"] for methods in document["paths"].values() for told in methods.values()]
    assert len(set(names)) == len(names)


def test_the_page_that_shows_it_asks_nobody_else(door: FlaskClient) -> None:
    page = door.get("/api/docs/swagger")
    assert page.status_code == 200
    assert "http" not in page.get_data(as_text=True)


BASE: Json = {
    "paths": {
        "/runs": {
            "get": {
                "parameters": [
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 10}},
                    {"name": "q", "in": "query", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Page"}}}}
                },
            },
            "post": {
                "requestBody": {
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Body"}}}
                },
                "responses": {"200": {"content": {"application/json": {"schema": {"type": "integer"}}}}},
            },
        }
    },
    "components": {
        "schemas": {
            "Page": {
                "type": "object",
                "properties": {
                    "total": {"type": "integer"},
                    "next": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                    "inner": {"type": "array", "items": {"$ref": "#/components/schemas/Page"}},
                },
                "required": ["total", "next"],
            },
            "Body": {
                "type": "object",
                "properties": {"status": {"enum": ["GOOD", "BAD"]}, "comment": {"type": "string"}},
                "required": ["status"],
                "additionalProperties": False,
            },
        }
    },
}
_GET, _POST = ("paths", "/runs", "get"), ("paths", "/runs", "post")
_PAGE, _BODY = ("components", "schemas", "Page"), ("components", "schemas", "Body")


def _at(document: Json, path: tuple[Any, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


def _set(path: tuple[Any, ...], value: Any) -> Callable[[Json], None]:
    return lambda document: _at(document, path[:-1]).__setitem__(path[-1], value)


def _drop(path: tuple[Any, ...]) -> Callable[[Json], None]:
    return lambda document: _at(document, path[:-1]).__delitem__(path[-1])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (_drop(("paths", "/runs")), "is gone"),
        (_drop(_POST), "is gone"),
        (_drop((*_GET, "parameters", 1)), "q is gone"),
        (_set((*_GET, "parameters", 1, "required"), True), "q is required now"),
        (_set((*_GET, "parameters", 0, "schema", "maximum"), 9), "limit takes less"),
        (_set((*_GET, "parameters", 0, "schema", "minimum"), 1), "limit takes less"),
        (_set((*_GET, "parameters", 1, "schema", "pattern"), "a"), "q takes less"),
        (_set((*_GET, "parameters", 1, "schema", "type"), "integer"), "q takes less"),
        (_drop((*_GET, "responses", "200", "content")), "application/json is not answered"),
        (_drop((*_PAGE, "properties", "total")), "is not what it was"),
        (_set((*_PAGE, "required"), ["next"]), "is not what it was"),
        (_set((*_PAGE, "properties", "total"), {"type": "number"}), "is not what it was"),
        (
            _set((*_PAGE, "properties", "total"), {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
            "is not what",
        ),
        (_set((*_PAGE, "properties", "inner", "items"), {"type": "string"}), "is not what it was"),
        (_set((*_BODY, "required"), ["status", "comment"]), "takes less"),
        (_drop((*_BODY, "properties", "comment")), "takes less"),
        (_set((*_BODY, "properties", "status", "enum"), ["GOOD"]), "takes less"),
        (_set((*_POST, "requestBody", "required"), True), "a body is required now"),
        (_drop((*_POST, "requestBody")), "a body is not taken any more"),
    ],
)
def test_what_breaks_a_program_is_seen(change: Callable[[Json], None], says: str) -> None:
    now = copy.deepcopy(BASE)
    change(now)
    (said,) = breaks(BASE, now)[:1]
    assert says in said


@pytest.mark.parametrize(
    "change",
    [
        _set(("paths", "/more"), {}),
        _set((*_GET, "parameters", 0, "schema", "maximum"), 20),
        _drop((*_GET, "parameters", 0, "schema", "maximum")),
        _set((*_PAGE, "properties", "more"), {"type": "string"}),
        _set((*_PAGE, "properties", "next"), {"type": "string"}),
        _set((*_PAGE, "required"), ["total", "next", "inner"]),
        _set((*_BODY, "properties", "more"), {"type": "string"}),
        _set((*_BODY, "properties", "status", "enum"), ["GOOD", "BAD", "STANDBY"]),
        _set((*_BODY, "required"), []),
    ],
)
def test_what_breaks_nobody_is_let_through(change: Callable[[Json], None]) -> None:
    now = copy.deepcopy(BASE)
    change(now)
    assert breaks(BASE, now) == [] and breaks(BASE, copy.deepcopy(BASE)) == []


def test_a_parameter_that_is_new_and_required_is_seen() -> None:
    now = copy.deepcopy(BASE)
    _at(now, (*_GET, "parameters")).append({"name": "x", "in": "query", "schema": {}, "required": True})
    assert breaks(BASE, now) == ["GET /runs: the parameter x is new and required"]
