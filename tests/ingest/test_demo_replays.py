"""A replay that was broken off leaves a run that nobody could sign off: the next start ends it."""

import pytest

from ingest.demo.replays import end_replays
from model.cache import Cache
from model.commands.runs import move_run
from model.db import Database
from model.errors import NotOpen
from model.golden.golden import GoldenRoom
from model.queries.runs import run
from model.registry import Registry
from tests.model import world

REPLAYED, LIVE = world.RUN + 1, world.RUN + 2
BEGAN = "2024-05-20T12:00:00Z"


@pytest.fixture
def registry(database: Database) -> Registry:
    return Registry(database, GoldenRoom(Cache()))


def _ends(registry: Registry, number: int) -> str | None:
    with registry.reading() as connection:
        return run(connection, number).upstream["end_time"]


def _sign_off(registry: Registry) -> None:
    with registry.writing() as tx:
        move_run(tx, REPLAYED, "OPEN", "SIGNOFF", world.SHIFTER)


def test_a_replayed_run_that_nobody_plays_has_ended_and_is_signed_off(registry: Registry) -> None:
    world.report_run(
        registry, REPLAYED, start_time=BEGAN, end_time=None, trigger_mode=f"replay of run {world.RUN}"
    )
    world.report_run(registry, LIVE, start_time=BEGAN, end_time=None)
    with pytest.raises(NotOpen, match="still going on"):
        _sign_off(registry)
    assert end_replays(registry.database) == 1
    assert _ends(registry, REPLAYED) == "2024-05-20T12:03:53.100000Z" and _ends(registry, LIVE) is None
    with pytest.raises(NotOpen, match="undecided|nobody"):
        _sign_off(registry)
    assert end_replays(registry.database) == 0
