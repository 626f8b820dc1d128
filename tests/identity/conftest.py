"""The real server over a small registry, told each time how it knows people."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from identity import guard, here
from model import registry as room
from model.cache import Cache
from model.clock import SettableClock
from model.db import Database
from model.golden.golden import GoldenRoom
from model.registry import Registry
from settings import Settings
from tests.model import world
from tests.provision.stories import once

SECRET = "what only the proxy knows"
Told = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Give the one server of this process; `app` makes it when it is imported, from the environment."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DATA_DIR", str(tmp_path_factory.mktemp("app")))
        environment.delenv("DATABASE_URL", raising=False)
        from app import server

    server.test_client().get("/_dash-layout")
    return server


@pytest.fixture
def registry(server: Flask, database: Database) -> Iterator[Registry]:
    """Put a registry with one run, and a prompt dataset of it, where doors look for it."""
    found = _told(Registry(database, GoldenRoom(Cache()), SettableClock(world.START)))
    before = room.registry()
    room.use(found)
    yield found
    room.use(before)


@once
def _told(found: Registry) -> Registry:
    world.report_run(found)
    world.create_dataset(found)
    return found


@pytest.fixture
def told(server: Flask, registry: Registry, monkeypatch: pytest.MonkeyPatch) -> Told:
    """Give a function that opens a client of a server with these settings."""
    monkeypatch.setattr(guard, "_said", set())

    def tell(**words: Any) -> FlaskClient:
        monkeypatch.setitem(server.config, here.SETTINGS, Settings(**words))
        return server.test_client()

    return tell


@pytest.fixture
def proxied(told: Told, tmp_path: Path) -> FlaskClient:
    """Give a client of a registry behind a proxy."""
    return told(auth="proxy", proxy_secret=SECRET)
