"""No other site writes in somebody's name: the session, its token, and where a browser says it comes from."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from identity import origin
from model.registry import Registry
from model.rights import Action
from simulators.login.people import CLIENT, SECRET
from tests.identity import edits, provider
from tests.identity.conftest import Told
from tests.identity.test_tokens import _made, _with
from tests.model import world

OURS, THEIRS = "http://localhost", "https://elsewhere.example"
METHODS = ("POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def session(told: Told, registry: Registry) -> FlaskClient:
    """Give the browser of a certifier who chose the own name in the header of the page."""
    client = told()
    with client.session_transaction() as kept:
        kept["user"] = "t.certifier"
    client.get("/")
    return client


def _token(client: FlaskClient) -> str:
    cookie = client.get_cookie(origin.COOKIE)
    assert cookie is not None
    return str(cookie.value)


def _code(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_a_session_alone_writes_nothing(session: FlaskClient, registry: Registry) -> None:
    before = world.now(registry)
    assert _code(edits.say_bad(session, {})) == (403, "forbidden")
    assert world.now(registry) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": THEIRS},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": "http://localhost.elsewhere.example"},
        {"Origin": "http://localhost:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": OURS, "Sec-Fetch-Site": "cross-site"},
        {origin.HEADER: "0" * 64},
        {origin.HEADER: "é"},
    ],
)
def test_a_session_with_a_sign_of_another_site_or_none_of_ours_writes_nothing(
    session: FlaskClient, registry: Registry, headers: dict[str, str]
) -> None:
    before = world.now(registry)
    assert _code(edits.say_bad(session, headers)) == (403, "forbidden")
    assert world.now(registry) == before


@pytest.mark.parametrize("headers", [{"Origin": OURS}, {"Sec-Fetch-Site": "same-origin"}, {}])
def test_a_page_of_ours_writes(session: FlaskClient, registry: Registry, headers: dict[str, str]) -> None:
    own = headers or {origin.HEADER: _token(session)}
    assert edits.say_bad(session, own).status_code == 200
    assert edits.last_author(registry)[0] == "t.certifier"


def test_a_good_token_does_not_help_another_site(session: FlaskClient) -> None:
    headers = {origin.HEADER: _token(session), "Origin": THEIRS}
    assert edits.say_bad(session, headers).status_code == 403


def test_the_token_of_one_session_is_none_of_another(session: FlaskClient) -> None:
    with session.session_transaction() as kept:
        kept["user"] = "d.coordinator"
    assert edits.say_bad(session, {origin.HEADER: _token(session)}).status_code == 403


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "place", ["/api/v1/verdicts", "/_dash-update-component", "/lumisections/edit_rr_lumisections"]
)
def test_every_way_to_write_asks_where_it_comes_from(session: FlaskClient, method: str, place: str) -> None:
    answer = session.open(place, method=method, json={}, headers={"Origin": THEIRS})
    assert answer.status_code == 403
    assert f"{THEIRS} is not this registry." in answer.get_data(as_text=True)


def test_a_program_without_a_session_needs_no_token_of_a_page(told: Told, registry: Registry) -> None:
    assert edits.say_bad(told(), {"X-Run-Registry-User": "t.certifier"}).status_code == 200


def test_only_a_verified_token_of_a_program_spares_the_question(
    session: FlaskClient, registry: Registry
) -> None:
    good = _with(_made(registry, actions=[Action.EDIT_OFFLINE]))
    assert edits.say_bad(session, {**good, "Origin": THEIRS}).status_code == 200
    made_up = _with("rr_made-up")
    assert edits.say_bad(session, {**made_up, "Origin": OURS}).status_code == 401


def test_who_logged_in_writes_from_our_pages_only_and_loses_the_token_with_the_session(
    told: Told, registry: Registry
) -> None:
    with provider.serving() as service:
        client = told(
            auth="oidc",
            public_url=provider.PUBLIC,
            oidc_issuer=service.address,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
        )
        provider.log_in(client, "jane")
        assert edits.say_bad(client, {}).status_code == 403
        assert edits.say_bad(client, {origin.HEADER: _token(client)}).status_code != 403
        assert edits.say_bad(client, {"Origin": THEIRS}).status_code == 403
        client.get("/logout")
        assert client.get_cookie(origin.COOKIE) is None


def test_behind_https_a_page_that_came_over_http_is_another_site(told: Told, registry: Registry) -> None:
    client = told(public_url="https://registry.example")
    by = {"X-Run-Registry-User": "t.certifier"}
    assert edits.say_bad(client, {**by, "Origin": "http://localhost"}).status_code == 403
    assert edits.say_bad(client, {**by, "Origin": "https://registry.example"}).status_code == 200
