"""What a request may hold, whatever its door: JSON that can be read, numbers and texts that can be kept.

Doors of rules read their own bodies, more exactly (`api.rule_questions.body`); all others are read here first.
"""

import json
import math
import re
from typing import Any, NoReturn

from flask import Flask, Request, Response, request
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

from api.contract.errors import API, problem

#: the blueprints of the published client, at the root and under API
CLASSIC = ("classic", "classic-api")
#: these read their bodies themselves
RULES = tuple(f"{API}v1/rules/{name}" for name in ("evaluate", "explain", "check"))
BODY_BYTES = 16 * 2**20
#: what a page sends: a file that was dropped on it is a third longer on its way
PAGE_BYTES = 24 * 2**20
_PRESS = "/_dash-update-component"
#: a golden JSON is asked for with a rule, and a rule is no longer than this
GOLDEN_BYTES = 256 * 1024
#: the longest list ever published has 200,000 bytes
LIST_BYTES = 4 * 2**20
_LONGEST = (
    (f"{API}v1/golden-json", GOLDEN_BYTES),
    (f"{API}v1/lists/", LIST_BYTES),
    (f"{API}v1/products", LIST_BYTES),
)
#: so much of a body that is too long is read and thrown away, so that its sender hears why
_HEARD_OUT = 64 * 2**20
_PIECE = 2**20
_LARGEST = 2**63 - 1
_DIGITS = 18
_UNKEPT = re.compile(r"\\u(?:[dD][89a-fA-F]|0000)")
_HALF = re.compile("[\ud800-\udfff\0]")


class Unreadable(ValueError):
    """A body that no door can take; its text is the sentence."""

    def __init__(self, sentence: str, status: int = 422) -> None:
        super().__init__(sentence)
        self.status = status


class _Json:
    """The JSON of a request: UTF-8, every key once, finite numbers, texts that a database can hold."""

    @staticmethod
    def loads(data: str | bytes, **_words: Any) -> Any:
        try:
            text = data if isinstance(data, str) else data.decode("utf-8")
            found = json.loads(text, **_HOOKS)
        except RecursionError as error:
            raise Unreadable("The body is nested too deep to be read.") from error
        except UnicodeDecodeError as error:
            raise Unreadable("The body is not UTF-8.", 400) from error
        except json.JSONDecodeError as error:
            where = f"line {error.lineno}, column {error.colno}"
            raise Unreadable(f"The body is not JSON: {error.msg} ({where}).", 400) from error
        if _UNKEPT.search(text):
            _refuse_unkept(found)
        return found

    dumps = staticmethod(json.dumps)


class ReadRequest(Request):
    """A request whose JSON is read strictly."""

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        """Return the body, read strictly, once."""
        # Flask gives every request the application's own reader
        self.json_module = _Json
        return super().get_json(force=force, silent=silent, cache=cache)

    def on_json_loading_failed(self, e: ValueError | None) -> NoReturn:
        """Say what is wrong with the body."""
        raise UnsupportedMediaType if e is None else e


def install(server: Flask) -> None:
    """Read every body before its door does, and refuse what none can take."""
    server.request_class = ReadRequest
    server.config["MAX_CONTENT_LENGTH"] = PAGE_BYTES
    server.before_request(refuse_unreadable)
    server.register_error_handler(Unreadable, _refusal)
    server.register_error_handler(ParseException, _cut_off)
    server.register_error_handler(NoMoreData, _cut_off)


def refuse_unreadable() -> None:
    """Refuse a request that holds what cannot be read or kept.

    Raises:
        Unreadable: it does.
    """
    _refuse_packed()
    if request.path == _PRESS:
        _refuse_press()
    # the paths of the published client, which are elsewhere too, ask for this themselves
    if not request.path.startswith(API) or request.path in RULES or request.blueprint in CLASSIC:
        return
    longest = next((size for head, size in _LONGEST if request.path.startswith(head)), BODY_BYTES)
    refuse(longest)


