"""Whatever a door answers is what the document says of it: status, media type, and every field."""

from functools import cache
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_openapi3.utils import parse_rule
from jsonschema import Draft202012Validator
from werkzeug.test import TestResponse

V1 = "/api/v1/"
Json = dict[str, Any]


class Conforming(FlaskClient):
    """A client that holds every answer of API v1 against the document."""

    def open(self, *args: Any, **words: Any) -> TestResponse:
        """Ask, and look at the answer."""
        found = super().open(*args, **words)
        require_conforming(self.application, found)
        return found


def require_conforming(server: Flask, answer: TestResponse) -> None:
    """Fail where an answer is not what the document says."""
    asked = answer.request
    if not asked.path.startswith(V1) or answer.status_code == 405 or answer.content_encoding:
        return
    adapter = server.url_map.bind("localhost")
    if asked.method not in adapter.allowed_methods(asked.path):
        return
    rule, _ = adapter.match(asked.path, method=asked.method, return_rule=True)
    if not rule.rule.startswith(V1):
        return
    wrong = _conformity(server).wrong(
        (parse_rule(rule.rule), asked.method.replace("HEAD", "GET")),
        answer.status_code,
        answer.mimetype,
        answer.data,
        answer.get_json,
    )
    assert not wrong, f"{asked.method} {asked.path} {answer.status_code}: {wrong}"


class Conformity:
    """A document to hold answers against."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._components = _strict(document["components"])
        self._validators: dict[tuple[Any, ...], Draft202012Validator] = {}

    def wrong(self, door: tuple[str, str], status: int, kind: str, body: bytes, read: Any) -> str:
        """Say what of an answer is not documented; empty where all is.

        Args:
            door: path as documented, and method.
            kind: media type.
            read: gives the body as JSON.
        """
        told = self._document["paths"][door[0]][door[1].lower()]["responses"].get(str(status))
        if told is None:
            return f"status {status} is not documented"
        if "$ref" in told:
            told = self._document["components"]["responses"][told["$ref"].rpartition("/")[2]]
        content = told.get("content", {})
        if not content:
            return "a body is not documented" if body else ""
        if kind not in content:
            return f"{kind} is not documented"
        if kind not in ("application/json", "application/problem+json"):
            return ""
        name = (*door, status, kind)
        if name not in self._validators:
            whole = {**_strict(content[kind]["schema"]), "components": self._components}
            self._validators[name] = Draft202012Validator(whole)
        errors = self._validators[name].iter_errors(read())
        found = [f"{each.json_path}: {each.message[:300]}" for each in errors]
        return "; ".join(found[:3])


@cache
def _conformity(server: Any) -> Conformity:
    return Conformity(server.api_doc)


def _strict(schema: Any) -> Any:
    """Return a schema in which an object may hold what it names and nothing else."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    found = {name: _strict(each) for name, each in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        found.setdefault("additionalProperties", False)
    return found
