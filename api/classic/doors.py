"""All doors of the published client, put into a server."""

from flask import Flask, Response, request

from api.classic import cycles, errors, json_portal, lumisections, runs, writes
from api.classic.blueprint import blueprint
from api.errors import API, is_stray
from api.readable import CLASSIC
from model.errors import NotFound

#: each opens its paths when it is read
NOUNS = (cycles, json_portal, lumisections, runs, writes)
#: what has refusals of its own
_OF_OTHERS = (f"{API}v1/", f"{API}docs")


def install(server: Flask) -> None:
    """Serve the client's paths at the root and under `/api`."""
    root, under = CLASSIC
    server.register_blueprint(blueprint, name=root)
    server.register_blueprint(blueprint, name=under, url_prefix=API.rstrip("/"))
    server.before_request(_refuse_strays)


def _refuse_strays() -> Response | None:
    """Refuse what stands under `/api` as the client's paths do, and is none of them."""
    if not is_stray() or request.path.startswith(_OF_OTHERS):
        return None
    return errors.refuse(NotFound(f"There is nothing at {request.path[:80]}."))
