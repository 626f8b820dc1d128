"""Cycles by hand: made of the proposal, completed for a workspace, reopened with a reason."""

from collections.abc import Iterator

import pytest

from model.commands.datasets import move_dataset
from model.queries import datasets
from model.queries.cycles import Cycle, cycles
from model.queries.datasets import lumisections
from model.registry import Registry
from model.vocabulary import OFFLINE_COLUMNS, State
from tests.browser.hand import Hand
from tests.browser.small import PROMPT
from tests.model import world

NAME = "call 9.1"


@pytest.fixture
def told(kept: Registry, a_run: int) -> Iterator[Registry]:
    """Give a run of which the tracker has signed off."""
    with kept.writing() as tx:
        move_dataset(tx, a_run, PROMPT, "tracker", ("OPEN", "SIGNOFF"), world.DC)
    yield kept
    # the other runs are those of other tests, which go on with them
    with kept.writing() as tx:
        for run, name in _cycle(kept).datasets:
            if datasets.dataset(tx.connection, run, name).state_of("tracker") == State.SIGNOFF:
                move_dataset(tx, run, name, "tracker", ("SIGNOFF", "OPEN"), world.DC, comment="back to others")


def _cycle(registry: Registry) -> Cycle:
    with registry.reading() as connection:
        return next(c for c in cycles(connection, world.now(registry)) if c.name == NAME)


def _decide(registry: Registry, run: int, name: str) -> None:
    """Call GOOD whatever other tests left undecided of the tracker."""
    with registry.reading() as connection:
        there = lumisections(connection, run)
    for column in OFFLINE_COLUMNS:
        if column.startswith("tracker-"):
            world.give(registry, world.DC, column, there, "GOOD", dataset=name, run_number=run)


def _is_open(registry: Registry, run: int, name: str) -> bool:
    """Tell whether no other test signed it off."""
    with registry.reading() as connection:
        return datasets.dataset(connection, run, name).state_of("tracker") == State.OPEN


def _button(workspace: str, label: str) -> str:
    return f"button[aria-label='{label}: {workspace}, {NAME}']"


def test_a_cycle_is_made_of_the_proposal_completed_and_reopened(hand: Hand, told: Registry, a_run: int) -> None:
    hand.comes_as("d.coordinator")
    hand.go("/cycles?all=1")
    hand.reads("#cycles-next", str(a_run))
    hand.page.fill("#cycles-name", NAME)
    hand.page.fill("#cycles-deadline", "2024-07-01")
    hand.page.click("#cycles-create")
    hand.reads("#cycles-body", NAME)
    assert (a_run, PROMPT) in _cycle(told).datasets
    others = [(run, name) for run, name in _cycle(told).datasets if run != a_run]
    for run, name in others:
        if not _is_open(told, run, name):
            continue
        _decide(told, run, name)
        with told.writing() as tx:
            move_dataset(tx, run, name, "tracker", ("OPEN", "SIGNOFF"), world.DC)
    hand.go("/cycles")
    hand.page.click(_button("tracker", "complete"))
    hand.reads("#cycles-body", "completed by d.coordinator")
    assert _cycle(told).completed == {"tracker": "d.coordinator"}
    hand.page.click(_button("tracker", "reopen"))
    hand.reads("#cycles-body", "reason")
    assert _cycle(told).completed == {"tracker": "d.coordinator"}
    hand.page.fill(f"""#cycles-body [id='{{"cycle":"{NAME}","type":"cycles-reason"}}']""", "pixels changed")
    hand.page.click(_button("tracker", "reopen"))
    hand.page.wait_for_selector(_button("tracker", "complete"), timeout=20_000)
    assert _cycle(told).completed == {}
