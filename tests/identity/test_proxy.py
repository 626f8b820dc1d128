"""Behind a proxy its headers say who asks, where it proves itself."""

import logging
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import ValidationError

from model.registry import Registry
from settings import Settings
from tests.identity import edits
from tests.identity.conftest import SECRET, Told

CERTIFIERS = "cms-dqm-runregistry-offline-tracker-certifiers"
PERSON = {"email": "jane.doe@example.org", "egroups": f"zh, {CERTIFIERS}", "displayname": "Jane Doe"}
PROVEN = {**PERSON, "X-Proxy-Secret": SECRET}
PLACES = ("/", "/runs", "/_dash-layout", "/_dash-dependencies", "/api/v1/runs", "/api/v1/stream", "/api/docs/")


def test_whom_the_proxy_names_acts_with_the_groups_it_names(proxied: FlaskClient, registry: Registry) -> None:
    assert edits.say_bad(proxied, PROVEN).status_code == 200
    assert edits.last_author(registry)[:2] == ("jane.doe@example.org", True)
    refused = edits.say_bad(proxied, PROVEN, column="gem-gem")
    assert refused.status_code == 403
    assert "Jane Doe may not certify offline lumisections in gem" in refused.get_data(as_text=True)


@pytest.mark.parametrize("secret", [None, "", "guess", SECRET[:-1], f"{SECRET} ", f"{SECRET}\u00e9"])
def test_headers_without_the_secret_are_nobodys(
    proxied: FlaskClient, registry: Registry, secret: str | None
) -> None:
    before = edits.last_author(registry)
    given = PERSON if secret is None else {**PERSON, "X-Proxy-Secret": secret}
    assert edits.say_bad(proxied, given).status_code == 401
    assert edits.last_author(registry) == before


@pytest.mark.parametrize("place", PLACES)
def test_nothing_but_the_public_is_there_for_strangers(proxied: FlaskClient, place: str) -> None:
    refused = proxied.get(place)
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    assert proxied.get("/healthz").status_code == 200
    assert proxied.get("/assets/base.css", buffered=True).status_code == 200


def test_the_log_says_once_that_somebody_came_by_the_proxy(
    proxied: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "identity"):
        for _ in range(5):
            edits.say_bad(proxied, {**PERSON, "X-Proxy-Secret": "guess"})
    told = [record.getMessage() for record in caplog.records if record.name == "identity.guard"]
    assert len(told) == 1
    assert "guess" not in told[0] and SECRET not in told[0]


def test_the_header_of_local_users_means_nothing_behind_a_proxy(
    proxied: FlaskClient, registry: Registry
) -> None:
    nobody = {**PROVEN, "egroups": "zh", "X-Run-Registry-User": "b.expert"}
    assert edits.say_bad(proxied, nobody).status_code == 403
    assert edits.say_bad(proxied, {"X-Run-Registry-User": "b.expert", "email": "api@api"}).status_code == 401


@pytest.mark.parametrize(
    "name", ["ingest", "registry", "rules", "schedule", "rule:dcs@1", "program:x", "a\x07b", "x" * 300]
)
def test_nobody_takes_the_name_of_the_registry_or_of_a_rule(proxied: FlaskClient, name: str) -> None:
    assert proxied.get("/api/v1/runs", headers={**PROVEN, "email": name}).status_code == 401


def test_a_group_that_the_registry_gives_itself_is_not_brought_from_outside(
    proxied: FlaskClient, registry: Registry
) -> None:
    given = {**PROVEN, "egroups": "run-registry-operators,run-registry-importers,Run-Registry-Programs"}
    assert edits.say_bad(proxied, given).status_code == 403


def test_an_account_without_an_address_is_a_program(proxied: FlaskClient, registry: Registry) -> None:
    given = {"X-Proxy-Secret": SECRET, "id": "dqm-scripts", "egroups": CERTIFIERS}
    assert edits.say_bad(proxied, given).status_code == 200
    assert edits.last_author(registry)[:2] == ("program:dqm-scripts", False)
    assert proxied.get("/api/v1/runs", headers={"X-Proxy-Secret": SECRET}).status_code == 401


def test_names_arrive_as_they_are_written(proxied: FlaskClient) -> None:
    written = "Zoë Müller".encode().decode("latin-1")
    refused = edits.say_bad(proxied, {**PROVEN, "egroups": "", "displayname": written})
    assert "Zoë Müller may not" in refused.json["detail"]


def test_the_header_of_the_secret_has_the_name_that_was_set(told: Told) -> None:
    client = told(auth="proxy", proxy_secret=SECRET, proxy_secret_header="X-CMS-Proxy")
    assert client.get("/api/v1/runs", headers={**PERSON, "X-CMS-Proxy": SECRET}).status_code == 200
    assert client.get("/api/v1/runs", headers=PROVEN).status_code == 401


@pytest.mark.parametrize("words", [{}, {"proxy_secret": "short"}])
def test_a_registry_behind_a_proxy_does_not_start_without_a_secret(words: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="PROXY_SECRET of at least 16"):
        Settings(auth="proxy", **words)


def test_the_secret_is_never_shown(proxied: FlaskClient) -> None:
    assert SECRET not in repr(Settings(auth="proxy", proxy_secret=SECRET))
