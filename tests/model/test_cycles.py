"""Cycles group datasets for a deadline; progress is what the states say."""

from typing import Any

import pytest

from model.commands.cycles import change_cycle, close_cycle, complete_workspace, create_cycle
from model.commands.datasets import move_dataset
from model.errors import Forbidden, Invalid, NotFound, NotOpen, RunRegistryError, Stale
from model.queries.cycles import Progress, cycles, progress
from model.queries.next_cycle import Limits, candidates
from model.registry import Registry
from tests.model import world
from tests.model.test_run_view import questions
from tests.model.world import DC, EXPERT, PROMPT, RUN, TRACKER
from tests.provision.stories import once

NAME = "2024 call 7"
TRACKED = ["tracker-track", "tracker-pixel", "tracker-strip"]
RUNS = [RUN, RUN + 1, RUN + 2]


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    for number in RUNS:
        states = {"global": "OPEN", "tau": "not significant for workspace"}
        world.report_run(registry, number, bits={"bpix_ready": [(1, 10, number != RUN + 2)]})
        world.create_dataset(registry, run_number=number, states=states)
    return registry


def create(registry: Registry, runs: list[int] = RUNS, by: world.Author = DC, **more: Any) -> int:
    words = {"name": NAME, "deadline": "2024-06-20", **more}
    with registry.writing() as tx:
        return create_cycle(tx, words["name"], words["deadline"], [(run, PROMPT) for run in runs], by)


def sign_off(registry: Registry, run: int) -> None:
    world.give(registry, TRACKER, TRACKED, [(1, 10)], "GOOD", run_number=run)
    with registry.writing() as tx:
        move_dataset(tx, run, PROMPT, "tracker", ("OPEN", "SIGNOFF"), TRACKER)


def how_far(registry: Registry, workspace: str, at: int | None = None) -> Progress:
    with registry.reading() as connection:
        at = world.sequence_of(connection) if at is None else at
        (cycle,) = cycles(connection, at)
        return next(p for p in progress(connection, cycle, at) if p.workspace == workspace)


def test_progress_is_what_the_states_say(told: Registry) -> None:
    before = create(told)
    assert (how_far(told, "tracker").work, how_far(told, "tracker").done) == (3, 0)
    sign_off(told, RUN)
    sign_off(told, RUN + 1)
    found = how_far(told, "tracker")
    assert (found.work, found.done, found.left_invpb) == (3, 2, pytest.approx(1.0))
    assert [left for _, left in found.burn_down][-1] == 1
    assert [time for time, _ in found.burn_down] == sorted(time for time, _ in found.burn_down)
    assert how_far(told, "tracker", before).done == 0
    assert how_far(told, "muon").done == 0


def test_trap_22_what_is_not_significant_for_a_workspace_is_no_work(told: Registry) -> None:
    create(told)
    assert how_far(told, "tau").work == 0
    with told.writing() as tx:
        complete_workspace(tx, NAME, "tau", EXPERT)


def test_a_workspace_completes_when_everything_is_signed_off(told: Registry) -> None:
    create(told, RUNS[:2])
    sign_off(told, RUN)
    with told.writing() as tx, pytest.raises(NotOpen, match=f"tracker has not signed off {RUN + 1}"):
        complete_workspace(tx, NAME, "tracker", TRACKER)
    sign_off(told, RUN + 1)
    with told.writing() as tx:
        complete_workspace(tx, NAME, "tracker", TRACKER)
    with told.writing() as tx, pytest.raises(Invalid, match="already"):
        complete_workspace(tx, NAME, "tracker", TRACKER)
    with told.writing() as tx, pytest.raises(Invalid, match="reason"):
        complete_workspace(tx, NAME, "tracker", TRACKER, is_done=False)
    with told.writing() as tx, pytest.raises(Forbidden):
        complete_workspace(tx, NAME, "muon", TRACKER)
    with told.reading() as connection:
        (cycle,) = cycles(connection, world.sequence_of(connection))
    assert cycle.completed == {"tracker": "t.certifier"}


def test_a_cycle_is_closed_and_opened_again_with_a_reason(told: Registry) -> None:
    seen = create(told)
    with told.writing() as tx:
        close_cycle(tx, NAME, DC)
    with told.writing() as tx, pytest.raises(NotOpen, match="closed"):
        complete_workspace(tx, NAME, "tau", EXPERT)
    with told.writing() as tx, pytest.raises(Invalid, match="reason"):
        close_cycle(tx, NAME, DC, closed=False)
    with told.writing() as tx:
        close_cycle(tx, NAME, DC, closed=False, comment="one run more")
    with told.writing() as tx, pytest.raises(Stale):
        # closed and opened since: what was seen is what holds, but a change in between is another matter
        change_cycle(tx, NAME, "2024-06-21", [(RUN, PROMPT)], DC, seen=seen - 1)


def test_a_change_that_somebody_overtook_is_refused(told: Registry) -> None:
    seen = create(told)
    with told.writing() as tx:
        change_cycle(tx, NAME, "2024-06-21", [(RUN, PROMPT)], DC, seen=seen)
    with told.writing() as tx, pytest.raises(Stale):
        change_cycle(tx, NAME, "2024-06-22", [(RUN, PROMPT)], EXPERT, seen=seen)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"name": " "}, Invalid),
        ({"name": "x" * 81}, Invalid),
        ({"deadline": "soon"}, Invalid),
        ({"runs": []}, Invalid),
        ({"runs": [1]}, NotFound),
        ({"by": TRACKER}, Forbidden),
    ],
)
def test_what_is_no_cycle_is_refused(
    told: Registry, more: dict[str, Any], refusal: type[RunRegistryError]
) -> None:
    before = world.now(told)
    with pytest.raises(refusal):
        create(told, **more)
    assert world.now(told) == before
    create(told)
    with pytest.raises(Invalid, match="already"):
        create(told)


def test_the_next_cycle_is_proposed_and_every_exclusion_has_its_reason(told: Registry) -> None:
    create(told, [RUN])
    low, short = RUN + 3, RUN + 4
    for number in (low, short, RUN + 5):
        world.report_run(told, number)
        world.create_dataset(told, run_number=number)
    world.report_luminosity(told, [0.001] * 10, low)
    world.report_luminosity(told, [0.1] * 8 + [float("nan")] * 2, short)
    sign_off(told, RUN + 5)
    with told.writing() as tx:
        move_dataset(tx, RUN + 1, PROMPT, "global", ("OPEN", "waiting dqm gui"), DC, comment="too early")
    with told.reading() as connection:
        found = candidates(connection, Limits(), world.sequence_of(connection))
    reasons = {c.run_number: c.reason for c in found}
    assert reasons[RUN] == f"it is in the cycle {NAME}"
    assert reasons[RUN + 2].startswith("beam and tracker bits are not false on 0%")
    assert reasons[low] == "it recorded 0.010 pb⁻¹, less than 0.1"
    assert reasons[short] == "OMS has 10 lumisections, luminosity has 8"
    assert reasons[RUN + 5] == ""


def test_a_proposal_of_many_runs_asks_no_more_questions_than_one_of_a_few(told: Registry) -> None:
    def asked() -> int:
        with told.reading() as connection, questions(told.database) as every:
            candidates(connection, Limits(), world.sequence_of(connection))
        return len(every)

    few = asked()
    for number in range(RUN + 3, RUN + 8):
        world.report_run(told, number)
        world.create_dataset(told, run_number=number)
    assert asked() == few
