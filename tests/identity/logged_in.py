"""A login service beside the registry, and a client of a server where people log in by it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from model import registry as room
from model.clock import SettableClock
from model.identity_tables import login_session
from model.registry import Registry
from simulators.login.people import CLIENT, SECRET
from simulators.login.service import Service
from tests.identity import provider
from tests.identity.conftest import Told

MINUTE = timedelta(minutes=1)
#: what a browser says with each write of a page of ours
PAGE = {"Origin": provider.PUBLIC}


@pytest.fixture(scope="module")
def serving() -> Iterator[Service]:
    with provider.serving() as service:
        yield service


@pytest.fixture
def service(serving: Service, registry: Registry) -> Iterator[Service]:
    """Give the login service, with the clock of the registry at its time."""
    clock = registry.clock
    assert isinstance(clock, SettableClock)
    clock.at = datetime.now(UTC)
    groups = {name: list(person.groups) for name, person in serving.people.items()}
    yield serving
    for name, before in groups.items():
        serving.people[name].groups = before


@pytest.fixture
def client(told: Told, service: Service) -> FlaskClient:
    return told(**words_of(service))


def words_of(service: Service) -> dict[str, Any]:
    return {
        "auth": "oidc",
        "public_url": provider.PUBLIC,
        "oidc_issuer": service.address,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
    }


def later(span: timedelta) -> None:
    clock = room.registry().clock
    assert isinstance(clock, SettableClock)
    clock.at += span


def sessions(registry: Registry) -> int:
    with registry.reading() as connection:
        return len(list(connection.execute(select(login_session))))
