"""The event stream over a real journal on either store, its process killed and come back included."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.stream import _hand_over
from model import feeds
from model.cache import Cache
from model.db import Database
from model.golden.golden import GoldenRoom
from model.registry import Registry
from tests.model import world
from tests.model.world import RUN

ROOT = Path(__file__).parents[2]
_PATIENCE_S = 20.0


class Browser:
    """What a browser hears on its stream."""

    def __init__(self, address: Path, after: int | None = None, **more: Any) -> None:
        mine, workers = socket.socketpair()
        with workers:
            self.is_held = _hand_over(workers, {"after": after, **more}, str(address))
        mine.settimeout(_PATIENCE_S)
        self.socket, self.file = mine, mine.makefile("rb")

    def next(self, kind: str) -> tuple[int | None, Any]:
        """Return the id and the data of the next event of a kind."""
        said: dict[str, str] = {}
        while line := self.file.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                said[name] = value
            elif said.get("event") == kind:
                return int(said["id"]) if "id" in said else None, json.loads(said["data"])
            else:
                said = {}
        pytest.fail("The stream ended.")

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@pytest.fixture
def told(database: Database) -> Registry:
    found = Registry(database, GoldenRoom(Cache()))
    world.report_run(found)
    return found


@pytest.fixture
def address(tmp_path: Path) -> Path:
    return tmp_path / "stream.sock"


@pytest.fixture
def start(told: Registry, address: Path) -> Iterator[Callable[[], "subprocess.Popen[bytes]"]]:
    """Give a function that starts the process and waits until it takes connections over."""
    started: list[subprocess.Popen[bytes]] = []

    def one() -> "subprocess.Popen[bytes]":
        given = {**os.environ, "DATABASE_URL": told.database.url, "STREAM_SOCKET": str(address)}
        started.append(subprocess.Popen([sys.executable, "-m", "jobs", "stream"], cwd=ROOT, env=given))
        until = time.monotonic() + _PATIENCE_S
        while time.monotonic() < until and not _answers(address):
            time.sleep(0.05)
        return started[-1]

    yield one
    for process in started:
        process.terminate()
        process.wait(timeout=_PATIENCE_S)


def _answers(address: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(address)) == 0


@pytest.fixture
def browser_of(address: Path, start: Callable[[], Any]) -> Iterator[Callable[..., Browser]]:
    start()
    opened: list[Browser] = []

    def one(after: int | None = None) -> Browser:
        opened.append(Browser(address, after))
        return opened[-1]

    yield one
    for each in opened:
        each.close()


def bad(told: Registry, first: int) -> int:
    return world.rule_says(told, "dt-dt", [(first, first)], "BAD", dataset="online")


def test_each_step_of_the_journal_is_told_once_and_in_order(
    told: Registry, browser_of: Callable[..., Browser]
) -> None:
    one, other = browser_of(), browser_of()
    begun = one.next("head")[0]
    assert other.next("head")[0] == begun
    for number in range(1, 6):
        recorded = bad(told, number)
        for browser in (one, other):
            assert browser.next("head") == (recorded, {"sequence": recorded, "runs": [RUN]})


def test_who_comes_back_is_told_what_was_missed(told: Registry, browser_of: Callable[..., Browser]) -> None:
    left_at = world.now(told)
    bad(told, 1)
    recorded = bad(told, 2)
    assert browser_of(left_at).next("head") == (recorded, {"sequence": recorded, "runs": [RUN]})
    assert browser_of(recorded).next("head") == (recorded, {"sequence": recorded, "runs": []})
    # a registry restored from an older copy: the browser holds a future that is not
    assert browser_of(recorded + 99).next("head") == (recorded, {"sequence": recorded, "runs": []})


def test_the_beat_tells_of_the_feeds(told: Registry, browser_of: Callable[..., Browser]) -> None:
    browser = browser_of()
    assert browser.next("beat")[1]["feeds"] == []
    feeds.hear(told.database, "OMS", normal_s=2.0, clock=lambda: world.START)
    feeds.hear(told.database, "OMS", normal_s=2.0, trouble="it refuses connections")
    at = int(world.START.timestamp() * 1000)
    expected = {
        "name": "OMS",
        "at_ms": at,
        "normal_s": 2.0,
        "trouble": "it refuses connections",
        "over_s": None,
    }
    assert browser.next("beat")[1]["feeds"] == [expected]


def test_who_goes_away_is_forgotten_and_the_others_are_told(
    told: Registry, browser_of: Callable[..., Browser]
) -> None:
    gone, stays = browser_of(), browser_of()
    stays.next("head")
    gone.close()
    recorded = bad(told, 1)
    assert stays.next("head")[0] == recorded


def test_a_killed_process_leaves_nobody_waiting_and_the_next_one_goes_on(
    told: Registry, address: Path, start: Callable[[], "subprocess.Popen[bytes]"]
) -> None:
    process = start()
    browser = Browser(address)
    begun = browser.next("head")[0]
    process.send_signal(signal.SIGKILL)
    process.wait()
    with pytest.raises(pytest.fail.Exception, match="The stream ended"):
        browser.next("none")
    browser.close()
    nobody = Browser(address)
    assert not nobody.is_held
    nobody.close()
    recorded = bad(told, 1)
    start()
    back = Browser(address, begun)
    assert back.next("head") == (recorded, {"sequence": recorded, "runs": [RUN]})
    back.close()


def test_nonsense_in_place_of_a_connection_hurts_nobody(
    told: Registry, address: Path, browser_of: Callable[..., Browser]
) -> None:
    browser = browser_of()
    browser.next("head")
    for nonsense in (b"", b"{", b'{"after": 1}', b"\xff" * 100):
        with socket.socket(socket.AF_UNIX) as way:
            way.connect(str(address))
            way.sendall(nonsense)
    recorded = bad(told, 1)
    assert browser.next("head")[0] == recorded


def test_a_browser_whose_time_is_over_is_sent_away_and_told_to_come_back(
    address: Path, start: Callable[[], Any]
) -> None:
    start()
    one = Browser(address, stay={"for_s": 0})
    assert one.next("head")[0] is not None
    assert one.file.read().endswith(b"retry: 100\n\n")
    one.close()
