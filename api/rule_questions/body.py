"""Reading a question about a rule from a request, and refusing what is none or could not be answered safely."""

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Response, request
from werkzeug.exceptions import ClientDisconnected

from api.contract.errors import problem
from api.contract.readable import hear_out
from api.rule_questions.guard import DATA_NODES, RULE_NODES, Twice, refuse_operators, refuse_unsafe
from rules.errors import RuleError
from rules.findings import short
from rules.unknown import NullPolicy
from rules.values import Json

BODY_BYTES = 256 * 1024
MODES = {"jsonlogic": NullPolicy.BAD, "strict": NullPolicy.UNKNOWN}
POLICIES = {each.value: each for each in NullPolicy}
_SAFE = 2**53
_Known = TypeVar("_Known")


@dataclass(frozen=True)
class Question:
    """A rule and the data it is asked about, neither too large nor too deep, with known operators only."""

    rule: Json
    data: Json
    null: NullPolicy


@dataclass(frozen=True)
class Draft:
    """What somebody wants checked: a rule or its text, and what missing data is to count as."""

    source: Json
    null: NullPolicy


class Refused(Exception):
    """A request that is no question at all."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


def question() -> Question:
    """Return what the request asks to have evaluated.

    Raises:
        Refused: it is no question at all.
        RuleError: a part of it is malformed, too large or unsafe.
    """
    body = _body("rule", "data", "mode")
    if "rule" not in body:
        raise Refused(422, "no-rule", "The body holds no rule.")
    null = _known(body, "mode", "jsonlogic", MODES)
    rule, data = body["rule"], body.get("data")
    try:
        refuse_unsafe(data, DATA_NODES)
    except RuleError as error:
        raise RuleError(error.pointer, error.code, f"In the data: {error.message}") from error
    refuse_unsafe(rule, RULE_NODES)
    refuse_operators(rule)
    return Question(rule, data, null)


def draft() -> Draft:
    """Return what the request wants checked.

    Raises:
        Refused: it is no question at all.
        RuleError: the rule is too large or too deep, has one key twice or holds no JSON values.
    """
    body = _body("rule", "text", "null_policy")
    if ("rule" in body) == ("text" in body):
        raise Refused(422, "no-rule", "Give either rule or text, one of the two.")
    null = _known(body, "null_policy", "bad", POLICIES)
    if "rule" not in body:
        if not isinstance(body["text"], str):
            raise Refused(422, "no-text", "The text of a rule must be a text.")
        return Draft(body["text"], null)
    refuse_unsafe(body["rule"], RULE_NODES)
    # a text given as rule is a constant, not JSON to be read
    return Draft(json.dumps(body["rule"]) if isinstance(body["rule"], str) else body["rule"], null)


def refusal(status: int, code: str, message: str, pointer: str = "") -> Response:
    """Return a refusal as an answer: a stable code, the place in the rule, and a sentence."""
    return problem(status, code, message, pointer=pointer)


def _body(*keys: str) -> dict[str, Any]:
    if not request.is_json:
        raise Refused(415, "not-json", "The body must be JSON, with Content-Type application/json.")
    body = _loaded(_text())
    said = f"{', '.join(keys[:-1])} and {keys[-1]}"
    if not isinstance(body, dict):
        raise Refused(422, "not-an-object", f"The body must be an object; it may hold {said}.")
    if isinstance(body, Twice):
        raise Refused(422, "duplicate-key", f'The key "{body.key}" appears twice in the body.')
    strange = sorted(set(body) - set(keys))
    if strange:
        message = f'The body holds "{short(strange[0])}"; it may hold {said}.'
        raise Refused(422, "unknown-key", message)
    return body


def _text() -> str:
    size = request.content_length or 0
    raw = b""
    try:
        # one read may give less than there is
        while size <= BODY_BYTES and (piece := request.stream.read(BODY_BYTES + 1 - len(raw))):
            raw += piece
            size = max(size, len(raw))
    except ClientDisconnected as error:
        raise Refused(400, "not-json", "The body ended before its length.") from error
    if size > BODY_BYTES:
        hear_out()
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
    return found if len(found) == len(pairs) else Twice.of(pairs)


def _known(body: dict[str, Any], key: str, default: str, known: dict[str, _Known]) -> _Known:
    given = body.get(key, default)
    if not isinstance(given, str) or given not in known:
        words = ", ".join(known)
        raise Refused(422, f"unknown-{key.replace('_', '-')}", f"The {key} must be one of {words}.")
    return known[given]
