"""Training: datasets stand as before anybody spoke, and answers, which are no verdicts, are compared."""

from collections.abc import Sequence
from typing import Any

import pytest

from model.commands.datasets import hide_dataset, move_dataset
from model.commands.training import keep_sitting, remove_sitting, share_sitting
from model.db import Database
from model.errors import Forbidden, Invalid, NotFound, RunRegistryError
from model.grid.cells import cell_text
from model.grid.edits import CellEdit, Group
from model.grid.grid import Row
from model.queries import event_feed
from model.queries.documents import documents
from model.registry import Registry
from model.replay import replay
from model.training.comparison import Comparison, compare
from model.training.kept import KIND, Kept, judge, kept, one
from model.training.practice import Practice
from model.training.question import Question, named
from model.training.score import Outcome
from model.training.sitting import Sitting, sitting
from model.vocabulary import Stage
from tests.model import world
from tests.model.world import EXPERT, GEM, PROMPT, READER, RULE, TRACKER
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


def test_only_what_is_signed_off_is_drawn_and_stands_as_before_anybody_spoke(signed: Registry) -> None:
    assert [each.run_number for each in drawn(signed).datasets] == [SECOND, FIRST]
    assert shown(signed) == {SECOND: ["g", "g", "·"], FIRST: ["g", "g", "·"]}
    with signed.reading() as connection:
        practice = Practice(connection, drawn(signed))
        rows = practice.rows()
    assert [(row.state, row.text["x"], row.lumisections) for row in rows] == [("OPEN", "", 10)] * 2
    assert [row.recorded_invpb for row in rows] == pytest.approx([1.0, 1.0])
    assert [row.at_stake_invpb for row in rows] == pytest.approx([1.0, 1.0])


def test_no_person_has_spoken_where_a_dataset_is_shown_whoever_spoke_when(signed: Registry) -> None:
    """What a rule says after the first person spoke is not shown either: it may follow from that word."""
    for each in drawn(signed).datasets:
        for column in COLUMNS:
            said = world.said(signed, column, run_number=each.run_number, at=each.at)
            assert {author for *_, author in said} <= {RULE.name}
        after = world.said(signed, "tracker-track", run_number=each.run_number, at=each.at + 1)
        assert after == [(1, 10, "GOOD", TRACKER.name)]


def test_a_dataset_on_which_only_rules_spoke_stands_as_before_it_was_signed_off(signed: Registry) -> None:
    world.rule_says(signed, COLUMNS, [(1, 10)], "GOOD", run_number=OPEN)
    moved(signed, OPEN, "OPEN", "SIGNOFF")
    assert shown(signed)[OPEN] == ["g", "g", "g"]


def test_a_dataset_that_never_stood_here_without_a_person_s_word_is_not_drawn(signed: Registry) -> None:
    world.report_run(signed, 380_009, start_time="2024-05-09T12:00:00Z")
    world.create_dataset(signed, run_number=380_009, states={"global": "OPEN", "tracker": "COMPLETED"})
    with signed.writing() as tx:
        hide_dataset(tx, SECOND, PROMPT, EXPERT, hidden=True, comment="a test")
    assert [each.run_number for each in drawn(signed).datasets] == [FIRST]


def test_a_period_ends_with_the_newest_run_that_is_signed_off(signed: Registry) -> None:
    assert drawn(signed, days=1).choice == 2
    world.report_run(signed, 380_009, start_time="2024-05-09T12:00:00Z")
    world.create_dataset(signed, run_number=380_009)
    certified(signed, 380_009)
    assert [each.run_number for each in drawn(signed, days=1).datasets] == [380_009]
    assert drawn(signed, days=30).choice == 3


def test_the_same_question_draws_the_same_datasets_whatever_happened_since(signed: Registry) -> None:
    asked = question(signed, size=1)
    before = drawn(signed, upto=asked.upto, size=1)
    moved(signed, FIRST, "SIGNOFF", "OPEN")
    moved(signed, SECOND, "SIGNOFF", "OPEN")
    assert drawn(signed, upto=asked.upto, size=1) == before
    others = {drawn(signed, upto=asked.upto, size=1, draw=n).datasets for n in range(1, 30)}
    assert len(others) == 2
    assert named(asked.name) == asked


@pytest.mark.parametrize(
    ("but", "refusal", "words"),
    [
        ({"workspace": "nobody"}, NotFound, "no workspace nobody"),
        ({"workspace": "muon"}, NotFound, "signed off in muon"),
        ({"stage": Stage.EXPRESS}, NotFound, "No express dataset"),
        ({"stage": Stage.ONLINE}, NotFound, "No online dataset"),
        ({"upto": 0}, NotFound, "signed off in tracker"),
        ({"upto": 99_999}, Invalid, "has not reached"),
        ({"size": 0}, Invalid, "1 to 30 datasets"),
        ({"days": 4_000}, Invalid, "1 to 3650 days"),
        ({"draw": 0}, Invalid, "1 to 9999"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_a_sentence(
    signed: Registry, but: dict[str, Any], refusal: type[RunRegistryError], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        drawn(signed, **but)


@pytest.mark.parametrize(
    "name", ["", "tracker", "tracker-prompt-30d-10-1", "tracker-later-30d-10-1-9", "x" * 90]
)
def test_what_names_no_sitting_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="is no sitting"):
        named(name)


def test_answers_stand_over_what_rules_said_and_the_last_one_counts(signed: Registry) -> None:
    answers = (
        say("GOOD", ["tracker-track"]),
        say("BAD", ["tracker-pixel"], [(3, 5)]),
        say("STANDBY", ["tracker-pixel"], [(5, 6)]),
    )
    assert shown(signed, *answers)[FIRST] == ["B20*|1x2,2x2,3x2,1x4", "g", "G"]
    assert shown(signed, *answers, say("GOOD", only_open=True))[FIRST] == ["B20*|1x2,2x2,3x2,1x4", "g", "G"]
    assert shown(signed, say("GOOD", only_open=True), say("EXCLUDED", within=(1, 5)))[FIRST][2] == "E50|4x5,1x5"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (say("BAD", cause=""), "BAD needs a cause"),
        (say("FINE"), "is no status"),
        (say("GOOD", ["dt-dt"]), "no column of this sitting"),
        (say("GOOD", []), "no column of this sitting"),
        (say("GOOD", ranges=[(5, 3)]), "reversed"),
        (say("GOOD", ranges=[(9, 12)]), "lumisections 1 to 10"),
        (say("GOOD", run_number=OPEN), "not among the datasets"),
        (say("GOOD", within=(3, 1)), "reversed"),
        (Group("k", 0, move=("tracker", "OPEN", "SIGNOFF")), "only statuses"),
        (Group("k", 0, action=3), "only statuses"),
        (Group("k", 0, status="GOOD"), "only statuses"),
    ],
)
def test_an_answer_that_makes_no_sense_changes_nothing_and_says_why(
    signed: Registry, answer: Group, words: str
) -> None:
    with signed.reading() as connection:
        practice = Practice(connection, drawn(signed))
        (refused,) = practice.answer([answer])
        assert words in refused.message
        assert texts(practice, practice.rows()[1]) == ["g", "g", "·"]


def test_an_answer_on_two_datasets_is_taken_whole_or_not_at_all(signed: Registry) -> None:
    edits = (CellEdit(FIRST, PROMPT, COLUMNS), CellEdit(SECOND, PROMPT, COLUMNS, ((1, 99),)))
    assert shown(signed, Group("k", 0, edits, "EXCLUDED"))[FIRST] == ["g", "g", "·"]


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
