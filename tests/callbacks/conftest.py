"""The real application in this process, over a small registry that each test has to itself."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from dash._callback_context import context_value
from dash._utils import AttributeDict
from flask import Flask

from identity import here
from model import registry as room
from model.registry import Registry
from tests.browser import small
from tests.provision.stories import once

Asking = Callable[..., AbstractContextManager[Any]]


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
def small_registry(server: Flask, tmp_path: Path) -> Iterator[Registry]:
    """Give a small registry, put where the callbacks look for it."""
    before = room.registry()
    registry = small.opened(tmp_path / "registry.sqlite")
    _two_runs(registry)
    room.use(registry)
    yield registry
    room.use(before)
    registry.database.dispose()


@once
def _two_runs(registry: Registry) -> Registry:
    small.build(registry, (60, 80))
    return registry


@pytest.fixture
def asking(server: Flask, small_registry: Registry) -> Asking:
    """Give a request context of somebody."""
    return lambda name="a.shifter": server.test_request_context("/", headers={here.HEADER: name})


@pytest.fixture
def triggered_by() -> Iterator[Callable[..., None]]:
    """Give a function that says which properties called the callback."""
    tokens = []

    def say(*props: str) -> None:
        inputs = [{"prop_id": prop, "value": 1} for prop in props]
        tokens.append(context_value.set(AttributeDict(triggered_inputs=inputs)))

    yield say
    for token in reversed(tokens):
        context_value.reset(token)
