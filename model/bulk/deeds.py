"""What is done to many datasets besides verdicts: move them between states, duplicate them."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from model import encoding
from model.authors import Author
from model.bulk.plan import TOLD_EVERY, Plan, Tell, denial, untold
from model.bulk.rows import Problem
from model.bulk.snapshot import Pair, Snapshot
from model.commands.datasets import moved, require_mover_of_dataset
from model.commands.duplicates import duplicated
from model.errors import Invalid, RunRegistryError
from model.events import DatasetStateMoved, Event, VerdictsGiven
from model.journal import sequence_now
from model.queries import datasets
from model.ranges import count
from model.vocabulary import GLOBAL


@dataclass(frozen=True)
class Moves:
    """Move datasets from one state to another.

    Args:
        workspaces: where. Of one, each dataset must be in `from_state`; of several, only what is in it
            moves, so that what waits or is not significant stays as it is.
    """

    chosen: tuple[Pair, ...]
    workspaces: tuple[str, ...]
    from_state: str
    to_state: str
    comment: str = ""


@dataclass(frozen=True)
class Duplicates:
    """Duplicate datasets, each within its run, under one name."""

    chosen: tuple[Pair, ...]
    to: str
    comment: str = ""


Deed = Moves | Duplicates


def plan_deed(connection: Connection, deed: Deed, by: Author, tell: Tell = untold) -> Plan:
    """Return what a deed would record as things stand now; nothing is written."""
    at = sequence_now(connection)
    now = Snapshot(connection, at)
    now.load(run for run, _ in deed.chosen)
    steps: list[Event] = []
    problems: list[Problem] = []
    kept, denied = 0, None
    there = (GLOBAL, *datasets.workspaces(connection, at))
    for place, where in enumerate(deed.chosen):
        if place % TOLD_EVERY == 0:
            tell("checking", place, len(deed.chosen))
        try:
            if isinstance(deed, Duplicates):
                steps += duplicated(now, where, deed.to, by)
                continue
            event, stays = _moved(now, deed, where, there, by)
            kept += stays
            steps += [event] if event else []
        except RunRegistryError as error:
            denied = denied or denial(error)
            sentence = str(error)
            named = sentence if str(where[0]) in sentence else f"Run {where[0]}: {sentence}"
            problems.append(Problem(0, named))
    problems += _twice(deed)
    runs = {event.subject for event in steps if event.subject is not None}
    spans = {run: now.lumisections(run) for run in runs}
    return Plan(
        (),
        tuple(problems),
        (),
        len({(e.subject, getattr(e, "dataset", "")) for e in steps}),
        sum(map(_cells, steps)),
        sum(map(count, spans.values())),
        sum(now.recorded_invpb(run, there) for run, there in spans.items()),
        kept,
        f"{at}.{_digest(steps, by)}",
        at,
        tuple(steps),
        deed.comment,
        denied,
    )


def _moved(
    now: Snapshot, deed: Moves, where: Pair, there: Collection[str], by: Author
) -> tuple[DatasetStateMoved | None, int]:
    run_number, name = where
    strange = [each for each in deed.workspaces if each not in there]
    if strange or not deed.workspaces:
        raise Invalid(f"“{', '.join(strange)}” is no workspace that certifies datasets.")
    if len(deed.workspaces) == 1:
        require_mover_of_dataset(by, deed.workspaces[0])
    dataset = now.dataset(run_number, name)
    wanted = deed.workspaces
    if len(wanted) > 1:
        wanted = tuple(w for w in wanted if dataset.state_of(w) == deed.from_state)
    states: dict[str, str] = {}
    for workspace in wanted:
        step = (deed.from_state, deed.to_state)
        states |= moved(now.connection, where, workspace, step, by, comment=deed.comment).states
    return DatasetStateMoved(run_number, name, states) if states else None, len(deed.workspaces) - len(states)


def _twice(deed: Deed) -> list[Problem]:
    """Two datasets of one run cannot get the same name."""
    if not isinstance(deed, Duplicates):
        return []
    runs = [run for run, _ in deed.chosen]
    named = sorted({run for run in runs if runs.count(run) > 1})
    return [
        Problem(0, f"Run {run} is chosen with several datasets: one name cannot be all of them.")
        for run in named
    ]


def _cells(event: Event) -> int:
    if isinstance(event, DatasetStateMoved):
        return len(event.states)
    return len({c for v in event.verdicts for c in v["columns"]}) if isinstance(event, VerdictsGiven) else 0


def _digest(steps: Sequence[Event], by: Author) -> str:
    told = [[event.kind, event.payload()] for event in steps]
    return hashlib.sha256(encoding.canonical([by.name, told])).hexdigest()
