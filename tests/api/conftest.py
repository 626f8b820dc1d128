"""A small registry behind the HTTP doors, on either kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from flask_openapi3.openapi import OpenAPI

from model.cache import Cache
from model.clock import SettableClock
from model.commands.documents import set_label
from model.commands.rules import set_rule
from model.db import Database
from model.golden.golden import GoldenRoom
from model.registry import Registry, use
from model.registry import registry as put_together
from model.rulebook.texts import RuleText
from tests.api.conforming import Conforming
from tests.model import world
from tests.provision.stories import once

PIXEL = "tracker-pixel"
LOGIC = {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]}


@pytest.fixture
def registry(database: Database) -> Registry:
    """Tell: one run, a prompt and an express dataset, a rule, a label, one BAD lumisection."""
    return _told(Registry(database, GoldenRoom(Cache()), SettableClock(world.START)))


@once
def _told(found: Registry) -> Registry:
    world.report_run(found)
    world.create_dataset(found)
    world.create_dataset(found, world.EXPRESS)
    world.give(found, world.TRACKER, PIXEL, [(1, 10)], "GOOD")
    with found.writing() as tx:
        set_rule(tx, "golden", RuleText(LOGIC, "bad", "what is good"), world.EXPERT)
        set_label(tx, "call-1", world.EXPERT)
    world.give(found, world.TRACKER, PIXEL, [(4, 5)], "BAD")
    return found


@pytest.fixture
def client(registry: Registry, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FlaskClient]:
    """Give the application's own server, its registry the small one."""
    import settings

    monkeypatch.setattr(settings, "load", lambda: settings.Settings(data_dir=tmp_path))
    import app

    before = put_together()
    use(registry)
    server: OpenAPI = app.server  # type: ignore[assignment]  # create_server says Flask
    monkeypatch.setattr(server, "test_client_class", Conforming)
    with server.test_client() as found:
        yield found
    use(before)
