"""Refusals as HTTP: one table, and one body, the problem details of RFC 9457.

`detail` is the sentence for a person, `code` the stable name for a program, `type` says where codes are told.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from flask import Flask, Response, current_app, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, NotFound
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import RequestRedirect

from identity.errors import Unidentified
from identity.reference import failed
from model import errors

log = logging.getLogger(__name__)
PROBLEM = "application/problem+json"
#: what programs ask below
API = "/api/"
V1 = f"{API}v1/"
#: where every code is told
CODES = "/api/v1/problems"
#: what nobody foresaw
FAILURE = "failure"
#: where Dash answers whatever path nobody else does, with a page
_ANY_PATH = "/<path:path>"
#: seconds after which what was busy or away is worth asking again
_AGAIN_S = "2"
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")

STATUS: Mapping[type[errors.RunRegistryError], int] = MappingProxyType(
    {
        errors.NotFound: 404,
        errors.Invalid: 422,
        errors.Forbidden: 403,
        errors.NotOpen: 409,
        errors.Stale: 409,
        errors.Ambiguous: 409,
        errors.Reused: 422,
        errors.Busy: 503,
        errors.Unreachable: 503,
        Unidentified: 401,
        errors.Stopped: 422,
        errors.TooMany: 429,
        errors.Absent: 503,
    }
)
_REFUSALS: list[type[errors.RunRegistryError]] = [errors.RunRegistryError, *STATUS]
TITLES = MappingProxyType({each.code: str(each.__doc__) for each in _REFUSALS})


def problem(status: int, code: str, detail: str, **more: Any) -> Response:
    """Return a refusal as an answer.

    Args:
        code: stable name of the reason, for programs.
        detail: the reason as a sentence.
        more: what else the refusal carries, such as both sides of a conflict.
    """
    title = TITLES.get(code, HTTP_STATUS_CODES[status])
    body = {"type": f"{CODES}#{code}", "title": title, "status": status, "detail": detail, "code": code}
    response = jsonify({**body, **more})
    response.status_code = status
    response.mimetype = PROBLEM
    return response


def refuse(error: errors.RunRegistryError) -> Response:
    """Answer a refusal of the model with its sentence, its code and both sides of a conflict."""
    more = {"conflicts": [asdict(c) for c in error.conflicts]} if isinstance(error, errors.Stale) else {}
    response = problem(STATUS.get(type(error), 400), error.code, str(error), **more)
    if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = _AGAIN_S
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_s)
    return response


def misshapen(error: ValidationError) -> Response:
    """Answer a request that is not of the shape that the document asks for."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the request"
    return problem(422, errors.Invalid.code, f"{where}: {first['msg']}.")


def install(server: Flask) -> None:
    """Translate every refusal, of the model and of the framework, at one place."""
    server.before_request(_refuse_strays)
    server.register_error_handler(errors.RunRegistryError, refuse)
    server.register_error_handler(HTTPException, _of_framework)


def _refuse_strays() -> None:
    rule = request.url_rule
    is_nowhere = rule is None or rule.rule == _ANY_PATH
    is_moved = isinstance(request.routing_exception, RequestRedirect)
    if request.path.startswith(API) and is_nowhere and not is_moved:
        raise MethodNotAllowed(known) if (known := _methods()) else NotFound()


def _methods() -> list[str]:
    """Return the methods that a door takes at this path."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return []
    found = []
    for method in _METHODS:
        with suppress(HTTPException):
            rule, _ = adapter.match(method=method, return_rule=True)
            found += [method] if rule.rule != _ANY_PATH else []
    return found


def _of_framework(error: HTTPException) -> ResponseReturnValue:
    if not request.path.startswith(API) or error.code is None or error.code < HTTPStatus.BAD_REQUEST:
        return error
    if isinstance(error, InternalServerError):
        return _unforeseen(error)
    code = HTTP_STATUS_CODES[error.code].lower().replace(" ", "-")
    sentence = _sentence(error)
    # whatever is below API but not of a version is the published client's, which reads `err`
    more = {} if request.path.startswith(V1) else {"err": sentence}
    response = problem(error.code, code, sentence, **more)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.valid_methods or ())
    return response


def _sentence(error: HTTPException) -> str:
    if isinstance(error, NotFound):
        return f"There is nothing at {request.path[:200]}."
    if isinstance(error, MethodNotAllowed):
        return f"{request.method} is not possible here; {' or '.join(error.valid_methods or ())} is."
    return str(error.description)


def _unforeseen(error: InternalServerError) -> Response:
    reference = failed()
    log.error("failure %s", reference, exc_info=error.original_exception or error)
    detail = f"Something failed that nobody foresaw; the log has it under {reference}."
    return problem(500, FAILURE, detail, reference=reference)
