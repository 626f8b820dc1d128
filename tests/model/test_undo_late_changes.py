"""An answer to a late change is taken back: what it replaced holds again, and it waits again."""

from typing import Any

import numpy as np
import pytest

from model.authors import IMPORTER
from model.commands.arrival import measure
from model.commands.runs import move_run
from model.commands.undo import undo
from model.commands.upstream import Luminosity
from model.db import Database
from model.errors import Forbidden, Invalid, Stale
from model.queries import history, luminosities, runs, upstream
from model.ranges import numbers
from model.registry import Registry
from model.replay import differences, replay
from tests.model import world
from tests.model.arrivals import keep_rules, tell
from tests.model.test_late_changes import ENDED, GOOD, answer, signed_off, waiting
from tests.model.world import EXPERT, RUN, SHIFTER
from tests.provision.stories import once

#: one bit turns, one lumisection is gone, two are new, one has another luminosity
CHANGED: dict[str, Any] = {"recorded": [0.1, 0.7, *[0.1] * 9], "end_time": ENDED, "energy": 6800}
GOOD_TO_9 = {"dt0_ready": [(1, 9, True)]}
TURNED = {"dt0_ready": [(1, 6, True), (7, 9, False), (11, 12, False)]}


@pytest.fixture
@once
def closed(registry: Registry) -> Registry:
    keep_rules(registry)
    signed_off(registry)
    return registry


def change(registry: Registry) -> int:
    """Let upstream change the run late; return the id of what waits."""
    tell(registry, [(1, 9), (11, 12)], TURNED, **CHANGED)
    return waiting(registry)[0].id


def known(registry: Registry) -> dict[str, Any]:
    """Return everything that an answer can change: facts, luminosity, what rules and persons said."""
    with registry.reading() as connection:
        exists, bits = upstream.lumisection_facts(connection, RUN)
        lumi = luminosities.luminosity(connection, RUN)
        run = runs.run(connection, RUN)
    said = [world.said(registry, "dt-dt", dataset="online", overruled=under) for under in (False, True)]
    assert lumi is not None
    arrays = (lumi.delivered_invpb, lumi.recorded_invpb)
    each = [[round(float(a[n - 1]), 9) for n in numbers(exists)] for a in arrays]
    facts = {name: value for name, value in run.upstream.items() if value is not None}
    return {"bits": bits, "exists": exists, "lumi": each, "run": facts, "registry": run.registry, "said": said}


def take_back(registry: Registry, action: int, by: Any = EXPERT) -> int:
    with registry.writing() as tx:
        return undo(tx, action, by)


def test_what_an_accepted_one_replaced_holds_again_and_it_waits_again(closed: Registry) -> None:
    before, late = known(closed), change(closed)
    told = waiting(closed)[0]
    action = world.now(closed) + 1
    answer(closed, late, accepted=True)
    after = known(closed)
    assert after["said"] != before["said"] and after["exists"] == ((1, 9), (11, 12))
    assert after["run"]["energy"] == 6800 and after["lumi"] != before["lumi"]
    take_back(closed, action)
    assert known(closed) == before
    (again,) = waiting(closed)
    assert again.id != late
    assert (again.kinds, again.lumisections, again.columns) == (told.kinds, told.lumisections, told.columns)
    answer(closed, again.id, accepted=True)
    assert known(closed) == after


def test_a_rejected_one_waits_again(closed: Registry) -> None:
    before, late = known(closed), change(closed)
    action = world.now(closed) + 1
    answer(closed, late, accepted=False)
    take_back(closed, action)
    assert known(closed) == before
    (again,) = waiting(closed)
    lumisections = ("luminosity", "lumisections added", "lumisections removed")
    assert again.kinds == ("dt0_ready", *lumisections, "run: energy")
    assert tell(closed, [(1, 9), (11, 12)], TURNED, **CHANGED) == 0


def test_it_is_taken_back_once_and_not_where_upstream_said_more(closed: Registry) -> None:
    action = world.now(closed) + 2
    answer(closed, change(closed), accepted=True)
    take_back(closed, action)
    with pytest.raises(Stale, match="its late change waits again"):
        take_back(closed, action)
    again = world.now(closed) + 1
    answer(closed, waiting(closed)[0].id, accepted=True)
    tell(closed, [(1, 9)], GOOD_TO_9, recorded=[0.1] * 9, end_time=ENDED)
    before = world.now(closed)
    with pytest.raises(Stale, match="OMS said more of run 380001"):
        take_back(closed, again)
    assert world.now(closed) == before


