"""What was denied to whom for want of a right: kept beside the journal, where a stranger could flood it.

Decision 0016 says why. There is one row per hour, author, action and workspace; none is written more often
than every ten seconds, and what comes in between is counted with the next.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import Connection, func, select

from model.clock import from_us, to_us
from model.db import Database
from model.errors import Busy, Forbidden
from model.identity_tables import denied_action

KEPT = timedelta(days=90)
MOST_PER_HOUR = 100
PAUSE = timedelta(seconds=10)
#: that a process remembers
_MOST_KEYS = MOST_PER_HOUR * 100
_HOUR_US = 3_600_000_000
_KEPT_US = KEPT // timedelta(microseconds=1)
_WORKSPACE = re.compile(r"[a-z0-9-]{1,40}")
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Denial:
    """One thing that was denied to somebody, within one hour."""

    author: str
    action: str
    workspace: str
    first_at: datetime
    last_at: datetime
    times: int
    sentence: str


@dataclass
class Denials:
    """Keeps what was denied; in each process one, which knows what it wrote last."""

    _written: dict[Key, datetime] = field(default_factory=dict)
    _waiting: dict[Key, int] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def keep(self, database: Database, denied: Forbidden, now: datetime) -> None:
        """Keep a denial; where somebody else writes for too long, it is counted with the next."""
        if denied.by is None:
            return
        workspace = denied.workspace if _WORKSPACE.fullmatch(denied.workspace) else ""
        key = (denied.by.name, denied.action, workspace)
        if not (times := self._times(key, now)):
            return
        with suppress(Busy), database.writing() as connection:
            _count(connection, key, times, str(denied), to_us(now))

    def _times(self, key: Key, now: datetime) -> int:
        with self._lock:
            times = self._waiting[key] = self._waiting.get(key, 0) + 1
            for kept in (self._written, self._waiting):
                # whoever makes up workspaces makes up keys: what is not written yet is then not counted
                if len(kept) > _MOST_KEYS:
                    kept.clear()
            last = self._written.get(key)
            if last is not None and now - last < PAUSE:
                return 0
            self._written[key] = now
            self._waiting.pop(key, None)
            return times


def denials(connection: Connection, limit: int = 200) -> list[Denial]:
    """Return what was denied, the last first."""
    d = denied_action
    return [
        Denial(r.author, r.action, r.workspace, from_us(r.first_us), from_us(r.last_us), r.times, r.sentence)
        for r in connection.execute(select(d).order_by(d.c.last_us.desc(), d.c.action).limit(limit))
    ]


def _count(connection: Connection, key: Key, times: int, sentence: str, now_us: int) -> None:
    d, hour, (author, action, workspace) = denied_action, now_us // _HOUR_US, key
    one = (d.c.hour == hour, d.c.author == author, d.c.action == action, d.c.workspace == workspace)
    if connection.execute(d.update().where(*one).values(times=d.c.times + times, last_us=now_us)).rowcount:
        return
    rows = select(func.count()).where(d.c.hour == hour, d.c.author == author)
    if int(connection.execute(rows).scalar() or 0) >= MOST_PER_HOUR:
        return
    words = {"hour": hour, "author": author, "action": action, "workspace": workspace, "sentence": sentence}
    connection.execute(d.insert(), {**words, "first_us": now_us, "last_us": now_us, "times": times})
    connection.execute(d.delete().where(d.c.last_us < now_us - _KEPT_US))
