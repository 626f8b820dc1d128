"""How one of the client's paths is served: by its one method; others are refused in JSON, too."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint
from werkzeug.exceptions import MethodNotAllowed

from api.classic import errors
from api.classic.bodies import require_readable
from api.contract.readable import CLASSIC

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_Door = TypeVar("_Door", bound=Callable[..., Any])
# no APIBlueprint: the document tells of API v1 only
blueprint = Blueprint(CLASSIC[0], __name__)
blueprint.before_request(require_readable)
errors.install(blueprint)


def door(method: str, path: str) -> Callable[[_Door], _Door]:
    """Serve a path by one method."""

    def opened(view: _Door) -> _Door:
        name = f"{view.__module__.rsplit('.', 1)[-1]}-{view.__name__}"
        blueprint.add_url_rule(path, name, view, methods=[method])
        others = [each for each in METHODS if each != method]

        def refused(**_parts: str) -> Any:
            raise MethodNotAllowed([method])

        # a page would answer else: Dash takes every path that nobody has
        blueprint.add_url_rule(path, f"{name}-refused", refused, methods=others)
        return view

    return opened
