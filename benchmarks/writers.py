"""Twenty writers at once, PostgreSQL, four web workers: nothing lost, nothing half, every refusal a reason."""

import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.harness import Server
from benchmarks.survival import Check
from model import journal, replay
from model.authors import IMPORTER
from model.commands.datasets import create_dataset
from model.commands.upstream import Luminosity, report_luminosity, report_lumisections, report_run
from model.db import Database
from model.events import DatasetCreated, VerdictsGiven
from model.journal import writing
from model.ranges import canonical
from tests.provision.postgres import PostgresServer

WRITERS, EDITS, WORKERS = 20, 500, 4
_RUN, _NAMES = 390_001, ("/PromptReco/Collisions2024C/DQM", "/Express/Collisions2024/DQM")
_LAST = 300
_COLUMNS = ("tracker-track", "tracker-pixel", "tracker-strip")
#: local users who may certify the tracker
_PEOPLE = ("t.certifier", "d.coordinator", "b.expert")


@dataclass
class Told:
    """What the writers were answered: actions by the words they wrote, and refusals."""

    accepted: dict[str, int] = field(default_factory=dict)
    refused: dict[str, tuple[str, str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


def overlapping(folder: Path) -> Iterator[Check]:
    """Let them write; then compare every answer with the journal, verify it and replay it."""
    server = PostgresServer()
    server.start()
    try:
        url = server.create_database("writers")
        database = Database(url)
        database.upgrade()
        _prepare(database)
        before = _head(database)
        told = _write(folder, url)
        yield _compared(database, before, told)
        yield _verified(database, folder)
        database.dispose()
    finally:
        server.stop()


def _prepare(database: Database) -> None:
    spans = canonical([(1, _LAST)])
    with writing(database) as tx:
        report_run(tx, _RUN, {"fill_number": 9_600, "era": "2024C"}, IMPORTER)
        report_lumisections(tx, _RUN, spans, {}, IMPORTER)
        recorded = np.full(_LAST, 0.2)
        report_luminosity(tx, _RUN, Luminosity("OMS", recorded, recorded, np.empty(0)), IMPORTER)
        for name in _NAMES:
            create_dataset(tx, DatasetCreated(_RUN, name, {"global": "OPEN"}, (name,)), IMPORTER)


def _head(database: Database) -> int:
    with database.reading() as connection:
        return journal.sequence_now(connection)


def _write(folder: Path, url: str) -> Told:
    told, lock = Told(), threading.Lock()
    home = folder / "writers"
    home.mkdir(exist_ok=True)
    with Server(home, workers=WORKERS, database_url=url) as web:
        hands = [threading.Thread(target=_one, args=(web, place, told, lock)) for place in range(WRITERS)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
    return told


def _one(web: Server, place: int, told: Told, lock: threading.Lock) -> None:
    rng, who = random.Random(place), _PEOPLE[place % len(_PEOPLE)]
    seen = web.json("/api/v1/grid?stage=prompt&workspace=tracker")["sequence"]
    for number in range(EDITS):
        key = f"writer {place} edit {number}"
        status, body = web.request("/api/v1/grid/edits", _batch(rng, key, seen), who)
        if status != 200:
            with lock:
                told.broken.append(f"{key}: HTTP {status} {body[:120]!r}")
            continue
        answer = json.loads(body)
        (one,) = answer["answers"]
        # most look again after each answer, some go on with what they saw before
        seen = answer["sequence"] if rng.random() < 0.8 else seen
        with lock:
            if one["code"]:
                told.refused[key] = (one["code"], one["message"])
            else:
                told.accepted[key] = one["action"]


def _batch(rng: random.Random, key: str, seen: int) -> dict[str, Any]:
    first = rng.randint(1, _LAST)
    last = min(_LAST, first + rng.randint(0, 20))
    columns = rng.sample(_COLUMNS, rng.randint(1, 2))
    cells = [
        {"run_number": _RUN, "dataset": name, "columns": columns, "ranges": [[first, last]]} for name in _NAMES
    ]
    status = rng.choice(["GOOD", "STANDBY", "EXCLUDED", "BAD"])
    edit = {"key": key, "seen": seen, "cells": cells, "status": status, "comment": key}
    return {"workspace": "tracker", "stage": "prompt", "edits": [edit]}


def _compared(database: Database, before: int, told: Told) -> Check:
    given: dict[str, Counter[int]] = {}
    with database.reading() as connection:
        for entry in journal.entries(connection, before):
            if isinstance(entry.event, VerdictsGiven):
                given.setdefault(entry.comment, Counter())[entry.action] += 1
    lost = [key for key, action in told.accepted.items() if action not in given.get(key, {})]
    half = [key for key, actions in given.items() if set(actions.values()) != {len(_NAMES)}]
    strange = [key for key in given if key not in told.accepted]
    silent = [key for key, (_, sentence) in told.refused.items() if len(sentence) < 20]
    codes = Counter(code for code, _ in told.refused.values())
    holds = not (lost or half or strange or silent or told.broken)
    whole = len(told.accepted) + len(told.refused) == WRITERS * EDITS
    printed = (
        f"{len(told.accepted):,} accepted, {len(told.refused):,} refused ({dict(codes)}); lost {len(lost)}, "
        f"half {len(half)}, written but refused {len(strange)}, refused without a reason {len(silent)}, "
        f"not answered {len(told.broken)}"
    )
    what = f"{WRITERS} writers × {EDITS} edits of two datasets, {WORKERS} web workers, PostgreSQL"
    return Check("edits at once", "POST /api/v1/grid/edits", what, printed, holds and whole)


def _verified(database: Database, folder: Path) -> Check:
    target = Database(f"sqlite:///{folder.absolute()}/writers.sqlite")
    target.upgrade()
    with database.reading() as connection:
        head = journal.verify(connection)
        with target.writing() as other:
            replay.replay(connection, other)
        with target.reading() as other:
            differing = list(replay.differences(connection, other))
    target.dispose()
    printed = (
        f"{head.sequence:,} events verify; projections that a replay gives otherwise: {differing or 'none'}"
    )
    return Check("the journal of it", "journal verify, replay", "the same", printed, not differing)
