"""Events themselves, told as they come: one task for each program that listens, or waits for the next page.

It reads a piece, writes it, and reads on only when the program has taken it; at the journal's end it waits
until the office sees the journal move. What a program was not told it is told when it comes back.
"""

import asyncio
import logging
from dataclasses import dataclass
from typing import Any, Protocol, cast

from sqlalchemy.exc import DBAPIError

from jobs.held_open import Guest, Guests
from jobs.server_sent import FAREWELL, FULL, HEAD, message, unnamed
from model.errors import RunRegistryError
from model.follow import Follower
from model.queries.event_feed import Choice, Piece, kinds_of, piece
from model.staying import Stay

log = logging.getLogger("run-registry.stream")
_BEAT_S = 2.0
_PIECE = 200
#: who takes nothing for so long is let go
_PATIENCE_S = 60.0
MOST = 500
#: threads that read the journal for all of them
_READERS = 4


class Office(Protocol):
    """Whoever looks at the journal for everybody."""

    follower: Follower
    head: int
    moved: asyncio.Event
    guests: Guests


@dataclass(frozen=True)
class Asked:
    """What a program wants: events after a place, as a stream or as one page that waits."""

    choice: Choice
    after: int
    is_page: bool
    limit: int = _PIECE
    has_payload: bool = True
    wait_s: float = 0.0


def asked_of(said: dict[str, Any]) -> Asked:
    """Read what a web worker handed over.

    Raises:
        KeyError: something is missing.
        Invalid: a kind that is none.
    """
    words = said["dataset"], said["author"], said["workspace"]
    choice = Choice(kinds_of(said["kind"]), said["run_number"], *words)
    if said["events"] == "stream":
        return Asked(choice, int(said["after"]), is_page=False)
    limit, has_payload, wait_s = int(said["limit"]), bool(said["payload"]), float(said["wait_s"])
    return Asked(choice, int(said["after"]), True, limit, has_payload, wait_s)


class Desk:
    """All programs that are told events."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.many = 0
        self._readers = asyncio.Semaphore(_READERS)

    async def read(self, asked: Asked, after: int) -> Piece:
        """Read the next piece without holding up anybody."""
        async with self._readers:
            return await asyncio.to_thread(self._read, asked, after)

    async def moves(self, head: int, within_s: float) -> bool:
        """Wait until the journal is beyond `head`; tell whether it went there in time."""
        try:
            async with asyncio.timeout(within_s):
                while self.office.head <= head:
                    await self.office.moved.wait()
        except TimeoutError:
            return False
        return True

    def _read(self, asked: Asked, after: int) -> Piece:
        with self.office.follower.reading() as connection:
            return piece(connection, asked.choice, after, asked.limit, has_payload=asked.has_payload)


class Listener(asyncio.Protocol):
    """One program."""

    def __init__(self, desk: Desk, asked: Asked, stay: Stay) -> None:
        self.desk = desk
        self.asked = asked
        self.stay = stay
        self._guest: Guest | None = None
        self._transport: asyncio.Transport | None = None
        self._taken = asyncio.Event()
        self._taken.set()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to tell."""
        self.desk.many += 1
        self._transport = told = cast(asyncio.Transport, transport)
        if not self.asked.is_page:
            self._guest = self.desk.office.guests.let_in(self.stay, self.send_away)
        self._task = asyncio.get_running_loop().create_task(self._tell(told))

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget a program that went away."""
        self.desk.many -= 1
        if self._guest is not None:
            self.desk.office.guests.left(self._guest)
        if self._task is not None:
            self._task.cancel()

    def send_away(self) -> None:
        """Say the last word, and go."""
        if self._transport is not None:
            self._transport.write(FAREWELL)
            self._transport.close()

    def pause_writing(self) -> None:
        """Read no further: the program has not taken what it was told."""
        self._taken.clear()

    def resume_writing(self) -> None:
        """Read on."""
        self._taken.set()

    async def _tell(self, transport: asyncio.Transport) -> None:
        try:
            if self.desk.many > MOST:
                transport.write(FULL)
            elif self.asked.is_page:
                transport.write(_whole((await self._page()).page()))
            else:
                await self._stream(transport)
        except TimeoutError:
            # it stopped reading: it comes back and is told the rest
            transport.abort()
        except (DBAPIError, RunRegistryError) as error:
            log.warning("events are not told: %s", error)
        finally:
            transport.close()

    async def _stream(self, transport: asyncio.Transport) -> None:
        transport.write(HEAD)
        at, head = self.asked.after, 0
        while True:
            if at >= head and not await self._is_due(head):
                transport.write(message("beat", {"sequence": at}, at))
            else:
                found = await self.desk.read(self.asked, at)
                at, head = found.next, found.head
                told = b"".join(unnamed(line, number) for number, line in found.events)
                # where nothing is wanted it still tells how far it has looked
                transport.write(told or message("beat", {"sequence": at}, at))
            async with asyncio.timeout(_PATIENCE_S):
                await self._taken.wait()

    async def _is_due(self, head: int) -> bool:
        return not head or await self.desk.moves(head, _BEAT_S)

    async def _page(self) -> Piece:
        loop = asyncio.get_running_loop()
        until, at = loop.time() + self.asked.wait_s, self.asked.after
        while True:
            found = await self.desk.read(self.asked, at)
            left = until - loop.time()
            if found.events or left <= 0:
                return found
            at = found.next
            if not found.has_more:
                await self.desk.moves(found.head, left)


def _whole(body: bytes) -> bytes:
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nCache-Control: no-store\r\n"
        f"X-Content-Type-Options: nosniff\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