def refuse(longest: int) -> None:
    """Refuse a request that cannot be read or kept, or whose body has more than so many bytes.

    Raises:
        Unreadable: it is so.
    """
    _refuse_address()
    _refuse_body(longest)


def hear_out() -> None:
    """Read the rest of a body and throw it away: a sender that is cut off never hears the answer."""
    left = min(request.content_length or _HEARD_OUT, _HEARD_OUT)
    while left and (piece := request.input_stream.read(min(left, _PIECE))):
        left -= len(piece)


def _refusal(error: Unreadable) -> Response:
    return problem(error.status, "unreadable", str(error))


def _cut_off(_error: Exception) -> Response:
    said = "The body could not be received: its chunks are malformed, or it ended too soon."
    return problem(400, "unreadable", said)


def _refuse_address() -> None:
    for value in (*(request.view_args or {}).values(), *request.args.values()):
        text = str(value)
        if "\0" in text:
            raise Unreadable("The address holds a null character, which nothing is named with.")
        if text.isascii() and text.isdigit() and (len(text) > _DIGITS + 1 or int(text) > _LARGEST):
            raise Unreadable(f"The number {text[:_DIGITS]}… in the address is too large.")


def _refuse_packed() -> None:
    # a few bytes can unpack to as many as one likes
    packed = request.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise Unreadable("The body is packed: send it as it is, without Content-Encoding.", 415)


def _refuse_press() -> None:
    request.max_content_length = PAGE_BYTES
    try:
        body = request.get_json(silent=True)
    except RequestEntityTooLarge as error:
        hear_out()
        sentence = f"This is longer than {PAGE_BYTES:,} bytes, the most that a page may send."
        raise Unreadable(sentence, 413) from error
    if not (isinstance(body, dict) and isinstance(body.get("output"), str)):
        raise Unreadable("No page of the registry asks like this.")


def _refuse_body(longest: int) -> None:
    size = request.content_length
    if request.method not in ("POST", "PUT", "PATCH", "DELETE") or (not size and "chunked" not in _encoding()):
        return
    request.max_content_length = longest
    try:
        body = request.get_json()
    except RequestEntityTooLarge as error:
        hear_out()
        raise Unreadable(f"The body is longer than {longest:,} bytes.", 413) from error
    except UnsupportedMediaType as error:
        sentence = "The body must be JSON, with Content-Type application/json."
        raise Unreadable(sentence, 415) from error
    except BadRequest as error:
        raise Unreadable("The body ended before its length.", 400) from error
    if not isinstance(body, dict):
        raise Unreadable("The body must be a JSON object.")


def _encoding() -> str:
    return request.headers.get("Transfer-Encoding", "")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for place, key in enumerate(keys) if key in keys[:place])
        raise Unreadable(f"The key {json.dumps(twice[:40])} appears twice in one object.")
    return found


def _constant(name: str) -> NoReturn:
    raise Unreadable(f"{name} is no number of JSON.")


def _number(text: str) -> float:
    found = float(text)
    if math.isinf(found):
        raise Unreadable(f"The number {text[:_DIGITS]} is too large.")
    return found


def _whole(digits: str) -> int:
    if len(digits) > _DIGITS + 1 or abs(int(digits)) > _LARGEST:
        raise Unreadable(f"The number {digits[:_DIGITS]}… is too large.")
    return int(digits)


_HOOKS: Any = {
    "object_pairs_hook": _object,
    "parse_constant": _constant,
    "parse_float": _number,
    "parse_int": _whole,
}


def _refuse_unkept(value: Any) -> None:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, str) and _HALF.search(each):
            shown = json.dumps(each[:40])
            raise Unreadable(f"The text {shown} holds half of a surrogate pair, or a null character.")
        if isinstance(each, dict):
            waiting.extend((*each, *each.values()))
        elif isinstance(each, list):
            waiting.extend(each)
