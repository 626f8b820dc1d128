"""What the issuer signs: its keys, kept and read again where it has new ones, and whom its tokens stand for."""

from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import Any

import requests
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from joserfc.jwt import JWTClaimsRegistry

from identity import outside
from identity.errors import Unidentified
from model.authors import Author
from model.registry import registry
from settings import Settings

ALGORITHMS = ["RS256"]
_LEEWAY_S = 30
_PATIENCE_S = 5
#: strangers who make up keys do not make us ask for keys more often
AGAIN = timedelta(seconds=10)
_KEPT_S = 3600
_SERVICE = "service-account-"


@dataclass
class Issuer:
    """One issuer: what it says of itself, and its keys."""

    address: str
    verify: str | bool = True
    _metadata: dict[str, Any] = field(default_factory=dict)
    _keys: KeySet | None = None
    _read_s: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def metadata(self) -> dict[str, Any]:
        """Return what the issuer says of itself.

        Raises:
            Unidentified: it does not answer, or is another one.
        """
        if not self._metadata:
            found = self._get(f"{self.address}/.well-known/openid-configuration")
            if str(found.get("issuer", "")).rstrip("/") != self.address:
                raise Unidentified("The login service says that it is another one.")
            self._metadata = found
        return self._metadata

    def claims(self, token: str, now_s: float) -> dict[str, Any]:
        """Return the claims of a token that the issuer signed, whoever it is for.

        Raises:
            Unidentified: it did not sign it so.
        """
        known = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            try:
                return jwt.decode(token, self._keys_at(now_s), registry=known).claims
            except InvalidKeyIdError:
                return jwt.decode(token, self._keys_at(now_s, is_new=True), registry=known).claims
        except (JoseError, ValueError) as error:
            raise Unidentified("This token was not signed by the login service.", is_token=True) from error

    def _keys_at(self, now_s: float, *, is_new: bool = False) -> KeySet:
        with self._lock:
            age = now_s - self._read_s
            if self._keys is None or age > _KEPT_S or (is_new and age > AGAIN.total_seconds()):
                self._keys = KeySet.import_key_set(self._get(self.metadata()["jwks_uri"]))
                self._read_s = now_s
            return self._keys

    def _get(self, address: str) -> Any:
        try:
            answer = requests.get(address, timeout=_PATIENCE_S, verify=self.verify)
            answer.raise_for_status()
            return answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Unidentified("The login service does not answer; try again in a moment.") from error


_known: dict[str, Issuer] = {}


def issuer(how: Settings) -> Issuer:
    """Return the issuer that this process knows."""
    return _known.setdefault(how.oidc_issuer, Issuer(how.oidc_issuer, how.oidc_ca_file or True))


def asked(token: str, how: Settings) -> Author:
    """Return whom a bearer token of the issuer stands for.

    Raises:
        Unidentified: it is forged, expired, or for somebody else.
    """
    now_s = registry().clock().timestamp()
    claims = issuer(how).claims(token, now_s)
    require(claims, how.oidc_issuer, how.bearer_audience, now_s)
    if claims.get("typ") == "ID" or "nonce" in claims or "at_hash" in claims:
        raise Unidentified("This is the token of a login, not one to ask with.", is_token=True)
    return author(claims, how)


def require(claims: dict[str, Any], address: str, audience: str, now_s: float) -> None:
    """Let through claims of an issuer for an audience that hold now.

    Raises:
        Unidentified: they do not.
    """
    essential: Any = {
        "iss": {"essential": True, "values": [address, f"{address}/"]},
        "aud": {"essential": True, "value": audience},
        "exp": {"essential": True},
        "sub": {"essential": True},
    }
    try:
        JWTClaimsRegistry(now=int(now_s), leeway=_LEEWAY_S, **essential).validate(claims)
    except JoseError as error:
        said = str(error).removesuffix(".")
        raise Unidentified(f"This token does not hold here: {said}.", is_token=True) from error


def author(claims: dict[str, Any], how: Settings) -> Author:
    """Return whom claims tell of: a person by name, a program by its account.

    Raises:
        Unidentified: they name nobody.
    """
    found = _groups(claims, how.oidc_groups_claim)
    account = str(claims.get("preferred_username") or claims["sub"])
    if account.startswith(_SERVICE) or not (claims.get("preferred_username") or claims.get("email")):
        client = str(claims.get("azp") or claims.get("client_id") or account.removeprefix(_SERVICE))
        return outside.program(client, found)
    name = str(claims.get(how.oidc_name_claim) or account)
    if how.oidc_name_claim == "email" and claims.get("email_verified") is False:
        raise Unidentified("Your e-mail address is not verified at the login service.")
    return outside.person(name, found, str(claims.get("name") or ""))


def _groups(claims: Any, path: str) -> list[str]:
    for step in path.split("."):
        claims = claims.get(step) if isinstance(claims, dict) else None
    listed = claims.split(",") if isinstance(claims, str) else claims
    return [str(each) for each in listed] if isinstance(listed, list) else []
