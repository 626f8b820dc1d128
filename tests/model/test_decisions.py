"""What waits for a person: by luminosity, in workspaces that are theirs and open, until it is settled."""

from typing import Any

import pytest

from model.commands.datasets import hide_dataset, move_dataset
from model.commands.proposals import answer_proposals, propose
from model.commands.runs import set_run_attributes
from model.commands.undo import undo
from model.events import ProposalsMade
from model.queries import proposals
from model.queries.decisions import Item, Kind, decisions, queue
from model.queries.scope import workspaces
from model.ranges import text
from model.registry import Registry
from tests.model import world
from tests.model.arrivals import keep_rules, tell
from tests.model.test_late_changes import ENDED, GOOD, answer, signed_off
from tests.model.test_proposals import PROGRAM
from tests.model.world import DC, EXPERT, EXPRESS, GEM, PROMPT, READER, RUN, SHIFTER, TRACKER
from tests.provision.stories import once

PIXEL = "tracker-pixel"
TRACKED = ["tracker-track", "tracker-pixel", "tracker-strip"]


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell of one run and its prompt dataset, on which the rule calls everything GOOD."""
    world.report_run(registry)
    world.create_dataset(registry)
    world.decide_everything(registry)
    return registry


def waits(registry: Registry, by: world.Author = TRACKER, at: int | None = None, **more: Any) -> list[Item]:
    with registry.reading() as connection:
        return queue(connection, by, world.sequence_of(connection) if at is None else at, **more)


def short(found: list[Item]) -> list[tuple[str, str, str]]:
    return [(item.kind.value, item.column, text(item.ranges)) for item in found]


def propose_one(registry: Registry, column: str = PIXEL, status: str = "BAD") -> int:
    said = {"column": column, "ranges": [(2, 4)], "status": status, "score": 0.9, "reason": "odd"}
    with registry.writing() as tx:
        return propose(tx, ProposalsMade(RUN, PROMPT, "ae", "1", (said,)), PROGRAM)


def test_where_all_is_decided_nothing_waits(told: Registry) -> None:
    assert waits(told) == []
    assert waits(told, DC) == []


def test_a_column_nobody_spoke_on_waits_with_all_its_lumisections(registry: Registry) -> None:
    world.report_run(registry, lumisections=[(1, 4), (6, 10)])
    world.create_dataset(registry)
    found = waits(registry)
    assert short(found) == [("undecided", column, "1–4, 6–10") for column in sorted(TRACKED)]
    assert [item.at_stake_invpb for item in found] == pytest.approx([0.9] * 3)
    assert found[0].sentence == "Nobody decided on LS 1–4, 6–10."


def test_what_is_half_decided_or_set_back_waits_with_the_rest(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(3, 4)], "NOTSET")
    world.report_run(told, lumisections=[(1, 12)])
    found = waits(told)
    assert short(found)[0] == ("undecided", PIXEL, "3–4, 11–12")
    assert found[0].at_stake_invpb == pytest.approx(0.4)
    assert {item.column for item in found} == set(TRACKED)


def test_most_luminosity_comes_first_and_what_nobody_measured_before_it(told: Registry) -> None:
    for number, values in ((RUN + 1, [5.0] * 10), (RUN + 2, [2.0] * 10), (RUN + 3, None)):
        world.report_run(told, number)
        world.create_dataset(told, run_number=number)
        world.decide_everything(told, run_number=number, but=[PIXEL])
        if values:
            world.report_luminosity(told, values, number)
    world.give(told, TRACKER, PIXEL, [(1, 1)], "NOTSET")
    assert [item.run_number for item in waits(told)] == [RUN + 1, RUN + 2, RUN + 3, RUN]
    assert [item.run_number for item in waits(told, limit=2)] == [RUN + 1, RUN + 2]


def test_a_run_of_unknown_luminosity_comes_first(registry: Registry) -> None:
    from model.authors import IMPORTER
    from model.commands import upstream
    from model.ranges import canonical

    world.report_run(registry)
    world.create_dataset(registry)
    with registry.writing() as tx:
        upstream.report_run(tx, RUN + 1, {"era": "2024C"}, IMPORTER)
        upstream.report_lumisections(tx, RUN + 1, canonical([(1, 5)]), {}, IMPORTER)
    world.create_dataset(registry, run_number=RUN + 1)
    found = waits(registry)
    assert [(item.run_number, item.at_stake_invpb is None) for item in found[:3]] == [(RUN + 1, True)] * 3
    assert found[3].run_number == RUN


def test_everybody_is_asked_for_their_own_workspaces_only(registry: Registry) -> None:
    world.report_run(registry)
    world.create_dataset(registry)
    assert {item.workspace for item in waits(registry, TRACKER)} == {"tracker"}
    assert {item.column for item in waits(registry, GEM)} == {"gem-gem"}
    assert waits(registry, READER) == []
    assert {item.dataset for item in waits(registry, SHIFTER)} == {"online"}
    assert len({item.workspace for item in waits(registry, DC)}) > 15
    assert {item.workspace for item in waits(registry, DC, workspace="muon")} == {"muon"}
    assert waits(registry, TRACKER, workspace="muon") == []
    with registry.reading() as connection:
        at = world.sequence_of(connection)
        assert workspaces(connection, TRACKER, at) == ["tracker"]
        assert workspaces(connection, READER, at) == []


@pytest.mark.parametrize("state", ["waiting dqm gui", "SIGNOFF", "COMPLETED", "not significant for workspace"])
def test_only_an_open_workspace_asks(registry: Registry, state: str) -> None:
    world.report_run(registry)
    world.create_dataset(registry, states={"global": "OPEN", "tracker": state})
    world.create_dataset(registry, EXPRESS, states={"global": state, "tracker": "OPEN"})
    assert {item.dataset for item in waits(registry, TRACKER)} == {EXPRESS}
    assert {item.dataset for item in waits(registry, GEM)} == {PROMPT}


def test_hidden_datasets_and_runs_that_do_not_matter_ask_for_nothing(registry: Registry) -> None:
    for number in (RUN, RUN + 1):
        world.report_run(registry, number)
        world.create_dataset(registry, run_number=number)
    with registry.writing() as tx:
        hide_dataset(tx, RUN, PROMPT, DC, comment="made twice")
        set_run_attributes(tx, RUN + 1, {"significant": False}, EXPERT)
    assert waits(registry) == []
    assert waits(registry, SHIFTER)[0].run_number == RUN


def test_two_persons_who_differ_wait_for_a_settlement(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(2, 6)], "BAD")
    before = world.give(told, DC, PIXEL, [(4, 8)], "GOOD", comment="looked again")
    (item,) = waits(told, kind=Kind.PEOPLE)
    assert text(item.ranges) == "4–6"
    assert item.at_stake_invpb == pytest.approx(0.3)
    words = "LS 4–6: d.coordinator said GOOD (looked again); before, t.certifier said BAD (HV trip)"
    assert item.sentence == words
    world.give(told, EXPERT, PIXEL, [(4, 5)], "BAD")
    assert [text(i.ranges) for i in waits(told, kind=Kind.PEOPLE)] == ["6"]
    world.give(told, DC, PIXEL, [(6, 6)], "GOOD", comment="agreed with t.certifier")
    assert waits(told, kind=Kind.PEOPLE) == []
    assert len(waits(told, at=before, kind=Kind.PEOPLE)) == 1


def test_who_corrects_oneself_or_is_undone_contradicts_nobody(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(2, 6)], "BAD")
    world.give(told, TRACKER, PIXEL, [(2, 6)], "STANDBY", comment="only high voltage")
    action = world.give(told, DC, PIXEL, [(4, 8)], "GOOD", comment="by mistake")
    world.give(told, TRACKER, PIXEL, [(9, 9)], "BAD")
    assert len(waits(told, kind=Kind.PEOPLE)) == 1
    with told.writing() as tx:
        undo(tx, action, DC)
    assert waits(told, kind=Kind.PEOPLE) == []


def test_a_cut_beside_a_dispute_does_not_settle_it(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(2, 6)], "BAD")
    world.give(told, DC, PIXEL, [(2, 6)], "GOOD", comment="looked again")
    world.give(told, DC, PIXEL, [(6, 6)], "STANDBY", comment="the last one only")
    assert [text(i.ranges) for i in waits(told, kind=Kind.PEOPLE)] == ["2–5"]


def test_a_person_against_a_rule_waits_until_there_is_a_reason(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(2, 3)], "STANDBY")
    (item,) = waits(told, kind=Kind.RULE)
    assert (item.column, text(item.ranges)) == (PIXEL, "2–3")
    assert item.sentence == "LS 2–3: t.certifier said STANDBY; but rule rule:dcs@1 said GOOD"
    world.give(told, TRACKER, PIXEL, [(2, 3)], "STANDBY", comment="voltage was off")
    assert waits(told) == []
    world.rule_says(told, PIXEL, [(1, 10)], "BAD")
    assert [text(i.ranges) for i in waits(told)] == ["2–3"]
    world.give(told, TRACKER, PIXEL, [(2, 3)], "BAD")
    assert waits(told) == []


def test_open_proposals_wait_until_they_are_answered(told: Registry) -> None:
    made = propose_one(told)
    propose_one(told, "dt-dt")
    (item,) = waits(told)
    assert (item.kind, item.column, text(item.ranges)) == (Kind.PROPOSAL, PIXEL, "2–4")
    assert item.sentence == "ae 1 proposes BAD on LS 2–4."
    assert len(waits(told, DC)) == 2
    with told.writing() as tx:
        ids = [p.id for p in proposals.proposals(tx.connection, tx.head.sequence) if p.column == PIXEL]
        answer_proposals(tx, ids, TRACKER, accepted=False, seen=tx.head.sequence)
    assert waits(told) == []
    assert len(waits(told, at=made)) == 1


def test_what_was_signed_off_waits_no_more(told: Registry) -> None:
    propose_one(told)
    world.give(told, TRACKER, PIXEL, [(2, 3)], "STANDBY")
    assert len(waits(told)) == 2
    with told.writing() as tx:
        move_dataset(tx, RUN, PROMPT, "tracker", ("OPEN", "SIGNOFF"), TRACKER)
    assert waits(told) == []


def test_the_board_names_a_dataset_once(registry: Registry) -> None:
    world.report_run(registry)
    world.create_dataset(registry)
    world.give(registry, TRACKER, PIXEL, [(2, 3)], "BAD")
    world.give(registry, DC, PIXEL, [(2, 3)], "GOOD")
    with registry.reading() as connection:
        found = decisions(connection, world.sequence_of(connection))
    of_prompt = [each for each in found if each.reason.startswith(PROMPT)]
    assert [each.is_conflict for each in of_prompt] == [False, True]
    assert "more columns" in of_prompt[0].reason


@pytest.fixture
def changed_late(registry: Registry) -> Registry:
    """Tell of a run that was signed off and of which OMS changed half the luminosity and a bit."""
    keep_rules(registry)
    signed_off(registry)
    told = {"dt0_ready": [(1, 7, True), (8, 10, False)]}
    tell(registry, [(1, 10)], told, recorded=[0.1] * 5 + [0.3] * 5, end_time=ENDED)
    return registry


def test_a_late_change_waits_with_its_consequence_for_who_may_answer(changed_late: Registry) -> None:
    (one,) = waits(changed_late, DC, kind=Kind.LATE)
    assert (one.run_number, text(one.ranges), one.workspace) == (RUN, "6–10", "")
    assert one.at_stake_invpb == pytest.approx(1.0)
    assert one.sentence == (
        "OMS changed dt0_ready, luminosity on 5 LS (6–10). "
        "If accepted: +1.000 pb⁻¹ recorded, another verdict of the rules in dt-dt."
    )
    for by in (SHIFTER, TRACKER, READER):
        assert waits(changed_late, by, kind=Kind.LATE) == []
    assert waits(changed_late, DC, workspace="tracker") == []


def test_an_answered_late_change_waits_no_more_but_did(changed_late: Registry) -> None:
    before = world.now(changed_late)
    (one,) = waits(changed_late, EXPERT, kind=Kind.LATE)
    assert one.late_change is not None
    answer(changed_late, one.late_change, accepted=False)
    assert waits(changed_late, EXPERT, kind=Kind.LATE) == []
    assert [item.key for item in waits(changed_late, EXPERT, before, kind=Kind.LATE)] == [one.key]


def test_a_late_change_of_the_run_alone_has_all_its_luminosity_at_stake(registry: Registry) -> None:
    keep_rules(registry)
    signed_off(registry)
    tell(registry, [(1, 10)], GOOD, end_time=ENDED, energy=450)
    (one,) = waits(registry, DC, kind=Kind.LATE)
    assert one.at_stake_invpb == pytest.approx(1.0)
    assert one.sentence == "OMS changed run: energy. If accepted: +0.000 pb⁻¹ recorded."


def test_the_board_shows_late_changes_among_what_waits(changed_late: Registry) -> None:
    with changed_late.reading() as connection:
        (one,) = [each for each in decisions(connection, world.sequence_of(connection)) if each.is_late]
    assert (one.run_number, one.column, one.is_conflict) == (RUN, "late change", False)
