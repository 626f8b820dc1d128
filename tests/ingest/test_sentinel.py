"""The sentinel on the command line and beside the feed: what it tells, and when it is loud."""

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.sentinel import look_at, tell
from model.cache import Cache
from model.clock import SettableClock
from model.commands.findings import acknowledge
from model.golden.golden import GoldenRoom
from model.journal import sequence_now
from model.registry import Registry
from model.sentinel import Sentinel
from tests.model import world
from tests.model.world import DC, RUN, START
from tests.provision import stores

BEAM = f"{RUN}/beam/dc"


@pytest.fixture
def registry(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Registry]:
    """Tell a run with luminosity where a beam is not stable, 0.55 /pb delivered."""
    caplog.set_level(logging.INFO)
    database = stores.sqlite(tmp_path / "registry.sqlite")
    found = Registry(database, GoldenRoom(Cache()), SettableClock(START))
    world.report_run(found, bits={"beam1_stable": [(1, 5, True), (6, 10, False)]})
    yield found
    database.dispose()


@pytest.mark.parametrize(("hours", "least", "code"), [(1, 0.5, 1), (1, 0.6, 0), (30, 0.5, 0)])
def test_it_is_loud_about_what_is_new_and_large(
    registry: Registry, hours: int, least: float, code: int
) -> None:
    now = START + timedelta(hours=hours)
    assert tell(registry.database, now, least_invpb=least, new_h=24) == code


def test_it_tells_each_finding_with_luminosity_and_owner(
    registry: Registry, caplog: pytest.LogCaptureFixture
) -> None:
    tell(registry.database, START + timedelta(hours=1), least_invpb=1, new_h=24)
    assert f"new: run {RUN} beam (0.550 /pb, 5 LS, dc, since 2024-05-01 12:00Z): There is lumi" in caplog.text
    assert "beam: 0.550 /pb, runs: 1" in caplog.text


def test_it_is_silent_about_what_was_acknowledged(registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    with registry.reading() as connection:
        (found,) = Sentinel().findings(connection, sequence_now(connection))
    with registry.writing() as tx:
        acknowledge(tx, BEAM, found.digest, DC, reason="the flag came late")
    caplog.clear()
    assert tell(registry.database, START, least_invpb=0, new_h=24) == 0
    assert str(RUN) not in caplog.text


def test_a_run_that_arrives_is_told_of_once(registry: Registry, caplog: pytest.LogCaptureFixture) -> None:
    sentinel = Sentinel()
    known = look_at(registry.database, sentinel, RUN, set())
    assert known == {BEAM} and "There is luminosity while beam1_stable is false." in caplog.text
    caplog.clear()
    assert look_at(registry.database, sentinel, RUN, known) == known
    assert caplog.text == ""
