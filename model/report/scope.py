"""What a report is about: a week, an era, a cycle or the hours of a shift, and the runs in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, select

from model.asof import held, recorded_us
from model.clock import from_us, to_us
from model.errors import Invalid, NotFound
from model.queries import documents, runs
from model.queries.cycles import KIND as CYCLE
from model.queries.runs import Run
from model.tables import dataset_summary
from model.vocabulary import ONLINE

_WEEK = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
_SHIFT = timedelta(hours=8)
_LONGEST_SHIFT = timedelta(hours=48)
_LONGEST_WORD = 100


class Kind(StrEnum):
    """What a report is about."""

    WEEK = "week"
    ERA = "era"
    CYCLE = "cycle"
    SHIFT = "shift"


@dataclass(frozen=True)
class Scope:
    """A week (ISO 8601, UTC), an era, a cycle or the hours of a shift, with its times where it has them."""

    kind: Kind
    name: str
    title: str
    begins: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True)
class Asked:
    """What somebody wants a report of; what is empty is the golden rule's own, or the next one due.

    Args:
        as_of: a sequence, a time or a label.
    """

    kind: str
    scope: str = ""
    rule: str = ""
    null_policy: str = ""
    dataset: str = ""
    source: str = ""
    as_of: str = "now"


def kind_of(word: str) -> Kind:
    """Return the kind of report that a word names.

    Raises:
        Invalid: there is none of this name.
    """
    if word not in set(Kind):
        raise Invalid(f"“{word[:40]}” is no kind of report; {', '.join(Kind)} are.")
    return Kind(word)


def scope(kind: Kind, words: str, now: datetime) -> Scope:
    """Return what the words mean; without any, the week that ended last, or the 8 hours up to now.

    Raises:
        Invalid: it is no week and no time, lies in the future, or is a shift of more than two days.
    """
    said = words.strip()[:_LONGEST_WORD]
    if kind is Kind.WEEK:
        return _week(said or week_before(now), now)
    if kind is Kind.SHIFT:
        return _shift(said, now)
    if not said:
        raise Invalid(f"Name the {kind} that the report is about.")
    return Scope(kind, said, f"{'Era' if kind is Kind.ERA else 'Cycle'} {said}")


def week_before(now: datetime) -> str:
    """Return the last week that is over, such as `2024-W20`."""
    return week_of(now - timedelta(days=7))


def week_of(at: datetime) -> str:
    """Return the week in which a time lies, ISO 8601."""
    year, week, _ = at.isocalendar()
    return f"{year}-W{week:02d}"


def runs_of(connection: Connection, asked: Scope, at: int) -> list[Run]:
    """Return the runs of a scope as of a sequence, in order; one that plays another again is in shifts only.

    Raises:
        NotFound: there is no such era or cycle, or no run began in the week.
    """
    if asked.kind is Kind.CYCLE:
        numbers = {run for run, _ in _cycle(connection, asked.name, at)}
    elif asked.kind is Kind.ERA:
        numbers = _numbers(connection, at, dataset_summary.c.era == asked.name)
    else:
        numbers = _numbers(connection, at, *_began(asked))
    found = runs.runs(connection, at, sorted(numbers)) if numbers else []
    if asked.kind is Kind.SHIFT:
        return [run for run in found if asked.begins and ended_at(run, asked.begins) > asked.begins]
    real = [run for run in found if not run.replay]
    if not real:
        raise NotFound(_nothing(connection, asked, at))
    return real


def ended_at(run: Run, at_least: datetime) -> datetime:
    """Return when a run ended; one that is not known to have ended still goes on at a time."""
    for_s = run.upstream.get("duration")
    began = run.upstream.get("start_time")
    if not isinstance(began, str) or not isinstance(for_s, int | float):
        return at_least + timedelta(microseconds=1)
    return datetime.fromisoformat(began).astimezone(UTC) + timedelta(seconds=for_s)


def recorded_at(connection: Connection, at: int) -> datetime:
    """Return when a sequence was recorded; long ago where nothing was."""
    return from_us(recorded_us(connection, [at]).get(at, 0))


def _week(said: str, now: datetime) -> Scope:
    match = _WEEK.fullmatch(said)
    try:
        first = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        first = None
    if first is None:
        raise Invalid(f"“{said}” is no week such as {week_before(now)}: a year and the number of its week.")
    begins = datetime(first.year, first.month, first.day, tzinfo=UTC)
    if begins > now:
        raise Invalid(
            f"Week {said} begins on {first:%-d %B %Y}, which is to come: the last week that is over is "
            f"{week_before(now)}."
        )
    last = first + timedelta(days=6)
    return Scope(
        Kind.WEEK, said, f"Week {said}, {first:%-d %b} – {last:%-d %b %Y}", begins, begins + timedelta(days=7)
    )


def _shift(said: str, now: datetime) -> Scope:
    first, _, last = said.partition("/")
    until = now.replace(second=0, microsecond=0)
    begins = _time(first) if first else until - _SHIFT
    ends = _time(last) if last else begins + _SHIFT
    if ends <= begins or ends - begins > _LONGEST_SHIFT:
        raise Invalid(
            f"A shift ends after it begins, within {_LONGEST_SHIFT.total_seconds() / 3600:.0f} hours."
        )
    if begins > now:
        raise Invalid(f"The shift of {begins:%Y-%m-%d %H:%M} UTC is to come: there is nothing to report of it.")
    title = f"{begins:%-d %b %Y, %H:%M} – {ends:%H:%M} UTC"
    return Scope(Kind.SHIFT, f"{_minute(begins)}/{_minute(ends)}", title, begins, ends)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%MZ}"


def _time(word: str) -> datetime:
    try:
        at = datetime.fromisoformat(word)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid(f"“{word[:40]}” is no time such as 2024-05-13T07:00Z.") from error


def _began(asked: Scope) -> list[ColumnElement[bool]]:
    s = dataset_summary
    if asked.begins is None or asked.ends is None:
        return []
    before = _LONGEST_SHIFT if asked.kind is Kind.SHIFT else timedelta()
    return [s.c.start_us >= to_us(asked.begins - before), s.c.start_us < to_us(asked.ends)]


def _numbers(connection: Connection, at: int, *clauses: ColumnElement[bool]) -> set[int]:
    s = dataset_summary
    query = select(s.c.run_number).where(held(s, at), s.c.name == ONLINE, *clauses)
    return {row.run_number for row in connection.execute(query)}


def _cycle(connection: Connection, name: str, at: int) -> Sequence[tuple[int, str]]:
    found = documents.document(connection, CYCLE, name, at)
    if found is None:
        there = ", ".join(list(documents.documents(connection, CYCLE, at))[:12])
        raise NotFound(f"There is no cycle {name}; {f'there is {there}' if there else 'none was made yet'}.")
    return [(int(run), str(dataset)) for run, dataset in found["datasets"]]


def cycle_datasets(connection: Connection, asked: Scope, at: int) -> Sequence[tuple[int, str]]:
    """Return the (run_number, name) of the datasets of a cycle.

    Raises:
        NotFound: there is no such cycle.
    """
    return _cycle(connection, asked.name, at)


def _nothing(connection: Connection, asked: Scope, at: int) -> str:
    if asked.kind is Kind.ERA:
        known = ", ".join(runs.eras(connection, at)) or "no era yet"
        return f"No run is of era {asked.name}; the registry has {known}."
    last = _last_week(connection, at)
    return f"No run began in {asked.title}. " + (
        f"The last week with runs is {last}." if last else "No run has a time."
    )


def _last_week(connection: Connection, at: int) -> str:
    known = (run.upstream.get("start_time") for run in reversed(runs.runs(connection, at)) if not run.replay)
    last = next((began for began in known if isinstance(began, str)), "")
    return week_of(datetime.fromisoformat(last).astimezone(UTC)) if last else ""
