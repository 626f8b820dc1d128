"""Which changes of an OpenAPI document break programs that were written for an earlier one.

What a program sends must still be taken, and what it gets must still be what it was told it would get; more
fields may come. Conservative: a change that is not understood is a break.
"""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]
_TYPES = frozenset(("null", "boolean", "integer", "number", "string", "array", "object"))
_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


def breaks(before: Json, now: Json) -> list[str]:
    """Return a sentence for each change that breaks a program."""
    return [said for path, methods in before["paths"].items() for said in _of_path(path, methods, before, now)]


def _of_path(path: str, methods: Json, before: Json, now: Json) -> Iterator[str]:
    for method, old in methods.items():
        where = f"{method.upper()} {path}"
        new = now["paths"].get(path, {}).get(method)
        if new is None:
            yield f"{where} is gone"
            continue
        fits = _Fits(before, now)
        yield from _parameters(where, old, new, fits)
        yield from _body(where, old, new, fits)
        yield from _answers(where, old, new, _Fits(now, before, is_open=True))


def _parameters(where: str, old: Json, new: Json, fits: "_Fits") -> Iterator[str]:
    known = {(each["in"], each["name"]): each for each in new.get("parameters", ())}
    for each in old.get("parameters", ()):
        found = known.pop((each["in"], each["name"]), None)
        if found is None:
            yield f"{where}: the parameter {each['name']} is gone"
        elif found.get("required") and not each.get("required"):
            yield f"{where}: the parameter {each['name']} is required now"
        elif not fits(each["schema"], found["schema"]):
            yield f"{where}: the parameter {each['name']} takes less"
    for each in known.values():
        if each.get("required"):
            yield f"{where}: the parameter {each['name']} is new and required"


def _body(where: str, old: Json, new: Json, fits: "_Fits") -> Iterator[str]:
    before, now = old.get("requestBody"), new.get("requestBody")
    if now and now.get("required") and not (before and before.get("required")):
        yield f"{where}: a body is required now"
    if not before:
        return
    if not now:
        yield f"{where}: a body is not taken any more"
        return
    for kind, each in before["content"].items():
        if kind not in now["content"]:
            yield f"{where}: {kind} is not taken any more"
        elif not fits(each["schema"], now["content"][kind]["schema"]):
            yield f"{where}: the body takes less"


def _answers(where: str, old: Json, new: Json, fits: "_Fits") -> Iterator[str]:
    for status, before in old["responses"].items():
        if not status.startswith("2"):
            continue
        now = new["responses"].get(status)
        if now is None:
            yield f"{where}: {status} is not answered any more"
            continue
        for kind, each in before.get("content", {}).items():
            if kind not in now.get("content", {}):
                yield f"{where}: {kind} is not answered any more"
            elif not fits(now["content"][kind]["schema"], each["schema"]):
                yield f"{where}: the answer {status} is not what it was"


class _Fits:
    """Tells whether every value of one schema is one of another.

    Args:
        is_open: fields that the outer schema does not name are no matter.
    """

    def __init__(self, inner: Json, outer: Json, *, is_open: bool = False) -> None:
        self._inner, self._outer, self._is_open = inner, outer, is_open
        self._taken: set[tuple[str, str]] = set()

    def __call__(self, inner: Any, outer: Any) -> bool:
        if not outer:
            return True
        pair = (inner.get("$ref", ""), outer.get("$ref", ""))
        if all(pair):
            # a schema that holds itself: where it is being looked at already, it fits
            if pair in self._taken:
                return True
            self._taken.add(pair)
        inner, outer = _resolved(inner, self._inner), _resolved(outer, self._outer)
        alternatives = _alternatives(inner)
        if len(alternatives) > 1 or "anyOf" in inner:
            return all(self(each, outer) for each in alternatives)
        return any(self._one(inner, each) for each in _alternatives(outer))

    def _one(self, inner: Json, outer: Json) -> bool:
        if "$ref" in outer or "anyOf" in outer:
            return self(inner, outer)
        return (
            _types(inner) <= _types(outer)
            and _bounds(inner, outer)
            and _constants(inner, outer)
            and self._lists(inner, outer)
            and self._objects(inner, outer)
        )

    def _lists(self, inner: Json, outer: Json) -> bool:
        heads = zip(inner.get("prefixItems", ()), outer.get("prefixItems", ()), strict=False)
        same = len(inner.get("prefixItems", ())) == len(outer.get("prefixItems", ()))
        return (
            same and all(self(a, b) for a, b in heads) and self(inner.get("items", {}), outer.get("items", {}))
        )

    def _objects(self, inner: Json, outer: Json) -> bool:
        if not set(outer.get("required", ())) <= set(inner.get("required", ())):
            return False
        rest = outer.get("additionalProperties", True)
        known, given = outer.get("properties", {}), inner.get("properties", {})
        if self._is_open and not set(known) <= set(given):
            return False
        for name, each in given.items():
            if name in known:
                if not self(each, known[name]):
                    return False
            elif isinstance(rest, dict):
                if not self(each, rest):
                    return False
            elif not rest and not self._is_open:
                return False
        return self._rest(inner.get("additionalProperties", True), rest)

    def _rest(self, inner: Any, outer: Any) -> bool:
        if isinstance(inner, dict) and isinstance(outer, dict):
            return self(inner, outer)
        return outer is True or inner is False or self._is_open or inner == outer


def _resolved(schema: Json, document: Json) -> Json:
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _alternatives(schema: Json) -> list[Json]:
    found: list[Json] = schema.get("anyOf") or schema.get("oneOf") or [schema]
    return found


def _types(schema: Json) -> frozenset[str]:
    said = schema.get("type", _TYPES)
    found = {said} if isinstance(said, str) else set(said)
    return frozenset(found | {"integer"} if "number" in found else found)


def _bounds(inner: Json, outer: Json) -> bool:
    low = all(inner.get(each, float("-inf")) >= outer[each] for each in _LOWEST if each in outer)
    high = all(inner.get(each, float("inf")) <= outer[each] for each in _HIGHEST if each in outer)
    return low and high and outer.get("pattern") in (None, inner.get("pattern"))


def _constants(inner: Json, outer: Json) -> bool:
    wanted = outer.get("enum", [outer["const"]] if "const" in outer else None)
    given = inner.get("enum", [inner["const"]] if "const" in inner else None)
    return wanted is None or (given is not None and all(each in wanted for each in given))
