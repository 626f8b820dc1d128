"""The OpenAPI document: what the doors say of themselves, and what is true of all of them, said once."""

from collections.abc import Iterator
from typing import Any

from flask_openapi3.openapi import OpenAPI
from werkzeug.http import HTTP_STATUS_CODES

from api.contract.deprecated import deprecation
from api.contract.errors import PROBLEM
from api.contract.noun import VERSION
from api.contract.reads import SEQUENCE
from api.contract.writes import KEY, LONGEST_KEY, REPEATED
from api.problems import Problem
from identity.here import HEADER

Json = dict[str, Any]
_REF = "#/components/schemas/"
#: what any door may refuse; those that take a body also for what the body is
_REFUSALS = (400, 401, 403, 404, 409, 422, 429, 500, 503)
_OF_BODIES = (413, 415)
#: answered by the server in front of every door
_TOO_LONG = 414
#: of files that are had in parts
_NO_SUCH_PART = 416
#: reads without `as_of` that have an ETag all the same: what is always now, and what never changes
_TAGGED = tuple(f"{VERSION}/{name}" for name in ("version", "products.atom", "products.json")) + (
    f"{VERSION}/snapshots/{{sequence}}/manifest",
    f"{VERSION}/snapshots/{{sequence}}/{{table}}.parquet",
)
_SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "a token, for programs"},
    "session": {"type": "apiKey", "in": "cookie", "name": "session", "description": "a browser's session"},
    "local": {
        "type": "apiKey",
        "in": "header",
        "name": HEADER,
        "description": "a local user by name, where a registry serves its own machine only",
    },
}
_SEQUENCE_HEADER = {"schema": {"type": "integer"}, "description": "the sequence that was read at"}
_TAG_HEADER = {"schema": {"type": "string"}, "description": "strong: of question and sequence"}
_REPEATED_HEADER = {
    "schema": {"type": "string", "const": "true"},
    "description": "there, where the answer is that of an earlier request under the same key",
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "the ETag of the answer one has; 304 where nothing changed",
}
_KEY = {
    "name": KEY,
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY, "pattern": "^[ -~]+$"},
    "description": "what comes twice under one key of an author is done once, and answered alike",
}


def finish(server: OpenAPI) -> None:
    """Complete the document of everything that was registered; it is served as it is from now on."""
    told = server.api_doc
    told["paths"] = {path: each for path, each in told["paths"].items() if path.startswith(f"{VERSION}/")}
    for path, method, operation in _operations(told):
        has_parts = "206" in operation["responses"]
        operation["responses"] = {**_answers(operation["responses"]), **_refusals(method, has_parts=has_parts)}
        if words := operation.pop("description", "").replace("<br/>", "\n").strip():
            operation["description"] = words
        if deprecation(path, method):
            operation["deprecated"] = True
        if method == "get" and (path in _TAGGED or _takes_as_of(operation)):
            _conditional(operation)
        if method == "post" and not operation.get("x-question"):
            operation.setdefault("parameters", []).append(_KEY)
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    answer.setdefault("headers", {})[REPEATED] = _REPEATED_HEADER
    parts = told["components"]
    parts["schemas"] = _schemas(parts["schemas"])
    parts["responses"] = _refused()
    parts["securitySchemes"] = _SECURITY
    told["security"] = [{}, *({name: []} for name in _SECURITY)]
    server.spec_json = told


def _operations(told: Json) -> Iterator[tuple[str, str, Json]]:
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _answers(responses: Json) -> Json:
    found = {status: each for status, each in responses.items() if status.startswith("2")}
    return found or {"200": {"description": HTTP_STATUS_CODES[200]}}


def _takes_as_of(operation: Json) -> bool:
    return any(each["name"] == "as_of" for each in operation.get("parameters", ()))


def _conditional(operation: Json) -> None:
    operation.setdefault("parameters", []).append(_IF_NONE_MATCH)
    headers = {"ETag": _TAG_HEADER, SEQUENCE: _SEQUENCE_HEADER}
    operation["responses"]["200"].setdefault("headers", {}).update(headers)
    operation["responses"]["304"] = {"description": "Not Modified", "headers": headers}


def _refusals(method: str, *, has_parts: bool) -> Json:
    parts = (_NO_SUCH_PART,) if has_parts else ()
    statuses = sorted((*_REFUSALS, _TOO_LONG, *parts, *(() if method == "get" else _OF_BODIES)))
    return {str(each): {"$ref": f"#/components/responses/{_name(each)}"} for each in statuses}


def _refused() -> Json:
    content = {PROBLEM: {"schema": {"$ref": f"{_REF}{Problem.__name__}"}}}
    every = sorted((*_REFUSALS, *_OF_BODIES, _NO_SUCH_PART))
    found: Json = {_name(each): {"description": HTTP_STATUS_CODES[each], "content": content} for each in every}
    too_long = {
        "description": HTTP_STATUS_CODES[_TOO_LONG],
        "content": {"text/html": {"schema": {"type": "string"}}},
    }
    return {**found, _name(_TOO_LONG): too_long}


def _name(status: int) -> str:
    return HTTP_STATUS_CODES[status].replace(" ", "")


def _schemas(parts: Json) -> Json:
    """Return the schemas by name, none inside another."""
    problem = Problem.model_json_schema(ref_template=_REF + "{model}", mode="serialization")
    found = {**parts, **problem.get("$defs", {}), Problem.__name__: problem}
    found.pop("ValidationErrorModel", None)
    return {name: {k: v for k, v in found[name].items() if k != "$defs"} for name in sorted(found)}
