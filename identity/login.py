"""The way in and out for people: `/login`, `/login/callback`, `/logout`."""

from html import escape
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, session
from flask.typing import ResponseReturnValue

from identity import here, oidc, sessions
from identity.address import theme
from identity.errors import Unidentified
from identity.limits import REFUSED, address, limits
from model.errors import TooMany

blueprint = Blueprint("login", __name__)
DONE = "/logout/done"
_NEXT = "next"
_LONGEST = 8000
_PAGE = """<!doctype html>
<html lang="en" data-bs-theme="{look}"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/assets/tokens.css"><link rel="stylesheet" href="/assets/base.css">
<link rel="stylesheet" href="/assets/shell.css"></head>
<body class="login-gate"><main><h1>{title}</h1><p>{said}</p><a class="button is-primary" href="{way}">{what}</a>
</main></body></html>"""


@blueprint.get("/login")
def login() -> ResponseReturnValue:
    """Send somebody to the login service, and remember where they wanted to go."""
    how = here.settings()
    wanted = place(request.args.get(_NEXT, "/"))
    if how.auth != "oidc":
        return redirect(wanted)
    session[_NEXT] = wanted
    try:
        return oidc.send(how)
    except Unidentified as error:
        return _page("You are not logged in", str(error), "Try again", "/login", 503)


@blueprint.get(oidc.CALLBACK)
def callback() -> ResponseReturnValue:
    """Let in who comes back from the login service."""
    how, wanted = here.settings(), place(str(session.get(_NEXT, "/")))
    if how.auth != "oidc":
        return redirect("/")
    try:
        limits().look(REFUSED, address())
        answer = oidc.answered(how)
    except TooMany as error:
        page = _page("You are not logged in", str(error), "Try again", "/login", 429)
        page.headers["Retry-After"] = str(error.retry_s)
        return page
    except Unidentified as error:
        limits().note(REFUSED, address())
        return _page("You are not logged in", str(error), "Log in", "/login", 401)
    sessions.begin(answer)
    return redirect(wanted)


@blueprint.get("/logout")
def logout() -> ResponseReturnValue:
    """End the session here and at the login service; another site cannot do it to somebody."""
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
        return redirect("/")
    how = here.settings()
    tokens = sessions.end()
    return redirect((how.auth == "oidc" and oidc.end_address(tokens, how, DONE)) or DONE)


@blueprint.get(DONE)
def done() -> ResponseReturnValue:
    """Say that one is logged out."""
    return _page("You are logged out", "What you said stays in the registry.", "Log in again", "/login", 200)


def place(wanted: str) -> str:
    """Return a place of this registry that somebody wanted to go to; the board for anything else."""
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    is_plain = wanted.isprintable() and "\\" not in wanted and len(wanted) < _LONGEST
    is_here = wanted.startswith("/") and not wanted.startswith("//") and not (parts.scheme or parts.netloc)
    is_page = not parts.path.startswith(("/login", "/logout", "/api/", "/_dash"))
    return wanted if is_plain and is_here and is_page else "/"


def _page(title: str, said: str, what: str, way: str, status: int) -> Response:
    words = {"title": title, "said": said, "what": what, "way": way, "look": theme()}
    page = _PAGE.format(**{name: escape(word) for name, word in words.items()})
    return Response(page, status, mimetype="text/html", headers={"Cache-Control": "no-store"})
