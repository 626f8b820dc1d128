"""Asking the query process: a question goes there over a Unix socket, an answer comes back, or a sentence."""

import json
import select
import socket
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from model.errors import Absent, Invalid, NotFound, RunRegistryError, Stopped, TooMany
from model.sandbox.limits import Limits

#: how often somebody who waits is looked at: is he still there?
_LOOK_S = 0.1
#: the process ends a query by itself; this long it may take to do so and to send
_GRACE_S = 15.0
_PIECE = 2**18
_REFUSALS: Mapping[str, type[RunRegistryError]] = MappingProxyType(
    {each.code: each for each in (Absent, Invalid, NotFound, Stopped, TooMany)}
)
_ABSENT = "The query process does not answer; the rest of the registry does. Try again in a minute."


@dataclass(frozen=True)
class Answer:
    """What came back: what is said of it, and its bytes in the format that was asked for."""

    about: Mapping[str, Any]
    body: bytes


@dataclass(frozen=True)
class Sandbox:
    """Where the query process is, where the snapshots are, and what a query may use."""

    address: Path
    snapshots: Path
    limits: Limits = field(default_factory=Limits)

    def ask(self, question: Mapping[str, Any], is_gone: Callable[[], bool] = lambda: False) -> Answer:
        """Return the answer to a question; whoever asks may go away meanwhile, and the query ends.

        Args:
            question: sql, sequence, rows, format, asker.
            is_gone: tells whether nobody waits any more.

        Raises:
            Absent: the process is not there, or does not answer.
            Invalid: the statement makes no sense or is not for here.
            Stopped: a limit was met.
            TooMany: the asker has as many queries running as one may.
        """
        with socket.socket(socket.AF_UNIX) as way:
            try:
                way.settimeout(2)
                way.connect(str(self.address))
                way.sendall(json.dumps(dict(question)).encode() + b"\n")
            except OSError as error:
                raise Absent(_ABSENT) from error
            return _read(way, is_gone, time.monotonic() + self.limits.time_s + _GRACE_S)


def _read(way: socket.socket, is_gone: Callable[[], bool], until: float) -> Answer:
    """Read one line of JSON, then as many bytes as it says."""
    pieces, size, about = [b""], 0, None
    while about is None or size < about["bytes"]:
        piece = _piece(way, is_gone, until)
        if about is None:
            head, found, rest = (pieces[0] + piece).partition(b"\n")
            if not found:
                pieces[0] = head
                continue
            about, pieces, piece = json.loads(head), [], rest
            if "refused" in about:
                raise _REFUSALS.get(about["refused"], Absent)(about["sentence"])
        pieces.append(piece)
        size += len(piece)
    return Answer(about, b"".join(pieces))


def _piece(way: socket.socket, is_gone: Callable[[], bool], until: float) -> bytes:
    """Return what comes next, while somebody waits for it."""
    while not select.select([way], [], [], _LOOK_S)[0]:
        if is_gone():
            raise Stopped("Nobody waits for the answer any more.")
        if time.monotonic() > until:
            raise Absent(_ABSENT)
    try:
        piece = way.recv(_PIECE)
    except OSError as error:
        raise Absent(_ABSENT) from error
    if not piece:
        raise Absent("The query ended before its answer was complete.")
    return piece


_here: list[Sandbox] = []


def use(sandbox: Sandbox) -> None:
    """Make this the sandbox that the doors of this process ask."""
    _here[:] = [sandbox]


def sandbox() -> Sandbox:
    """Return the sandbox that the doors of this process ask.

    Raises:
        LookupError: nobody called `use`.
    """
    if not _here:
        raise LookupError("no sandbox has been put together in this process")
    return _here[0]
