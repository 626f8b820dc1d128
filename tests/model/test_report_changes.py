"""What changed since the last report, and why, stands in the next one."""

from dataclasses import replace

import pytest

from model.registry import Registry
from model.report.freeze import freeze
from model.report.scope import Asked
from tests.model import world
from tests.model.report_world import ERA, PIXEL, WEEK, keep, made, told
from tests.model.world import DC, RUN, TRACKER

__all__ = ["told"]


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