def test_it_is_not_taken_back_under_what_a_person_said_since(closed: Registry) -> None:
    action = world.now(closed) + 2
    answer(closed, change(closed), accepted=True)
    with closed.writing() as tx:
        move_run(tx, RUN, "SIGNOFF", "OPEN", EXPERT, comment="look again")
    world.give(closed, SHIFTER, "dt-dt", [(8, 8)], "STANDBY", dataset="online")
    before = world.now(closed)
    with pytest.raises(Stale, match="Later verdicts lie on dt-dt"):
        take_back(closed, action)
    assert world.now(closed) == before


def test_who_may_not_answer_may_not_take_back(closed: Registry) -> None:
    action = world.now(closed) + 2
    answer(closed, change(closed), accepted=True)
    with pytest.raises(Forbidden, match="late change"):
        take_back(closed, action, SHIFTER)


def test_all_that_were_answered_alike_are_taken_back_as_one(closed: Registry) -> None:
    other = {"recorded": [0.2] * 10, "end_time": ENDED}
    for number in (RUN + 1, RUN + 2):
        signed_off(closed, number)
    for number in (RUN, RUN + 1, RUN + 2):
        tell(closed, [(1, 10)], GOOD, run_number=number, **other)
    action = world.now(closed) + 1
    answer(closed, waiting(closed)[0].id, accepted=True, alike=True)
    assert waiting(closed) == []
    take_back(closed, action)
    assert sorted(one.run_number for one in waiting(closed)) == [RUN, RUN + 1, RUN + 2]


def test_a_calibration_holds_again_as_it_was(closed: Registry) -> None:
    def told(value: float) -> None:
        lumi = Luminosity("brilcalc 19v2 None", np.full(10, value), np.full(10, value), np.empty(0))
        with closed.writing() as tx:
            measure(tx, RUN, {}, lumi, IMPORTER)

    def recorded() -> float:
        with closed.reading() as connection:
            found = luminosities.luminosity(connection, RUN, "brilcalc 19v2 None")
        return float(found.recorded_invpb.sum()) if found else 0.0

    told(0.1)
    told(0.2)
    action = world.now(closed) + 1
    answer(closed, waiting(closed)[0].id, accepted=True)
    assert recorded() == pytest.approx(2.0)
    # what OMS says meanwhile is no obstacle
    tell(closed, [(1, 10)], GOOD, recorded=[0.4] * 10, end_time=ENDED)
    take_back(closed, action)
    assert recorded() == pytest.approx(1.0)
    assert sorted(one.source for one in waiting(closed)) == ["OMS", "brilcalc 19v2 None"]


def test_the_history_offers_it_while_it_can_be_taken_back(closed: Registry) -> None:
    def undoable() -> list[str]:
        with closed.reading() as connection:
            told = history.history(connection, RUN, world.sequence_of(connection))
            mine = history.last_action(connection, RUN, EXPERT.name, world.sequence_of(connection))
        found = [one for one in told if one.is_undoable and one.is_person]
        assert [one.action for one in found] == ([] if mine is None else [mine])
        return [one.what for one in found]

    late, action = change(closed), world.now(closed) + 1
    answer(closed, late, accepted=False)
    assert undoable() == ["late change rejected"]
    take_back(closed, action)
    assert undoable() == []
    with closed.reading() as connection:
        newest = history.history(connection, RUN, world.sequence_of(connection))[0]
    assert newest.what.startswith("late change waits again: dt0_ready")
    with pytest.raises(Invalid, match="cannot be undone"):
        take_back(closed, newest.action)


def test_a_replay_gives_the_same(closed: Registry, another: Database) -> None:
    for accepted in (True, False):
        late = waiting(closed)[0].id if waiting(closed) else change(closed)
        action = world.now(closed) + 1
        answer(closed, late, accepted=accepted)
        take_back(closed, action)
    with closed.reading() as source, another.writing() as target:
        replay(source, target)
        assert list(differences(source, target)) == []
