"""Cycles: what is in them, how far each workspace is, and what would make the next one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select, tuple_

from model.asof import held, recorded_us
from model.clock import rfc3339
from model.pieces import pieces
from model.queries import datasets, documents
from model.tables import dataset_state, dataset_summary, term
from model.vocabulary import GLOBAL, State

KIND = "cycle"
_DONE = (State.SIGNOFF.value, State.COMPLETED.value)


@dataclass(frozen=True)
class Cycle:
    """Datasets to certify before a day; `completed` maps a workspace to who said so."""

    name: str
    deadline: str
    datasets: tuple[tuple[int, str], ...]
    completed: Mapping[str, str]
    is_closed: bool


@dataclass(frozen=True)
class Progress:
    """How far a workspace is with a cycle; what is not significant for it is no work.

    Args:
        burn_down: (time, datasets left) at each change, oldest first.
    """

    workspace: str
    work: int
    done: int
    left_invpb: float
    burn_down: tuple[tuple[str, int], ...] = field(default=(), repr=False)


def cycles(connection: Connection, at: int) -> list[Cycle]:
    """Return the cycles as of a sequence, the next deadline first, closed ones last."""
    found = [_cycle(name, text) for name, text in documents.documents(connection, KIND, at).items()]
    return sorted(found, key=lambda c: (c.is_closed, c.deadline, c.name))


def undone(
    connection: Connection, chosen: Iterable[Sequence[Any]], workspace: str, at: int
) -> list[tuple[int, str]]:
    """Return the datasets of a list that a workspace has not signed off, those not significant for it apart."""
    return [
        (run, name)
        for run, name, state in _states_now(connection, chosen, workspace, at)
        if state not in (*_DONE, State.NOT_SIGNIFICANT.value)
    ]


def progress(connection: Connection, cycle: Cycle, at: int) -> list[Progress]:
    """Return how far every workspace is; it is what the states say, not what somebody ticked."""
    told = _told(connection, cycle.datasets, at)
    return [_of_workspace(told, each) for each in (GLOBAL, *datasets.workspaces(connection, at))]


@dataclass(frozen=True)
class _Told:
    """The history of states: per dataset and workspace (since, until, state), luminosities, times."""

    states: Mapping[int, Mapping[str, list[tuple[int, int | None, str]]]]
    recorded_invpb: Mapping[int, float]
    times: Mapping[int, str]


def _of_workspace(told: _Told, workspace: str) -> Progress:
    steps: dict[int, int] = defaultdict(int)
    work = done = 0
    left_invpb = 0.0
    for dataset_id, by_workspace in told.states.items():
        spans = by_workspace.get(workspace) or by_workspace.get(GLOBAL) or []
        last = spans[-1][2] if spans else State.OPEN.value
        if last == State.NOT_SIGNIFICANT:
            continue
        work += 1
        done += last in _DONE
        left_invpb += 0.0 if last in _DONE else told.recorded_invpb.get(dataset_id, 0.0)
        before = False
        for since, _, state in spans:
            is_left = state not in _DONE
            steps[since] += is_left - before
            before = is_left
    return Progress(workspace, work, done, left_invpb, _burned(steps, told.times))


def _burned(steps: Mapping[int, int], times: Mapping[int, str]) -> tuple[tuple[str, int], ...]:
    found: list[tuple[str, int]] = []
    left = 0
    for sequence in sorted(steps):
        left += steps[sequence]
        if found and found[-1][0] == times[sequence]:
            found.pop()
        found.append((times[sequence], left))
    return tuple(found)


def _told(connection: Connection, chosen: Sequence[Sequence[Any]], at: int) -> _Told:
    states: dict[int, dict[str, list[tuple[int, int | None, str]]]] = {}
    recorded: dict[int, float] = {}
    s, d = dataset_summary, dataset_state
    for some in pieces(chosen):
        query = select(s.c.dataset_id, s.c.recorded_invpb).where(_in(some), held(s, at))
        for dataset_id, invpb in connection.execute(query):
            states[dataset_id], recorded[dataset_id] = defaultdict(list), invpb or 0.0
    for ids in pieces(sorted(states)):
        history = (
            select(d.c.dataset_id, term.c.text, d.c.since, d.c.until, d.c.state)
            .join(term, term.c.id == d.c.workspace_id)
            .where(d.c.dataset_id.in_(ids), d.c.since <= at)
            .order_by(d.c.since)
        )
        for dataset_id, workspace, since, until, state in connection.execute(history):
            states[dataset_id][workspace].append((since, until, state))
    wanted = {since for by in states.values() for spans in by.values() for since, *_ in spans}
    times = {sequence: rfc3339(us) for sequence, us in recorded_us(connection, wanted).items()}
    return _Told(states, recorded, times)


def _states_now(
    connection: Connection, chosen: Iterable[Sequence[Any]], workspace: str, at: int
) -> Iterable[tuple[int, str, str]]:
    s, d = dataset_summary, dataset_state
    for some in pieces([tuple(each) for each in chosen]):
        query = select(s.c.dataset_id, s.c.run_number, s.c.name).where(_in(some), held(s, at))
        rows = connection.execute(query.order_by(s.c.run_number, s.c.name)).all()
        states = (
            select(d.c.dataset_id, term.c.text, d.c.state)
            .join(term, term.c.id == d.c.workspace_id)
            .where(d.c.dataset_id.in_([r.dataset_id for r in rows]), held(d, at))
            .where(term.c.text.in_([workspace, GLOBAL]))
        )
        known = {(i, w): state for i, w, state in connection.execute(states)}
        for i, run_number, name in rows:
            state = known.get((i, workspace)) or known.get((i, GLOBAL)) or State.OPEN.value
            yield run_number, name, state


def _in(some: Sequence[Sequence[Any]]) -> Any:
    return tuple_(dataset_summary.c.run_number, dataset_summary.c.name).in_([tuple(each) for each in some])


def _cycle(name: str, text: Mapping[str, Any]) -> Cycle:
    chosen = tuple((int(run), str(dataset)) for run, dataset in text["datasets"])
    return Cycle(name, text["deadline"], chosen, dict(text["completed"]), bool(text["closed"]))
