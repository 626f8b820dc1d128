"""Reports to write down: of a small era, of a shift, and one in whose words somebody means ill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from model.cache import Cache
from model.clock import SettableClock
from model.golden.golden import GoldenRoom
from model.registry import Registry
from model.report.gather import gathered, planned
from model.report.report import Report
from model.report.scope import Asked
from tests.model import world
from tests.model.report_world import PIXEL, keep
from tests.provision import stores

HOSTILE = "<b onclick='x'>&amp;</b></style><script>alert(1)</script> {{x}} \u0000 漢字 \u0301"


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    folder: Path = tmp_path_factory.mktemp("reports")
    database = stores.sqlite(folder / "registry.sqlite")
    registry = Registry(database, GoldenRoom(Cache()), SettableClock(world.START))
    for place in range(3):
        start = f"2024-04-2{place}T08:00:00Z"
        world.report_run(registry, world.RUN + place, start_time=start, duration=3600, fill_number=9600 + place)
        world.create_dataset(registry, run_number=world.RUN + place)
        world.give(registry, world.TRACKER, PIXEL, [(1, 10)], "GOOD", run_number=world.RUN + place)
    world.report_luminosity(registry, [1234.5678] * 10, world.RUN + 1)
    world.give(registry, world.TRACKER, PIXEL, [(4, 6)], "BAD", "HV trip", run_number=world.RUN + 1)
    world.give(registry, world.TRACKER, PIXEL, [(1, 1)], "BAD", "", "=1+1 " + HOSTILE * 20)
    keep(registry)
    yield registry
    database.dispose()


def report_of(registry: Registry, asked: Asked) -> Report:
    with registry.reading() as connection:
        return gathered(registry, connection, planned(connection, asked, registry.clock()))


@pytest.fixture(scope="session")
def era(told: Registry) -> Report:
    return report_of(told, Asked("era", "2024C"))


@pytest.fixture(scope="session")
def shift(told: Registry) -> Report:
    return report_of(told, Asked("shift", "2024-05-01T08:00Z"))
