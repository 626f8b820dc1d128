"""No secret comes into the log, whatever goes well or wrong."""

import io
import logging
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

import logs
from identity import origin
from model.registry import Registry
from model.rights import Action
from simulators.login.people import CLIENT, SECRET
from tests.identity import edits, provider
from tests.identity.conftest import SECRET as PROXY_SECRET
from tests.identity.conftest import Told
from tests.identity.test_tokens import _made, _with

#: the simulator of the login service is served in this process; Authlib's provider side writes for it
_THEIRS = ("werkzeug", "authlib.oauth2", "authlib.oidc")


class _Written:
    """All that was logged, as both forms write it."""

    def __init__(self) -> None:
        self.text, self.json = io.StringIO(), io.StringIO()

    def whole(self) -> str:
        return self.text.getvalue() + self.json.getvalue()


@pytest.fixture
def written() -> Iterator[_Written]:
    """Listen to the whole log, down to what libraries say to those who look for faults."""
    found, root = _Written(), logging.getLogger()
    handlers = [logging.StreamHandler(found.text), logging.StreamHandler(found.json)]
    handlers[0].setFormatter(logs.Text("%(name)s %(message)s"))
    handlers[1].setFormatter(logs.Line())
    for handler in handlers:
        handler.addFilter(lambda record: not record.name.startswith(_THEIRS))
        root.addHandler(handler)
    before = root.level
    root.setLevel(logging.DEBUG)
    yield found
    root.setLevel(before)
    for handler in handlers:
        root.removeHandler(handler)


def _cookies(client: FlaskClient) -> list[str]:
    kept = [client.get_cookie(name) for name in ("session", origin.COOKIE)]
    return [each.value for each in kept if each is not None]


def test_logins_leave_no_secret_in_the_log(told: Told, registry: Registry, written: _Written) -> None:
    with provider.serving() as service:
        words = {"oidc_issuer": service.address, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        client = told(auth="oidc", public_url=provider.PUBLIC, **words)
        back = provider.consent(client.get("/login").headers["Location"], "jane")
        client.get(f"{urlsplit(back).path}?{urlsplit(back).query}")
        secrets = [*parse_qs(urlsplit(back).query)["code"], *_cookies(client), SECRET]
        edits.say_bad(client, {"Origin": provider.PUBLIC})
        edits.say_bad(client, {})
        client.get(f"/login/callback?{urlsplit(back).query}")
        client.get("/logout")
    assert len(secrets) == 4 and "run-registry.request" in written.whole()
    assert not [each for each in secrets if each in written.whole()]


def test_tokens_and_the_secret_of_the_proxy_are_not_in_the_log(
    told: Told, registry: Registry, written: _Written
) -> None:
    good, bad, wrong = _made(registry, actions=[Action.EDIT_OFFLINE]), "rr_made-up-and-long", "eyJ.made.up"
    client = told(auth="proxy", proxy_secret=PROXY_SECRET)
    for token in (good, bad, wrong):
        edits.say_bad(client, _with(token))
        client.get(f"/metrics?token={token}", headers=_with(token))
        client.get(f"/api/v1/nothing?access_token={token}", headers=_with(good))
    client.get("/", headers={"X-Proxy-Secret": PROXY_SECRET, "email": "jane"})
    client.get("/", headers={"X-Proxy-Secret": f"{PROXY_SECRET}?", "email": "jane"})
    assert "run-registry.request" in written.whole()
    assert not [each for each in (good, bad, wrong, PROXY_SECRET) if each in written.whole()]
