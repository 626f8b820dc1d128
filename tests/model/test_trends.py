"""Trends: what is usual and what is not, how long certification took, whose word counts, who agrees."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.accounting.parts import Of
from model.accounting.question import By, ask
from model.clock import SettableClock
from model.commands.datasets import move_dataset
from model.commands.rules import set_rule
from model.errors import Invalid, NotFound
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.trends.agreement import COMMON_COLUMNS
from model.trends.band import LEAST_HALF_WIDTH, band
from model.trends.latency import NOT_KNOWN, NOT_SIGNED
from model.trends.question import Pick, View
from model.trends.trends import Trends, trends
from model.trends.voices import KINDS
from model.vocabulary import ONLINE, Stage
from tests.model import world
from tests.model.world import EXPERT, EXPRESS, RUN, TRACKER, create_dataset, give, report_run, rule_says
from tests.provision.stories import once

PIXEL, STRIP = "tracker-pixel", "tracker-strip"
LOGIC = {"and": [{"==": [{"var": f"lumisection.rr.{column}"}, "GOOD"]} for column in (PIXEL, STRIP)]}
END = "2024-05-01T12:00:00Z"


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell seven runs of 1 /pb, GOOD but for: 0.3 of the 4th, all of the 7th, one lumisection of the 2nd."""
    for number in range(RUN, RUN + 7):
        report_run(registry, number, fill_number=9600 + (number - RUN) // 4, end_time=END)
        create_dataset(registry, run_number=number, states={"tracker": "OPEN", "csc": "OPEN"})
        rule_says(registry, (PIXEL, STRIP), [(1, 10)], "GOOD", run_number=number)
    give(registry, TRACKER, PIXEL, [(3, 5)], "BAD", "HV trip", run_number=RUN + 3)
    give(registry, TRACKER, STRIP, [(5, 10)], "BAD", "noise", run_number=RUN + 6)
    give(registry, TRACKER, PIXEL, [(1, 5)], "BAD", "HV trip", run_number=RUN + 6)
    give(registry, TRACKER, STRIP, [(1, 1)], "STANDBY", "noise", run_number=RUN + 1)
    with registry.writing() as tx:
        set_rule(tx, "golden", RuleText(LOGIC, "bad", "what is good", "/PromptReco/%", "golden"), EXPERT)
    return registry


def look(registry: Registry, at: int | None = None, pick: Pick | None = None, **words: Any) -> Trends:
    with registry.reading() as connection:
        at = world.sequence_of(connection) if at is None else at
        asked = ask(connection, at, {k: v for k, v in words.items() if isinstance(v, str) and k == "runs"})
        kept = {k: v for k, v in words.items() if k != "runs"}
        return trends(connection, registry.golden.frames, View(asked, pick=pick or Pick(), **kept))


def goods(found: Trends) -> dict[str, float]:
    return {point.key: round(point.good, 6) for point in found.points}


def test_the_good_share_of_each_run_and_what_is_outside_of_the_band_is_named(told: Registry) -> None:
    found = look(told)
    shares = [1, 0.9, 1, 0.7, 1, 1, 0]
    assert goods(found) == {str(RUN + n): share for n, share in enumerate(shares)}
    assert found.band is not None
    assert (round(found.band.median, 6), found.band.high) == (1, 1)
    assert [(each.key, each.cause) for each in found.outliers] == [
        (str(RUN + 6), "noise"),
        (str(RUN + 3), "HV trip"),
        (str(RUN + 1), "noise"),
    ]
    assert goods(look(told, by=By.FILL)) == {"9600": 0.9, "9601": round(2 / 3, 6)}
    assert found.total.lost_invpb == pytest.approx(found.opened_invpb) == pytest.approx(1.4)


def test_a_pick_filters_every_plot_but_its_own(told: Registry) -> None:
    whole, picked = look(told), look(told, pick=Pick(part=PIXEL))
    assert picked.losses == whole.losses
    assert {each.name: round(each.exclusive_invpb, 6) for each in picked.causes.parts if each.exclusive} == {
        "HV trip": 0.7
    }
    assert goods(picked) == goods(whole) | {str(RUN + 1): 1, str(RUN + 3): 0.7, str(RUN + 6): 0.6}
    assert [(each.run_number, each.ranges) for each in picked.opened] == [
        (RUN + 6, ((1, 4),)),
        (RUN + 3, ((3, 5),)),
    ]
    assert [
        (each.run_number, each.ranges) for each in look(told, pick=Pick(part=PIXEL), how="inclusive").opened
    ] == [
        (RUN + 6, ((1, 5),)),
        (RUN + 3, ((3, 5),)),
    ]


def test_a_brush_over_runs_is_seen_in_every_plot_and_marks_its_own(told: Registry) -> None:
    found = look(told, pick=Pick(RUN + 1, RUN + 3, cause="HV trip"))
    assert [point.key for point in found.points if point.is_picked] == [str(RUN + n) for n in (1, 2, 3)]
    assert len(found.points) == 7
    assert [each.run_number for each in found.opened] == [RUN + 3]
    assert {each.name: each.inclusive for each in found.losses.parts if each.inclusive} == {PIXEL: 3}
    # the bars of causes show what else there was
    assert {each.name: each.inclusive for each in found.causes.parts if each.inclusive} == {
        "HV trip": 3,
        "noise": 1,
    }
    assert found.total.runs == 3


def test_what_cannot_be_picked_is_refused(told: Registry) -> None:
    for pick in (Pick(part="dt-dt"), Pick(cause="luck"), Pick(latency="soon")):
        with pytest.raises(Invalid, match="is no "):
            look(told, pick=pick)
    with pytest.raises(NotFound):
        look(told, runs="1-2")


def test_certification_takes_until_the_last_workspace_has_signed_off(
    told: Registry, clock: SettableClock
) -> None:
    def move(number: int, workspace: str, old: str, new: str, hours: float) -> None:
        clock.at = max(clock.at, world.START + timedelta(hours=hours))
        with told.writing() as tx:
            move_dataset(tx, number, world.PROMPT, workspace, (old, new), EXPERT, comment="as it is")

    def bins() -> dict[str, int]:
        return {each.name: each.datasets for each in look(told).latency if each.datasets}

    rule_says(told, ("tracker-track", "csc-csc"), [(1, 10)], "GOOD")
    assert bins() == {NOT_SIGNED: 7}
    move(RUN, "tracker", "OPEN", "SIGNOFF", 1)
    assert bins() == {NOT_SIGNED: 7}
    move(RUN, "csc", "OPEN", "SIGNOFF", 7)
    move(RUN, "tracker", "SIGNOFF", "COMPLETED", 90)
    assert bins() == {"6–12 h": 1, NOT_SIGNED: 6}
    assert look(told).median_h == pytest.approx(7, abs=0.1)
    before = world.now(told)
    move(RUN, "csc", "SIGNOFF", "OPEN", 91)
    assert bins() == {NOT_SIGNED: 7}
    move(RUN, "csc", "OPEN", "SIGNOFF", 100)
    assert bins() == {"4–7 d": 1, NOT_SIGNED: 6}
    assert {each.name for each in look(told, before).latency if each.datasets} == {"6–12 h", NOT_SIGNED}
    picked = look(told, pick=Pick(latency="4–7 d"))
    assert [point.key for point in picked.points] == [str(RUN)]
    assert picked.latency == look(told).latency


def test_the_end_of_a_run_may_not_be_known(registry: Registry) -> None:
    report_run(registry)
    create_dataset(registry, states={"tracker": "COMPLETED"})
    report_run(registry, RUN + 1, start_time="2024-05-01T11:00:00Z", duration=1800)
    create_dataset(
        registry, run_number=RUN + 1, states={"tracker": "SIGNOFF", "csc": "not significant for workspace"}
    )
    with registry.writing() as tx:
        set_rule(tx, "golden", RuleText(LOGIC, "bad", "what is good", "/PromptReco/%", "golden"), EXPERT)
    assert {each.name: each.datasets for each in look(registry).latency if each.datasets} == {
        "< 6 h": 1,
        NOT_KNOWN: 1,
    }


def test_whose_word_counts_is_told_by_column(told: Registry) -> None:
    # a person says what the rule said, on two lumisections of the first run
    give(told, TRACKER, PIXEL, [(1, 2)], "GOOD")
    give(told, TRACKER, "tracker-track", [(1, 1)], "GOOD")
    by_column = {each.column: each for each in look(told).voices}
    said = dict(zip(KINDS, (round(n, 6) for n in by_column[PIXEL].invpb), strict=True))
    assert said == {"by rule": 6.0, "person agrees": 0.2, "person differs": 0.8, "person alone": 0, "nobody": 0}
    assert by_column[PIXEL].automatic == pytest.approx(6 / 7)
    said = dict(zip(KINDS, (round(n, 6) for n in by_column["tracker-track"].invpb), strict=True))
    assert (said["person alone"], said["nobody"]) == (0.1, 6.9)


def test_other_stages_agree_where_both_have_spoken(told: Registry) -> None:
    create_dataset(told, EXPRESS)
    rule_says(told, (PIXEL, STRIP), [(1, 4)], "GOOD", dataset=EXPRESS)
    rule_says(told, PIXEL, [(5, 6)], "BAD", dataset=EXPRESS)
    rule_says(told, PIXEL, [(1, 10)], "GOOD", dataset=ONLINE, run_number=RUN + 3)
    found = {each.stage: each for each in look(told).agreement}
    pixel, strip = (COMMON_COLUMNS.index(column) for column in (PIXEL, STRIP))
    express = found[Stage.EXPRESS]
    assert (express.compared[pixel], express.differing[pixel]) == (6, 2)
    assert (express.compared[strip], express.differing[strip]) == (4, 0)
    assert express.share == pytest.approx(0.8)
    assert (found[Stage.ONLINE].compared[pixel], found[Stage.ONLINE].differing[pixel]) == (10, 3)
    assert [each.share for each in look(told, pick=Pick(RUN + 1, RUN + 1)).agreement] == [None, None]


def test_losses_are_told_by_subsystem_or_column(told: Registry) -> None:
    names = {each.name for each in look(told, of=Of.SUBSYSTEM).losses.parts if each.inclusive}
    assert names == {"pixel", "strip"}


@settings(max_examples=200)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 100)), min_size=1, max_size=60), st.floats(0, 6))
def test_half_of_the_luminosity_lies_on_either_side_of_the_median_of_a_band(pairs: Any, k: float) -> None:
    values, weights = [value for value, _ in pairs], [weight for _, weight in pairs]
    found = band(values, weights, k)
    assert found is not None
    assert 0 <= found.low <= found.median <= found.high <= 1
    assert found.median in values
    if sum(weights):
        whole = sum(weights)
        below = sum(w for v, w in pairs if v < found.median)
        above = sum(w for v, w in pairs if v > found.median)
        assert max(below, above) <= whole / 2 * (1 + 1e-9)


def test_a_band_of_equal_values_still_has_a_width_and_one_of_nothing_is_none() -> None:
    found = band([0.9, 0.9, 0.9, 0.2], [1, 1, 1, 1], 3)
    assert found is not None
    assert (round(found.high - found.median, 9), found.holds(0.9), found.holds(0.2)) == (
        LEAST_HALF_WIDTH,
        True,
        False,
    )
    assert band([], [], 3) is None
