"""Training: datasets stand as before anybody spoke, and answers, which are no verdicts, stand over them."""

from typing import Any

import pytest

from model.commands.datasets import hide_dataset
from model.errors import Invalid, NotFound, RunRegistryError
from model.grid.edits import CellEdit, Group
from model.registry import Registry
from model.training.practice import Practice
from model.training.question import named
from model.vocabulary import Stage
from tests.model import world
from tests.model.training_world import (
    COLUMNS,
    FIRST,
    OPEN,
    SECOND,
    certified,
    drawn,
    moved,
    question,
    say,
    shown,
    signed,
    texts,
)
from tests.model.world import EXPERT, PROMPT, RULE, TRACKER

__all__ = ["signed"]


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
