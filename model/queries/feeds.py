"""How old what upstream told us is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, func, select

from model.clock import from_us
from model.feed_tables import feed_refusal, feed_wish
from model.feeds import Heard, heard
from model.tables import import_checkpoint, journal

#: how often a feed of a live registry speaks
_NORMAL = timedelta(minutes=3)
_REPORTS = ("lumisections-reported", "lumisections-changed")


@dataclass(frozen=True)
class FeedAge:
    """One feed with the age of its last word, late at 2× and stale at 5× of normal; off where none is due."""

    name: str
    age: str
    state: Literal["fresh", "late", "stale", "off"]
    detail: str


@dataclass(frozen=True)
class Refusal:
    """A record of a feed that could not be taken."""

    record: str
    reason: str
    refused_at: datetime
    feed: str


def refusals(connection: Connection, name: str = "", limit: int | None = None) -> list[Refusal]:
    """Return what a feed, or any, gave that could not be taken, newest first."""
    query = select(feed_refusal).order_by(feed_refusal.c.refused_us.desc(), feed_refusal.c.record).limit(limit)
    if name:
        query = query.where(feed_refusal.c.name == name)
    return [
        Refusal(row.record, row.reason, from_us(row.refused_us), row.name) for row in connection.execute(query)
    ]


def count_refusals(connection: Connection) -> int:
    """Return how many records of all feeds could not be taken."""
    return int(connection.execute(select(func.count()).select_from(feed_refusal)).scalar() or 0)


def wishes(connection: Connection, name: str) -> list[str]:
    """Return the records of a feed that somebody wants read again, the longest waiting first."""
    query = select(feed_wish.c.record).where(feed_wish.c.name == name).order_by(feed_wish.c.wished_us)
    return [row.record for row in connection.execute(query)]


def feeds(connection: Connection, now: datetime) -> list[FeedAge]:
    """Return the feeds; a registry that was filled from files says so instead of pretending to be live."""
    live = [_live(each, now) for each in heard(connection)]
    return live if any(each.name == "OMS" for each in live) else [*_of_files(connection, now), *live]


def _live(each: Heard, now: datetime) -> FeedAge:
    if each.answered_at is None:
        return FeedAge(each.name, "never", "stale", each.trouble or "it has not answered yet")
    age = max(now - each.answered_at, timedelta(0))
    if each.is_over(now):
        return FeedAge(each.name, "replay ended", "off", f"{_words(age)} ago; no OMS is followed")
    said = f"last answer {each.answered_at:%Y-%m-%d %H:%M:%S} UTC, normally every {each.normal_s:g} s"
    detail = f"{said}; {each.trouble}" if each.trouble else said
    return FeedAge(each.name, _words(age), _state(age, timedelta(seconds=each.normal_s)), detail)


def _state(age: timedelta, normal: timedelta) -> Literal["fresh", "late", "stale"]:
    return "fresh" if age < 2 * normal else "late" if age < 5 * normal else "stale"


def _of_files(connection: Connection, now: datetime) -> list[FeedAge]:
    query = select(func.max(journal.c.recorded_us)).where(journal.c.kind.in_(_REPORTS))
    last = connection.execute(query).scalar()
    if last is None:
        return [FeedAge("OMS", "none yet", "off", "no feed has said anything yet")]
    age = now - from_us(last)
    from_files = connection.execute(select(import_checkpoint.c.digest).limit(1)).first() is not None
    detail = f"last report {from_us(last):%Y-%m-%d %H:%M} UTC"
    if from_files:
        return [FeedAge("OMS", "from files", "off", f"not live: {detail}")]
    return [FeedAge("OMS", _words(age), _state(age, _NORMAL), detail)]


def _words(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
