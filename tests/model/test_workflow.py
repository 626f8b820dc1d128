"""A dataset moves from state to state, in one workspace or in all of them."""

import pytest

from model.commands.datasets import move_dataset, move_everywhere
from model.errors import Forbidden, Invalid, NotOpen
from model.queries import datasets
from model.registry import Registry
from model.vocabulary import OFFLINE_COLUMNS
from tests.model import world
from tests.model.world import DC, PROMPT, RUN, TRACKER
from tests.provision.stories import once

WAITING, ASIDE = "waiting dqm gui", "not significant for workspace"
BEFORE = {"global": "OPEN", "tracker": "OPEN", "gem": "SIGNOFF", "muon": WAITING, "tau": ASIDE}


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    world.report_run(registry)
    world.create_dataset(registry, states=BEFORE)
    return registry


def states(registry: Registry) -> dict[str, str]:
    with registry.reading() as connection:
        return dict(datasets.dataset(connection, RUN, PROMPT).states)


def move(registry: Registry, to_state: str, by: world.Author = DC, **more: object) -> int:
    with registry.writing() as tx:
        return move_everywhere(tx, RUN, PROMPT, to_state, by, **more)  # type: ignore[arg-type]  # words of a test


@pytest.mark.parametrize("workspace", ["tracker", "gem", "global"])
def test_trap_10_a_column_nobody_decided_on_keeps_its_workspace_open(told: Registry, workspace: str) -> None:
    with told.writing() as tx:
        move_dataset(tx, RUN, PROMPT, "gem", ("SIGNOFF", "OPEN"), DC, comment="once more")
    world.decide_everything(told, but=("gem-gem", "tracker-strip"))
    world.rule_says(told, "gem-gem", [(1, 10)], "NOTSET")
    world.rule_says(told, "tracker-strip", [(1, 4), (6, 10)], "GOOD")
    missing = {
        "tracker": r"nobody decided on tracker-strip LS 5\.",
        "gem": r"nobody decided on gem-gem LS 1–10\.",
        "global": r"nobody decided on gem-gem LS 1–10; tracker-strip LS 5\.",
    }
    before = world.now(told)
    with told.writing() as tx, pytest.raises(NotOpen, match=missing[workspace]):
        move_dataset(tx, RUN, PROMPT, workspace, ("OPEN", "SIGNOFF"), DC)
    assert world.now(told) == before


def test_trap_23_all_workspaces_leaves_those_aside_that_wait_or_have_no_work(told: Registry) -> None:
    world.rule_says(told, OFFLINE_COLUMNS, [(1, 10)], "GOOD")
    move(told, "COMPLETED")
    aside = {"muon": WAITING, "tau": ASIDE}
    assert states(told) == {"global": "COMPLETED", "tracker": "COMPLETED", "gem": "COMPLETED", **aside}
    move(told, "OPEN", comment="once more")
    assert states(told) == {"global": "OPEN", "tracker": "OPEN", "gem": "OPEN", **aside}


def test_trap_23_they_move_where_it_is_asked_for(told: Registry) -> None:
    move(told, "OPEN", too=[WAITING], comment="the GUI will not have it")
    assert states(told) == {**BEFORE, "gem": "OPEN", "muon": "OPEN"}
    move(told, "OPEN", too=[ASIDE], comment="taus after all")
    assert set(states(told).values()) == {"OPEN"}


def test_all_workspaces_move_or_none(told: Registry) -> None:
    before = world.now(told)
    for to_state, by, more, refusal, sentence in (
        ("SIGNOFF", DC, {}, NotOpen, "nobody decided on"),
        ("SIGNOFF", TRACKER, {}, Forbidden, "in global"),
        ("OPEN", DC, {}, Invalid, "needs a reason"),
        ("DONE", DC, {}, Invalid, "“DONE” is no state"),
        ("OPEN", DC, {"too": ["asleep"]}, Invalid, "“asleep” is no state"),
    ):
        with pytest.raises(refusal, match=sentence):
            move(told, to_state, by, **more)  # type: ignore[arg-type]  # words of a test
    assert world.now(told) == before
