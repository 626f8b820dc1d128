"""How long a login lasts: while one is in the groups, is not silent for long, and has not logged out."""

from datetime import timedelta

import pytest
import requests
from flask.testing import FlaskClient

from model.registry import Registry
from simulators.login.service import Service
from tests.identity import edits, provider
from tests.identity.conftest import Told
from tests.identity.logged_in import MINUTE, PAGE, client, later, service, serving, sessions, words_of

__all__ = ["client", "service", "serving"]


def test_leaving_a_group_ends_the_right(client: FlaskClient, service: Service) -> None:
    provider.log_in(client, "jane")
    assert edits.say_bad(client, PAGE).status_code == 200
    service.people["jane"].groups = ["zh"]
    assert edits.say_bad(client, PAGE).status_code == 200
    later(6 * MINUTE)
    assert edits.say_bad(client, PAGE).status_code == 403
    service.people["jane"].groups = ["cms-dqm-runregistry-experts"]
    later(6 * MINUTE)
    assert edits.say_bad(client, PAGE).status_code == 200


def test_whom_the_login_service_has_ended_is_out(client: FlaskClient, service: Service) -> None:
    provider.log_in(client, "jane")
    service.refresh.clear()
    assert client.get("/api/v1/runs").status_code == 200
    later(6 * MINUTE)
    refused = client.get("/api/v1/runs")
    assert (refused.status_code, refused.json["detail"][:40]) == (
        401,
        "The login service ended your session: lo",
    )


def test_a_login_service_that_is_away_for_a_moment_throws_nobody_out(
    client: FlaskClient, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.log_in(client, "jane")
    monkeypatch.setattr("identity.oidc._refreshed", _away)
    statuses = []
    for _ in range(6):
        later(6 * MINUTE)
        statuses.append(client.get("/api/v1/runs").status_code)
    assert statuses == [200, 200, 200, 401, 401, 401]
    assert (sessions(registry), edits.say_bad(client, PAGE).status_code) == (0, 401)


def _away(*words_of: object) -> dict[str, str]:
    raise requests.ConnectionError


def test_a_session_ends_with_silence_and_an_open_page_is_silent(client: FlaskClient) -> None:
    provider.log_in(client, "jane")
    for _ in range(3):
        later(timedelta(hours=3))
        assert client.get("/api/v1/runs").status_code == 200
    for _ in range(3):
        later(timedelta(hours=1, minutes=30))
        last = client.get("/api/v1/version").status_code
    assert last == 401


def test_a_session_ends_with_its_time_whatever_one_does(client: FlaskClient) -> None:
    provider.log_in(client, "jane")
    statuses = []
    for _ in range(13):
        later(timedelta(hours=1))
        statuses.append(client.get("/api/v1/runs").status_code)
    assert statuses == [200] * 11 + [401, 401]


def test_who_logs_out_is_out_here_and_there(client: FlaskClient, service: Service, registry: Registry) -> None:
    provider.log_in(client, "jane")
    left = client.get("/logout")
    there = requests.get(left.headers["Location"], allow_redirects=False, timeout=5)
    assert there.headers["Location"].startswith(f"{provider.PUBLIC}/logout/done")
    assert client.get("/logout/done").status_code == 200
    assert client.get("/api/v1/runs").status_code == 401
    assert (sessions(registry), len(service.refresh)) == (0, 0)


def test_another_site_logs_nobody_out(client: FlaskClient) -> None:
    provider.log_in(client, "jane")
    client.get("/logout", headers={"Sec-Fetch-Site": "cross-site"})
    assert client.get("/api/v1/runs").status_code == 200


def test_a_cookie_that_was_copied_ends_with_its_session(
    client: FlaskClient, told: Told, service: Service
) -> None:
    provider.log_in(client, "jane")
    kept = client.get_cookie("session")
    assert kept is not None
    client.get("/logout")
    other = told(**words_of(service))
    other.set_cookie("session", kept.value)
    assert other.get("/api/v1/runs").status_code == 401
