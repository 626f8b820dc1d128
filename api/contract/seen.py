"""How far somebody has seen: a sequence that comes with each request and goes back risen; no read is older.

Programs send back the header they were given; browsers do it by a cookie, which their event stream raises too.
"""

import re

from flask import Flask, Response, current_app, g, request

from model.replica import Seen, asking

HEADER = "X-Run-Registry-Sequence"
COOKIE = "run-registry-seen"
#: names of what an address says of sequences
_SAID = ("as_of", "seen", "after", "since")
#: where a page says as of when it is looked at
_AS_OF = re.compile(rb"\bas_of=(\d{1,15})\b")
_SCREEN = "/_dash-update-component"
_DIGITS = 15


def install(server: Flask) -> None:
    """Know with each request how far its sender has seen."""

    @server.before_request
    def look() -> None:
        only_reads = request.method in ("GET", "HEAD") or request.path == _SCREEN
        g.asking = asking(Seen(said(), only_reads))
        g.seen = g.asking.__enter__()

    @server.after_request
    def tell(response: Response) -> Response:
        found: Seen | None = g.get("seen")
        if found is not None and found.sequence > _number(request.cookies.get(COOKIE)):
            response.headers[HEADER] = str(found.sequence)
            is_secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
            response.set_cookie(COOKIE, str(found.sequence), secure=is_secure, samesite="Strict")
        return response

    @server.teardown_request
    def forget(_error: BaseException | None) -> None:
        if (held := g.pop("asking", None)) is not None:
            held.__exit__(None, None, None)


def said() -> int:
    """Return the highest sequence that a request knows of."""
    known = [request.headers.get(HEADER), request.cookies.get(COOKIE), request.headers.get("Last-Event-ID")]
    known += [request.args.get(name) for name in _SAID]
    if request.path == _SCREEN:
        known += [found.decode() for found in _AS_OF.findall(request.get_data(cache=True))]
    return max(map(_number, known))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0
