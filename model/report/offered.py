"""What a report can be about: eras, weeks, cycles and shifts in which there is something."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from model.accounting.flow import began_at
from model.asof import held
from model.clock import from_us
from model.queries import runs
from model.queries.cycles import cycles
from model.report.scope import Kind, week_before, week_of
from model.tables import dataset_summary
from model.vocabulary import ONLINE

_MOST = 60
_SHIFT = timedelta(hours=8)


def offered(connection: Connection, kind: Kind, at: int) -> list[str]:
    """Return the scopes of a kind, the newest first."""
    if kind is Kind.ERA:
        return list(runs.eras(connection, at))
    if kind is Kind.CYCLE:
        return [cycle.name for cycle in cycles(connection, at)]
    names = _weeks(connection, at) if kind is Kind.WEEK else map(_shift_of, _began(connection, at))
    return list(dict.fromkeys(names))[:_MOST]


def due(found: Sequence[str], kind: Kind, now: datetime) -> str:
    """Return what a report is about where nobody names it: the newest offered, of weeks the last one over.

    Args:
        found: what `offered` returns.

    Returns: nothing of a shift, which is the last 8 hours, and where there is nothing to report.
    """
    if kind is Kind.SHIFT:
        return ""
    over = [name for name in found if name <= week_before(now)] if kind is Kind.WEEK else found
    return next(iter(over or found), "")


def _weeks(connection: Connection, at: int) -> Iterator[str]:
    """Yield the week of each run that plays no other again, the newest first."""
    began = (began_at(run) for run in reversed(runs.runs(connection, at)) if not run.replay)
    return (week_of(time) for time in began if time is not None)


def _began(connection: Connection, at: int) -> list[datetime]:
    s = dataset_summary
    query = select(s.c.start_us).where(held(s, at), s.c.name == ONLINE, s.c.start_us.is_not(None))
    return [from_us(row.start_us) for row in connection.execute(query.order_by(s.c.start_us.desc()))]


def _shift_of(began: datetime) -> str:
    """Return the shift of a day's three that a time lies in, as a scope."""
    hour = began.hour // 8 * 8
    first = began.replace(hour=hour, minute=0, second=0, microsecond=0)
    return f"{first:%Y-%m-%dT%H:%MZ}/{first + _SHIFT:%Y-%m-%dT%H:%MZ}"
