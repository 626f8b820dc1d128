"""Whom the proxy before the registry names in headers; it proves itself with a secret that both know."""

import hmac

from flask import Request

from identity import outside
from identity.errors import Unidentified
from model.authors import Author
from settings import Settings


def asked(request: Request, settings: Settings) -> Author:
    """Return whom the proxy names.

    Raises:
        Unidentified: it does not prove itself, or names nobody.
    """
    if not is_proven(request, settings):
        raise Unidentified("Only the proxy may say who is asking, and this did not come through it.")
    email, number = _read(request, "email"), _read(request, "id")
    groups = _read(request, "egroups").split(",")
    if email:
        return outside.person(email, groups, _read(request, "displayname"))
    if number:
        # a token of a program has no address
        return outside.program(number, groups)
    raise Unidentified("The proxy names nobody: there is neither email nor id.")


def is_proven(request: Request, settings: Settings) -> bool:
    """Tell whether a request came through the proxy."""
    given = request.headers.get(settings.proxy_secret_header, "").encode("latin-1", "replace")
    return hmac.compare_digest(given, settings.proxy_secret.get_secret_value().encode())


def _read(request: Request, name: str) -> str:
    """Return a header as it was meant: UTF-8, which arrives as if it were Latin-1."""
    return request.headers.get(name, "").strip().encode("latin-1", "replace").decode("utf-8", "replace")
