"""What is done by schedule, or by an operator's hand, and what last became of it; it is in no journal."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from model.clock import Clock, from_us, system_clock, to_us
from model.db import Database
from model.errors import RunRegistryError
from model.feed_tables import job

VERIFY, BACKUP, SNAPSHOT = "journal verify", "backup", "nightly snapshot"
SENTINEL, PRODUCTS, REPORT = "nightly sentinel", "nightly products", "weekly report"
#: how long after it was due a job counts as late
_GRACE = timedelta(hours=2)
_LONGEST = 500


@dataclass(frozen=True)
class Job:
    """One job: when it last ran and how long, what it said, whether all was well, when it is due again."""

    name: str
    ran_at: datetime
    took_s: float
    due_at: datetime | None
    said: str
    is_well: bool

    def is_late(self, now: datetime) -> bool:
        """Tell whether it should have run again by now."""
        return self.due_at is not None and now > self.due_at + _GRACE


@dataclass
class Run:
    """One run of a job that goes on: what it has to say of itself."""

    said: str = ""
    is_well: bool = True


@contextmanager
def ran(
    database: Database, name: str, due_at: datetime | None = None, clock: Clock = system_clock
) -> Iterator[Run]:
    """Keep that a job ran, what it said, and how it ended; a refusal is kept and goes on to whoever called.

    Args:
        due_at: when it is due again; where not given, what was known of that stays.
    """
    begun, run = clock(), Run()
    try:
        yield run
    except RunRegistryError as error:
        run.said, run.is_well = str(error), False
        raise
    finally:
        keep(database, Job(name, begun, (clock() - begun).total_seconds(), due_at, run.said, run.is_well))


def jobs(connection: Connection) -> list[Job]:
    """Return every job that ever ran, by name."""
    return [
        Job(row.name, from_us(row.ran_us), row.took_s, _time(row.due_us), row.said, row.is_well)
        for row in connection.execute(select(job).order_by(job.c.name))
    ]


def _time(us: int | None) -> datetime | None:
    return None if us is None else from_us(us)


def keep(database: Database, found: Job) -> None:
    """Keep what a job last did; where it does not say when it is due again, what was known of that stays."""
    said = {"ran_us": to_us(found.ran_at), "took_s": found.took_s, "said": found.said[:_LONGEST]}
    row = {**said, "is_well": found.is_well}
    if found.due_at is not None:
        row["due_us"] = to_us(found.due_at)
    with database.writing() as connection:
        if not connection.execute(job.update().where(job.c.name == found.name).values(**row)).rowcount:
            connection.execute(job.insert().values(name=found.name, **row))
