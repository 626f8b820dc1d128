"""`/readyz`: whether this process can serve, for whoever spreads requests over several."""

from flask import Blueprint, Response, jsonify

from model.ready import missing
from model.registry import registry

# no noun of API v1: probes ask here
blueprint = Blueprint("ready", __name__)


@blueprint.get("/readyz")
def ready() -> Response:
    """Answer 200 where everything is there, 503 with what is missing."""
    found = missing(registry().database, registry().golden.cache)
    answer = jsonify({"ready": not found, "missing": found})
    answer.status_code = 503 if found else 200
    answer.headers["Cache-Control"] = "no-store"
    return answer
