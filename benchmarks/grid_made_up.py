"""A made-up registry of 5,000 prompt datasets × 25 columns, seeded; rows go straight into the tables."""

import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Table

from model import encoding
from model.db import Database
from model.events import RunReported
from model.tables import (
    author,
    cell_summary,
    dataset,
    dataset_fact,
    dataset_state,
    dataset_summary,
    journal,
    registry_document,
    run_fact,
    term,
    upstream_range,
    verdict_range,
)
from model.vocabulary import EXISTS, OFFLINE_COLUMNS, ONLINE

FIRST_RUN = 300_001
COLUMNS = (*OFFLINE_COLUMNS, "dc-extra")
PROMPT = "/PromptReco/Collisions2018A/DQM"
#: of cells: undecided, mixed; the rest is one status on the whole run
_UNDECIDED, _MIXED = 0.04, 0.08
_PIECE = 20_000
_TIME_US = 1_530_000_000_000_000


def build(database: Database, datasets: int, seed: int = 1) -> None:
    """Fill an empty, migrated database; every run has an online and a prompt dataset."""
    rng = random.Random(seed)
    with database.writing() as connection:
        for table, rows in _tables(datasets, rng).items():
            waiting = iter(rows)
            while piece := list(islice(waiting, _PIECE)):
                connection.execute(table.insert(), piece)


def _tables(datasets: int, rng: random.Random) -> dict[Table, Any]:
    words = ["", EXISTS, "true", "OMS", "global", "HV trip", *COLUMNS]
    ids = {word: place for place, word in enumerate(words, 1)}
    lengths = [min(2_000, max(20, int(rng.lognormvariate(5.6, 0.8)))) for _ in range(datasets)]
    numbers = [FIRST_RUN + place for place in range(datasets)]
    spoken = [list(_spoken(rng, length)) for length in lengths]
    empty = encoding.canonical({"states": {}, "in_gui": [], "hidden": False}).decode()
    states = encoding.canonical({"states": {"global": "OPEN"}, "in_gui": [PROMPT], "hidden": False}).decode()
    facts = {"upstream": {"era": "2018A", "fill_number": 7_000}, "assumed": [], "registry": {}}
    offline = encoding.canonical(_by_workspace()).decode()
    since = {"since": 1, "until": None}
    return {
        journal: (_entry(place, number) for place, number in enumerate(numbers, 1)),
        term: ({"id": place, "text": word} for word, place in ids.items()),
        author: [
            {"id": 1, "name": "t.certifier", "is_person": True},
            {"id": 2, "name": "rule:dcs@1", "is_person": False},
        ],
        dataset: (
            {"id": 2 * place + own, "run_number": number, "name": name}
            for place, number in enumerate(numbers)
            for own, name in ((1, ONLINE), (2, PROMPT))
        ),
        run_fact: (
            {"run_number": number, "document": encoding.canonical(facts).decode(), **since}
            for number in numbers
        ),
        dataset_fact: (
            {"dataset_id": 2 * place + own, "document": document, **since}
            for place in range(datasets)
            for own, document in ((1, empty), (2, states))
        ),
        dataset_state: (
            {"dataset_id": 2 * place + 2, "workspace_id": ids["global"], "state": "OPEN", **since}
            for place in range(datasets)
        ),
        upstream_range: (
            {"dataset_id": 2 * place + 1, "attribute_id": ids[EXISTS], "first": 1, "last": length}
            | {"value_id": ids["true"], **since}
            for place, length in enumerate(lengths)
        ),
        dataset_summary: (
            _summary(2 * place + own, numbers[place], name, lengths[place]) | since
            for place in range(datasets)
            for own, name in ((1, ONLINE), (2, PROMPT))
        ),
        verdict_range: (
            {"dataset_id": 2 * place + 2, "column_id": ids[column], "cause_id": 1, "comment_id": 1}
            | {"first": first, "last": last, "status": status, "author_id": who, **since}
            for place, said in enumerate(spoken)
            for column, ranges in zip(COLUMNS, said, strict=True)
            for first, last, status, who in ranges
        ),
        cell_summary: (
            {"dataset_id": 2 * place + 2, "column_id": ids[column], "status": status, "lumisections": n}
            | {"recorded_invpb": n * 0.2, **since}
            for place, said in enumerate(spoken)
            for column, ranges in zip(COLUMNS, said, strict=True)
            for status, n in _totals(ranges).items()
        ),
        registry_document: [{"kind": "workspaces", "name": "offline", **since} | {"document": offline}],
    }


def _spoken(rng: random.Random, length: int) -> Iterator[list[tuple[int, int, int, int]]]:
    for _ in COLUMNS:
        luck, who = rng.random(), 1 if rng.random() < 0.3 else 2
        if luck < _UNDECIDED:
            yield []
        elif luck < _UNDECIDED + _MIXED and length > 40:
            a = rng.randint(2, length // 2)
            b = rng.randint(a, length - 1)
            yield [(1, a - 1, 1, 2), (a, b, rng.choice((2, 3)), who), (b + 1, length, 1, 2)]
        else:
            yield [(1, length, rng.choices((1, 2, 3, 4), (92, 2, 2, 4))[0], who)]


def _totals(ranges: list[tuple[int, int, int, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for first, last, status, _ in ranges:
        found[status] = found.get(status, 0) + last - first + 1
    return found


def _by_workspace() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for column in COLUMNS:
        workspace, name = column.split("-", 1)
        found.setdefault(workspace, []).append(name)
    return found


def _entry(sequence: int, number: int) -> dict[str, Any]:
    payload = encoding.canonical(RunReported(number, {}).payload())
    return {
        "sequence": sequence,
        "recorded_us": _TIME_US + sequence,
        "happened_us": _TIME_US + sequence,
        "kind": RunReported.kind,
        "schema": encoding.SCHEMA,
        "author": "made up",
        "is_person": False,
        "action": sequence,
        "run_number": number,
        "comment": "",
        "payload": encoding.squeeze(payload),
        # nobody verifies a made-up chain
        "hash": encoding.GENESIS,
    }


def _summary(dataset_id: int, number: int, name: str, length: int) -> dict[str, Any]:
    return {
        "dataset_id": dataset_id,
        "run_number": number,
        "name": name,
        "stage": "online" if name == ONLINE else "prompt",
        "era": "2018A",
        "run_class": "Collisions18",
        "run_state": "SIGNOFF",
        "fill_number": 7_000,
        "is_significant": True,
        "start_us": _TIME_US + number * 3_600_000_000,
        "duration_s": length * 23.31,
        "stop_reason": "end of fill" if number % 3 else "",
        "is_hidden": False,
        "lumisections": length,
        "recorded_invpb": length * 0.2,
        "in_gui": "[]",
    }
