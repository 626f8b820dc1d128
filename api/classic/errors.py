"""Refusals as the published client reads them: JSON with `err`, and the right status."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, InternalServerError

from api.classic.answers import answer
from api.contract.errors import STATUS
from api.contract.readable import Unreadable
from identity import guard
from identity.errors import Unidentified
from model import errors

#: scripts look for these words, which the system in use has
_GROUPS = "User needs to be part of any of the following e-groups to fulfill this action"


def install(blueprint: Blueprint) -> None:
    """Answer whatever goes wrong behind a blueprint in the client's words."""
    blueprint.register_error_handler(errors.RunRegistryError, refuse)
    blueprint.register_error_handler(Unidentified, guard.refuse)
    blueprint.register_error_handler(Unreadable, _unreadable)
    blueprint.register_error_handler(HTTPException, _http)
    blueprint.register_error_handler(InternalServerError, _broken)


def refuse(error: errors.RunRegistryError) -> Response:
    """Answer a refusal of the model with its sentence."""
    said = {"err": str(error)}
    if isinstance(error, errors.Forbidden):
        said["message"] = f"{_GROUPS}: {error}"
    response = answer(said, STATUS.get(type(error), 400))
    if isinstance(error, errors.TooMany):
        response.headers["Retry-After"] = str(error.retry_s)
    return response


def _unreadable(error: Unreadable) -> ResponseReturnValue:
    return answer({"err": str(error)}, error.status)


def _http(error: HTTPException) -> ResponseReturnValue:
    response = answer({"err": f"{error.name}: {error.description}"}, error.code or 500)
    if methods := getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(methods)
    return response


def _broken(_error: InternalServerError) -> ResponseReturnValue:
    return answer({"err": "Something broke here that nobody foresaw; it stands in the log."}, 500)
