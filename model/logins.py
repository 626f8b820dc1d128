"""Who is logged in: operation, no fact, so in no journal; the key is in the person's cookie only."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from model.clock import from_us, to_us
from model.identity_tables import login_session

_KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Login:
    """Somebody's session.

    Args:
        asked_at: when the issuer was last asked for the groups; `read_at`: when it last told them.
        sealed: what the issuer gave, which the registry alone can read.
    """

    id: bytes
    name: str
    full_name: str
    groups: tuple[str, ...]
    subject: str
    began_at: datetime
    seen_at: datetime
    asked_at: datetime
    read_at: datetime
    sealed: bytes


def id_of(key: str) -> bytes:
    """Return what is kept of a key: it is long and random."""
    return hashlib.sha256(key.encode()).digest()


def begin(connection: Connection, login: Login) -> None:
    """Keep a login; what is long over goes."""
    c = login_session.c
    connection.execute(login_session.delete().where(c.began_us < to_us(login.began_at - _KEPT)))
    times = {name: to_us(getattr(login, f"{name}_at")) for name in ("began", "seen", "asked", "read")}
    row: dict[str, Any] = {f"{name}_us": us for name, us in times.items()}
    row |= {"id": login.id, "author": login.name, **_words(login.full_name, login.groups, login.sealed)}
    connection.execute(login_session.insert(), {**row, "subject": login.subject})


def login_of(connection: Connection, key: str) -> Login | None:
    """Return the login of a key, whether or not it is over; None where there is none."""
    row = connection.execute(select(login_session).where(login_session.c.id == id_of(key))).first()
    return _login(row) if row else None


def seen(connection: Connection, login: Login, now: datetime) -> None:
    """Note that somebody is still there."""
    _change(connection, login, seen_us=to_us(now))


def claim(connection: Connection, login: Login, now: datetime) -> bool:
    """Take it on oneself to ask for somebody's groups; False where somebody else did."""
    c = login_session.c
    mine = login_session.update().where(c.id == login.id, c.asked_us == to_us(login.asked_at))
    return bool(connection.execute(mine.values(asked_us=to_us(now))).rowcount)


def told(
    connection: Connection, login: Login, full_name: str, groups: tuple[str, ...], sealed: bytes, now: datetime
) -> None:
    """Keep what the issuer told of somebody."""
    _change(connection, login, read_us=to_us(now), **_words(full_name, groups, sealed))


def end(connection: Connection, login: Login) -> None:
    """End a session, at once."""
    connection.execute(login_session.delete().where(login_session.c.id == login.id))


def _words(full_name: str, groups: tuple[str, ...], sealed: bytes) -> dict[str, Any]:
    return {"full_name": full_name, "groups": orjson.dumps(groups).decode(), "sealed": sealed}


def _change(connection: Connection, login: Login, **values: Any) -> None:
    connection.execute(login_session.update().where(login_session.c.id == login.id).values(**values))


def _login(row: Row[Any]) -> Login:
    return Login(
        bytes(row.id),
        row.author,
        row.full_name,
        tuple(orjson.loads(row.groups)),
        row.subject,
        from_us(row.began_us),
        from_us(row.seen_us),
        from_us(row.asked_us),
        from_us(row.read_us),
        bytes(row.sealed),
    )
