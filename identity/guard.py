"""Nobody comes in unknown: programs and scripts of a page are told so, people are led to the login."""

import json
import logging
from urllib.parse import quote

from flask import Flask, Response, redirect, request
from flask.typing import ResponseReturnValue

from identity import bearer, here, limits
from identity.errors import Unidentified
from settings import Settings

log = logging.getLogger(__name__)
#: what everybody may have: whether it lives, the way in, what a page is drawn with; `/metrics` guards itself
PUBLIC = (
    *("/healthz", "/readyz", "/metrics", "/_favicon.ico"),
    *("/login", "/login/callback", "/logout", "/logout/done"),
)
DRAWN_WITH = ("/assets/", "/_dash-component-suites/")
LOGIN = "/login"
_said: set[str] = set()


def install(server: Flask, settings: Settings) -> None:
    """Ask of every request who sends it."""
    server.config[here.SETTINGS] = settings
    server.before_request(know_the_asker)
    server.register_error_handler(Unidentified, refuse)


def know_the_asker() -> None:
    """Let in whom the registry knows, and everybody to what is public.

    Raises:
        Unidentified: nobody can tell who is asking.
        TooMany: too many came from the same place for whom nobody could.
    """
    if request.path in PUBLIC or request.path.startswith(DRAWN_WITH):
        return
    token = bearer.given(request)
    if token is None:
        here.identified()
    else:
        limits.know_by_token(token)


def refuse(error: Unidentified) -> ResponseReturnValue:
    """Answer somebody unknown: a browser that opens a page goes to the login where there is one."""
    sentence = str(error)
    _say_once(sentence)
    if here.settings().auth == "oidc" and _opens_a_page():
        return redirect(f"{LOGIN}?next={quote(_wanted())}")
    body = {
        "type": f"/api/v1/problems#{error.code}",
        "title": str(Unidentified.__doc__),
        "status": 401,
        "detail": sentence,
        "code": error.code,
        # where older programs look for it
        "err": sentence,
        "message": sentence,
    }
    response = Response(json.dumps(body), 401, mimetype="application/problem+json")
    how = 'error="invalid_token"' if error.is_token else 'realm="run-registry"'
    response.headers["WWW-Authenticate"] = f"Bearer {how}"
    response.headers["Cache-Control"] = "no-store"
    return response


def _opens_a_page() -> bool:
    is_script = request.path.startswith(("/api/", "/_dash"))
    return request.method == "GET" and not is_script and "text/html" in request.headers.get("Accept", "")


def _wanted() -> str:
    return request.full_path.rstrip("?")


def _say_once(sentence: str) -> None:
    """Tell the log of each kind of refusal once: a stranger who keeps asking does not fill it."""
    if sentence not in _said and len(_said) < 100:
        _said.add(sentence)
        log.warning("refused somebody unknown: %s", sentence)
