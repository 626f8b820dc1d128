"""Each request is named, counted and told to the log: who asked what, what came of it; no body, no secret."""

import json
import logging
import time
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, request

from api.operating import counted, metrics, ready
from identity.reference import HEADER, has_failed, reference
from logs import FIELDS
from model import journal
from model.authors import Author
from model.registry import registry
from settings import Settings

log = logging.getLogger("run-registry.request")
_CALLBACK = "/_dash-update-component"
#: what is asked so often that it says nothing
_QUIET = ("/healthz", "/readyz", "/metrics")


def install(server: Flask, settings: Settings) -> None:
    """Watch every request, and answer `/readyz` and `/metrics`."""
    server.config[metrics.TOKEN] = settings.metrics_token.get_secret_value()
    server.config[metrics.FOLDER] = settings.metrics_dir
    server.register_blueprint(ready.blueprint)
    server.register_blueprint(metrics.blueprint)
    server.before_request(_begin)
    server.after_request(_end)


def _begin() -> None:
    g.begun_s = time.perf_counter()
    reference()
    # a thread serves one request after the other
    journal.written.set(0)
    journal.refused.set("")


def _end(response: Response) -> Response:
    response.headers[HEADER] = reference()
    route = request.url_rule.rule if request.url_rule else "(none)"
    seconds = time.perf_counter() - g.get("begun_s", time.perf_counter())
    output, refused = _output(response), _refused(response)
    counted.REQUESTS.labels(request.method, route, response.status_code).observe(seconds)
    if output:
        counted.CALLBACKS.labels(output).observe(seconds)
    if refused:
        counted.REFUSALS.labels(refused).inc()
    if has_failed():
        counted.FAILURES.inc()
    counted.CONNECTIONS.set(registry().database.in_use)
    if route not in _QUIET:
        said: dict[str, Any] = {
            "request": reference(),
            "asker": _asker(),
            "method": request.method,
            "route": route,
        }
        said |= {"status": response.status_code, "ms": round(seconds * 1000, 1)}
        more = {"callback": output, "refused": refused, "sequence": journal.written.get()}
        said |= {name: value for name, value in more.items() if value}
        log.info("request", extra={FIELDS: said})
    return response


def _refused(response: Response) -> str:
    """Return the code of a refusal: of a command, or of the answer's problem details."""
    if code := journal.refused.get():
        return code
    if response.mimetype != "application/problem+json":
        return ""
    return str((response.get_json(silent=True) or {}).get("code", ""))


def _output(response: Response) -> str:
    """Return what a callback fills first, without the parts of its id that differ from press to press."""
    # a body that was too long to be read is not read here
    if request.path != _CALLBACK or response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        return ""
    asked = request.get_json(silent=True)
    given = str(asked.get("output", "")) if isinstance(asked, dict) else ""
    first = given.strip(".").split("...")[0].split("@")[0]
    if not first.startswith("{"):
        return first
    name, _, prop = first.rpartition(".")
    try:
        return f"{json.loads(name)['type']}.{prop}"
    except (ValueError, KeyError, TypeError):
        return "(unreadable)"


def _asker() -> str:
    # as the guard found out: asking again could be refused
    found: Author | None = g.get("identified")
    return found.name if found else "(nobody)"
