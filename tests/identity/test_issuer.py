"""Bearer tokens of the issuer: taken where it signed them for this registry and they hold, and never else."""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from identity import issuer
from model.clock import SettableClock
from model.registry import Registry
from tests.identity import edits
from tests.identity.conftest import SECRET, Told

ISSUER = "https://login.example/realms/cms"
AUDIENCE = "run-registry"
CERTIFIERS = "cms-dqm-runregistry-offline-tracker-certifiers"


class _Signer:
    """An issuer that answers with its metadata and keys; `asked` counts how often it gave its keys."""

    def __init__(self) -> None:
        self.keys = [RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})]
        self.asked = 0
        self.calls_itself = ISSUER

    def get(self, address: str, **_words: Any) -> requests.Response:
        answer = requests.Response()
        answer.status_code = 200
        said: Mapping[str, Any] = {"issuer": self.calls_itself, "jwks_uri": f"{ISSUER}/certs"}
        if address.endswith("/certs"):
            self.asked += 1
            said = KeySet(list(self.keys)).as_dict(private=False)
        answer._content = json.dumps(said).encode()
        return answer

    def sign(self, claims: Mapping[str, Any], key: RSAKey | None = None, **header: Any) -> str:
        key = key or self.keys[-1]
        return jwt.encode({"alg": "RS256", "kid": key.kid, **header}, dict(claims), key)


@pytest.fixture
def signer(monkeypatch: pytest.MonkeyPatch) -> _Signer:
    found = _Signer()
    monkeypatch.setattr(issuer, "requests", _Requests(found))
    monkeypatch.setattr(issuer, "_known", {})
    return found


class _Requests:
    RequestException = requests.RequestException

    def __init__(self, signer: _Signer) -> None:
        self.get = signer.get


@pytest.fixture
def client(told: Told, signer: _Signer) -> FlaskClient:
    words = {"oidc_issuer": ISSUER, "oidc_audience": AUDIENCE, "oidc_groups_claim": "cern_roles"}
    return told(auth="proxy", proxy_secret=SECRET, **words)


@pytest.fixture
def claims(registry: Registry) -> dict[str, Any]:
    now = int(registry.clock().timestamp())
    return {
        "iss": ISSUER,
        "aud": [AUDIENCE, "account"],
        "sub": "1234",
        "iat": now,
        "exp": now + 300,
        "preferred_username": "jdoe",
        "email": "jane.doe@example.org",
        "name": "Jane Doe",
        "cern_roles": [CERTIFIERS],
        "typ": "Bearer",
    }


