"""Load the demo: real conditions and illustrative verdicts, in the order in which they would have happened.

The journal's clock is set to the demo's own time, so that `as_of` 2024-05-15 answers what was known then.
"""

import heapq
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import func, select

from ingest.demo import conditions, products, rulebook
from ingest.demo.acts import Act, BitOverride, DatasetVerdicts, Demo, DemoDataset, RunConditions
from ingest.demo.generator import generate
from model.authors import IMPORTER, Author
from model.clock import SettableClock
from model.commands import automatic, datasets, documents, runs, upstream
from model.commands.derived import derive, writing
from model.db import Database
from model.events import DatasetCreated, DatasetStateMoved, VerdictsGiven
from model.journal import Transaction, head
from model.pieces import pieces
from model.ranges import count
from model.tables import import_checkpoint
from model.vocabulary import ONLINE, State

SEED = 2024
LS_S = 23.31
#: another one where its steps change: a load that is half done goes on with its own steps only
CHECKPOINT = f"demo-{SEED}-tracks"
LABELS = ("call-380649", "call-381594")
#: nobody published them for 2024: stated, and marked as assumed
ASSUMED = {"energy": 6800, "b_field": 3.8, "tracker_included": True, "pixel_included": True}
_PIECE = 40
Step = Callable[[Transaction], object]


def load(database: Database, tell: Callable[[int, int], None]) -> int:
    """Load what is not yet loaded; return the number of steps done now.

    A killed load resumes where its last piece was committed.

    Args:
        tell: is told (steps done, steps in all).
    """
    demo, runs_ = read()
    steps = list(_steps(demo, runs_))
    done = _done(database)
    tell(done, len(steps))
    clock = SettableClock(steps[0][0])
    for piece in pieces(steps[done:], _PIECE):
        with writing(database, clock) as tx:
            for at, step in piece:
                clock.at = max(clock.at, at)
                tx.action = None
                step(tx)
            # what follows from verdicts is no part of the last step
            tx.action = None
            derive(tx)
            done += len(piece)
            tx.connection.execute(import_checkpoint.insert(), {"digest": CHECKPOINT, "run_number": done})
        tell(done, len(steps))
    return len(steps) - done


def read() -> tuple[Demo, list[RunConditions]]:
    """Return the demo's history and the conditions it happened in."""
    found = conditions.read_conditions(conditions.LUMISECTIONS)
    earlier = conditions.read_ranges(conditions.CALL_380649)
    later = conditions.read_ranges(conditions.CALL_381594)
    return generate(found, earlier, later, seed=SEED), found


def is_empty(database: Database) -> bool:
    """Tell whether nothing was ever recorded."""
    with database.reading() as connection:
        return head(connection).sequence == 0


def was_begun(database: Database) -> bool:
    """Tell whether a load of the demo was begun, finished or not."""
    return _done(database) > 0


def _done(database: Database) -> int:
    query = select(func.max(import_checkpoint.c.run_number)).where(import_checkpoint.c.digest == CHECKPOINT)
    with database.reading() as connection:
        return connection.execute(query).scalar() or 0


def _steps(demo: Demo, found: Sequence[RunConditions]) -> Iterator[tuple[datetime, Step]]:
    start = min(run.started_at for run in found) - timedelta(days=1)
    yield from ((start, step) for step in rulebook.steps())
    pending = [(_end(run), run.run_number, run) for run in found]
    heapq.heapify(pending)
    reported: set[int] = set()
    by_number = {run.run_number: run for run in found}
    for acts, label, at in (
        (demo.first, LABELS[0], demo.labelled_at[0]),
        (demo.second, LABELS[1], demo.labelled_at[1]),
        (demo.after, None, None),
    ):
        last_act = _last_acts(demo, acts)
        for act in acts:
            while pending and (pending[0][0] <= act.happened_at or pending[0][1] in reported):
                _, number, run = heapq.heappop(pending)
                if number not in reported:
                    reported.add(number)
                    yield _end(run), _report(run)
            if act.run_number not in reported:
                reported.add(act.run_number)
                yield act.happened_at, _report(by_number[act.run_number])
            yield act.happened_at, _act(act)
        if at is not None and label is not None:
            yield from ((at, _finished(dataset)) for dataset in last_act)
            yield at, derive
            yield at, _label(label)
            yield from ((at, step) for step in products.steps(label))
        else:
            end = max(act.happened_at for act in acts) if acts else start
            yield from ((end, _finished(dataset)) for dataset in last_act)
    for end_of_run, number, run in sorted(pending, key=lambda item: item[:2]):
        if number not in reported:
            yield end_of_run, _report(run)


