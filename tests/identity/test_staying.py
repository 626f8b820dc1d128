"""What a stream rests on goes with its connection to the process that holds it."""

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from api import stream
from model import logins
from model.authors import Author
from model.commands.tokens import make_token
from model.registry import Registry
from tests.identity.conftest import Told

_EXPERT = Author("b.expert", groups=frozenset({"cms-dqm-runregistry-experts"}))
_OIDC = {
    "auth": "oidc",
    "public_url": "http://localhost",
    "oidc_issuer": "https://issuer.example",
    "oidc_client_id": "run-registry",
    "oidc_client_secret": "what both know",
}


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Take over what is given away."""
    found: list[Any] = []

    def take(_client: object, wanted: dict[str, Any], _address: str) -> bool:
        found.append(wanted["stay"])
        return True

    monkeypatch.setattr(stream, "_hand_over", take)
    return found


def _listen(client: FlaskClient, where: str = "stream", **headers: str) -> None:
    given = {"gunicorn.socket": object()}
    answer = client.get(f"/api/v1/{where}", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1", **given})
    assert answer.status_code == 204, answer.text


def test_a_stream_rests_on_the_login_that_asked_for_it(
    told: Told, registry: Registry, handed: list[Any]
) -> None:
    client, key = told(**_OIDC, session_s=600, session_groups_s=300), "a key"
    now = registry.clock()
    began = now - timedelta(seconds=500)
    login = logins.Login(logins.id_of(key), "jane", "Jane", (), "jane", began, now, now, now, b"")
    with registry.database.writing() as connection:
        logins.begin(connection, login)
    with client.session_transaction() as kept:
        kept["login"] = key
    _listen(client)
    (stay,) = handed
    assert (stay["login"], stay["token"]) == (logins.id_of(key).hex(), "")
    assert 95 <= stay["for_s"] <= 100, "the session ends before its groups are read again"


@pytest.mark.parametrize("where", ["stream", "stream?events=1"])
def test_a_stream_rests_on_the_token_that_asked_for_it(
    proxied: FlaskClient, registry: Registry, handed: list[Any], where: str
) -> None:
    with registry.writing() as tx:
        token = make_token(tx, "dqm-ml", _EXPERT, days=1)
    _listen(proxied, where, Authorization=f"Bearer {token}")
    assert handed == [{"for_s": 300.0, "login": "", "token": "dqm-ml"}]


def test_a_stream_of_a_local_user_is_asked_anew_too(told: Told, handed: list[Any]) -> None:
    _listen(told(session_groups_s=60), **{"X-Run-Registry-User": "r.reader"})
    assert handed == [{"for_s": 60.0, "login": "", "token": ""}]
