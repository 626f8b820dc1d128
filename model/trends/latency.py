"""How long certification took: from the end of a run until the last workspace signed its dataset off."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from model.accounting.flow import began_at
from model.asof import happened_us
from model.clock import from_us
from model.frames.known import Known
from model.frames.painter import Unit
from model.pieces import AT_ONCE
from model.queries.runs import Run
from model.tables import dataset_state
from model.vocabulary import State

NOT_SIGNED, NOT_KNOWN = "not signed off", "not known"
_SIGNED = frozenset({State.SIGNOFF.value, State.COMPLETED.value})
_HOURS = ((6, "< 6 h"), (12, "6–12 h"), (24, "12–24 h"), (48, "1–2 d"), (96, "2–4 d"), (168, "4–7 d"))
_LATER = ((336, "1–2 weeks"), (float("inf"), "> 2 weeks"))
#: in the order of time; those without an end come last
BINS = (*(name for _, name in (*_HOURS, *_LATER)), NOT_SIGNED, NOT_KNOWN)


@dataclass(frozen=True)
class Latency:
    """How long it took for one dataset; hours are None where it is not signed off or the end is not known."""

    bin: str
    hours: float | None = None


def latencies(connection: Connection, known: Known, units: Sequence[Unit], at: int) -> tuple[Latency, ...]:
    """Return the latency of each dataset: a workspace for which it is not significant is not waited for."""
    runs = {unit.dataset_id: unit.run for unit in units}

    def told(ids: Sequence[int]) -> dict[int, Latency]:
        signed = _signed_at(connection, ids, at)
        return {each: _latency(runs[each], signed.get(each)) for each in ids}

    numbers = {each: run.run_number for each, run in runs.items()}
    found = known.each(connection, "latency", at, numbers, told)
    return tuple(found[unit.dataset_id] for unit in units)


def _latency(run: Run, signed_at: datetime | None) -> Latency:
    if signed_at is None:
        return Latency(NOT_SIGNED)
    end = _ended_at(run)
    if end is None:
        return Latency(NOT_KNOWN)
    hours = max(signed_at - end, timedelta()) / timedelta(hours=1)
    return Latency(next(name for limit, name in (*_HOURS, *_LATER) if hours < limit), hours)


def _ended_at(run: Run) -> datetime | None:
    said = run.upstream.get("end_time")
    if isinstance(said, str) and said:
        return datetime.fromisoformat(said).astimezone(UTC)
    began, duration_s = began_at(run), run.upstream.get("duration")
    if began is None or not isinstance(duration_s, int | float):
        return None
    return began + timedelta(seconds=duration_s)


def _signed_at(connection: Connection, dataset_ids: Sequence[int], at: int) -> dict[int, datetime]:
    """Return when the last workspace signed off, for the datasets that all of them have signed off."""
    s = dataset_state
    query = (
        select(s.c.dataset_id, s.c.workspace_id, s.c.since, s.c.until, s.c.state)
        .where(s.c.since <= at)
        .order_by(s.c.dataset_id, s.c.workspace_id, s.c.since)
    )
    if len(dataset_ids) <= AT_ONCE:
        query = query.where(s.c.dataset_id.in_(dataset_ids))
    wanted = set(dataset_ids)
    since: dict[int, dict[int, int | None]] = defaultdict(dict)
    for row in connection.execute(query):
        if row.dataset_id not in wanted:
            continue
        of_dataset, is_held = since[row.dataset_id], row.until is None or row.until > at
        if row.state in _SIGNED:
            # completing what was signed off is no later sign-off
            of_dataset[row.workspace_id] = of_dataset.get(row.workspace_id) or row.since
        elif row.state == State.NOT_SIGNIFICANT.value and is_held:
            of_dataset.pop(row.workspace_id, None)
        else:
            of_dataset[row.workspace_id] = None
    done = {d: max(s for s in each.values() if s) for d, each in since.items() if each and all(each.values())}
    times = happened_us(connection, set(done.values()))
    return {dataset_id: from_us(times[sequence]) for dataset_id, sequence in done.items()}
