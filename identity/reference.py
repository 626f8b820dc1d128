"""The name of a request: in its answer, in what a person sees of a failure, in each line of the log on it."""

import re
import secrets

from flask import g, has_request_context, request

HEADER = "X-Request-Id"
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")


def reference() -> str:
    """Return the name of this request: the one that a proxy gave it, else one of our own."""
    if not has_request_context():
        return _new()
    if "reference" not in g:
        given = request.headers.get(HEADER, "")
        g.reference = given if _GIVEN.fullmatch(given) else _new()
    return str(g.reference)


def failed() -> str:
    """Remember that this request failed in a way that nobody foresaw; return its name."""
    if has_request_context():
        g.has_failed = True
    return reference()


def has_failed() -> bool:
    """Tell whether it did."""
    return bool(g.get("has_failed", False))


def _new() -> str:
    return secrets.token_hex(8)
