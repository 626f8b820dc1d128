"""All doors of the published client, put into a server."""

from flask import Flask

from api.classic import cycles, json_portal, lumisections, runs, writes
from api.classic.blueprint import blueprint
from api.contract.errors import API
from api.contract.readable import CLASSIC

#: each opens its paths when it is read
NOUNS = (cycles, json_portal, lumisections, runs, writes)


def install(server: Flask) -> None:
    """Serve the client's paths at the root and under `/api`."""
    root, under = CLASSIC
    server.register_blueprint(blueprint, name=root)
    server.register_blueprint(blueprint, name=under, url_prefix=API.rstrip("/"))
