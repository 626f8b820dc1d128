"""Delivered → recorded → processed → certified: nothing counted twice or left out, no calibration mixed."""

from dataclasses import replace
from typing import Any

import pytest

from model.accounting.flow import Flow, flow, side_by_side
from model.accounting.ledger import LOW_LUMI_INVPB
from model.accounting.question import By, Question, ask
from model.commands.rules import set_rule
from model.errors import Ambiguous, Invalid, NotFound
from model.golden.golden import Question as GoldenQuestion
from model.registry import Registry
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.world import EXPERT, EXPRESS, PROMPT, RUN, TRACKER, create_dataset, give, report_run
from tests.provision.stories import once

PIXEL = "tracker-pixel"
GOOD = {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]}
SUMS = (
    "delivered_invpb",
    "recorded_invpb",
    "low_invpb",
    "unprocessed_invpb",
    "processed_invpb",
    "certified_invpb",
)


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell five runs: three of 2024C certified, one of no dataset, one of 2024D with 0.05 /pb only."""
    for place, (era, start) in enumerate(
        [
            ("2024C", "2024-05-01T22:00:00Z"),
            ("2024C", "2024-05-01T23:59:59Z"),
            ("2024C", "2024-05-02T00:00:00Z"),
            ("2024D", "2024-05-06T00:00:00Z"),
        ]
    ):
        report_run(registry, RUN + place, era=era, fill_number=9600 + place // 2, start_time=start)
        if place < 3:
            create_dataset(registry, run_number=RUN + place)
            give(registry, TRACKER, PIXEL, [(1, 10)], "GOOD", run_number=RUN + place)
    give(registry, TRACKER, PIXEL, [(4, 6)], "BAD", run_number=RUN + 1)
    report_run(registry, RUN + 4, era="2024D", fill_number=9602)
    world.report_luminosity(registry, [0.005] * 10, RUN + 4)
    create_dataset(registry, run_number=RUN + 4)
    keep(registry)
    return registry


def keep(registry: Registry, logic: Any = GOOD, null: str = "bad") -> None:
    with registry.writing() as tx:
        set_rule(tx, "golden", RuleText(logic, null, "what is good", "/PromptReco/%", "golden"), EXPERT)


def account(registry: Registry, by: By = By.ERA, at: int | None = None, **words: str) -> Flow:
    with registry.reading() as connection:
        at = world.sequence_of(connection) if at is None else at
        return flow(connection, registry.golden.frames, ask(connection, at, words), by)


def sums(registry: Registry, by: By = By.ERA, **words: str) -> dict[str, tuple[float, ...]]:
    return {
        each.key: tuple(round(getattr(each, n), 6) for n in SUMS)
        for each in account(registry, by, **words).lines
    }


def test_each_era_tells_what_was_delivered_recorded_processed_and_certified(told: Registry) -> None:
    assert sums(told) == {"2024C": (3.3, 3.0, 0, 0, 3.0, 2.7), "2024D": (1.155, 1.05, 0.05, 1.0, 0, 0)}
    total = account(told).total
    assert total.recorded_invpb == pytest.approx(
        total.low_invpb + total.unprocessed_invpb + total.processed_invpb
    )
    assert total.lost_invpb == pytest.approx(0.3)
    assert (total.share("processed"), total.share("recorded")) == (
        pytest.approx(0.9),
        pytest.approx(2.7 / 4.05),
    )
    assert account(told).lines[1].share("processed") is None


@pytest.mark.parametrize(
    ("by", "keys"),
    [
        (By.RUN, [str(RUN + n) for n in range(5)]),
        (By.FILL, ["9600", "9601", "9602"]),
        (By.DAY, ["2024-05-01", "2024-05-02", "2024-05-06", "not known"]),
        (By.WEEK, ["2024-W18", "2024-W19", "not known"]),
        (By.ERA, ["2024C", "2024D"]),
    ],
)
def test_runs_are_grouped_and_every_grouping_has_the_same_total(
    told: Registry, by: By, keys: list[str]
) -> None:
    found = account(told, by)
    assert [line.key for line in found.lines] == keys
    for name in (*SUMS, "runs", "lumisections", "unmeasured"):
        assert sum(getattr(line, name) for line in found.lines) == pytest.approx(getattr(found.total, name))
    assert found.total.first_run == min(line.first_run for line in found.lines) == RUN


def test_days_tell_which_share_of_their_luminosity_has_an_assumed_time(registry: Registry) -> None:
    from model.authors import IMPORTER
    from model.commands.upstream import report_run as report

    for place, recorded in enumerate((0.3, 0.1)):
        report_run(registry, RUN + place, start_time="2024-05-01T22:00:00Z")
        world.report_luminosity(registry, [recorded] * 10, RUN + place)
    with registry.writing() as tx:
        report(tx, RUN + 1, {"start_time": "2024-05-01T23:00:00Z"}, IMPORTER, assumed=["start_time"])
    keep(registry)
    assert [line.assumed for line in account(registry, By.DAY).lines] == [pytest.approx(0.25)]


def test_a_run_below_80_per_nb_is_low_unless_something_of_it_was_certified(told: Registry) -> None:
    assert LOW_LUMI_INVPB == 0.08
    give(told, TRACKER, PIXEL, [(1, 2)], "GOOD", run_number=RUN + 4)
    # the reference's hidden rule: a certified run stays so although a calibration makes it low
    assert sums(told)["2024D"] == (1.155, 1.05, 0, 1.0, 0.05, 0.01)
    world.report_luminosity(told, [0.008] * 10, RUN + 4)
    give(told, TRACKER, PIXEL, [(1, 2)], "BAD", run_number=RUN + 4)
    assert sums(told)["2024D"] == (1.188, 1.08, 0, 1.0, 0.08, 0)


def test_what_is_certified_is_what_the_golden_json_says(told: Registry) -> None:
    with told.reading() as connection:
        asked = ask(connection, world.sequence_of(connection), {})
        golden = told.golden.golden(connection, GoldenQuestion(asked.rule, asked.pattern, asked.at))
    assert account(told).total.certified_invpb == pytest.approx(golden.recorded_invpb, rel=1e-9)


def test_trap_19_two_datasets_of_one_run_are_refused_and_both_named(told: Registry) -> None:
    create_dataset(told, EXPRESS)
    assert sums(told)["2024C"][1] == 3.0
    with pytest.raises(Ambiguous, match=f"Run {RUN} has both {EXPRESS} and {PROMPT}.* counted once"):
        account(told, dataset="/%")
    create_dataset(told, "/PromptReco/Cosmics/DQM", RUN + 1, hidden=True)
    assert sums(told)["2024C"][1] == 3.0


def test_trap_21_an_account_as_of_a_sequence_is_the_one_that_was_given_then(told: Registry) -> None:
    before, then = account(told, By.RUN), world.now(told)
    give(told, TRACKER, PIXEL, [(1, 10)], "BAD")
    world.report_luminosity(told, [0.2] * 10, RUN + 2)
    report_run(told, RUN + 9)
    keep(told, {"!=": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]})
    assert account(told, By.RUN) != before
    assert account(told, By.RUN, at=then) == before


def test_a_lumisection_that_is_gone_is_not_counted_nor_is_a_hole(told: Registry) -> None:
    report_run(told, RUN, [(1, 3), (6, 10)])
    world.report_luminosity(told, [0.1] * 12)
    assert sums(told, By.RUN)[str(RUN)] == (0.88, 0.8, 0, 0, 0.8, 0.8)


def test_a_run_that_plays_another_again_is_left_out_and_told(told: Registry) -> None:
    report_run(told, RUN + 8, era="2024C", trigger_mode="replay of run 380001")
    found = account(told)
    assert sums(told)["2024C"][1] == 3.0
    assert found.notes == ("1 run that plays another again is left out.",)
    assert account(told, runs=str(RUN)).notes == ()


def test_another_calibration_counts_what_it_has_and_tells_what_it_lacks(told: Registry) -> None:
    world.report_luminosity(told, [0.2] * 8, RUN, source="normtag v3")
    found = account(told, By.RUN, source="normtag v3", era="2024C")
    line = found.lines[0]
    assert (found.source, round(line.recorded_invpb, 6), line.unmeasured) == ("normtag v3", 1.6, 2)
    assert [round(each.recorded_invpb, 6) for each in found.lines] == [1.6, 0, 0]
    # the other 22 lumisections: 2 of this run, and two runs
    assert found.elsewhere_invpb == pytest.approx(2.2)
    assert found.notes == (
        "normtag v3 has no luminosity of 22 lumisections; OMS has 2.200 /pb there, which is not added.",
    )
    assert account(told, By.RUN, era="2024C").elsewhere_invpb == 0


def test_calibrations_stand_side_by_side_and_two_in_one_question_are_refused(told: Registry) -> None:
    world.report_luminosity(told, [0.2] * 8, RUN, source="normtag v3")
    with told.reading() as connection:
        asked = ask(connection, world.sequence_of(connection), {})
        found = side_by_side(connection, told.golden.frames, asked)
        later = side_by_side(connection, told.golden.frames, replace(asked, era="2024D"))
    assert {source: round(each.total.recorded_invpb, 6) for source, each in found.items()} == {
        "OMS": 4.05,
        "normtag v3": 1.6,
    }
    assert list(later) == ["OMS"]
    with pytest.raises(Invalid, match="OMS and normtag v3 are different calibrations and are never added up"):
        account(told, source="OMS,normtag v3")
    with pytest.raises(
        NotFound, match="No run has luminosity of “PLT”; there is luminosity of OMS, normtag v3"
    ):
        account(told, source="PLT")


def test_an_era_without_luminosity_says_what_to_do(told: Registry) -> None:
    world.report_luminosity(told, [0.2] * 8, RUN, source="normtag v3")
    with pytest.raises(NotFound, match="The registry has no run of 2031Z: choose another era"):
        account(told, era="2031Z")
    with pytest.raises(
        NotFound, match=r"No run of 2024D has luminosity of normtag v3 \(2 runs\): ask for OMS, or"
    ):
        account(told, era="2024D", source="normtag v3")


def test_a_rule_that_selects_nothing_and_a_dataset_that_no_run_has_say_so(told: Registry) -> None:
    assert account(told, dataset="/ReReco/%").notes == (
        "No run of any era has a dataset /ReReco/%: nothing is processed. Name another dataset.",
    )
    assert account(told, era="2024D").notes == (
        "Every run of 2024D with a dataset /PromptReco/% recorded less than 0.08 /pb of OMS: "
        "nothing is processed.",
    )
    keep(told, {"==": [{"var": "run.oms.energy"}, 6800]})
    assert account(told, era="2024C").notes == (
        "The rule golden selects nothing of 2024C: its losses say why; or choose another rule.",
    )


@pytest.mark.parametrize("words", ["380001-380000", "all", "380001-", "-3", "３８０００１", "1" * 12])
def test_a_range_of_runs_that_is_none_is_refused(told: Registry, words: str) -> None:
    with pytest.raises(Invalid, match="is no range of runs"):
        account(told, runs=words)


def test_runs_are_asked_about_by_range_and_class(told: Registry) -> None:
    assert [line.key for line in account(told, By.RUN, runs=f"{RUN + 1}-{RUN + 2}").lines] == [
        str(RUN + 1),
        str(RUN + 2),
    ]
    assert len(account(told, By.RUN, runs=str(RUN)).lines) == 1
    with pytest.raises(NotFound, match="no run of Cosmics24"):
        account(told, **{"class": "Cosmics24"})


def test_without_a_golden_rule_a_rule_has_to_be_named(registry: Registry) -> None:
    report_run(registry)
    with pytest.raises(NotFound, match="There is no golden rule yet"):
        account(registry)


def test_a_question_says_in_words_what_it_is_about(told: Registry) -> None:
    with told.reading() as connection:
        asked: Question = ask(
            connection, world.sequence_of(connection), {"era": "2024C", "runs": "380001-380002"}
        )
    assert asked.words == "2024C, 380001–380002"
