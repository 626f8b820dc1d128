"""What is held open, and until when: who may not stay is sent away, and asks again who it is."""

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError

from model.errors import Unreachable
from model.follow import Follower
from model.staying import Stay, over

log = logging.getLogger("run-registry.stream")
#: so long at most is told what a login that has ended, or a revoked token, opened
EVERY_S = 5.0
#: of its time, that a connection may go sooner, so that not all come back at once
_SOONER = 0.1


@dataclass(frozen=True, eq=False)
class Guest:
    """One connection: what it rests on, until when by the loop's clock, and how it is sent away."""

    stay: Stay
    until_s: float
    send_away: Callable[[], None]


class Guests:
    """All connections that are held open."""

    def __init__(self) -> None:
        self._guests: set[Guest] = set()

    def let_in(self, stay: Stay, send_away: Callable[[], None]) -> Guest:
        """Let a connection stay as long as it may."""
        for_s = stay.for_s * (1 - _SOONER * random.random())  # noqa: S311  # spreads, hides nothing
        guest = Guest(stay, asyncio.get_running_loop().time() + for_s, send_away)
        self._guests.add(guest)
        return guest

    def left(self, guest: Guest) -> None:
        """Forget one that went by itself."""
        self._guests.discard(guest)

    def look(self, follower: Follower) -> None:
        """Send away whose time is over, whose login has ended, or whose token was revoked."""
        now_s = asyncio.get_running_loop().time()
        gone = {guest for guest in self._guests if guest.until_s <= now_s}
        if resting := {guest.stay for guest in self._guests - gone if guest.stay.login or guest.stay.token}:
            with follower.reading() as connection:
                ended = over(connection, resting)
            gone |= {guest for guest in self._guests if guest.stay in ended}
        self._guests -= gone
        for guest in gone:
            guest.send_away()


async def looking(guests: Guests, follower: Follower) -> None:
    """Look at them again and again until cancelled; where the database is away they stay until their time."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            guests.look(follower)
        except (DBAPIError, Unreachable) as error:
            log.warning("it cannot be told who may stay: %s", error)
