"""Verdicts recorded together: as if one by one, whole or not at all, whoever works meanwhile."""

import random

import pytest

from model import journal, replay
from model.bulk.plan import Sheet, Tell
from model.bulk.write import write
from model.commands.undo import undo
from model.commands.verdicts import VerdictEdit, certify
from model.db import Database
from model.errors import CalledOff, Stale
from model.events import VerdictsGiven
from model.registry import Registry
from model.vocabulary import Stage
from tests.model import world
from tests.model.bulk_world import PIXEL, RUNS, STRIP, apply, plan, told
from tests.model.world import DC, RUN, TRACKER

__all__ = ["told"]


def _sheet_of(seed: int) -> str:
    rng = random.Random(seed)
    lines = {}
    for number in RUNS[:4]:
        for column in rng.sample((PIXEL, STRIP, "tracker-track"), rng.randint(1, 3)):
            first = rng.randint(1, 10)
            said = rng.choice(("GOOD", "BAD,HV trip", "STANDBY,,odd hits", "NOTSET"))
            lines[number, column] = f"{number},{first},{rng.randint(first, 10)},{column},{said}"
    return "\n".join(lines.values())


@pytest.mark.parametrize("seed", range(8))
def test_verdicts_recorded_together_read_as_if_recorded_one_by_one(
    told: Registry, another: Database, seed: int
) -> None:
    world.rule_says(told, [PIXEL, STRIP], [(2, 8)], "EXCLUDED")
    for turn in range(4):
        action = apply(told, _sheet_of(10 * seed + turn))
        if turn % 2:
            with told.writing() as tx:
                undo(tx, action, TRACKER)
    # a replay reads one fact after the other
    with told.reading() as source, another.writing() as target:
        journal.verify(source)
        replay.replay(source, target)
    with told.reading() as one, another.reading() as other:
        assert list(replay.differences(one, other)) == []


def test_somebody_elses_work_between_dry_run_and_lock_is_met_as_without_it(told: Registry) -> None:
    """What is written was planned outside the lock; what came in between is looked at inside it."""
    sheet = f"{RUN},1,5,{PIXEL},GOOD"
    token = plan(told, sheet).token
    at = world.now(told)

    def meanwhile(column: str, status: str) -> Tell:
        def tell(what: str, _done: int, _of: int) -> None:
            if what == "checking":
                world.give(told, DC, column, [(2, 2)], status)

        return tell

    with pytest.raises(Stale, match=f"{DC.name} set {PIXEL} LS 2 to BAD"):
        write(told, Sheet(sheet, Stage.PROMPT), token, TRACKER, meanwhile(PIXEL, "BAD"))
    assert world.now(told) == at + 1
    world.give(told, DC, PIXEL, [(2, 2)], "GOOD")
    write(told, Sheet(sheet, Stage.PROMPT), plan(told, sheet).token, TRACKER, meanwhile(STRIP, "BAD"))
    # what somebody else says already is not said again
    assert [who for *_, who in world.said(told, PIXEL)] == [TRACKER.name, DC.name, TRACKER.name]
    assert world.statuses(told, STRIP) == [(2, 2, "BAD")]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_what_is_stopped_half_way_is_not_written_at_all(told: Registry, at: int) -> None:
    sheet = f"{RUN},1,5,{PIXEL},GOOD"
    token, before, heard = plan(told, sheet).token, world.now(told), []

    def stop(what: str, done: int, of: int) -> None:
        heard.append((what, done, of))
        if len(heard) > at:
            raise CalledOff("Cancelled: nothing was written.")

    with pytest.raises(CalledOff):
        write(told, Sheet(sheet, Stage.PROMPT), token, TRACKER, stop)
    assert heard == [("checking", 0, 1), ("writing", 0, 1), ("writing", 1, 1)][: at + 1]
    assert world.now(told) == before


def test_facts_about_one_dataset_are_not_recorded_together(told: Registry) -> None:
    given = VerdictsGiven(RUN, world.PROMPT, ())
    with pytest.raises(ValueError, match="different datasets"), told.writing() as tx:
        tx.record_verdicts([given, given], TRACKER)


def test_an_action_that_spoke_of_one_dataset_twice_is_taken_back_whole(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(1, 10)], "STANDBY")
    edits = [
        VerdictEdit(number, world.PROMPT, (PIXEL,), (span,), "GOOD")
        for number, span in ((RUN, (1, 3)), (RUN + 1, (1, 3)), (RUN, (6, 7)))
    ]
    with told.writing() as tx:
        for edit in edits:
            certify(tx, [edit], TRACKER, seen=tx.head.sequence)
        action = tx.action or 0
    assert len(world.statuses(told, PIXEL)) == 4
    with told.writing() as tx:
        undo(tx, action, TRACKER)
    assert world.statuses(told, PIXEL) == [(1, 10, "STANDBY")]
    assert world.statuses(told, PIXEL, run_number=RUN + 1) == []


def test_one_dataset_that_changed_since_keeps_the_whole_action(told: Registry) -> None:
    action = apply(told, "\n".join(f"{number},1,5,{PIXEL},GOOD" for number in RUNS[:4]))
    world.give(told, DC, PIXEL, [(2, 2)], "BAD", run_number=RUN + 2)
    before = world.now(told)
    with pytest.raises(Stale, match=f"run {RUN + 2}"), told.writing() as tx:
        undo(tx, action, DC)
    assert world.now(told) == before
