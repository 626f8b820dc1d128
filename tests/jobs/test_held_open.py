"""A stream ends with the login or the token that opened it, and before groups would be read again."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from jobs.held_open import Guests
from model import logins
from model.authors import Author
from model.cache import Cache
from model.clock import SettableClock
from model.commands.tokens import make_token, revoke_token
from model.db import Database
from model.follow import Follower
from model.golden.golden import GoldenRoom
from model.registry import Registry
from model.staying import Stay
from tests.model import world

LONG_S = 3_600.0


@dataclass
class House:
    """What is held open, and who was sent away."""

    registry: Registry
    guests: Guests = field(default_factory=Guests)
    gone: list[str] = field(default_factory=list)

    def let_in(self, name: str, stay: Stay) -> None:
        self.guests.let_in(stay, lambda: self.gone.append(name))

    def look(self) -> list[str]:
        self.guests.look(Follower(self.registry.database))
        return sorted(self.gone)


@pytest.fixture
def house(database: Database) -> House:
    return House(Registry(database, GoldenRoom(Cache()), SettableClock(world.START)))


def _login(house: House, key: str) -> logins.Login:
    now = house.registry.clock()
    found = logins.Login(logins.id_of(key), "jane", "Jane", (), "jane", now, now, now, now, b"")
    with house.registry.database.writing() as connection:
        logins.begin(connection, found)
    return found


def _played(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Play a story in a loop of its own; the browser of other tests has one in this thread."""
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: asyncio.run(story())).result()


def test_a_stream_ends_with_its_login_and_no_other_with_it(house: House) -> None:
    hers, his = _login(house, "hers"), _login(house, "his")

    async def story() -> None:
        house.let_in("hers", Stay(LONG_S, login=hers.id.hex()))
        house.let_in("hers too", Stay(LONG_S, login=hers.id.hex()))
        house.let_in("his", Stay(LONG_S, login=his.id.hex()))
        house.let_in("on the proxy's word", Stay(LONG_S))
        assert house.look() == []
        with house.registry.database.writing() as connection:
            logins.end(connection, hers)
        assert house.look() == ["hers", "hers too"]
        assert house.look() == ["hers", "hers too"]

    _played(story)


def test_a_stream_ends_when_its_token_is_revoked(house: House) -> None:
    by = Author("b.expert", groups=frozenset({"cms-dqm-runregistry-experts"}))
    with house.registry.writing() as tx:
        for name in ("dqm-ml", "dqm-gui"):
            make_token(tx, name, by)

    async def story() -> None:
        for name in ("dqm-ml", "dqm-gui"):
            house.let_in(name, Stay(LONG_S, token=name))
        house.let_in("of a token that never was", Stay(LONG_S, token="none"))
        assert house.look() == ["of a token that never was"]
        with house.registry.writing() as tx:
            revoke_token(tx, "dqm-ml", by)
        assert house.look() == ["dqm-ml", "of a token that never was"]

    _played(story)


def test_a_stream_ends_when_its_time_is_over(house: House) -> None:
    async def story() -> None:
        house.let_in("over", Stay(0))
        house.let_in("not yet", Stay(LONG_S))
        assert house.look() == ["over"]

    _played(story)


def test_who_went_by_itself_is_not_sent_away(house: House) -> None:
    async def story() -> None:
        guest = house.guests.let_in(Stay(0), lambda: house.gone.append("sent away"))
        house.guests.left(guest)
        assert house.look() == []

    _played(story)


def test_what_a_worker_of_before_hands_over_ends_too() -> None:
    assert Stay.of({}).for_s > 0
    assert Stay.of({"for_s": 7, "token": "dqm-ml"}) == Stay(7.0, token="dqm-ml")
