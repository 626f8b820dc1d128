"""The event stream: one asynchronous process that holds every browser's stream and follows the journal.

A web worker takes the request, checks it, and gives the connection itself away (`api/stream.py`); here it is
adopted, told what it missed after its `Last-Event-ID`, and then each step of the journal and a beat; or, where
it asks for them, the events themselves (`jobs/event_stream.py`). Who may not stay is sent away
(`jobs/held_open.py`).
"""

import asyncio
import json
import logging
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from sqlalchemy.exc import DBAPIError

from jobs.event_stream import Desk, Listener, asked_of
from jobs.held_open import Guest, Guests, looking
from jobs.server_sent import FAREWELL, FULL, HEAD, message
from model.errors import RunRegistryError, Unreachable
from model.feeds import heard
from model.follow import Follower
from model.queries.changes import Changes, changes
from model.staying import Stay

log = logging.getLogger("run-registry.stream")
_BEAT_S = 2.0
#: SQLite has no way to tell: its head is read so often
_LOOK_S = 0.1
#: a notice can be lost with its connection: PostgreSQL's head is read so often all the same
_DOUBT_S = 5.0
_AGAIN_S = 1.0
_MOST_STREAMS = 5_000
#: a browser that does not read is let go; it comes back and is told what it missed
_MOST_UNREAD = 256 * 1024
_LONGEST_MESSAGE = 4_096


class Stream(asyncio.Protocol):
    """One browser's stream."""

    def __init__(self, office: "Office", after: int | None, stay: Stay) -> None:
        self.office = office
        self.after = after
        self.stay = stay
        self.guest: Guest | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to answer."""
        self.transport = cast(asyncio.Transport, transport)
        self.office.joined(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a browser that went away."""
        self.office.streams.discard(self)
        if self.guest is not None:
            self.office.guests.left(self.guest)

    def send_away(self) -> None:
        """Say the last word, and go."""
        self.send(FAREWELL)
        if self.transport is not None:
            self.transport.close()

    def send(self, data: bytes) -> None:
        """Write, unless the browser has stopped reading."""
        if self.transport is None or self.transport.is_closing():
            return
        if self.transport.get_write_buffer_size() > _MOST_UNREAD:
            self.transport.abort()
        else:
            self.transport.write(data)


class Office:
    """All streams, and where in the journal they are."""

    def __init__(self, follower: Follower) -> None:
        self.follower = follower
        self.streams: set[Stream] = set()
        self.head = follower.head()
        self.moved = asyncio.Event()
        self.guests = Guests()
        self.desk = Desk(self)

    def joined(self, stream: Stream) -> None:
        """Answer a new stream: what it missed, or where the journal is."""
        if len(self.streams) >= _MOST_STREAMS:
            self._send_away(stream)
            return
        try:
            # a browser may know more than the last look
            self.look()
            after = self.head if stream.after is None or stream.after > self.head else stream.after
            told = HEAD + step(self._changes(after)) + self._beat()
        except Unreachable as error:
            log.warning("a stream was sent away: %s", error)
            self._send_away(stream)
            return
        self.streams.add(stream)
        stream.guest = self.guests.let_in(stream.stay, stream.send_away)
        stream.send(told)

    def _send_away(self, stream: Stream) -> None:
        stream.send(FULL)
        assert stream.transport is not None
        stream.transport.close()

    def look(self) -> None:
        """Tell everybody what was recorded since the last look."""
        head = self.follower.head()
        if head == self.head:
            return
        told = step(self._changes(self.head))
        self.head = head
        self.moved.set()
        self.moved = asyncio.Event()
        for stream in list(self.streams):
            stream.send(told)

    def beat(self) -> None:
        """Tell everybody that the stream lives, and how old the feeds are."""
        told = self._beat()
        for stream in list(self.streams):
            stream.send(told)

    def _beat(self) -> bytes:
        with self.follower.reading() as connection:
            feeds = [each.plain() for each in heard(connection)]
        now = int(datetime.now(UTC).timestamp() * 1000)
        return message("beat", {"now_ms": now, "sequence": self.head, "feeds": feeds})

    def _changes(self, after: int) -> Changes:
        with self.follower.reading() as connection:
            return changes(connection, after)


def step(found: Changes) -> bytes:
    """Return a step of the journal as an event; its id is the sequence it leads to."""
    return message("head", {"sequence": found.sequence, "runs": found.runs}, found.sequence)


async def serve(follower: Follower, address: Path) -> None:
    """Adopt connections and follow the journal until cancelled."""
    office = Office(follower)
    listener = listen(address)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_adopting(office, listener))
            group.create_task(_following(office))
            group.create_task(_beating(office))
            group.create_task(looking(office.guests, follower))
    finally:
        listener.close()
        address.unlink(missing_ok=True)


def listen(address: Path) -> socket.socket:
    """Return a socket at an address that only this user reaches; one left there by an earlier process goes."""
    address.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(str(address))
    finally:
        os.umask(before)
    listener.listen(128)
    listener.setblocking(False)
    return listener


async def _adopting(office: Office, listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    async with asyncio.TaskGroup() as group:
        while True:
            way, _ = await loop.sock_accept(listener)
            group.create_task(_adopt(office, way))


async def _adopt(office: Office, way: socket.socket) -> None:
    """Take one connection over; whoever gives it is told that it is ours now."""
    loop = asyncio.get_running_loop()
    with way:
        try:
            ready = asyncio.Event()
            loop.add_reader(way, ready.set)
            try:
                async with asyncio.timeout(5):
                    await ready.wait()
            finally:
                loop.remove_reader(way)
            words, fds, _, _ = socket.recv_fds(way, _LONGEST_MESSAGE, 1)
            if not fds:
                return
            client = socket.socket(fileno=fds[0])
            client.setblocking(False)
            await loop.create_connection(_protocol(office, json.loads(words)), sock=client)
            await loop.sock_sendall(way, b"+")
        except (OSError, ValueError, KeyError, RunRegistryError) as error:
            log.warning("a connection was not adopted: %s", error)


def _protocol(office: Office, said: dict[str, Any]) -> Callable[[], asyncio.Protocol]:
    """Return who speaks on a connection: heads for a browser, or the events themselves."""
    stay = Stay.of(said.get("stay", {}))
    if said.get("events"):
        asked = asked_of(said)
        return lambda: Listener(office.desk, asked, stay)
    after = said["after"]
    return lambda: Stream(office, after, stay)


async def _following(office: Office) -> None:
    follower, loop = office.follower, asyncio.get_running_loop()
    told = asyncio.Event()
    while True:
        try:
            with follower.listening() as fileno:
                if fileno is not None:
                    loop.add_reader(fileno, told.set)
                try:
                    await _look_on(office, told, _LOOK_S if fileno is None else _DOUBT_S)
                finally:
                    if fileno is not None:
                        loop.remove_reader(fileno)
        except (DBAPIError, Unreachable) as error:
            log.warning("the journal cannot be read: %s", error)
            await asyncio.sleep(_AGAIN_S)


async def _look_on(office: Office, told: asyncio.Event, every_s: float) -> None:
    while True:
        try:
            async with asyncio.timeout(every_s):
                await told.wait()
        except TimeoutError:
            pass
        told.clear()
        office.follower.drain()
        office.look()


async def _beating(office: Office) -> None:
    while True:
        await asyncio.sleep(_BEAT_S)
        try:
            office.beat()
        except Unreachable as error:
            log.warning("the feeds cannot be read: %s", error)
