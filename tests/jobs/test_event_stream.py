"""Events come one by one on a stream, are told again from where one left, and a page waits for the next."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api.stream import _hand_over
from jobs.event_stream import asked_of
from model.errors import Invalid
from model.queries.event_feed import Choice, piece
from model.registry import Registry
from tests.jobs import test_stream
from tests.jobs.test_stream import bad
from tests.model import world
from tests.model.world import RUN

# the process and its registry, as the heads have them
told, address, start = test_stream.told, test_stream.address, test_stream.start
_PATIENCE_S = 20.0
_MOST_PASSED = 20
_ALL = {"kind": "", "run_number": None, "dataset": "", "author": "", "workspace": ""}


class Program:
    """What a program hears."""

    def __init__(self, address: Path, **wanted: Any) -> None:
        mine, workers = socket.socketpair()
        with workers:
            assert _hand_over(workers, {"events": "stream", **_ALL, **wanted}, str(address))
        mine.settimeout(_PATIENCE_S)
        self.socket, self.file = mine, mine.makefile("rb")

    def next(self, kind: str = "message") -> tuple[int, Any]:
        """Return the id and the data of the next message, or of the next one of a name."""
        said: dict[str, str] = {}
        passed = 0
        while line := self.file.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name:
                said[name] = value
            elif "data" in said and said.get("event", "message") == kind:
                return int(said["id"]), json.loads(said["data"])
            else:
                said, passed = {}, passed + 1
                assert passed < _MOST_PASSED, f"no {kind} comes"
        pytest.fail("The stream ended.")

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@pytest.fixture
def program_of(address: Path, start: Callable[[], Any]) -> Iterator[Callable[..., Program]]:
    start()
    opened: list[Program] = []

    def one(**wanted: Any) -> Program:
        opened.append(Program(address, **wanted))
        return opened[-1]

    yield one
    for each in opened:
        each.close()


def _whole(told: Registry, after: int) -> list[tuple[int, Any]]:
    with told.reading() as connection:
        return [(number, json.loads(line)) for number, line in piece(connection, Choice(), after, 999).events]


def test_what_was_recorded_is_told_and_then_what_comes(
    told: Registry, program_of: Callable[..., Program]
) -> None:
    begun = world.now(told)
    program = program_of(after=0)
    assert [program.next() for _ in range(begun)] == _whole(told, 0)
    for first in (1, 2):
        recorded = bad(told, first)
        number, said = program.next()
        assert (number, said["sequence"], said["run_number"]) == (recorded, recorded, RUN)


def test_who_comes_back_is_told_each_event_once(told: Registry, program_of: Callable[..., Program]) -> None:
    left = program_of(after=world.now(told))
    bad(told, 1)
    number, _ = left.next()
    left.close()
    missed = [bad(told, first) for first in (2, 3, 4)]
    back = program_of(after=number)
    assert [back.next()[0] for _ in missed] == missed


def test_a_stream_of_one_kind_tells_no_other_and_how_far_it_has_looked(
    told: Registry, program_of: Callable[..., Program]
) -> None:
    world.create_dataset(told)
    program = program_of(after=0, kind="dataset-created")
    assert program.next()[1]["kind"] == "dataset-created"
    recorded = bad(told, 1)
    beats = (program.next("beat") for _ in range(_MOST_PASSED))
    assert (recorded, {"sequence": recorded}) in beats


def _body(program: Program) -> Any:
    head, _, body = program.file.read().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n") and f"Content-Length: {len(body)}\r\n".encode() in head
    return json.loads(body)


def test_a_page_waits_for_the_next_event_that_is_wanted(
    told: Registry, program_of: Callable[..., Program]
) -> None:
    words = {"events": "page", "limit": 10, "payload": False, "wait_s": 20}
    program = program_of(after=world.now(told), kind="dataset-hidden,verdicts-given", **words)
    world.create_dataset(told)
    recorded = bad(told, 1)
    page = _body(program)
    assert [each["sequence"] for each in page["events"]] == [recorded]
    assert (page["next"], page["has_more"]) == (recorded, False)


def test_a_page_for_which_nothing_comes_is_empty(told: Registry, program_of: Callable[..., Program]) -> None:
    head = world.now(told)
    words = {"events": "page", "limit": 10, "payload": True, "wait_s": 0.1}
    assert _body(program_of(after=head, **words)) == {
        "events": [],
        "sequence": head,
        "next": head,
        "has_more": False,
    }


def test_a_program_that_does_not_read_holds_up_nobody(
    told: Registry, program_of: Callable[..., Program]
) -> None:
    for number in range(1, 9):
        world.report_luminosity(told, [number / 7] * 5_000)
    deaf, hears = program_of(after=0), program_of(after=0)
    expected = _whole(told, 0)
    assert [hears.next() for _ in expected] == expected
    assert deaf.next() == expected[0]


def test_nonsense_handed_over_is_no_question() -> None:
    with pytest.raises(KeyError):
        asked_of({"events": "stream", "after": 1})
    with pytest.raises(Invalid):
        asked_of({"events": "stream", "after": 1, **_ALL, "kind": "runs"})
