"""Whom a bearer token stands for: the registry's own ones, made for one program each, and the issuer's."""

from flask import Request

from identity import issuer
from identity.errors import Unidentified
from model import tokens
from model.authors import Author
from model.clock import to_us
from model.registry import registry
from settings import Settings

_LONGEST = 16_384


def given(request: Request) -> str | None:
    """Return the bearer token of a request, or None where it has none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def asked(token: str, how: Settings) -> Author:
    """Return whom a token stands for.

    Raises:
        Unidentified: it is none, or holds no longer.
    """
    if len(token) > _LONGEST:
        raise Unidentified("This is no token: it is too long.", is_token=True)
    if tokens.is_own(token):
        return _own(token)
    if not how.oidc_issuer:
        raise Unidentified("This is no token of the registry, and no issuer's are taken here.", is_token=True)
    return issuer.asked(token, how)


def _own(token: str) -> Author:
    here = registry()
    now = here.clock()
    with here.reading() as connection:
        found = tokens.of(connection, token)
    if found is None:
        raise Unidentified("This token is unknown.", is_token=True)
    if found.revoked_by:
        raise Unidentified(f"This token was revoked by {found.revoked_by}.", is_token=True)
    if found.expires_at <= now:
        raise Unidentified("This token has expired.", is_token=True)
    if found.is_used_anew(now):
        with here.database.writing() as connection:
            tokens.used(connection, found.name, to_us(now))
    return found.author