def _packed(told: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip("=")


def _with(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_person_acts_with_the_groups_in_the_token(
    client: FlaskClient, registry: Registry, signer: _Signer, claims: dict[str, Any]
) -> None:
    assert edits.say_bad(client, _with(signer.sign(claims))).status_code == 200
    assert edits.last_author(registry)[:2] == ("jane.doe@example.org", True)
    assert edits.say_bad(client, _with(signer.sign({**claims, "cern_roles": []}))).status_code == 403


def test_a_service_account_is_a_program(
    client: FlaskClient, registry: Registry, signer: _Signer, claims: dict[str, Any]
) -> None:
    machine = {**claims, "preferred_username": "service-account-dqm-ml", "azp": "dqm-ml"}
    assert edits.say_bad(client, _with(signer.sign(machine))).status_code == 200
    assert edits.last_author(registry)[:2] == ("program:dqm-ml", False)


@pytest.mark.parametrize(
    "lie",
    [
        {"exp": 0},
        {"exp": None},
        {"exp": "never"},
        {"nbf": 4_000_000_000},
        {"iat": 4_000_000_000},
        {"aud": "other"},
        {"aud": ["account"]},
        {"aud": None},
        {"iss": "https://login.example/realms/other"},
        {"iss": None},
        {"sub": None},
        {"typ": "ID"},
        {"nonce": "n"},
        {"email_verified": False},
        {"email": "rule:dcs@1"},
    ],
    ids=str,
)
def test_claims_that_do_not_hold_here_write_nothing(
    client: FlaskClient, registry: Registry, signer: _Signer, claims: dict[str, Any], lie: dict[str, Any]
) -> None:
    before = edits.last_author(registry)
    told = {k: v for k, v in {**claims, **lie}.items() if v is not None}
    assert edits.say_bad(client, _with(signer.sign(told))).status_code == 401
    assert edits.last_author(registry) == before


def test_a_token_that_nobody_signed_is_no_token(
    client: FlaskClient, registry: Registry, claims: dict[str, Any]
) -> None:
    before = edits.last_author(registry)
    for alg in ("none", "None", "RS256"):
        token = f"{_packed({'alg': alg, 'kid': 'one'})}.{_packed(claims)}."
        assert edits.say_bad(client, _with(token)).status_code == 401
    assert edits.last_author(registry) == before


def test_a_public_key_is_no_shared_secret(client: FlaskClient, signer: _Signer, claims: dict[str, Any]) -> None:
    public = signer.keys[0].as_pem(private=False)
    signed = f"{_packed({'alg': 'HS256', 'kid': 'one'})}.{_packed(claims)}"
    forged = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).decode().rstrip("=")
    assert edits.say_bad(client, _with(f"{signed}.{forged}")).status_code == 401


@pytest.mark.parametrize("header", [{}, {"kid": "one"}, {"kid": "two"}, {"jku": "https://evil.example/certs"}])
def test_a_key_of_somebody_else_signs_nothing(
    client: FlaskClient, signer: _Signer, claims: dict[str, Any], header: dict[str, str]
) -> None:
    forged = signer.sign(claims, RSAKey.generate_key(2048, {"kid": "one"}), **header)
    assert edits.say_bad(client, _with(forged)).status_code == 401


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c", "..", "e30.e30.", "é.é.é", "x" * 20_000, "rr_", "[1]"]
)
def test_what_is_no_token_is_refused_as_one(client: FlaskClient, token: str) -> None:
    refused = client.get("/api/v1/runs", headers=_with(token))
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    assert "token" in refused.json["detail"]


def test_keys_are_kept_and_read_again_where_the_issuer_has_new_ones(
    client: FlaskClient, signer: _Signer, claims: dict[str, Any], registry: Registry
) -> None:
    for _ in range(5):
        assert edits.say_bad(client, _with(signer.sign(claims))).status_code == 200
    assert signer.asked == 1
    signer.keys.append(RSAKey.generate_key(2048, {"kid": "two", "use": "sig"}))
    assert isinstance(registry.clock, SettableClock)
    registry.clock.at += issuer.AGAIN
    assert edits.say_bad(client, _with(signer.sign(claims))).status_code == 200
    assert signer.asked == 2


def test_made_up_keys_do_not_make_the_registry_ask_each_time(
    client: FlaskClient, signer: _Signer, claims: dict[str, Any]
) -> None:
    stranger = RSAKey.generate_key(2048, {"kid": "made-up"})
    for _ in range(5):
        assert edits.say_bad(client, _with(signer.sign(claims, stranger))).status_code == 401
    assert signer.asked == 1


def test_an_issuer_that_calls_itself_otherwise_is_not_believed(
    client: FlaskClient, signer: _Signer, claims: dict[str, Any]
) -> None:
    signer.calls_itself = "https://login.example/realms/other"
    assert edits.say_bad(client, _with(signer.sign(claims))).status_code == 401


def test_where_no_issuer_is_known_none_is_believed(told: Told, signer: _Signer, claims: dict[str, Any]) -> None:
    for words in ({}, {"auth": "proxy", "proxy_secret": SECRET}):
        assert edits.say_bad(told(**words), _with(signer.sign(claims))).status_code == 401
    assert signer.asked == 0
