"""Who logs in by OIDC: the way in, who gets none, and what is never told."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from flask.testing import FlaskClient
from pydantic import ValidationError
from sqlalchemy import select

from identity import login
from model.identity_tables import login_session
from model.registry import Registry
from settings import Settings
from simulators.login.people import CLIENT, PROGRAM, PROGRAM_SECRET
from simulators.login.service import Service
from tests.identity import edits, provider
from tests.identity.conftest import Told
from tests.identity.logged_in import MINUTE, PAGE, client, later, service, serving, sessions, words_of

__all__ = ["client", "service", "serving"]


def test_who_logs_in_comes_back_and_acts_under_the_own_name(client: FlaskClient, registry: Registry) -> None:
    back = provider.log_in(client, "jane", "/runs?where=x")
    assert (back.status_code, back.headers["Location"]) == (302, "/runs?where=x")
    assert edits.say_bad(client, PAGE).status_code == 200
    assert edits.last_author(registry)[:2] == ("jane@example.org", True)
    refused = edits.say_bad(client, PAGE, column="gem-gem")
    assert refused.status_code == 403
    assert "Jane Doe may not" in refused.get_data(as_text=True)


def test_the_way_out_proves_itself_by_pkce_state_and_nonce(client: FlaskClient) -> None:
    asked = parse_qs(urlsplit(client.get("/login").headers["Location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert all(len(asked[name][0]) >= 20 for name in ("code_challenge", "state", "nonce"))
    assert asked["redirect_uri"] == [f"{provider.PUBLIC}/login/callback"]


@pytest.mark.parametrize("place", ["/_dash-layout", "/_dash-dependencies", "/api/v1/runs", "/api/v1/stream"])
def test_scripts_and_programs_are_told_and_people_are_led_to_the_login(client: FlaskClient, place: str) -> None:
    html = {"Accept": "text/html,*/*"}
    told = client.get(place, headers=html)
    assert (told.status_code, told.mimetype, told.json["code"]) == (
        401,
        "application/problem+json",
        "unidentified",
    )
    led = client.get("/runs?where=a%20b", headers=html)
    assert (led.status_code, led.headers["Location"]) == (302, "/login?next=/runs%3Fwhere%3Da%2520b")
    assert client.post("/_dash-update-component", json={}).status_code == 401


@pytest.mark.parametrize(
    "wanted",
    [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/a\nb",
        "evil.example",
        "/logout",
        "/login?next=/",
        "http://[",
        "/" * 9000,
    ],
)
def test_nobody_is_led_elsewhere_after_the_login(wanted: str) -> None:
    assert login.place(wanted) == "/"
    assert login.place("/runs/380001?as_of=7#x") == "/runs/380001?as_of=7#x"


def test_an_answer_that_this_browser_did_not_ask_for_lets_nobody_in(
    client: FlaskClient, told: Told, service: Service, registry: Registry
) -> None:
    back = provider.consent(client.get("/login").headers["Location"], "ada")
    other = told(**words_of(service))
    for query in (urlsplit(back).query, "", "code=x&state=y", "error=access_denied", "state=<script>"):
        refused = other.get(f"/login/callback?{query}")
        assert refused.status_code == 401
        assert "script" not in refused.text
    assert sessions(registry) == 0


def test_a_code_is_good_once(client: FlaskClient, registry: Registry) -> None:
    back = urlsplit(provider.consent(client.get("/login").headers["Location"], "jane"))
    assert client.get(f"{back.path}?{back.query}").status_code == 302
    assert client.get(f"{back.path}?{back.query}").status_code == 401
    assert sessions(registry) == 1


@pytest.mark.parametrize(
    "lie",
    [{"iss": "https://evil.example"}, {"aud": ["other"]}, {"nonce": "another"}, {"exp": 1}],
    ids=str,
)
def test_an_id_token_that_lies_lets_nobody_in(
    client: FlaskClient, registry: Registry, monkeypatch: pytest.MonkeyPatch, lie: dict[str, Any]
) -> None:
    from simulators.login.people import Person

    honest = Person.claims
    monkeypatch.setattr(Person, "claims", lambda person: {**honest(person), **lie})
    assert provider.log_in(client, "ada").status_code == 401
    assert sessions(registry) == 0


def test_neither_cookie_nor_table_tells_the_tokens(client: FlaskClient, registry: Registry) -> None:
    provider.log_in(client, "jane")
    cookie = client.get_cookie("session")
    with registry.reading() as connection:
        (row,) = connection.execute(select(login_session))
    assert cookie is not None and cookie.http_only and cookie.same_site == "Lax"
    # how each token begins: three letters of it come up in a sealed one once in a hundred times
    head = "eyJhbGciOiJSUzI1"
    assert head.encode() not in bytes(row.sealed) and head not in cookie.value


@pytest.mark.parametrize("name", ["X-Run-Registry-User", "email"])
def test_headers_name_nobody_where_people_log_in(client: FlaskClient, name: str) -> None:
    assert client.get("/api/v1/runs", headers={name: "b.expert", "egroups": "x"}).status_code == 401
    provider.log_in(client, "rob")
    assert (
        edits.say_bad(client, {**PAGE, name: "api@api", "egroups": "cms-dqm-runregistry-experts"}).status_code
        == 403
    )


def test_a_program_asks_with_client_credentials(
    client: FlaskClient, service: Service, registry: Registry
) -> None:
    form = {"grant_type": "client_credentials"}
    given = requests.post(f"{service.address}/token", form, auth=(PROGRAM, PROGRAM_SECRET), timeout=5).json()
    token = {"Authorization": f"Bearer {given['access_token']}"}
    assert client.get("/api/v1/runs", headers=token).status_code == 200
    refused = edits.say_bad(client, token)
    assert (refused.status_code, "dqm-ml (program) may not" in refused.get_data(as_text=True)) == (403, True)


def test_the_service_turns_its_keys_and_logins_go_on(client: FlaskClient, service: Service) -> None:
    provider.log_in(client, "jane")
    service.turn_keys()
    later(6 * MINUTE)
    assert client.get("/api/v1/runs").status_code == 200
    assert provider.log_in(client, "jane").status_code == 302


@pytest.mark.parametrize("missing", ["public_url", "oidc_issuer", "oidc_client_id", "oidc_client_secret"])
def test_a_registry_with_logins_does_not_start_without_a_setting(service: Service, missing: str) -> None:
    words = {name: value for name, value in words_of(service).items() if name != missing}
    with pytest.raises(ValidationError, match=missing.upper()):
        Settings(**words)


@pytest.mark.parametrize(
    "address", ["http://login.example/realms/cern", "ftp://login.example", "login.example"]
)
def test_logins_do_not_go_over_plain_lines(service: Service, address: str) -> None:
    with pytest.raises(ValidationError, match="must be https, or lie on this machine"):
        Settings(**{**words_of(service), "oidc_issuer": address})


def test_the_simulator_gives_nothing_without_pkce_or_to_strangers(service: Service) -> None:
    asked = {"response_type": "code", "client_id": CLIENT, "scope": "openid", "nonce": "n", "state": "s"}
    here = {**asked, "redirect_uri": f"{provider.PUBLIC}/login/callback"}
    proof = {"code_challenge": "x" * 43, "code_challenge_method": "S256"}
    plain = {**here, **proof, "code_challenge_method": "plain"}
    for words in (here, plain, {**here, **proof, "redirect_uri": "https://evil.example/"}):
        answer = requests.post(
            f"{service.address}/auth?{urlencode(words)}", {"name": "jane"}, allow_redirects=False, timeout=5
        )
        assert "code=" not in answer.headers.get("Location", "")
