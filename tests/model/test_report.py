"""Reports: gathered at a sequence, frozen with their digest, and made again byte for byte."""

from dataclasses import replace
from typing import Any

import pytest

from model import replay
from model.commands.cycles import create_cycle
from model.commands.handover import hand_over
from model.commands.reports import freeze_report
from model.commands.rules import set_rule
from model.db import Database
from model.errors import Forbidden, Invalid, NotFound
from model.registry import Registry
from model.report.freeze import freeze, verified
from model.report.gather import gathered, planned
from model.report.kept import Kept, body_of, report_of, reports
from model.report.report import FORMAT, Report, read, sha256
from model.report.scope import Asked
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.world import DC, EXPERT, IMPORTER, PROMPT, READER, RUN, SHIFTER, TRACKER
from tests.provision.stories import once

PIXEL = "tracker-pixel"
GOOD = {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]}
WEEK = Asked("week", "2024-W17")
ERA = Asked("era", "2024C")


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell three runs of 2024C in two weeks, 1 /pb recorded each; of the second, LS 4–6 are BAD."""
    for place, start in enumerate(("2024-04-22T08:00:00Z", "2024-04-24T08:00:00Z", "2024-04-29T08:00:00Z")):
        facts: dict[str, Any] = {"start_time": start, "duration": 3600, "fill_number": 9600 + place // 2}
        world.report_run(registry, RUN + place, **facts)
        world.create_dataset(registry, run_number=RUN + place)
        world.give(registry, TRACKER, PIXEL, [(1, 10)], "GOOD", run_number=RUN + place)
    world.give(registry, TRACKER, PIXEL, [(4, 6)], "BAD", "HV trip", run_number=RUN + 1)
    keep(registry)
    return registry


def keep(registry: Registry, logic: Any = GOOD) -> None:
    with registry.writing() as tx:
        set_rule(tx, "golden", RuleText(logic, "bad", "what is good", "/PromptReco/%", "golden"), EXPERT)


def made(registry: Registry, asked: Asked) -> Report:
    with registry.reading() as connection:
        return gathered(registry, connection, planned(connection, asked, registry.clock()))


def body(registry: Registry, kept: Kept) -> bytes:
    with registry.reading() as connection:
        return body_of(connection, kept)


def is_same(registry: Registry, kept: Kept) -> bool:
    with registry.reading() as connection:
        return verified(registry, connection, kept).is_same


def test_a_week_tells_what_became_of_the_luminosity_of_the_runs_that_began_in_it(told: Registry) -> None:
    report = made(told, WEEK)
    assert report.title == "Week 2024-W17, 22 Apr – 28 Apr 2024"
    summary = report.table("summary")
    assert summary.value("runs", "value") == 2 and summary.value("lumisections", "value") == 20
    assert summary.value("delivered", "value") == pytest.approx(2.2)
    assert summary.value("recorded", "value") == pytest.approx(2.0)
    assert summary.value("certified", "value") == pytest.approx(1.7)
    assert summary.value("lost", "value") == pytest.approx(0.3)
    assert summary.value("certified of recorded", "value") == pytest.approx(85.0)
    assert set(summary.column("unit")) == {"", "LS", "pb⁻¹", "%"}
    assert report.table("by_day").column("day") == ("2024-04-22", "2024-04-24")
    assert report.table("by_day").column("certified_invpb") == (1.0, 0.7)
    assert report.table("by_fill").rows[0][:3] == ("9600", 2, 20)


def test_an_era_names_who_lost_it_why_and_in_which_runs(told: Registry) -> None:
    report = made(told, ERA)
    assert report.table("losses").rows[0][:4] == ("pixel", 0.3, 0.3, 3)
    assert report.table("causes").rows[0][:2] == ("HV trip", 0.3)
    (line,) = report.table("notable_runs").rows
    assert line[0] == RUN + 1 and line[4:7] == (0.3, 3, "4–6")
    assert line[7:] == ("pixel 0.300", "HV trip 0.300")


def test_what_is_lost_alone_and_mixed_adds_up_to_what_was_lost(told: Registry) -> None:
    both = {"and": [GOOD, {"==": [{"var": "lumisection.rr.dt-dt"}, "GOOD"]}]}
    world.give(told, EXPERT, "dt-dt", [(1, 10)], "GOOD", run_number=RUN)
    world.give(told, EXPERT, "dt-dt", [(6, 10)], "BAD", run_number=RUN)
    keep(told, both)
    report = made(told, ERA)
    alone = [float(value or 0) for value in report.table("losses").column("exclusive_invpb")]
    assert "mixed" in report.table("losses").column("subsystem")
    assert sum(alone) == pytest.approx(report.table("summary").value("lost", "value"))


def test_what_waits_is_listed_by_luminosity_at_stake(told: Registry) -> None:
    items = made(told, ERA).table("open_items")
    stakes = [float(value or 0) for value in items.column("at_stake_invpb")]
    assert stakes == sorted(stakes, reverse=True) and len(stakes) == 25
    assert "not decided" in items.column("what") and "more are open" in items.note


def test_the_same_words_at_the_same_sequence_give_the_same_bytes(told: Registry) -> None:
    at = world.now(told)
    first = made(told, replace(ERA, as_of=str(at))).body
    world.give(told, TRACKER, PIXEL, [(1, 2)], "BAD")
    told.golden.frames.clear()
    assert made(told, replace(ERA, as_of=str(at))).body == first
    assert made(told, ERA).body != first


def test_bytes_are_read_back_as_the_report_they_are(told: Registry) -> None:
    report = made(told, ERA)
    assert read(report.body) == report
    assert report.body.endswith(b"}\n") and report.body.count(b"\n") == 1


def test_a_report_is_frozen_as_one_event_and_listed(told: Registry) -> None:
    before = world.now(told)
    kept = freeze(told, ERA, DC)
    assert world.now(told) == before + 1 == kept.frozen
    assert (kept.kind, kept.scope, kept.sequence, kept.author) == ("era", "2024C", before, DC.name)
    assert kept.sha256 == sha256(body(told, kept)) and kept.sha256.startswith(kept.name.rsplit("-", 1)[1])
    with told.reading() as connection:
        assert reports(connection, world.now(told)) == [kept]
        assert reports(connection, before) == []
        assert report_of(connection, kept.name, world.now(told)) == kept


def test_what_is_decided_later_changes_no_frozen_report(told: Registry) -> None:
    kept = freeze(told, ERA, DC)
    bytes_then = body(told, kept)
    world.give(told, TRACKER, PIXEL, [(1, 10)], "BAD", run_number=RUN)
    world.report_luminosity(told, [0.2] * 10)
    assert body(told, kept) == bytes_then and is_same(told, kept)
    assert freeze(told, ERA, DC).figures["certified"] == pytest.approx(1.7)


def test_a_report_that_is_frozen_already_is_given_as_it_is(told: Registry) -> None:
    asked = replace(ERA, as_of=str(world.now(told)))
    kept = freeze(told, asked, DC)
    after = world.now(told)
    assert freeze(told, asked, EXPERT) == kept and world.now(told) == after
    with pytest.raises(Invalid, match="frozen already"), told.writing() as tx:
        freeze_report(tx, read(body(told, kept)), DC)


def test_a_report_names_the_last_one_of_its_kind(told: Registry) -> None:
    first = freeze(told, ERA, DC)
    freeze(told, WEEK, DC)
    second = freeze(told, ERA, DC)
    assert read(body(told, first)).since == "" and read(body(told, second)).since == first.name
    assert is_same(told, first) and is_same(told, second)


def test_a_replay_of_the_journal_keeps_every_report(told: Registry, another: Database) -> None:
    freeze(told, ERA, DC)
    with told.reading() as source, another.writing() as target:
        replay.replay(source, target)
        assert list(replay.differences(source, target)) == []


def test_a_report_whose_bytes_were_touched_is_found(told: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = freeze(told, ERA, DC)
    with told.reading() as connection:
        other = verified(told, connection, replace(kept, sha256="0" * 64))
        assert not other.is_same and "digest" in other.why
        monkeypatch.setattr("model.report.freeze.FORMAT", FORMAT + 1)
        assert "format" in verified(told, connection, kept).why


def test_coordinators_experts_and_the_machine_make_reports_and_nobody_else(told: Registry) -> None:
    before = world.now(told)
    for by in (READER, SHIFTER, TRACKER):
        with pytest.raises(Forbidden, match="data-certification"):
            freeze(told, ERA, by)
    assert world.now(told) == before
    assert freeze(told, ERA, IMPORTER).author == "ingest"


def test_a_shifter_makes_the_report_of_a_shift(told: Registry) -> None:
    with told.writing() as tx:
        hand_over(tx, "Pixel was in STANDBY twice.", SHIFTER)
    world.report_run(told, RUN + 9, start_time="2024-05-01T11:00:00Z", duration=600)
    asked = Asked("shift", "2024-05-01T10:00Z/2024-05-01T18:00Z")
    with pytest.raises(Forbidden):
        freeze(told, asked, READER)
    report = read(body(told, freeze(told, asked, SHIFTER)))
    assert report.table("runs").column("run_number") == (RUN + 9,)
    assert report.table("summary").value("recorded", "value") == pytest.approx(1.0)
    assert report.table("notes").column("words") == ("Pixel was in STANDBY twice.",)
    said = report.table("decisions")
    assert said.column("author") == (TRACKER.name,) * 4 and "BAD (HV trip)" in str(said.column("what")[3])


def test_a_run_that_goes_on_is_in_the_shift_and_one_that_ended_before_is_not(told: Registry) -> None:
    world.report_run(told, RUN + 8, start_time="2024-05-01T02:00:00Z", duration=600)
    world.report_run(told, RUN + 9, start_time="2024-05-01T03:00:00Z")
    assert made(told, Asked("shift", "")).table("runs").column("run_number") == (RUN + 9,)
    quiet = made(told, Asked("shift", "2024-03-01T00:00Z"))
    assert quiet.table("runs").note == "No run was taken in these hours."
    assert quiet.table("notes").note == "No note was left."


def test_a_cycle_is_about_its_runs(told: Registry) -> None:
    with told.writing() as tx:
        create_cycle(tx, "call 7", "2024-06-20", [(RUN + 1, PROMPT)], DC)
    report = made(told, Asked("cycle", "call 7"))
    assert report.table("summary").value("runs", "value") == 1
    assert set(report.table("open_items").column("run_number")) == {RUN + 1}
    progress = report.table("progress")
    assert progress.value("tracker", "datasets") == 1 and progress.value("tracker", "done") == 0
    assert progress.value("tracker", "left_invpb") == 1.0 and "2024-06-20" in progress.note


def test_what_nobody_measured_and_what_is_not_over_is_said(told: Registry) -> None:
    world.report_run(told, RUN + 4, start_time="2024-05-01T08:00:00Z")
    notes = " ".join(made(told, Asked("week", "2024-W18")).notes)
    assert "It ends on 2024-05-06" in notes
    assert not made(told, WEEK).notes


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Asked("month", "2024-05"), "no kind of report; week, era, cycle, shift"),
        (Asked("week", "2024-19"), "no week such as"),
        (Asked("week", "2024-W60"), "no week such as"),
        (Asked("week", "2031-W02"), "to come"),
        (Asked("era", ""), "Name the era"),
        (Asked("shift", "yesterday"), "no time such as"),
        (Asked("shift", "2024-05-01T10:00Z/2024-05-01T09:00Z"), "ends after it begins"),
        (Asked("shift", "2024-04-01T10:00Z/2024-04-09T09:00Z"), "within 48 hours"),
        (Asked("shift", "2031-01-01T10:00Z"), "to come"),
        (replace(ERA, source="OMS,PHYSICS"), "never added up"),
        (replace(ERA, null_policy="maybe"), "maybe"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(told: Registry, asked: Asked, sentence: str) -> None:
    before = world.now(told)
    with pytest.raises(Invalid, match=sentence):
        freeze(told, asked, DC)
    assert world.now(told) == before


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        (Asked("era", "1999A"), "No run is of era 1999A; the registry has 2024C"),
        (Asked("week", "2024-W02"), "The last week with runs is 2024-W18"),
        (Asked("cycle", "call 9"), "There is no cycle call 9; none was made yet"),
        (replace(ERA, rule="platinum"), "platinum"),
        (replace(ERA, source="PHYSICS"), "PHYSICS"),
        (replace(ERA, as_of="tomorrow"), "tomorrow"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(told: Registry, asked: Asked, sentence: str) -> None:
    with pytest.raises(NotFound, match=sentence):
        freeze(told, asked, DC)


def test_an_era_without_luminosity_says_what_to_do(told: Registry) -> None:
    world.report_run(told, RUN + 7, era="2024Z", start_time="2024-05-01T08:00:00Z")
    world.report_luminosity(told, [float("nan")] * 10, RUN + 7)
    with pytest.raises(NotFound, match="import it first"):
        freeze(told, Asked("era", "2024Z"), DC)


def test_a_rule_that_selects_nothing_is_said_in_the_report(told: Registry) -> None:
    keep(told, {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "STANDBY"]})
    report = made(told, ERA)
    assert report.table("summary").value("certified", "value") == 0.0
    assert any("selects nothing" in note for note in report.notes)


def test_a_report_of_what_the_journal_has_not_reached_is_refused(told: Registry) -> None:
    report = replace(made(told, ERA), sequence=10_000)
    with pytest.raises(Invalid, match="has not reached"), told.writing() as tx:
        freeze_report(tx, report, DC)


def test_what_changed_since_the_last_report_has_its_cause_and_adds_up(told: Registry) -> None:
    first = freeze(told, ERA, DC)
    world.give(told, TRACKER, PIXEL, [(1, 2)], "BAD", "HV trip", run_number=RUN)
    world.give(told, TRACKER, PIXEL, [(4, 4)], "GOOD", run_number=RUN + 1)
    world.report_luminosity(told, [0.1] * 9 + [0.3], RUN + 2)
    report = made(told, ERA)
    sorts = report.table("changes_by_sort")
    assert sorts.rows == (
        ("a decision", 1, 2, -0.1),
        ("a luminosity update", 0, 0, 0.2),
        ("all", 1, 2, 0.1),
    )
    assert first.name in sorts.note
    causes = report.table("changes")
    assert sum(float(value or 0) for value in causes.column("change_invpb")) == pytest.approx(0.1)
    assert causes.column("runs") == (str(RUN), str(RUN + 2), str(RUN + 1))
    assert causes.column("author")[0] == TRACKER.name
    certified = report.table("since").value("certified", "change")
    assert certified == sorts.value("all", "change_invpb")


def test_a_week_tells_what_changed_in_weeks_before_too(told: Registry) -> None:
    freeze(told, WEEK, DC)
    world.give(told, TRACKER, PIXEL, [(1, 2)], "BAD", "HV trip", run_number=RUN)
    later = made(told, Asked("week", "2024-W18"))
    assert later.table("changes_by_sort").value("a decision", "lost") == 2
    assert later.table("changes").column("runs") == (str(RUN),)


def test_a_rule_that_was_kept_anew_is_a_cause(told: Registry) -> None:
    freeze(told, ERA, DC)
    keep(told, {"!=": [{"var": f"lumisection.rr.{PIXEL}"}, "STANDBY"]})
    sorts = made(told, ERA).table("changes_by_sort")
    assert sorts.value("a rule or the choice of datasets", "gained") == 3


def test_a_first_report_and_one_in_another_calibration_have_nothing_to_compare_with(told: Registry) -> None:
    assert "first report of its kind" in made(told, ERA).table("changes_by_sort").note
    freeze(told, ERA, DC)
    assert "Nothing changed" in made(told, ERA).table("changes_by_sort").note
    world.report_luminosity(told, [0.2] * 10, RUN, "PHYSICS")
    other = made(told, replace(ERA, source="PHYSICS"))
    assert "never subtracted" in other.table("changes_by_sort").note and not other.table("changes").rows
