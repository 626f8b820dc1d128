"""What no report can be made of is refused in a sentence, and what is missing is said in the report."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from model.commands.reports import freeze_report
from model.errors import Invalid, NotFound
from model.registry import Registry
from model.report.freeze import freeze
from model.report.offered import due, offered
from model.report.scope import Asked, Kind
from tests.model import world
from tests.model.report_world import ERA, PIXEL, WEEK, keep, made, told
from tests.model.world import DC, RUN

__all__ = ["told"]


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


def test_a_week_that_nobody_names_has_runs_and_is_over(told: Registry) -> None:
    def newest(now: datetime, kind: Kind = Kind.WEEK) -> str:
        with told.reading() as connection:
            return due(offered(connection, kind, world.now(told)), kind, now)

    assert newest(datetime(2031, 1, 1, tzinfo=UTC)) == "2024-W18"
    world.report_run(told, RUN + 8, start_time="2030-12-31T08:00:00Z")
    assert newest(datetime(2031, 1, 1, tzinfo=UTC)) == "2024-W18"
    world.report_run(told, RUN + 9, start_time="2030-12-24T08:00:00Z", trigger_mode=f"replay of run {RUN}")
    assert newest(datetime(2031, 1, 1, tzinfo=UTC)) == "2024-W18"
    assert newest(datetime(2031, 1, 9, tzinfo=UTC)) == "2031-W01"
    assert newest(datetime(2024, 4, 2, tzinfo=UTC)) == "2031-W01"
    assert newest(datetime(2031, 1, 1, tzinfo=UTC), Kind.SHIFT) == ""
    assert newest(datetime(2031, 1, 1, tzinfo=UTC), Kind.CYCLE) == ""
