"""No other site writes in somebody's name: a write comes from a page of ours, or from a program."""

import hashlib
import hmac
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, session

from identity import here, sessions
from identity.guard import DRAWN_WITH
from identity.limits import WRITES
from model.errors import Forbidden

#: where Dash's own script, and ours, look for the token, and where they send it
COOKIE, HEADER = "_csrf_token", "X-CSRFToken"
_SHOWN = 80


def install(server: Flask) -> None:
    """Ask of every write where it comes from, after it is known whose it is; give pages their token."""
    server.before_request(require_own)
    server.after_request(_give_token)


def require_own() -> None:
    """Let a write through that no other site can have sent.

    A browser says of every write where it comes from, whoever wrote the page; a program says nothing, and
    has no session. A token that was verified proves the program: browsers never send one by themselves.

    Raises:
        Forbidden: another site sent it, or it came with a session and from no page of ours.
    """
    if request.method not in WRITES or here.way() == "token":
        return
    if elsewhere := _elsewhere():
        raise Forbidden(f"{elsewhere} is not this registry.")
    if here.way() == "session" and not (_says_ours() or _has_token()):
        raise Forbidden(
            "This came with a session, but from no page of the registry: "
            f"send the cookie {COOKIE} as {HEADER}, or ask with a token."
        )


def token() -> str:
    """Return the token of this session, which no other site can read; empty where there is no session."""
    held = session.get(sessions.KEY) or session.get(here.KEY)
    if not isinstance(held, str):
        return ""
    secret = str(current_app.secret_key).encode()
    return hmac.new(secret, b"write " + held.encode(), hashlib.sha256).hexdigest()


def _elsewhere() -> str:
    origin = request.headers.get("Origin")
    if origin is not None and not _is_own(origin):
        return origin[:_SHOWN] if origin.isprintable() else "Where this comes from"
    return "Another site" if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") else ""


def _is_own(origin: str) -> bool:
    public = urlsplit(here.settings().public_url)
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    if public.netloc and (parts.scheme, parts.netloc) == (public.scheme, public.netloc):
        return True
    # who ends TLS before us may say http or https
    return parts.netloc == request.host and (not public.scheme or parts.scheme == public.scheme)


def _says_ours() -> bool:
    return "Origin" in request.headers or request.headers.get("Sec-Fetch-Site") == "same-origin"


def _has_token() -> bool:
    return hmac.compare_digest(request.headers.get(HEADER, "").encode(), token().encode())


def _give_token(response: Response) -> Response:
    if request.path.startswith(DRAWN_WITH):
        return response
    wanted, held = token(), request.cookies.get(COOKIE, "")
    if wanted and wanted != held:
        # scripts of our pages read it, so it is not HttpOnly; the session itself is
        is_secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(COOKIE, wanted, secure=is_secure, samesite="Lax")
    elif held and not wanted:
        response.delete_cookie(COOKIE, samesite="Lax")
    return response
