"""Cells of many datasets set at once, and columns copied between stages."""

import pytest

from model.bulk.cells import Cells
from model.bulk.plan import Copy
from model.commands.undo import undo
from model.errors import Forbidden, NotOpen, RunRegistryError, Stale
from model.registry import Registry
from model.vocabulary import Stage
from tests.model import world
from tests.model.bulk_world import PIXEL, STRIP, apply, plan, told
from tests.model.world import DC, EXPRESS, PROMPT, READER, RUN, TRACKER

__all__ = ["told"]


def cells(status: str = "GOOD", *, replaces: bool = False, cause: str = "") -> Cells:
    return Cells(((RUN, PROMPT), (RUN + 1, PROMPT)), (PIXEL, STRIP), status, cause, replaces=replaces)


def test_cells_are_set_where_nobody_decided(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(3, 4)], "BAD")
    found = plan(told, cells())
    assert (found.datasets, found.cells, found.lumisections, found.kept) == (2, 4, 20, 2)
    action = apply(told, cells())
    assert world.statuses(told, PIXEL) == [(1, 2, "GOOD"), (3, 4, "BAD"), (5, 10, "GOOD")]
    assert world.statuses(told, STRIP, run_number=RUN + 1) == [(1, 10, "GOOD")]
    apply(told, cells("STANDBY", replaces=True))
    assert world.statuses(told, PIXEL) == [(1, 10, "STANDBY")]
    with told.writing() as tx, pytest.raises(Stale):
        undo(tx, action, TRACKER)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (cells("BAD"), "BAD needs a cause"),
        (cells("FINE"), "no status"),
        (Cells(((RUN, "/No/Such/DQM"),), (PIXEL,), "GOOD"), "has no dataset"),
        (Cells(((1, PROMPT),), (PIXEL,), "GOOD"), "no run 1"),
        (Cells(((RUN, PROMPT),), ("pixel",), "GOOD"), "no column"),
        (Cells(((RUN, PROMPT),), (), "GOOD"), "no column"),
    ],
)
def test_cells_that_cannot_be_set_say_why(told: Registry, wish: Cells, sentence: str) -> None:
    found = plan(told, wish)
    assert not found.is_sound
    assert sentence in found.problems[0].sentence


def copy(*runs: int, replaces: bool = False) -> Copy:
    return Copy(runs, Stage.EXPRESS, Stage.PROMPT, (PIXEL, STRIP), replaces)


def test_a_copy_fills_what_is_open_and_keeps_the_structure(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(1, 4)], "GOOD", dataset=EXPRESS)
    world.give(told, TRACKER, PIXEL, [(5, 10)], "BAD", dataset=EXPRESS)
    world.give(told, TRACKER, PIXEL, [(3, 6)], "STANDBY")
    apply(told, copy(RUN))
    assert world.statuses(told, PIXEL) == [(1, 2, "GOOD"), (3, 6, "STANDBY"), (7, 10, "BAD")]
    apply(told, copy(RUN, replaces=True))
    assert world.statuses(told, PIXEL) == [(1, 4, "GOOD"), (5, 10, "BAD")]


def test_a_copy_from_nothing_says_so(told: Registry) -> None:
    found = plan(told, copy(RUN, RUN + 49))
    assert not found.is_sound
    assert [p.sentence for p in found.problems] == [f"Run {RUN + 49} has no express dataset."]


@pytest.mark.parametrize(("by", "refusal"), [(READER, Forbidden), (DC, NotOpen)])
def test_rights_and_states_hold_for_a_sheet_too(
    told: Registry, by: world.Author, refusal: type[RunRegistryError]
) -> None:
    world.report_run(told, RUN + 9)
    world.create_dataset(told, run_number=RUN + 9, states={"global": "OPEN", "tracker": "SIGNOFF"})
    found = plan(told, f"{RUN + 9},1,2,{PIXEL},GOOD", by)
    assert len(found.problems) == 1
    assert ("may not" if refusal is Forbidden else "SIGNOFF") in found.problems[0].sentence
