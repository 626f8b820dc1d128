"""Local users are for the machine itself, and for nobody behind a proxy."""

import pytest
from pydantic import ValidationError

from model.registry import Registry
from settings import Settings
from tests.identity import edits
from tests.identity.conftest import Told

CERTIFIER = {"X-Run-Registry-User": "t.certifier"}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "registry.example"])
def test_a_registry_of_local_users_does_not_start_where_others_reach_it(host: str) -> None:
    with pytest.raises(ValidationError, match="AUTH=local lets everybody in"):
        Settings(host=host)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_it_starts_for_the_machine_itself(host: str) -> None:
    assert Settings(host=host).auth == "local"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP"])
def test_a_local_user_is_nobody_where_a_proxy_has_been(told: Told, header: str) -> None:
    client = told()
    assert edits.say_bad(client, CERTIFIER).status_code == 200
    refused = edits.say_bad(client, {**CERTIFIER, header: "127.0.0.1"})
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    assert "A proxy stands before this registry" in refused.json["detail"]


@pytest.mark.parametrize("name", ["registry.example", "10.0.0.1:8050", "localhost.example"])
def test_a_name_of_elsewhere_that_leads_here_is_not_this_machine(told: Told, name: str) -> None:
    client = told()
    assert client.get("/api/v1/runs", headers={"Host": name}).status_code == 401
    assert client.get("/api/v1/runs", headers={"Host": "127.0.0.1:8050"}).status_code == 200
    assert client.get("/api/v1/runs", headers={"Host": "[::1]:8050"}).status_code == 200


def test_a_connection_from_elsewhere_is_not_this_machine(told: Told) -> None:
    there = {"REMOTE_ADDR": "192.0.2.7"}
    assert told().get("/api/v1/runs", environ_overrides=there).status_code == 401
    assert told().get("/healthz", environ_overrides=there).status_code == 200


def test_the_published_client_may_do_what_its_functions_do(told: Told, registry: Registry) -> None:
    assert edits.say_bad(told(), {"email": "api@api"}).status_code == 200
    assert edits.last_author(registry)[:2] == ("api@api", True)


def test_a_name_that_is_no_local_user_writes_nothing(told: Told, registry: Registry) -> None:
    before = edits.last_author(registry)
    assert edits.say_bad(told(), {"email": "zorro@example.org"}).status_code == 403
    assert edits.last_author(registry) == before
