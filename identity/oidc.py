"""The login service: send somebody there, take the answer back, ask again who somebody is."""

import time
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client.apps import FlaskOAuth2App
from authlib.integrations.flask_client.integration import FlaskIntegration
from authlib.integrations.requests_client import OAuth2Session
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError

from identity import issuer
from identity.errors import Unidentified
from model.authors import Author
from settings import Settings

CALLBACK = "/login/callback"
_PATIENCE_S = 5
_LEEWAY_S = 30
_KEPT = ("access_token", "refresh_token", "id_token")


@dataclass(frozen=True)
class Answer:
    """Who logged in, what the service calls them, and the tokens it gave."""

    author: Author
    subject: str
    tokens: dict[str, str]


class Unreachable(Exception):
    """The login service does not answer: nobody can tell whether somebody left a group."""


def send(how: Settings) -> ResponseReturnValue:
    """Send a browser to the login service: code flow, PKCE, a state and a nonce of this browser's own.

    Raises:
        Unidentified: it does not answer.
    """
    try:
        answer: ResponseReturnValue = _app(how).authorize_redirect(f"{how.public_url}{CALLBACK}")
    except requests.RequestException as error:
        raise Unidentified("The login service does not answer; try again in a moment.") from error
    return answer


def answered(how: Settings) -> Answer:
    """Return who came back from the login service.

    Raises:
        Unidentified: it refused, it is not the answer to what this browser asked, or it proves nothing.
    """
    options = {
        "iss": {"essential": True, "value": how.oidc_issuer},
        "aud": {"essential": True, "value": how.oidc_client_id},
        "exp": {"essential": True},
        "nonce": {"essential": True},
    }
    try:
        given = _app(how).authorize_access_token(claims_options=options, leeway=_LEEWAY_S)
    except requests.RequestException as error:
        raise Unidentified("The login service does not answer; try again in a moment.") from error
    except (OAuthError, JoseError, ValueError) as error:
        raise Unidentified("The login service's answer does not fit what this browser asked.") from error
    if not given.get("userinfo"):
        raise Unidentified("The login service did not say who logged in.")
    claims = dict(given["userinfo"])
    tokens = {name: str(given[name]) for name in _KEPT if given.get(name)}
    return Answer(_author(claims, tokens, how), str(claims["sub"]), tokens)


def asked_again(tokens: dict[str, str], subject: str, how: Settings) -> Answer:
    """Return who somebody is now, by a refresh token where there is one.

    Raises:
        Unidentified: the login service knows the person no more.
        Unreachable: it does not answer.
    """
    try:
        new = {**tokens, **_refreshed(tokens, how)}
        claims = _userinfo(new, how)
    except requests.RequestException as error:
        raise Unreachable from error
    if claims.get("sub") != subject:
        raise Unidentified("The login service says that you are somebody else: log in again.")
    return Answer(issuer.author(claims, how), subject, new)


def end_address(tokens: dict[str, str], how: Settings, back: str) -> str:
    """Return where the login itself is ended; empty where the service has no such place."""
    try:
        if not (tokens.get("id_token") and _metadata(how).get("end_session_endpoint")):
            return ""
        words = {"id_token_hint": tokens["id_token"], "post_logout_redirect_uri": f"{how.public_url}{back}"}
        return str(_app(how).create_logout_url(**words, client_id=how.oidc_client_id)["url"])
    except (Unidentified, requests.RequestException):
        return ""


def _author(claims: dict[str, Any], tokens: dict[str, str], how: Settings) -> Author:
    if how.oidc_groups_claim.split(".")[0] not in claims:
        # some services tell groups to those who ask, and do not write them into what they sign
        try:
            more = _userinfo(tokens, how)
        except requests.RequestException as error:
            raise Unidentified("The login service does not answer; try again in a moment.") from error
        claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
    return issuer.author(claims, how)


def _refreshed(tokens: dict[str, str], how: Settings) -> dict[str, str]:
    if "refresh_token" not in tokens:
        return {}
    known = (how.oidc_client_id, how.oidc_client_secret.get_secret_value())
    with OAuth2Session(*known, default_timeout=_PATIENCE_S) as session:
        session.verify = how.oidc_ca_file or True
        try:
            found = session.refresh_token(_metadata(how)["token_endpoint"], tokens["refresh_token"])
        except OAuthError as error:
            raise Unidentified("The login service ended your session: log in again.") from error
    return {name: str(found[name]) for name in _KEPT if found.get(name)}


def _userinfo(tokens: dict[str, str], how: Settings) -> dict[str, Any]:
    head = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
    where = _metadata(how)["userinfo_endpoint"]
    answer = requests.get(where, headers=head, timeout=_PATIENCE_S, verify=how.oidc_ca_file or True)
    if answer.status_code in (400, 401, 403):
        raise Unidentified("The login service ended your session: log in again.")
    answer.raise_for_status()
    return dict(answer.json())


def _metadata(how: Settings) -> dict[str, Any]:
    return issuer.issuer(how).metadata()


def _app(how: Settings) -> FlaskOAuth2App:
    """Return Authlib's client; it is told what the issuer says, but not how the issuer may sign."""
    said = {
        **_metadata(how),
        "id_token_signing_alg_values_supported": issuer.ALGORITHMS,
        "_loaded_at": time.time(),
    }
    return FlaskOAuth2App(
        FlaskIntegration("oidc"),
        name="oidc",
        client_id=how.oidc_client_id,
        client_secret=how.oidc_client_secret.get_secret_value(),
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "default_timeout": _PATIENCE_S,
            "verify": how.oidc_ca_file or True,
        },
        **said,
    )
