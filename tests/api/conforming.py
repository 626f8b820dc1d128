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
    if not asked.path.startswith(V1):
        return
    adapter = server.create_url_adapter(None) or server.url_map.bind("localhost")
    methods = adapter.allowed_methods(asked.path)
    if asked.method not in methods or answer.status_code == 405:
        return
    rule, _ = adapter.match(asked.path, method=asked.method, return_rule=True)
    if not rule.rule.startswith(V1):
        return
    operation = _document(server)["paths"][parse_rule(rule.rule)][asked.method.lower()]
    told = operation["responses"].get(str(answer.status_code))
    assert told, f"{asked.method} {asked.path} answers {answer.status_code}, which is not documented"
    content = told.get("content")
    if not content:
        assert not answer.data, f"{asked.path} answers something where nothing is documented"
        return
    assert answer.mimetype in content, f"{asked.path} answers {answer.mimetype}, which is not documented"
    if answer.is_json and not answer.content_encoding:
        schema = content[answer.mimetype]["schema"]
        whole = {**_strict(schema), "components": _components(server)}
        wrong = [
            f"{each.json_path}: {each.message[:300]}"
            for each in Draft202012Validator(whole).iter_errors(answer.json)
        ]
        assert not wrong, f"{asked.method} {asked.path} {answer.status_code}: {wrong}"


def _document(server: Any) -> Json:
    found: Json = server.api_doc
    return found


@cache
def _components(server: Any) -> Json:
    found: Json = _strict(_document(server)["components"])
    return found


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
