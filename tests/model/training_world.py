"""Three runs, two of them signed off, and how a sitting on them is drawn, answered and compared."""

from collections.abc import Sequence
from typing import Any

import pytest

from model.commands.datasets import move_dataset
from model.grid.cells import cell_text
from model.grid.edits import CellEdit, Group
from model.grid.grid import Row
from model.registry import Registry
from model.training.comparison import Comparison, compare
from model.training.practice import Practice
from model.training.question import Question
from model.training.sitting import Sitting, sitting
from model.vocabulary import Stage
from tests.model import world
from tests.model.world import EXPERT, PROMPT, TRACKER
from tests.provision.stories import once

COLUMNS = ("tracker-pixel", "tracker-strip", "tracker-track")
FIRST, SECOND, OPEN = 380_001, 380_002, 380_003
SECRET = "a tripped power supply"


def certified(registry: Registry, run_number: int, bad: Sequence[tuple[int, int]] = ()) -> None:
    """Let rules speak, then the certifier, then sign off."""
    world.rule_says(registry, COLUMNS[:2], [(1, 10)], "GOOD", run_number=run_number)
    world.give(registry, TRACKER, "tracker-track", [(1, 10)], "GOOD", run_number=run_number)
    if bad:
        said = ("BAD", "HV trip", SECRET)
        world.give(registry, TRACKER, "tracker-pixel", bad, *said, run_number=run_number)
    moved(registry, run_number, "OPEN", "SIGNOFF")


def moved(registry: Registry, run_number: int, from_state: str, to_state: str) -> None:
    with registry.writing() as tx:
        move_dataset(tx, run_number, PROMPT, "tracker", (from_state, to_state), EXPERT, comment="because")


@pytest.fixture
@once
def signed(registry: Registry) -> Registry:
    for run_number in (FIRST, SECOND, OPEN):
        world.report_run(registry, run_number, start_time=f"2024-05-0{run_number % 10}T12:00:00Z")
        world.create_dataset(registry, run_number=run_number)
    certified(registry, FIRST, [(4, 6)])
    certified(registry, SECOND)
    return registry


def question(registry: Registry, **but: Any) -> Question:
    words = {"workspace": "tracker", "stage": Stage.PROMPT, "days": 30, "size": 10, "draw": 1}
    return Question(**{**words, "upto": world.now(registry), **but})


def drawn(registry: Registry, **but: Any) -> Sitting:
    with registry.reading() as connection:
        return sitting(connection, question(registry, **but))


def say(
    status: str,
    columns: Sequence[str] = COLUMNS,
    ranges: Sequence[tuple[int, int]] = (),
    run_number: int = FIRST,
    **but: Any,
) -> Group:
    edit = CellEdit(run_number, PROMPT, tuple(columns), tuple(ranges))
    cause = "HV trip" if status == "BAD" else ""
    return Group("k", 0, (edit,), **{"status": status, "cause": cause, **but})


def shown(registry: Registry, *answers: Group, asked: Question | None = None) -> dict[int, list[str]]:
    with registry.reading() as connection:
        practice = Practice(connection, sitting(connection, asked or question(registry)))
        practice.answer(answers)
        return {row.run_number: texts(practice, row) for row in practice.rows()}


def texts(practice: Practice, row: Row) -> list[str]:
    """Return the cells of a row in the order of COLUMNS."""
    found = dict(zip(practice.sitting.columns, row.cells, strict=True))
    return [cell_text(found[column]) for column in COLUMNS]


def compared(registry: Registry, *answers: Group, asked: Question | None = None) -> Comparison:
    with registry.reading() as connection:
        practice = Practice(connection, sitting(connection, asked or question(registry)))
        for each in answers:
            practice.take(each)
        return compare(connection, practice, world.sequence_of(connection))
