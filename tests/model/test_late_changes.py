"""Upstream corrects a run that was signed off: nothing changes until a person accepts, and nothing is lost."""

from typing import Any

import pytest

from model import journal
from model.authors import IMPORTER
from model.commands.late_changes import answer_late_change
from model.commands.rules import set_rule
from model.commands.runs import import_run_attributes, move_run
from model.db import Database
from model.errors import Forbidden, NotFound
from model.events import LateChangeProposed
from model.queries import datasets, late_changes, luminosities, runs
from model.queries.late_changes import LateChange
from model.ranges import canonical
from model.registry import Registry
from model.replay import differences, replay
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.arrivals import keep_rules, tell
from tests.model.world import DC, EXPERT, PROMPT, RUN, SHIFTER
from tests.provision.stories import once

ENDED = "2026-05-01T10:00:00Z"
GOOD = {"dt0_ready": [(1, 10, True)]}


def signed_off(registry: Registry, run_number: int = RUN) -> None:
    """Give a run that ended, was decided, and is signed off."""
    tell(registry, [(1, 10)], GOOD, run_number=run_number, end_time=ENDED)
    world.decide_everything(registry, "online", run_number, but=("dt-dt",))
    with registry.writing() as tx:
        move_run(tx, run_number, "OPEN", "SIGNOFF", SHIFTER)


@pytest.fixture
@once
def closed(registry: Registry) -> Registry:
    keep_rules(registry)
    signed_off(registry)
    return registry


def waiting(registry: Registry, at: int | None = None) -> list[LateChange]:
    with registry.reading() as connection:
        return late_changes.late_changes(connection, world.sequence_of(connection) if at is None else at)


def answer(
    registry: Registry, late_change: int, *, accepted: bool, alike: bool = False, by: Any = EXPERT
) -> int:
    with registry.writing() as tx:
        return answer_late_change(tx, late_change, by, accepted=accepted, alike=alike, comment="as OMS says")


def luminosity(registry: Registry) -> float:
    with registry.reading() as connection:
        return luminosities.integrated(connection, {RUN: canonical([(1, 20)])})[0]


def state(registry: Registry) -> str:
    with registry.reading() as connection:
        return runs.run(connection, RUN).state


def test_trap_09_a_signed_off_run_keeps_what_it_was_and_its_change_waits_for_a_person(closed: Registry) -> None:
    assert tell(closed, [(1, 10)], GOOD, recorded=[0.1] * 5 + [0.3] * 5, end_time=ENDED) == 1
    assert luminosity(closed) == pytest.approx(1.0)
    assert state(closed) == "SIGNOFF"
    (one,) = waiting(closed)
    assert (one.run_number, one.kinds, one.lumisections) == (RUN, ("luminosity",), ((6, 10),))
    assert one.recorded_change_invpb == pytest.approx(1.0) and one.columns == ()


def test_the_consequence_names_lumisections_columns_and_luminosity(closed: Registry) -> None:
    before = world.now(closed)
    told = {"dt0_ready": [(1, 7, True), (8, 12, False)]}
    tell(closed, [(1, 12)], told, end_time=ENDED)
    (one,) = waiting(closed)
    assert one.kinds == ("dt0_ready", "lumisections added")
    assert one.lumisections == ((8, 12),) and one.columns == ("dt-dt",)
    assert one.recorded_change_invpb == pytest.approx(0.2)
    assert world.now(closed) == before + 1
    assert world.statuses(closed, "dt-dt", dataset="online") == [(1, 10, "GOOD")]


def test_what_it_does_to_the_golden_luminosity_is_named(closed: Registry) -> None:
    world.create_dataset(closed)
    logic = {"==": [{"var": "lumisection.oms.dt0_ready"}, True]}
    with closed.writing() as tx:
        set_rule(tx, "golden", RuleText(logic, "bad", "Ready.", PROMPT, "golden"), EXPERT)
    tell(closed, [(1, 10)], {"dt0_ready": [(1, 6, True), (7, 10, False)]}, end_time=ENDED)
    (one,) = waiting(closed)
    assert one.golden_change_invpb == pytest.approx(-0.4) and one.golden_change_lumisections == -4


def test_an_accepted_one_becomes_the_truth_and_the_state_stays(closed: Registry) -> None:
    tell(closed, [(1, 9)], {"dt0_ready": [(1, 7, True), (8, 9, False)]}, end_time=ENDED)
    then = world.now(closed)
    answer(closed, waiting(closed)[0].id, accepted=True)
    assert waiting(closed) == [] and len(waiting(closed, then)) == 1
    assert state(closed) == "SIGNOFF"
    assert world.statuses(closed, "dt-dt", dataset="online")[:2] == [(1, 7, "GOOD"), (8, 9, "BAD")]
    with closed.reading() as connection:
        assert datasets.lumisections(connection, RUN) == ((1, 9),)
        assert datasets.lumisections(connection, RUN, then) == ((1, 10),)
        last = list(journal.entries(connection, then))
    assert {e.action for e in last} == {last[0].action}
    assert (last[0].author, last[0].comment) == (EXPERT.name, "as OMS says")
    assert tell(closed, [(1, 9)], {"dt0_ready": [(1, 7, True), (8, 9, False)]}, end_time=ENDED) == 0


