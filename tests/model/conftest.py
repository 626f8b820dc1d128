"""A migrated database of either kind, and a registry on it with a clock of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from model.cache import Cache
from model.clock import SettableClock
from model.db import Database
from model.golden.golden import GoldenRoom
from model.registry import Registry
from tests.model.world import START
from tests.provision import stores


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(START)


@pytest.fixture
def registry(database: Database, clock: SettableClock) -> Registry:
    return Registry(database, GoldenRoom(Cache()), clock)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Database]:
    """Give an empty, migrated database to rebuild into."""
    found = stores.sqlite(tmp_path / "another.sqlite")
    yield found
    found.dispose()
