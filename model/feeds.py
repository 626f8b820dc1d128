"""What the workers that bring data in last said of themselves: operation, no fact, so not in the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from model.clock import Clock, from_us, system_clock, to_us
from model.db import Database
from model.tables import feed


@dataclass(frozen=True)
class Heard:
    """One feed: when it last got an answer, how long that may normally take, and what is wrong now.

    Args:
        answered_at: None where it never got one.
        normal_s: seconds between two answers when all is well; late at twice, stale at five times that.
        trouble: why it gets none; empty where it does.
    """

    name: str
    answered_at: datetime | None
    normal_s: float
    trouble: str = ""

    def plain(self) -> dict[str, Any]:
        """Return it as a browser reads it, times in ms since 1970."""
        at = None if self.answered_at is None else to_us(self.answered_at) // 1000
        return {"name": self.name, "at_ms": at, "normal_s": self.normal_s, "trouble": self.trouble}


def hear(
    database: Database, name: str, *, normal_s: float, trouble: str = "", clock: Clock = system_clock
) -> None:
    """Keep that a feed was answered just now, or what keeps it from being answered."""
    with database.writing() as connection:
        kept = connection.execute(select(feed.c.answered_us).where(feed.c.name == name)).first()
        row = {"normal_s": normal_s, "trouble": trouble[:500]}
        if not trouble:
            row["answered_us"] = to_us(clock())
        if kept is None:
            connection.execute(feed.insert().values(name=name, **row))
        else:
            connection.execute(feed.update().where(feed.c.name == name).values(**row))


def heard(connection: Connection) -> list[Heard]:
    """Return every feed that a worker ever spoke for, by name."""
    return [
        Heard(
            row.name, None if row.answered_us is None else from_us(row.answered_us), row.normal_s, row.trouble
        )
        for row in connection.execute(select(feed).order_by(feed.c.name))
    ]
