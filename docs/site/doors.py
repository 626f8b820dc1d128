"""The API's document as a page: every door with what it takes and what it answers, by noun."""

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parent.parent / "openapi.json"
PAGE = "doors"
_METHODS = ("get", "post", "put", "patch", "delete")


def tell_doors(_app: object, page: str, source: list[str]) -> None:
    """Add the doors to the page that introduces them."""
    if page == PAGE:
        source[0] += markdown(json.loads(DOCUMENT.read_text(encoding="utf-8")))


def markdown(document: dict[str, Any]) -> str:
    """Return every door of an OpenAPI document, by its first tag, as Markdown."""
    found = [
        (door["tags"][0], path, method, door)
        for path, doors in document["paths"].items()
        for method, door in doors.items()
        if method in _METHODS
    ]
    lines: list[str] = []
    for noun, doors in groupby(sorted(found, key=lambda each: each[:2]), key=lambda each: each[0]):
        lines += ["", f"## {noun[0].upper()}{noun[1:]}"]
        for _, path, method, door in doors:
            lines += ["", f"### `{method.upper()} {path}`", "", *_told(door, document["components"]["schemas"])]
    return "\n".join(lines) + "\n"


def _told(door: dict[str, Any], schemas: dict[str, Any]) -> Iterator[str]:
    yield door.get("summary", "")
    if door.get("description"):
        yield from ("", door["description"])
    rows = [
        (f"`{each['name']}`", each["in"], _type(each.get("schema", {})), each.get("description", ""))
        for each in door.get("parameters", [])
        if each["in"] != "header"
    ]
    body = _reference(door.get("requestBody", {}))
    if body:
        rows += list(_fields(schemas[body]))
    if rows:
        yield from ("", "| | in | type | |", "|---|---|---|---|")
        yield from ("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows)
    answers = ", ".join(f"{status}{_named(answer)}" for status, answer in _good(door))
    yield from ("", f"Answers {answers}; a refusal is a problem." if answers else "")


def _good(door: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(status, answer) for status, answer in door["responses"].items() if status < "400"]


def _named(answer: dict[str, Any]) -> str:
    name = _reference(answer)
    kinds = ", ".join(answer.get("content", {}))
    return f" `{name}`" if name else f" {kinds}" if kinds else ""


def _reference(holder: dict[str, Any]) -> str:
    for content in holder.get("content", {}).values():
        schema = content.get("schema", {})
        if "$ref" in schema:
            return str(schema["$ref"]).rpartition("/")[2]
    return ""


def _fields(schema: dict[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    needed = set(schema.get("required", ()))
    for name, field in schema.get("properties", {}).items():
        where = "body" if name in needed else "body, optional"
        yield f"`{name}`", where, _type(field), field.get("description", "")


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return f"`{schema['$ref'].rpartition('/')[2]}`"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    return str(schema.get("type", "any JSON"))
