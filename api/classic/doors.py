"""All doors of the published client, put into a server."""

from flask import Flask
from flask.typing import ResponseReturnValue

from api import errors as plain_errors
from api.classic import cycles, errors, json_portal, lumisections, runs, writes
from api.classic.blueprint import METHODS, blueprint
from api.errors import API
from api.readable import CLASSIC
from model.errors import NotFound

#: each opens its paths when it is read
NOUNS = (cycles, json_portal, lumisections, runs, writes)


def install(server: Flask) -> None:
    """Serve the client's paths at the root and under `/api`, where every other path is refused in JSON."""
    root, under = CLASSIC
    server.register_blueprint(blueprint, name=root)
    server.register_blueprint(blueprint, name=under, url_prefix=API.rstrip("/"))
    server.add_url_rule(f"{API}<path:rest>", "api-nowhere", _nowhere, methods=METHODS)


def _nowhere(rest: str) -> ResponseReturnValue:
    refusal = NotFound(f"There is nothing at {API}{rest[:80]}.")
    return plain_errors.refuse(refusal) if rest.startswith("v1/") else errors.refuse(refusal)
