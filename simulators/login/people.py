"""Who can log in, which clients there are, and what is given to them."""

import secrets
import time
from dataclasses import dataclass, field
from typing import Any

_CERN = "cms-dqm-runregistry"
#: illustrative: nobody of these names works at CMS
PEOPLE = {
    "jane": ("Jane Doe", [f"{_CERN}-offline-tracker-certifiers", "zh"]),
    "ada": ("Ada Expert", [f"{_CERN}-experts", "cms-dqm-oncall"]),
    "rob": ("Rob Reader", ["zh"]),
}
CLIENT, SECRET = "run-registry", "what the registry and the login service know"
#: an account of a program, with its secret
PROGRAM, PROGRAM_SECRET = "dqm-ml", "what the program and the login service know"


@dataclass
class Person:
    """Somebody who can log in."""

    name: str
    full_name: str
    groups: list[str]

    def get_user_id(self) -> str:
        """Return what the tokens call the person."""
        return f"id-of-{self.name}"

    def claims(self) -> dict[str, Any]:
        """Return what the service tells of the person."""
        return {
            "sub": self.get_user_id(),
            "preferred_username": self.name,
            "email": f"{self.name}@example.org",
            "email_verified": True,
            "name": self.full_name,
            "cern_roles": list(self.groups),
        }


@dataclass
class Client:
    """The registry, or a program."""

    client_id: str
    secret: str
    returns_to: str = ""
    grants: tuple[str, ...] = ("authorization_code", "refresh_token")
    scope: str = "openid profile email"

    def get_client_id(self) -> str:
        """Return its name."""
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        """Return where its people come back to."""
        return self.returns_to

    def get_allowed_scope(self, scope: str) -> str:
        """Return which of the scopes it gets."""
        return " ".join(s for s in (scope or "").split() if s in self.scope.split())

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Tell whether people may be sent there."""
        return redirect_uri == self.returns_to

    def check_client_secret(self, client_secret: str) -> bool:
        """Tell whether it is the client."""
        return secrets.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """Tell whether it may show its secret so."""
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        """Tell whether it may ask for this."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Tell whether it may have tokens so."""
        return grant_type in self.grants


@dataclass
class Code:
    """A code that is exchanged once."""

    code: str
    person: Person
    redirect_uri: str
    scope: str
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    auth_time: int = field(default_factory=lambda: int(time.time()))

    def get_redirect_uri(self) -> str:
        """Return where it was sent."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return what it is for."""
        return self.scope

    def get_nonce(self) -> str | None:
        """Return what the registry made up for this login."""
        return self.nonce

    def get_auth_time(self) -> int:
        """Return when the person logged in."""
        return self.auth_time

    def get_acr(self) -> None:
        """Return nothing: there is one way to log in."""

    def get_amr(self) -> None:
        """Return nothing: there is one way to log in."""


@dataclass
class Refresh:
    """A refresh token that is used once."""

    person: Person
    client: Client
    scope: str

    def check_client(self, client: Client) -> bool:
        """Tell whether it is this client's."""
        return client is self.client

    def get_scope(self) -> str:
        """Return what it is for."""
        return self.scope
