"""Reports: gathered at a sequence, frozen with their digest, and made again byte for byte."""

from dataclasses import replace

import pytest

from model import replay
from model.commands.cycles import create_cycle
from model.commands.handover import hand_over
from model.commands.reports import freeze_report
from model.db import Database
from model.errors import Forbidden, Invalid
from model.registry import Registry
from model.report.freeze import freeze, verified
from model.report.kept import report_of, reports
from model.report.report import FORMAT, read, sha256
from model.report.scope import Asked
from tests.model import world
from tests.model.report_world import ERA, GOOD, PIXEL, WEEK, body, is_same, keep, made, told
from tests.model.world import DC, EXPERT, IMPORTER, PROMPT, READER, RUN, SHIFTER, TRACKER

__all__ = ["told"]


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
