"""Answers of a sitting are compared with what was decided, and kept for whom they belong to."""

import pytest

from model.commands.datasets import move_dataset
from model.commands.training import keep_sitting, remove_sitting, share_sitting
from model.db import Database
from model.errors import Forbidden, Invalid, NotFound
from model.grid.edits import Group
from model.queries import event_feed
from model.queries.documents import documents
from model.registry import Registry
from model.replay import replay
from model.training.kept import KIND, Kept, judge, kept, one
from model.training.question import Question
from model.training.score import Outcome
from tests.model import world
from tests.model.training_world import COLUMNS, FIRST, SECOND, SECRET, compared, moved, question, say, signed
from tests.model.world import EXPERT, GEM, PROMPT, READER, RULE, TRACKER

__all__ = ["signed"]


def test_answers_are_compared_lumisection_by_lumisection(signed: Registry) -> None:
    found = compared(
        signed,
        say("BAD", ["tracker-pixel"], [(6, 7)]),
        say("EXCLUDED", ["tracker-track"], [(1, 1)]),
        say("GOOD", ["tracker-track"], run_number=SECOND),
    )
    assert found.total.lumisections == {
        Outcome.AGREED: 8 - 1 + 10 + 30 - 0,
        Outcome.LENIENT: 2,
        Outcome.STRICT: 2,
        Outcome.OTHER: 0,
        Outcome.SILENT: 9,
    }
    assert found.total.recorded_invpb[Outcome.LENIENT] == pytest.approx(0.2)
    assert found.total.decided == 60
    assert found.total.agreed == pytest.approx(47 / 60)
    told = [(d.column, str(d.ranges[0]), d.yours.name, d.decided.name, d.outcome) for d in found.differences]
    assert told == [
        ("tracker-pixel", "4–5", "GOOD", "BAD", Outcome.LENIENT),
        ("tracker-pixel", "7", "BAD", "GOOD", Outcome.STRICT),
        ("tracker-track", "1", "EXCLUDED", "GOOD", Outcome.STRICT),
        ("tracker-track", "2–10", "EMPTY", "GOOD", Outcome.SILENT),
    ]
    first = found.differences[0]
    assert (first.author, first.cause, first.comment) == (TRACKER.name, "HV trip", SECRET)
    assert first.recorded_invpb == pytest.approx(0.2)
    assert found.source == "OMS"
    mine, rules = found.columns["tracker-pixel"]
    assert (mine.agreed, rules.agreed) == pytest.approx((17 / 20, 17 / 20))
    cells = {each.run_number: each.cells for each in found.datasets}
    assert cells[FIRST]["tracker-pixel"].worst is Outcome.LENIENT
    assert cells[SECOND]["tracker-pixel"].worst is Outcome.AGREED


def test_who_says_what_was_decided_agrees_everywhere(signed: Registry) -> None:
    found = compared(
        signed,
        say("BAD", ["tracker-pixel"], [(4, 6)]),
        say("GOOD", only_open=True),
        say("GOOD", only_open=True, run_number=SECOND),
    )
    assert (found.total.agreed, found.differences) == (1.0, ())
    assert found.by_rules.agreed == pytest.approx(37 / 60)


def test_lumisections_that_came_later_are_told_apart_and_not_judged(signed: Registry) -> None:
    with signed.writing() as tx:
        move_dataset(tx, FIRST, PROMPT, "tracker", ("SIGNOFF", "OPEN"), EXPERT, comment="more came")
    world.report_run(signed, FIRST, [(1, 12)], start_time="2024-05-01T12:00:00Z")
    world.give(signed, TRACKER, COLUMNS, [(11, 12)], "BAD", run_number=FIRST)
    moved(signed, FIRST, "OPEN", "SIGNOFF")
    found = compared(signed)
    assert {each.run_number: each.added for each in found.datasets} == {FIRST: 2, SECOND: 0}
    assert found.total.decided == 60


