"""What every test may ask for: a fresh database of either kind, and a browser."""

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from model.db import Database
from tests.provision import Unavailable, quick_folder, stores

Counted = Callable[[str, int, int], None]

#: what takes longest, the longest first: the run begins with it, so that its workers end together
_LONGEST = (
    "tests/ingest/test_demo_load.py",
    "tests/jobs/test_hosts.py",
    "tests/browser/",
    "tests/sandbox/",
    "tests/api/test_contract.py",
    "tests/jobs/",
    "tests/model/test_causes.py",
    "tests/ingest/test_import_v4.py",
    "tests/rules/test_engine_properties.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_configure() -> None:
    """Let no test depend on the clock, and what tests write live in memory, where there is room."""
    # a seventh of the processor's time went into looking through what is used until the end
    gc.set_threshold(50_000, 20, 20)
    # programs that tests start need not compile all they import, each of them again
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # a busy machine is no wrong answer
    settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("untimed")
    # each commit waits for the disk
    if (folder := quick_folder()) is not None:
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder)


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of every later look for garbage."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes longest; everything else stays in its order."""

    def place(item: pytest.Item) -> int:
        at = item.nodeid
        return next((n for n, head in enumerate(_LONGEST) if at.startswith(head)), len(_LONGEST))

    items.sort(key=place)


@pytest.fixture
def counted(record_property: Callable[[str, object], None]) -> Counted:
    """Give a function that has the end of the test run say how many of how many cases agreed."""
    return lambda what, agreed, cases: record_property("counted", f"{what}: {agreed:,} of {cases:,}")


@pytest.fixture(autouse=True)
def _uncounted() -> None:
    """Let no test be refused for what was asked in the same minute; those of limits bring their own."""
    app = sys.modules.get("app")
    if app is not None:
        found = app.server.extensions["LIMITS"]
        found.of = dict.fromkeys(found.of, 0)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was counted, whichever process counted it."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, said in report.user_properties:
            if name == "counted" and report.when == "call":
                terminalreporter.write_line(said)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Any]:
    """Give a running PostgreSQL server, one per test process."""
    from tests.provision.postgres import PostgresServer

    server = _or_fail(lambda: PostgresServer(is_brief=True))
    _or_fail(server.start)
    yield server
    server.stop()


@pytest.fixture
def redis() -> Iterator[Any]:
    """Give a running Redis server that a test may kill."""
    from tests.provision.redis import RedisServer

    server = _or_fail(RedisServer)
    _or_fail(server.start)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_stores(postgres: Any) -> stores.PostgresStores:
    """Give databases of the running PostgreSQL server."""
    return stores.PostgresStores(postgres)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give a migrated, empty database that nobody else sees, once per kind of store."""
    with stores.either(request, tmp_path / "registry.sqlite") as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Give one headless Chromium; a test opens its own `browser.new_context()`."""
    from playwright.sync_api import Error, sync_playwright

    from tests.provision.browser import launch_options

    options = _or_fail(launch_options)
    with sync_playwright() as playwright:
        try:
            chromium = playwright.chromium.launch(**options)
        except Error as broken:
            pytest.fail(f"The browser does not start: {broken}", pytrace=False)
        yield chromium
        chromium.close()


def _or_fail(bring: Any) -> Any:
    """A test whose tools are missing fails: a skipped test tells nobody anything."""
    try:
        return bring()
    except Unavailable as unavailable:
        reason = str(unavailable)
    # outside the handler: one plain sentence instead of two tracebacks
    pytest.fail(reason, pytrace=False)