def _last_acts(demo: Demo, acts: Sequence[Act]) -> list[DemoDataset]:
    """Return the datasets whose last act is among these."""
    last: dict[tuple[int, str], Act] = {}
    created: dict[tuple[int, str], DemoDataset] = {}
    for act in (*demo.first, *demo.second, *demo.after):
        if isinstance(act, DemoDataset):
            created[act.run_number, act.name] = act
            last[act.run_number, act.name] = act
        else:
            last[act.run_number, act.dataset] = act
    here = {id(act) for act in acts}
    return [dataset for key, dataset in created.items() if id(last[key]) in here]


def _end(run: RunConditions) -> datetime:
    return run.started_at + timedelta(seconds=LS_S * run.lumisections[-1].last)


def _report(run: RunConditions) -> Step:
    def step(tx: Transaction) -> None:
        end, n = _end(run), count(run.lumisections)
        attributes: dict[str, Any] = {
            "fill_number": run.fill,
            "era": run.era,
            "start_time": _rfc3339(run.started_at),
            "end_time": _rfc3339(end),
            "duration": round(LS_S * run.lumisections[-1].last),
            "ls_duration": n,
            "recorded_lumi": round(float(np.nansum(run.recorded_lumi_invpb)), 6),
            "delivered_lumi": round(float(np.nansum(run.delivered_lumi_invpb)), 6),
            **ASSUMED,
        }
        assumed = [*ASSUMED, "end_time", "duration"] + (["start_time"] if run.start_is_assumed else [])
        upstream.report_run(tx, run.run_number, attributes, IMPORTER, assumed=assumed, happened_at=end)
        facts = {name: spans for name, spans in {**run.bits, **_prescales(run)}.items() if spans}
        upstream.report_lumisections(tx, run.run_number, run.lumisections, facts, IMPORTER, happened_at=end)
        numbers = (run.delivered_lumi_invpb, run.recorded_lumi_invpb, run.pileup)
        lumi = upstream.Luminosity("OMS", *(each[1:] for each in numbers))
        upstream.report_luminosity(tx, run.run_number, lumi, IMPORTER, happened_at=end)
        automatic.classify_run(tx, run.run_number, IMPORTER, happened_at=end)

    return step


def _prescales(run: RunConditions) -> Mapping[str, tuple[tuple[int, int, Any], ...]]:
    return {
        "prescale_index": tuple((p.first, p.last, p.index) for p in run.prescales if p.index is not None),
        "prescale_name": tuple((p.first, p.last, p.name) for p in run.prescales if p.name is not None),
    }


def _act(act: Act) -> Step:
    if isinstance(act, DemoDataset):
        return _created(act)
    if isinstance(act, BitOverride):
        return _overridden(act)
    return _said(act)


def _created(act: DemoDataset) -> Step:
    if act.name == ONLINE:
        return lambda tx: None
    states = {ws: (s if s == State.NOT_SIGNIFICANT else State.OPEN).value for ws, s in act.final_state.items()}
    event = DatasetCreated(act.run_number, act.name, states, (act.name,))
    return lambda tx: datasets.create_dataset(tx, event, IMPORTER, happened_at=act.created_at)


def _finished(act: DemoDataset) -> Step:
    if act.name == ONLINE:
        state = next(iter(act.final_state.values())).value
        if state == State.OPEN:
            return lambda tx: None
        words = {"state": state}
        return lambda tx: runs.import_run_attributes(tx, act.run_number, words, IMPORTER, importer=IMPORTER)
    moved = {ws: s.value for ws, s in act.final_state.items() if s not in (State.OPEN, State.NOT_SIGNIFICANT)}
    if not moved:
        return lambda tx: None
    event = DatasetStateMoved(act.run_number, act.name, moved)
    return lambda tx: datasets.import_states(tx, event, IMPORTER, importer=IMPORTER)


def _overridden(act: BitOverride) -> Step:
    who = Author(act.author, groups=frozenset({"cms-dqm-runregistry-data-certification"}))
    spans = tuple((r.first, r.last, act.value) for r in act.lumisections)
    attributes = dict.fromkeys(act.bits, spans)
    return lambda tx: upstream.override_bits(
        tx, act.run_number, act.dataset, attributes, who, comment=act.reason, happened_at=act.happened_at
    )


def _said(act: DatasetVerdicts) -> Step:
    grouped: dict[str, dict[str, Any]] = {}
    for v in act.verdicts:
        ranges = [list(r) for r in v.ranges]
        key = json.dumps([ranges, v.status.name, v.cause, v.comment])
        words = {"ranges": ranges, "status": v.status.name, "cause": v.cause, "comment": v.comment}
        grouped.setdefault(key, {"columns": [], **words})["columns"].append(v.column)
    event = VerdictsGiven(act.run_number, act.dataset, tuple(grouped.values()))
    who = Author(act.author, act.is_person)
    return lambda tx: datasets.import_verdicts(tx, event, who, importer=IMPORTER, happened_at=act.happened_at)


def _label(name: str) -> Step:
    return lambda tx: documents.set_label(tx, name, IMPORTER)


def _rfc3339(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")
