"""Reading a question about a rule from a request, and refusing what is none or could not be answered safely."""

import json
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.exceptions import ClientDisconnected

from rules.errors import RuleError
from rules.semantics import KNOWN_OPERATORS, LOOPS
from rules.syntax import DEFAULT_LIMITS, suggest
from rules.unknown import NullPolicy
from rules.values import Json, child_pointers, is_operation, operation

BODY_BYTES = 256 * 1024
DEPTH = 70
WORK = 20_000_000
_POLICY = {"jsonlogic": NullPolicy.BAD, "strict": NullPolicy.UNKNOWN}
_GROWING = frozenset(["merge", "cat", "map"])
_SAFE = 2**53
_NOT_FINITE = "NaN, Infinity and numbers too large for a double are refused."


class _Twice(dict[str, Any]):
    """An object whose text had one key twice."""

    key = ""


@dataclass(frozen=True)
class Asked:
    """A question whose rule and data are safe to evaluate."""

    rule: Json
    data: Json
    null: NullPolicy


@dataclass
class _Size:
    """What has been seen of a rule or of data."""

    nodes: int = 0
    longest: int = 1
    merged: int = 1
    loops: int = 0
    reduces: bool = False


class Refused(Exception):
    """A request that is no question at all."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def asked() -> Asked:
    """Return the question of the request.

    Raises:
        Refused: it is no question at all.
        RuleError: a part of it is malformed, too large or unsafe.
    """
    if not request.is_json:
        raise Refused(415, "not-json", "The body must be JSON, with Content-Type application/json.")
    body = _loaded(_text())
    _refuse_keys(body)
    mode = body.get("mode", "jsonlogic")
    if not isinstance(mode, str) or mode not in _POLICY:
        raise Refused(422, "unknown-mode", "The mode must be jsonlogic or strict.")
    rule, data = body["rule"], body.get("data")
    try:
        of_data = _measured(data)
    except RuleError as error:
        raise RuleError(error.pointer, error.code, f"In the data: {error.message}") from error
    of_rule = _measured(rule)
    _check(rule, "", of_rule, (0, 0, False))
    _refuse_work(of_rule, of_data, len(json.dumps(rule)), len(json.dumps(data)))
    return Asked(rule, data, _POLICY[mode])


def checked() -> tuple[Json, NullPolicy]:
    """Return what the request wants checked: a rule, or its text, with the null policy it is meant for.

    Raises:
        Refused: it is no question at all.
        RuleError: the rule has one key twice, is nested too deep or holds no JSON values.
    """
    if not request.is_json:
        raise Refused(415, "not-json", "The body must be JSON, with Content-Type application/json.")
    body = _loaded(_text())
    if not isinstance(body, dict) or isinstance(body, _Twice):
        raise Refused(422, "not-an-object", "The body must be an object with rule or text, each key once.")
    if len({"rule", "text"} & set(body)) != 1 or set(body) - {"rule", "text", "null_policy"}:
        raise Refused(422, "no-rule", "Give either rule or text, and null_policy if it is not bad.")
    policies = {each.value: each for each in NullPolicy}
    null = body.get("null_policy", "bad")
    if not isinstance(null, str) or null not in policies:
        raise Refused(422, "unknown-policy", f"The null policy must be one of {', '.join(policies)}.")
    if "text" in body and not isinstance(body["text"], str):
        raise Refused(422, "no-rule", "The text of a rule must be a text.")
    _measured(body.get("rule"))
    # a text given as rule is a constant, not JSON to be read
    rule = json.dumps(body["rule"]) if isinstance(body.get("rule"), str) else body.get("rule")
    return body.get("text", rule), policies[null]


def _text() -> str:
    try:
        raw = request.stream.read(BODY_BYTES + 1)
    except ClientDisconnected as error:
        raise Refused(400, "not-json", "The body ended before its length.") from error
    if len(raw) > BODY_BYTES or (request.content_length or 0) > BODY_BYTES:
        raise Refused(413, "too-long", f"The body is longer than {BODY_BYTES:,} bytes.")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, "not-json", "The body is not UTF-8.") from error


def _loaded(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_int=_integer)
    except RecursionError as error:
        raise Refused(422, "too-deep", "The body is nested too deep to be read.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise Refused(400, "not-json", f"The body is not JSON: {error.msg} ({where}).") from error


def _integer(text: str) -> int | float:
    number = int(text) if len(text) < 18 and text != "-0" else float(text)
    return number if abs(number) < _SAFE else float(number)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice = _Twice(found)
    twice.key = Counter(key for key, _ in pairs).most_common(1)[0][0]
    return twice


def _refuse_keys(body: Any) -> None:
    if not isinstance(body, dict):
        raise Refused(422, "not-an-object", "The body must be an object with rule, data and mode.")
    if isinstance(body, _Twice):
        raise Refused(422, "duplicate-key", f'The key "{body.key}" appears twice in the body.')
    strange = sorted(set(body) - {"rule", "data", "mode"})
    if strange:
        raise Refused(422, "unknown-key", f'The body holds "{strange[0]}"; it may hold rule, data and mode.')
    if "rule" not in body:
        raise Refused(422, "no-rule", "The body holds no rule.")


def _measured(value: Json) -> _Size:
    """Return the size of a value; refuse what is nested too deep, too long or no JSON value."""
    size = _Size()
    waiting: list[tuple[Any, tuple[Any, ...], int]] = [(value, (), 0)]
    while waiting:
        node, path, depth = waiting.pop()
        size.nodes += 1
        if depth > DEPTH:
            raise RuleError("", "too-deep", f"This is nested deeper than {DEPTH} levels.")
        if isinstance(node, _Twice):
            message = f'The key "{node.key}" appears twice in one object.'
            raise RuleError(_pointer(path), "duplicate-key", message)
        if isinstance(node, str) and len(node) > DEFAULT_LIMITS.string:
            message = f"A text is longer than {DEFAULT_LIMITS.string:,} characters."
            raise RuleError(_pointer(path), "string-too-long", message)
        if isinstance(node, float) and not math.isfinite(node):
            raise RuleError(_pointer(path), "not-finite", _NOT_FINITE)
        if isinstance(node, list):
            size.longest = max(size.longest, len(node))
        waiting.extend((each, (path, key), depth + 1) for key, each in _children(node))
    return size


def _children(node: Any) -> list[tuple[Any, Any]]:
    if isinstance(node, dict):
        return list(node.items())
    return list(enumerate(node)) if isinstance(node, list) else []


def _pointer(path: tuple[Any, ...]) -> str:
    said = ""
    while path:
        path, key = path
        said = "/" + str(key).replace("~", "~0").replace("/", "~1") + said
    return said


def _check(node: Json, pointer: str, size: _Size, place: tuple[int, int, bool]) -> None:
    """Refuse an operator nobody knows and what could grow; `place` is operations, loops, in a reduce."""
    depth, loops, reducing = place
    if isinstance(node, list):
        if reducing and any(isinstance(each, dict | list) for each in node):
            raise RuleError(pointer, "unbounded-growth", "Inside reduce, a list may hold constants only.")
        for index, each in enumerate(node):
            _check(each, f"{pointer}/{index}", size, place)
    if not isinstance(node, dict) or not is_operation(node):
        return
    name, operands = operation(node)
    _refuse_operation(name, operands, pointer, place)
    size.merged += len(operands) if name == "merge" else 0
    size.reduces |= name == "reduce"
    for index, (each, where) in enumerate(zip(operands, child_pointers(node, pointer), strict=True)):
        looped = name in LOOPS and index == 1
        size.loops = max(size.loops, loops + looped)
        inner = (depth + 1, loops + looped, reducing or (looped and name == "reduce"))
        _check(each, where, size, inner)


def _refuse_operation(name: str, operands: list[Any], pointer: str, place: tuple[int, int, bool]) -> None:
    depth, loops, reducing = place
    if name not in KNOWN_OPERATORS:
        near = suggest(name, KNOWN_OPERATORS)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise RuleError(pointer, "unknown-operator", f'There is no operator called "{name}".{hint}')
    if depth >= DEFAULT_LIMITS.depth:
        message = f"The rule is nested deeper than {DEFAULT_LIMITS.depth} operations."
        raise RuleError(pointer, "too-deep", message)
    if name in LOOPS and len(operands) > 1 and loops >= DEFAULT_LIMITS.loops:
        message = f"Loops are nested more than {DEFAULT_LIMITS.loops} deep."
        raise RuleError(pointer, "too-many-loops", message)
    computed = name.startswith("missing") and any(isinstance(each, dict) for each in operands)
    if reducing and (name in _GROWING or computed):
        message = f"Inside reduce, this {name} is refused; its result could grow without bound."
        raise RuleError(pointer, "unbounded-growth", message)


def _refuse_work(rule: _Size, data: _Size, text: int, held: int) -> None:
    """Refuse what could take too long: every loop over the longest list there could be."""
    if rule.nodes > DEFAULT_LIMITS.nodes:
        raise RuleError("", "too-large", f"The rule has more than {DEFAULT_LIMITS.nodes:,} parts.")
    rounds = (max(rule.longest, data.longest) * rule.merged) ** rule.loops
    if rounds * (text + held * rule.reduces) + rule.nodes * held > WORK:
        raise RuleError("", "too-costly", "This rule could take too long on this data; give less of it.")
