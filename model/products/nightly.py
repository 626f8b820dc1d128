"""The product of a night: what two persons made official, made again of newer data; once per night."""

from datetime import UTC, date, datetime, time, timedelta

from model.authors import SCHEDULE
from model.clock import Clock
from model.commands import feeds
from model.commands.products import approved_of, publish_scheduled
from model.db import Database
from model.errors import Busy, RunRegistryError
from model.golden.golden import GoldenRoom
from model.journal import sequence_now, writing
from model.products.manifest import Draft, question_of

#: under this name refusals stand on the health page
NAME = "nightly products"


def night_of(now: datetime, hour: int) -> date:
    """Return the last night whose hour has come, UTC."""
    return (now - timedelta(hours=hour)).date()


def due_after(night: date, hour: int, days: int = 1) -> datetime:
    """Return when the work of a night is due again."""
    return datetime.combine(night + timedelta(days=days), time(hour), UTC)


def work_of(series: str) -> str:
    """Return the name under which it is remembered how far a series is."""
    return f"{NAME}: {series}"


def is_done(database: Database, work: str, night: date) -> bool:
    """Tell whether the work of a night was done, or of a later one."""
    with database.reading() as connection:
        return feeds.mark_of(connection, work) >= night.isoformat()


def done(database: Database, clock: Clock, work: str, night: date) -> None:
    """Remember that the work of a night is done."""
    with writing(database, clock) as tx:
        feeds.read_to(tx, work, night.isoformat())


def publish_night(database: Database, room: GoldenRoom, clock: Clock, series: str, night: date) -> str:
    """Publish the product of a night unless it is there; what was recorded and that it was is one transaction.

    Returns: what became of it, in words; empty where the night was done before, or somebody else is writing.
    """
    work = work_of(series)
    if is_done(database, work, night):
        return ""
    name = f"{series}_{night:%Y%m%d}"
    try:
        draft = _draft(database, room, series, name)
        with writing(database, clock) as tx:
            if feeds.mark_of(tx.connection, work) >= night.isoformat():
                return ""
            feeds.read_to(tx, work, night.isoformat())
            feeds.taken(tx, NAME, series)
            recorded = publish_scheduled(tx, draft, SCHEDULE)
    except Busy:
        # nothing was written: the next look tries again
        return ""
    except RunRegistryError as error:
        return _refused(database, clock, series, night, str(error))
    return f"{name} is official." if recorded else f"{name}: the list is the official one already."


def _draft(database: Database, room: GoldenRoom, series: str, name: str) -> Draft:
    with database.reading() as connection:
        approved = approved_of(connection, series)
        question = question_of(connection, dict(approved.manifest), sequence_now(connection))
        return Draft(name, series, question, room.golden(connection, question))


def _refused(database: Database, clock: Clock, series: str, night: date, reason: str) -> str:
    """Say once a night why there is no product, where operators look for it."""
    with writing(database, clock) as tx:
        feeds.read_to(tx, work_of(series), night.isoformat())
        feeds.refuse(tx, NAME, series, reason)
    return f"{series}: no product of {night}: {reason}"
