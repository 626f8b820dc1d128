"""Thousands of requests that the API's document allows, and as many that it does not, made by Schemathesis.

A door may refuse; it may not fail, nor answer a status, a media type or a field that is not documented.
"""

import copy
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode

from benchmarks.harness import ROOT, Server, environment
from benchmarks.survival import Check
from model.cache import Cache
from model.commands.documents import set_label
from model.commands.rules import set_rule
from model.db import Database
from model.golden.golden import GoldenRoom
from model.registry import Registry
from model.rulebook.texts import RuleText
from tests.api.conforming import Conformity
from tests.model import world

CASES = 5_000
#: what exists, so that doors are not only asked for what does not
_KNOWN = {
    "run_number": world.RUN,
    "dataset": world.PROMPT,
    "rule": "golden",
    "run": world.RUN,
    "lumisection": 4,
}
#: whoever asks has the right to nearly everything
_USER = {"X-Run-Registry-User": "b.expert"}
#: a connection that is handed over is no answer
_NOT_ASKED = frozenset(("/api/v1/stream",))


@dataclass
class Told:
    """What was answered: how many cases, by status, and what is wrong with which."""

    conformity: Conformity
    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: dict[str, str] = field(default_factory=dict)

    def take(self, case: Case, base_url: str) -> None:
        """Ask once, and look at the answer."""
        answer = case.call(base_url=base_url, headers=_USER)
        self.cases += 1
        self.statuses[answer.status_code] += 1
        kind = (answer.headers.get("content-type") or [""])[0].partition(";")[0]
        door = (case.operation.path, case.method)
        wrong = self.conformity.wrong(door, answer.status_code, kind, answer.content, answer.json)
        if wrong or answer.status_code >= 500:
            where = f"{case.method} {case.operation.path} {answer.status_code}"
            self.wrong.setdefault(where, f"{wrong} {_call(case)}")


def _call(case: Case) -> str:
    return f"path {case.path_parameters} query {str(case.query)[:300]} body {str(case.body)[:300]}"


def asked(folder: Path) -> Iterator[Check]:
    """Ask a server of its own, and say what it answered."""
    data = folder / "contract"
    data.mkdir()
    prepare(f"sqlite:///{data / 'registry.sqlite'}")
    with Server(data) as server, _query_process(data):
        document = server.json("/api/docs/openapi.json")
        told = fuzz(document, f"http://127.0.0.1:{server.port}", CASES)
    spread = ", ".join(f"{status}: {count:,}" for status, count in sorted(told.statuses.items()))
    printed = f"{told.cases:,} cases ({spread}); {len(told.wrong)} doors answer what is not documented"
    printed += "".join(f"; {where}: {why}" for where, why in sorted(told.wrong.items()))
    holds = told.cases >= CASES and not told.wrong and not any(status >= 500 for status in told.statuses)
    yield Check(
        "the API's contract", "Schemathesis over /api/docs/openapi.json", "small, made up", printed, holds
    )


@contextmanager
def _query_process(data: Path) -> Iterator[None]:
    """Let SQL be answered, too."""
    command = [sys.executable, "-m", "jobs", "query"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(data))
    yield
    process.terminate()
    process.wait(20)


def prepare(url: str) -> None:
    """Tell of a run, datasets, verdicts, a rule and a label."""
    database = Database(url)
    database.upgrade()
    registry = Registry(database, GoldenRoom(Cache()))
    world.report_run(registry)
    world.create_dataset(registry)
    world.create_dataset(registry, world.EXPRESS)
    world.give(registry, world.TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    logic = {"==": [{"var": "lumisection.rr.tracker-pixel"}, "GOOD"]}
    with registry.writing() as tx:
        set_rule(tx, "golden", RuleText(logic, "bad", "what is good"), world.EXPERT)
        set_label(tx, "call-1", world.EXPERT)
    database.dispose()


def fuzz(document: dict[str, Any], base_url: str, cases: int) -> Told:
    """Ask every door in turn, a third each: as documented, otherwise, and about what exists."""
    # what is asked by changes the document that it is given
    schema = schemathesis.openapi.from_dict(copy.deepcopy(document))
    operations = [each.ok() for each in schema.get_all_operations()]
    doors = [each for each in operations if each.path not in _NOT_ASKED]
    each_way = -(-cases // (3 * len(doors)))
    told = Told(Conformity(document))
    for door in doors:
        for strategy in _ways(door):
            _ask(strategy, each_way, told, base_url)
    # some doors have nothing that can be otherwise
    while told.cases < cases:
        for door in doors:
            _ask(door.as_strategy(), each_way, told, base_url)
    return told


def _ways(door: APIOperation) -> Iterator[Any]:
    yield door.as_strategy(GenerationMode.POSITIVE)
    yield door.as_strategy(GenerationMode.NEGATIVE)
    named = {each.name for each in door.path_parameters}
    asked_for = {each.name: each for each in door.query}
    query = {name: value for name, value in _KNOWN.items() if name in asked_for}
    path = {name: value for name, value in _KNOWN.items() if name in named}
    yield door.as_strategy(GenerationMode.POSITIVE, path_parameters=path or None, query=query or None)


def _ask(strategy: Any, many: int, told: Told, base_url: str) -> None:
    @settings(
        max_examples=many,
        database=None,
        deadline=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def one(case: Case) -> None:
        told.take(case, base_url)

    try:
        one()
    except Unsatisfiable:
        return
