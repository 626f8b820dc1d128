"""A real server over a small registry, and pages that fail their test when the browser complains."""

import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from model.registry import Registry
from tests.browser import small
from tests.browser.desks import Desks
from tests.browser.hand import Hand
from tests.provision.server import ROOT, serving

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
    with serving(kept.database.url, data_dir) as address:
        yield address


@pytest.fixture
def new_number() -> int:
    """Give the number of a run that is newer than all others, and not there yet."""
    return next(_numbers)


@pytest.fixture
def a_run(kept: Registry, new_number: int) -> int:
    """Give a run of 100 lumisections that no other test touches."""
    small.add_run(kept, new_number)
    return new_number


@pytest.fixture(scope="session")
def desks(browser: Any, origin: str) -> Iterator[Desks]:
    """Give the browsers that hands work at."""
    found = Desks(browser, origin)
    yield found
    found.close()


@pytest.fixture
def open_hand(desks: Desks, origin: str) -> Iterator[Callable[..., Hand]]:
    """Give a function that opens a browser of its own; what any of them complains about fails the test."""
    hands: list[Hand] = []

    def open_one(width: int = 1500, height: int = 1000, *, is_new: bool = False) -> Hand:
        hands.append(Hand(desks.lend(), origin, (width, height), is_new=is_new))
        return hands[-1]

    yield open_one
    for hand in hands:
        desks.put_back(hand.context)
    assert not [complaint for hand in hands for complaint in hand.complaints]


@pytest.fixture
def hand(open_hand: Callable[..., Hand]) -> Hand:
    """Give the hands of one person at a desk."""
    return open_hand()
