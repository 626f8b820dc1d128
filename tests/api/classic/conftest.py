"""The published client, and a server over a small registry that it speaks to."""

import itertools
from collections.abc import Iterator
from types import ModuleType

import pytest

from model.registry import Registry
from tests.browser import small
from tests.provision.server import serving

_numbers = itertools.count(small.FIRST + 100)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Give the small registry that the server serves, to add runs to."""
    registry = small.opened(tmp_path_factory.mktemp("kept") / "registry.sqlite")
    small.build(registry)
    yield registry
    registry.database.dispose()


@pytest.fixture(scope="session")
def origin(kept: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of the server."""
    with serving(kept.database.url, tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture(scope="session", params=["", "/api"], ids=["root", "under-api"])
def place(request: pytest.FixtureRequest, origin: str) -> str:
    """Give the address that the client is told, of both that there are."""
    return origin + str(request.param)


@pytest.fixture
def rr(place: str, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Give the published client, set up as its users do on their own machine."""
    import runregistry.runregistry as client

    client.setup("local")
    monkeypatch.setattr(client, "api_url", place)
    return client


@pytest.fixture
def a_run(kept: Registry) -> int:
    """Give a run of 100 lumisections that no other test touches."""
    number = next(_numbers)
    small.add_run(kept, number)
    return number