def test_a_rejected_one_changes_nothing_and_is_not_asked_again(closed: Registry) -> None:
    other = {"recorded": [0.2] * 10, "end_time": ENDED}
    tell(closed, [(1, 10)], GOOD, **other)
    answer(closed, waiting(closed)[0].id, accepted=False, by=DC)
    assert luminosity(closed) == pytest.approx(1.0)
    assert tell(closed, [(1, 10)], GOOD, **other) == 0
    assert tell(closed, [(1, 10)], GOOD, recorded=[0.3] * 10, end_time=ENDED) == 1
    assert waiting(closed)[0].recorded_change_invpb == pytest.approx(2.0)


def test_the_same_change_is_proposed_once_and_a_newer_one_replaces_it(closed: Registry) -> None:
    tell(closed, [(1, 10)], GOOD, recorded=[0.2] * 10, end_time=ENDED)
    before = world.now(closed)
    for update in ("2026-05-02T00:00:00Z", "2026-05-03T00:00:00Z"):
        assert tell(closed, [(1, 10)], GOOD, recorded=[0.2] * 10, end_time=ENDED, last_update=update) == 0
    assert world.now(closed) == before
    tell(closed, [(1, 10)], GOOD, recorded=[0.4] * 10, end_time=ENDED)
    (one,) = waiting(closed)
    assert one.recorded_change_invpb == pytest.approx(3.0)


def test_a_change_that_upstream_takes_back_is_withdrawn(closed: Registry) -> None:
    tell(closed, [(1, 10)], GOOD, recorded=[0.2] * 10, end_time=ENDED)
    assert tell(closed, [(1, 10)], GOOD, end_time=ENDED) == 1
    assert waiting(closed) == []
    assert tell(closed, [(1, 10)], GOOD, end_time=ENDED) == 0


def test_a_run_that_was_opened_again_takes_the_new_truth_and_its_change_is_withdrawn(closed: Registry) -> None:
    tell(closed, [(1, 10)], GOOD, recorded=[0.2] * 10, end_time=ENDED)
    with closed.writing() as tx:
        move_run(tx, RUN, "SIGNOFF", "OPEN", EXPERT, comment="look again")
    tell(closed, [(1, 10)], GOOD, recorded=[0.2] * 10, end_time=ENDED)
    assert waiting(closed) == [] and luminosity(closed) == pytest.approx(2.0)


def test_all_that_are_alike_are_accepted_as_one_action(closed: Registry) -> None:
    for number in (RUN + 1, RUN + 2):
        signed_off(closed, number)
    for number in (RUN, RUN + 1):
        tell(closed, [(1, 10)], GOOD, run_number=number, recorded=[0.2] * 10, end_time=ENDED)
    tell(closed, [(1, 11)], GOOD, run_number=RUN + 2, end_time=ENDED)
    before = world.now(closed)
    answer(closed, next(one.id for one in waiting(closed) if one.run_number == RUN), accepted=True, alike=True)
    (left,) = waiting(closed)
    assert left.run_number == RUN + 2
    with closed.reading() as connection:
        assert len({e.action for e in journal.entries(connection, before)}) == 1


def test_only_who_has_the_right_answers_and_only_once(closed: Registry) -> None:
    tell(closed, [(1, 10)], GOOD, recorded=[0.2] * 10, end_time=ENDED)
    (one,) = waiting(closed)
    with pytest.raises(Forbidden, match="late change"):
        answer(closed, one.id, accepted=True, by=SHIFTER)
    answer(closed, one.id, accepted=False)
    with pytest.raises(NotFound, match="not open"):
        answer(closed, one.id, accepted=True)


def test_attributes_of_a_signed_off_run_wait_too(closed: Registry) -> None:
    tell(closed, [(1, 10)], GOOD, end_time=ENDED, energy=450)
    (one,) = waiting(closed)
    assert one.kinds == ("run: energy",) and one.attributes == {"energy": 450}
    answer(closed, one.id, accepted=True)
    with closed.reading() as connection:
        assert runs.run(connection, RUN).upstream["energy"] == 450


def test_a_replay_gives_the_same_late_changes(closed: Registry, another: Database) -> None:
    for value in (0.2, 0.3):
        tell(closed, [(1, 10)], GOOD, recorded=[value] * 10, end_time=ENDED)
    answer(closed, waiting(closed)[0].id, accepted=True)
    tell(closed, [(1, 10)], GOOD, end_time=ENDED)
    with closed.reading() as source, another.writing() as target:
        replay(source, target)
        assert list(differences(source, target)) == []
        assert sum(isinstance(e.event, LateChangeProposed) for e in journal.entries(source)) == 3


def test_who_closed_a_run_by_import_is_protected_as_well(registry: Registry) -> None:
    tell(registry, [(1, 10)], GOOD, end_time=ENDED)
    with registry.writing() as tx:
        import_run_attributes(tx, RUN, {"state": "COMPLETED"}, IMPORTER, importer=IMPORTER)
    tell(registry, [(1, 3)], end_time=ENDED)
    (one,) = waiting(registry)
    assert one.kinds == ("dt0_ready", "lumisections removed")
    assert state(registry) == "COMPLETED"
