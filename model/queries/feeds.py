"""How old what upstream told us is."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import Connection, func, select

from model.clock import from_us
from model.tables import import_checkpoint, journal

#: how often a feed of a live registry speaks
_NORMAL = timedelta(minutes=3)


@dataclass(frozen=True)
class FeedAge:
    """One feed with the age of its last word, late at 2× and stale at 5× of its normal lag."""

    name: str
    age: str
    state: Literal["fresh", "late", "stale"]
    detail: str


def feeds(connection: Connection, now: datetime) -> list[FeedAge]:
    """Return the feeds; a registry that was filled from files says so instead of pretending to be live."""
    query = select(func.max(journal.c.recorded_us)).where(journal.c.kind == "lumisections-reported")
    last = connection.execute(query).scalar()
    if last is None:
        return [FeedAge("OMS", "never", "stale", "nothing was reported yet")]
    age = now - from_us(last)
    from_files = connection.execute(select(import_checkpoint.c.digest).limit(1)).first() is not None
    detail = f"last report {from_us(last):%Y-%m-%d %H:%M} UTC"
    if from_files:
        return [FeedAge("OMS", f"from files, {from_us(last):%Y-%m-%d}", "late", f"not live: {detail}")]
    state: Literal["fresh", "late", "stale"] = (
        "fresh" if age < 2 * _NORMAL else "late" if age < 5 * _NORMAL else "stale"
    )
    return [FeedAge("OMS", _words(age), state, detail)]


def _words(age: timedelta) -> str:
    seconds = int(age.total_seconds())
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
