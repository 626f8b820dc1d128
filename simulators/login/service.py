"""What the login service knows and remembers, and how it gives tokens."""

import secrets
from typing import Any

from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oidc.core.grants import OpenIDCode
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from simulators.login.people import (
    CLIENT,
    PEOPLE,
    PROGRAM,
    PROGRAM_SECRET,
    SECRET,
    Client,
    Code,
    Person,
    Refresh,
)


class Service:
    """The people, the clients, and what was given to them."""

    def __init__(self, address: str, returns_to: str) -> None:
        self.address = address
        self.people = {name: Person(name, full, list(groups)) for name, (full, groups) in PEOPLE.items()}
        program = Client(PROGRAM, PROGRAM_SECRET, grants=("client_credentials",))
        self.clients = {CLIENT: Client(CLIENT, SECRET, returns_to), PROGRAM: program}
        self.codes: dict[str, Code] = {}
        self.refresh: dict[str, Refresh] = {}
        self.tokens: dict[str, Person] = {}
        self.keys: list[RSAKey] = []
        self.turn_keys()

    def turn_keys(self) -> None:
        """Sign with a new key from now on; the last two are told."""
        name = secrets.token_hex(4)
        self.keys = [*self.keys[-1:], RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})]

    def save(self, token: dict[str, Any], asked: Any) -> None:
        """Remember what was given to whom."""
        if asked.user is not None:
            self.tokens[token["access_token"]] = asked.user
            if "refresh_token" in token:
                kept = Refresh(asked.user, asked.client, token.get("scope", ""))
                self.refresh[token["refresh_token"]] = kept

    def metadata(self) -> dict[str, Any]:
        """Return what the service says of itself."""
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/auth",
            "token_endpoint": f"{self.address}/token",
            "userinfo_endpoint": f"{self.address}/userinfo",
            "end_session_endpoint": f"{self.address}/logout",
            "jwks_uri": f"{self.address}/certs",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "code_challenge_methods_supported": ["S256"],
        }

    def forget(self, hint: str) -> bool:
        """End what was given to the person of a token; return whether it is one of this service."""
        try:
            sub = jwt.decode(hint, KeySet(list(self.keys))).claims["sub"]
        except ValueError:
            return False
        for given in [g for g, kept in self.refresh.items() if kept.person.get_user_id() == sub]:
            del self.refresh[given]
        return True


class _Served:
    """A grant that asks the service; Authlib makes one for each request."""

    service: Service


class ByCode(_Served, grants.AuthorizationCodeGrant):
    """The code flow, for the registry."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code: str, request: Any) -> None:
        """Remember a code until it is exchanged."""
        asked = request.payload
        self.service.codes[code] = Code(
            code,
            request.user,
            asked.redirect_uri,
            asked.scope,
            asked.data.get("nonce"),
            asked.data.get("code_challenge"),
            asked.data.get("code_challenge_method"),
        )

    def query_authorization_code(self, code: str, _client: Client) -> Code | None:
        """Return a code that was not exchanged yet."""
        return self.service.codes.get(code)

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """Let it be exchanged once."""
        del self.service.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> Person:
        """Return whose code it is."""
        return authorization_code.person


class ByRefresh(_Served, grants.RefreshTokenGrant):
    """A refresh token for another one, once."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> Refresh | None:
        """Return a token that was not used yet."""
        return self.service.refresh.pop(refresh_token, None)

    def authenticate_user(self, refresh_token: Refresh) -> Person:
        """Return whose it is."""
        return refresh_token.person

    def revoke_old_credential(self, _refresh_token: Refresh) -> None:
        """Do nothing: it was taken when it was used."""


class Told(OpenIDCode):
    """What an ID token tells."""

    service: Service

    def exists_nonce(self, _nonce: str, _request: Any) -> bool:
        """Take any nonce: the registry makes a new one for each login."""
        return False

    def generate_user_info(self, user: Person, _scope: str) -> dict[str, Any]:
        """Return what is told of the person."""
        return user.claims()

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        """Return who says it to whom."""
        return {"iss": self.service.address, "aud": [client.client_id]}

    def get_encode_header(self, _client: Client) -> dict[str, Any]:
        """Return which key signs it."""
        return {"alg": "RS256", "kid": self.service.keys[-1].kid}

    def resolve_client_private_key(self, _client: Client) -> RSAKey:
        """Return the newest key."""
        return self.service.keys[-1]


class Tokens(JWTBearerTokenGenerator):
    """Access tokens: signed, for the registry, with the groups."""

    def __init__(self, service: Service) -> None:
        super().__init__(service.address, refresh_token_generator=lambda *_, **__: secrets.token_urlsafe(24))
        self.service = service

    def get_jwks(self) -> RSAKey:
        """Return the newest key."""
        return self.service.keys[-1]

    def get_audiences(self, _client: Client, _user: Person | None, _scope: str) -> list[str]:
        """Return whom the token is for."""
        return [CLIENT]

    def get_extra_claims(
        self, client: Client, _grant_type: str, user: Person | None, _scope: str
    ) -> dict[str, Any]:
        """Return what the registry reads, as Keycloak says it."""
        if user is not None:
            return {**user.claims(), "typ": "Bearer"}
        account = f"service-account-{client.client_id}"
        return {"preferred_username": account, "azp": client.client_id, "typ": "Bearer"}
