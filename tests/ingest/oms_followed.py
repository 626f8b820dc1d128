"""A registry that follows a stand-in of OMS over HTTP, and what it has read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.oms.follow import Follower
from model.commands.runs import move_run
from model.queries import datasets, feeds, runs
from model.registry import Registry
from simulators.oms.server import Oms
from tests.ingest.oms_world import follow, opened
from tests.model import world
from tests.model.world import SHIFTER
from tests.simulators import oms_world
from tests.simulators.oms_world import serving


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with opened(tmp_path / "registry.sqlite") as found:
        yield found


@pytest.fixture
def oms() -> Iterator[Oms]:
    with serving(oms_world.two_runs()) as server:
        yield server


@pytest.fixture
def who(registry: Registry, oms: Oms) -> Follower:
    return follow(registry, oms)


def lumisections(registry: Registry, run_number: int) -> Any:
    with registry.reading() as connection:
        return datasets.lumisections(connection, run_number)


def run(registry: Registry, run_number: int) -> Any:
    with registry.reading() as connection:
        return runs.run(connection, run_number)


def refusals(registry: Registry) -> list[str]:
    with registry.reading() as connection:
        return [each.reason for each in feeds.refusals(connection, "OMS")]


def sign_off(registry: Registry, run_number: int) -> None:
    with registry.reading() as connection:
        last = datasets.lumisections(connection, run_number)[-1].last
        columns = datasets.certifiable(connection, "online")
    world.give(registry, SHIFTER, columns, [(1, last)], "GOOD", dataset="online", run_number=run_number)
    with registry.writing() as tx:
        move_run(tx, run_number, "OPEN", "SIGNOFF", SHIFTER)
