"""A real server over a small registry, and pages that fail their test when the browser complains."""

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from model.registry import Registry
from tests.browser import small
from tests.browser.hand import Hand

ROOT = Path(__file__).parents[2]
_STARTS_WITHIN_S = 40
_numbers = itertools.count(small.FIRST + 100)


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """Give the small registry that the server shows, to add runs to."""
    registry = small.opened(tmp_path_factory.mktemp("shown") / "registry.sqlite")
    small.build(registry)
    yield registry
    registry.database.dispose()


class StreamProcess:
    """The process that holds the browsers' streams, to be killed and started again."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-m", "jobs", "stream"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self._environment)

    def kill(self) -> None:
        """End it without a word."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(timeout=20)


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the server."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="session")
def stream_process(kept: Registry, data_dir: Path) -> Iterator[StreamProcess]:
    """Give the process that holds the streams, running."""
    process = StreamProcess({**os.environ, "DATABASE_URL": kept.database.url, "DATA_DIR": str(data_dir)})
    process.start()
    yield process
    process.kill()


@pytest.fixture(scope="session")
def origin(kept: Registry, data_dir: Path, stream_process: StreamProcess) -> Iterator[str]:
    """Give the address of the server, started as an operator starts it."""
    folder, port = data_dir, _free_port()
    given = {"DATABASE_URL": kept.database.url, "DATA_DIR": str(folder), "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:server"]
    environment = {**os.environ, **given, "WEB_CONCURRENCY": "1", "THREADS": "8"}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/healthz", server, folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture
def new_number() -> int:
    """Give the number of a run that is newer than all others, and not there yet."""
    return next(_numbers)


@pytest.fixture
def a_run(kept: Registry, new_number: int) -> int:
    """Give a run of 100 lumisections that no other test touches."""
    small.add_run(kept, new_number)
    return new_number


@pytest.fixture
def open_hand(browser: Any, origin: str) -> Iterator[Callable[..., Hand]]:
    """Give a function that opens a browser of its own; what any of them complains about fails the test."""
    hands: list[Hand] = []

    def open_one(width: int = 1500, height: int = 1000) -> Hand:
        context = browser.new_context(viewport={"width": width, "height": height})
        hands.append(Hand(context, origin))
        return hands[-1]

    yield open_one
    for hand in hands:
        hand.context.close()
    assert not [complaint for hand in hands for complaint in hand.complaints]


@pytest.fixture
def hand(open_hand: Callable[..., Hand]) -> Hand:
    """Give the hands of one person at a desk."""
    return open_hand()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The server does not start:\n{log.read_text()[-3000:]}", pytrace=False)
