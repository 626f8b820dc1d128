"""What the workers that bring data in last said of themselves: operation, no fact, so not in the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from model.clock import Clock, from_us, system_clock, to_us
from model.db import Database
from model.tables import feed, run_fact

#: silence after which a replay is over, and nothing to worry about
_REPLAY_OVER_S = 600.0
#: what the newest run holds where a stand-in for OMS plays old ones again
_REPLAYED = '%"trigger_mode":"replay of run %'


@dataclass(frozen=True)
class Heard:
    """One feed: when it last got an answer, how long that may normally take, and what is wrong now.

    Args:
        answered_at: None where it never got one.
        normal_s: seconds between two answers when all is well; late at twice, stale at five times that.
        trouble: why it gets none; empty where it does.
        over_s: seconds of silence after which it is over; None where silence is never right.
    """

    name: str
    answered_at: datetime | None
    normal_s: float
    trouble: str = ""
    over_s: float | None = None

    def is_over(self, now: datetime) -> bool:
        """Return whether it was a replay, and ended: nobody waits for it."""
        if self.over_s is None or self.answered_at is None:
            return False
        return (now - self.answered_at).total_seconds() >= self.over_s

    def plain(self) -> dict[str, Any]:
        """Return it as a browser reads it, times in ms since 1970."""
        at = None if self.answered_at is None else to_us(self.answered_at) // 1000
        said = {"name": self.name, "at_ms": at, "normal_s": self.normal_s, "trouble": self.trouble}
        return {**said, "over_s": self.over_s}


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
            row.name,
            None if row.answered_us is None else from_us(row.answered_us),
            row.normal_s,
            row.trouble,
            _REPLAY_OVER_S if row.name == "OMS" and _is_replayed(connection) else None,
        )
        for row in connection.execute(select(feed).order_by(feed.c.name))
    ]


def _is_replayed(connection: Connection) -> bool:
    newest = select(func.max(run_fact.c.run_number)).where(run_fact.c.until.is_(None)).scalar_subquery()
    of_newest = (run_fact.c.run_number == newest, run_fact.c.until.is_(None))
    said = select(run_fact.c.run_number).where(*of_newest, run_fact.c.document.like(_REPLAYED))
    return connection.execute(said).first() is not None
