"""`/metrics`: for Prometheus, from this machine or with a token."""

import hmac
import ipaddress

from flask import Blueprint, Response, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST

from api.operating.counted import exposition
from api.operating.standing import standing
from model.registry import registry

TOKEN, FOLDER = "RUN_REGISTRY_METRICS_TOKEN", "RUN_REGISTRY_METRICS_FOLDER"
#: who sends one of these asks for somebody else
_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-Ip")

# no noun of API v1: Prometheus asks here
blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
def metrics() -> Response:
    """Answer with every number, or 403."""
    if not (_is_here() or _bears_token()):
        words = "Numbers are for this machine, or for who bears METRICS_TOKEN.\n"
        return Response(words, 403, mimetype="text/plain")
    found = exposition(current_app.config[FOLDER], lambda: standing(registry()))
    return Response(found, content_type=CONTENT_TYPE_LATEST)


def _is_here() -> bool:
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def _bears_token() -> bool:
    wanted = str(current_app.config[TOKEN])
    given = request.headers.get("Authorization", "").removeprefix("Bearer ").strip()
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