def test_a_sitting_is_compared_with_what_was_decided_when_it_was_drawn(signed: Registry) -> None:
    asked = question(signed)
    before = compared(signed, asked=asked)
    moved(signed, FIRST, "SIGNOFF", "OPEN")
    world.give(signed, TRACKER, "tracker-pixel", [(1, 10)], "BAD", run_number=FIRST)
    after = compared(signed, asked=asked)
    assert (after.total, after.differences) == (before.total, before.differences)
    told = {each.run_number: (each.is_open_again, each.is_changed) for each in after.datasets}
    assert told == {FIRST: (True, True), SECOND: (False, False)}


def finish(registry: Registry, by: world.Author, asked: Question, *answers: Group) -> str:
    with registry.reading() as connection:
        judged = judge(connection, asked, answers, world.sequence_of(connection))
    with registry.writing() as tx:
        keep_sitting(tx, judged, by)
    return f"{by.name}/{asked.name}"


def seen(registry: Registry, by: world.Author) -> list[Kept]:
    with registry.reading() as connection:
        return kept(connection, by.name, world.sequence_of(connection))


def test_a_sitting_is_one_s_own_until_it_is_shared_and_no_verdict_comes_of_it(signed: Registry) -> None:
    before = world.said(signed, "tracker-pixel", run_number=FIRST)
    name = finish(signed, READER, question(signed), say("GOOD"))
    assert world.said(signed, "tracker-pixel", run_number=FIRST) == before
    (mine,) = seen(signed, READER)
    assert (mine.owner, mine.is_shared, mine.result.datasets) == (READER.name, False, 2)
    assert mine.result.lenient_invpb == pytest.approx(0.3)
    assert mine.answers[0].edits == say("GOOD").edits
    assert seen(signed, EXPERT) == []
    with signed.reading() as connection, pytest.raises(NotFound, match="no sitting"):
        one(connection, EXPERT.name, name, world.sequence_of(connection))
    with signed.writing() as tx:
        share_sitting(tx, name, READER, is_shared=True)
    (theirs,) = seen(signed, EXPERT)
    assert (theirs.at, theirs.result) == (mine.at, mine.result)
    with signed.writing() as tx, pytest.raises(Forbidden, match="only r.reader decides"):
        share_sitting(tx, name, GEM, is_shared=False)
    with signed.writing() as tx, pytest.raises(Forbidden):
        remove_sitting(tx, name, GEM)
    with signed.writing() as tx:
        remove_sitting(tx, name, READER)
    assert seen(signed, READER) == []


def test_programs_that_follow_are_not_told_what_somebody_practised(signed: Registry) -> None:
    finish(signed, READER, question(signed), say("GOOD"))
    with signed.reading() as connection:
        told = event_feed.one(connection, world.sequence_of(connection))
    assert (told["payload"]["name"], told["payload"]["document"]) == ("", None)


def test_a_sitting_that_was_compared_is_not_compared_again(signed: Registry) -> None:
    asked = question(signed)
    name = finish(signed, READER, asked, say("GOOD"))
    with pytest.raises(Invalid, match="compared this sitting before"):
        finish(signed, READER, asked, say("BAD"))
    assert finish(signed, GEM, asked, say("GOOD")) != name
    with pytest.raises(Forbidden, match="training is for people"):
        finish(signed, RULE, asked, say("GOOD"))
    with pytest.raises(Invalid, match="nothing to compare"):
        finish(signed, TRACKER, asked)


def test_sittings_are_rebuilt_from_the_journal_with_what_they_are_compared_with(
    signed: Registry, another: Database
) -> None:
    asked = question(signed)
    finish(signed, READER, asked, say("GOOD"))
    with signed.reading() as source, another.writing() as target:
        replay(source, target)
    with signed.reading() as one_side, another.reading() as other_side:
        at = world.sequence_of(one_side)
        assert documents(other_side, KIND, at) == documents(one_side, KIND, at) != {}
