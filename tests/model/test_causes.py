"""The difference by cause: each lumisection once, to the step that turned it for good; the parts add up."""

from collections import Counter
from math import fsum
from pathlib import Path
from typing import Any

import pytest
from cachelib import FileSystemCache
from hypothesis import given, settings
from hypothesis import strategies as st

from model.cache import Cache, PlainBytes
from model.clock import SettableClock
from model.commands.cycles import change_cycle, create_cycle
from model.commands.datasets import hide_dataset
from model.commands.rules import set_rule
from model.commands.runs import set_run_attributes
from model.commands.undo import undo
from model.commands.upstream import override_bits
from model.errors import Invalid, NotFound
from model.golden import causes
from model.golden.against import Against, compared, offered
from model.golden.attributed import Attributed
from model.golden.choice import EVERYWHERE, POLICIES, Within
from model.golden.golden import GoldenRoom, Question
from model.products.manifest import question_of
from model.products.products import product_of
from model.ranges import LumisectionRange, numbers
from model.registry import Registry
from model.rulebook.book import rule_version
from model.rulebook.texts import RuleText
from tests.model import histories, product_world, world
from tests.model.histories import OTHER, RULE, Brute, History
from tests.model.world import DC, EXPERT, EXPRESS, PROMPT, RUN, TRACKER
from tests.provision.stores import walks


def difference(registry: Registry, before: Question, after: Question) -> Attributed:
    with registry.reading() as connection:
        return causes.difference(connection, registry.golden, before, after)


def by_lumisection(found: Attributed) -> dict[tuple[int, int], tuple[int, Any]]:
    """Return for each lumisection whether it came or went, and its cause; none may have two."""
    told = [
        ((block.run_number, number), ((block.change > 0) - (block.change < 0), found.causes[block.cause]))
        for block in found.blocks
        for number in numbers([LumisectionRange(block.first, block.last)])
    ]
    assert max(Counter(one for one, _ in told).values(), default=1) == 1
    return dict(told)


@pytest.fixture
def history(registry: Registry, clock: SettableClock, seed: int) -> History:
    """Tell a random history."""
    return History(registry, clock, seed).told(45)


_choices = st.tuples(
    st.sampled_from([PROMPT, EXPRESS, "%Collisions2024%"]),
    st.sampled_from([EVERYWHERE, EVERYWHERE, Within("Collisions24"), Within(era="2024C", runs=((RUN, RUN),))]),
)
_asked = st.tuples(
    st.sampled_from([RULE, RULE, OTHER]),
    _choices,
    st.sampled_from(POLICIES[1:]),
    st.sampled_from(["", "good"]),
)


@walks(1, 2, 3)
def test_a_walk_over_every_sequence_gives_the_same_causes(history: History) -> None:
    registry, kinds = history.registry, Counter[str]()
    brute, last = Brute(registry, registry.golden), world.now(registry)

    @given(st.integers(history.began, last), st.integers(history.began, last), _asked, st.none() | _asked)
    @settings(max_examples=60, deadline=None, database=None, derandomize=True)
    def holds(one: int, other: int, asked: Any, otherwise: Any) -> None:
        before = brute.question(min(one, other), *asked)
        after = brute.question(max(one, other), *(otherwise or asked))
        try:
            found = difference(registry, before, after)
        except NotFound:
            assert not brute.listed(before) or not brute.listed(after)
            return
        turned, kept = brute.attributed(before, after), brute.kept(before, after)
        listed = brute.listed(after)
        told = by_lumisection(found)
        assert {key: way for key, (way, _) in told.items()} == {
            **dict.fromkeys(kept, 0),
            **{key: 1 if key in listed else -1 for key in turned},
        }
        for key, (_, cause) in told.items():
            expected = turned[key] if key in turned else kept[key][0]
            # what was asked otherwise stands in no journal
            assert cause.sequence == (expected if expected <= after.at else None)
            kinds[cause.kind] += 1
        assert found.sums().gained - found.sums().lost == found.after.lumisections - found.before.lumisections
        total = fsum([found.after.recorded_invpb, -found.before.recorded_invpb])
        assert found.sums().change_invpb == pytest.approx(total, abs=1e-9)

    holds()
    assert {"decision", "rule", "upstream", "luminosity"} == set(kinds)


@pytest.fixture
def golden(registry: Registry) -> Registry:
    """Tell a run that is golden on lumisections 1–10, by a rule over pixel and a bit."""
    world.report_run(registry, bits={"bpix_ready": [(1, 10, True)]})
    world.create_dataset(registry)
    world.give(registry, TRACKER, ["tracker-pixel", "tracker-strip"], [(1, 10)], "GOOD")
    keep(registry, RULE, {"and": [histories.PIXEL, histories.BIT]})
    return registry


def keep(registry: Registry, name: str, logic: Any, null: str = "bad") -> int:
    with registry.writing() as tx:
        return set_rule(tx, name, RuleText(logic, null, "", PROMPT, "golden"), EXPERT, comment="agreed in May")


def asked(registry: Registry, at: int | None = None, rule: str = RULE, **words: Any) -> Question:
    with registry.reading() as connection:
        at = world.sequence_of(connection) if at is None else at
        kept = rule_version(connection, rule, at)
        null = words.pop("null", "")
        return Question(kept.under(null) if null else kept, words.pop("pattern", PROMPT), at, **words)


def blocks(found: Attributed) -> list[tuple[int, int, int, str, str]]:
    """Return first and last lumisection, lumisections gained or lost, kind and words of each block."""
    causes = found.causes
    return [
        (b.first, b.last, b.change, causes[b.cause].kind.value, causes[b.cause].words) for b in found.blocks
    ]


def test_a_decision_is_named_with_who_when_what_and_why(golden: Registry) -> None:
    before = asked(golden)
    sequence = world.give(golden, TRACKER, "tracker-pixel", [(3, 5)], "BAD", "HV trip", "sector 3 off")
    found = difference(golden, before, asked(golden))
    assert blocks(found) == [(3, 5, -3, "decision", "tracker-pixel GOOD → BAD")]
    (cause,) = found.causes
    assert (cause.sequence, cause.author, cause.is_person) == (sequence, TRACKER.name, True)
    assert cause.comment == "HV trip; sector 3 off"
    assert cause.at.startswith("2024-05-01T12:")
    assert found.sums().change_invpb == pytest.approx(-0.3, abs=1e-12)


def test_a_slip_that_was_taken_back_explains_nothing(golden: Registry) -> None:
    before = asked(golden)
    slip = world.give(golden, TRACKER, "tracker-pixel", [(1, 10)], "BAD")
    with golden.writing() as tx:
        undo(tx, slip, TRACKER)
    last = world.give(golden, TRACKER, "tracker-pixel", [(4, 4)], "BAD")
    found = difference(golden, before, asked(golden))
    assert [cause.sequence for cause in found.causes] == [last]
    assert found.sums().lost == 1


def test_what_was_taken_back_for_good_is_a_decision_too(golden: Registry) -> None:
    slip = world.give(golden, TRACKER, "tracker-pixel", [(2, 3)], "BAD")
    before = asked(golden)
    with golden.writing() as tx:
        undo(tx, slip, TRACKER)
    words = f"tracker-pixel BAD → GOOD, action {slip} taken back"
    assert blocks(difference(golden, before, asked(golden))) == [(2, 3, 2, "decision", words)]


def test_a_rule_kept_anew_names_the_clause(golden: Registry) -> None:
    world.give(golden, TRACKER, "tracker-strip", [(7, 8)], "STANDBY")
    before = asked(golden)
    strip = {"==": [{"var": "lumisection.rr.tracker-strip"}, "GOOD"]}
    sequence = keep(golden, RULE, {"and": [histories.PIXEL, strip]})
    found = difference(golden, before, asked(golden))
    words = "rule golden-small v1 → v2: lumisection.rr.tracker-strip = GOOD"
    assert blocks(found) == [(7, 8, -2, "rule", words)]
    assert (found.causes[0].sequence, found.causes[0].comment) == (sequence, "agreed in May")


def test_a_flag_kept_anew_is_named_with_its_clause(golden: Registry) -> None:
    keep(golden, "strip-good", {"!=": [{"var": "lumisection.rr.tracker-strip"}, "BAD"]})
    keep(golden, RULE, {"and": [histories.PIXEL, {"var": "flag.strip-good"}]})
    world.give(golden, TRACKER, "tracker-strip", [(1, 1)], "STANDBY")
    before = asked(golden)
    keep(golden, "strip-good", {"==": [{"var": "lumisection.rr.tracker-strip"}, "GOOD"]})
    words = "flag strip-good v1 → v2: lumisection.rr.tracker-strip = GOOD (flag strip-good)"
    assert blocks(difference(golden, before, asked(golden))) == [(1, 1, -1, "rule", words)]


def test_another_null_policy_names_the_clause_that_takes_null(golden: Registry) -> None:
    world.report_run(golden, bits={"bpix_ready": [(1, 6, True)]})
    words = "null is bad → good: lumisection.oms.bpix_ready = true"
    found = difference(golden, asked(golden), asked(golden, null="good"))
    assert blocks(found) == [(7, 10, 4, "rule", words)]
    assert found.causes[0].sequence is None


def test_upstreams_correction_and_an_override_say_what_changed(golden: Registry) -> None:
    before = asked(golden)
    world.report_run(golden, lumisections=[(1, 9)], bits={"bpix_ready": [(1, 7, True), (8, 9, False)]})
    with golden.writing() as tx:
        override_bits(tx, RUN, PROMPT, {"bpix_ready": [(1, 2, False)]}, DC, comment="seen in the hit maps")
    found = difference(golden, before, asked(golden))
    assert blocks(found) == [
        (1, 2, -2, "upstream", "override: bpix_ready true → false"),
        (8, 9, -2, "upstream", "OMS: bpix_ready true → false"),
        (10, 10, -1, "upstream", "OMS: lumisections removed"),
    ]
    assert {cause.comment for cause in found.causes} == {"", "seen in the hit maps"}


def test_luminosity_that_is_measured_anew_moves_no_lumisection(golden: Registry) -> None:
    before = asked(golden)
    sequence = world.report_luminosity(golden, [0.1] * 5 + [0.3] * 3 + [0.1] * 2)
    found = difference(golden, before, asked(golden))
    assert blocks(found) == [(6, 8, 0, "luminosity", "luminosity from OMS")]
    assert found.causes[0].sequence == sequence
    assert found.sums().change_invpb == pytest.approx(0.6, abs=1e-12)


def test_a_hidden_dataset_and_another_choice_of_datasets_are_causes(golden: Registry) -> None:
    world.create_dataset(golden, EXPRESS)
    world.report_run(golden, RUN + 1, bits={"bpix_ready": [(1, 10, True)]})
    world.create_dataset(golden, run_number=RUN + 1)
    world.give(golden, TRACKER, "tracker-pixel", [(1, 10)], "GOOD", run_number=RUN + 1)
    before = asked(golden)
    with golden.writing() as tx:
        hide_dataset(tx, RUN, PROMPT, DC, comment="made twice")
    found = difference(golden, before, asked(golden))
    assert blocks(found) == [(1, 10, -10, "rule", f"{PROMPT} was hidden")]
    assert (found.causes[0].author, found.causes[0].comment) == (DC.name, "made twice")
    found = difference(golden, before, asked(golden, at=before.at, pattern=EXPRESS))
    assert {words for *_, words in blocks(found)} == {f"datasets {PROMPT} → {EXPRESS}"}


def test_a_class_that_is_set_otherwise_and_a_cycle_that_grows_are_causes_where_they_choose(
    golden: Registry,
) -> None:
    of_class = Within("Collisions24")
    with golden.writing() as tx:
        set_run_attributes(tx, RUN, {"class": "Collisions24"}, EXPERT)
    world.report_run(golden, RUN + 1)
    world.create_dataset(golden, run_number=RUN + 1)
    with golden.writing() as tx:
        set_run_attributes(tx, RUN + 1, {"class": "Collisions24"}, EXPERT)
        seen = create_cycle(tx, "week 18", "2024-06-20", [(RUN + 1, PROMPT)], DC)
    before, cycle = asked(golden, within=of_class), asked(golden, within=Within(cycle="week 18"))
    with golden.writing() as tx:
        set_run_attributes(tx, RUN, {"class": "Cosmics24"}, EXPERT)
        both = [(RUN, PROMPT), (RUN + 1, PROMPT)]
        change_cycle(tx, "week 18", "2024-06-20", both, DC, seen=seen)
    found = difference(golden, before, asked(golden, within=of_class))
    assert blocks(found) == [(1, 10, -10, "decision", "class Cosmics24 (datasets asked for)")]
    found = difference(golden, cycle, asked(golden, within=cycle.within))
    assert blocks(found) == [(1, 10, 10, "rule", "cycle week 18 was kept anew")]


def test_two_calibrations_and_a_later_list_to_compare_with_are_refused(golden: Registry) -> None:
    early, late = asked(golden, at=world.now(golden)), asked(golden, source="normtag")
    with pytest.raises(Invalid, match="two calibrations are never subtracted"):
        difference(golden, early, late)
    keep(golden, OTHER, histories.PIXEL)
    with pytest.raises(Invalid, match="ask the other way round"):
        difference(golden, asked(golden), early)


def test_what_the_cache_gives_back_is_what_was_worked_out(golden: Registry, tmp_path: Path) -> None:
    backend = FileSystemCache(str(tmp_path))
    backend.serializer = PlainBytes()
    before, kept = asked(golden), GoldenRoom(Cache(backend))
    world.give(golden, TRACKER, "tracker-pixel", [(3, 5)], "BAD")
    with golden.reading() as connection:
        found = [causes.difference(connection, kept, before, asked(golden)) for _ in range(2)]
    assert found[0] == found[1] == difference(golden, before, asked(golden))


def test_a_product_is_compared_with_as_it_was_made(registry: Registry) -> None:
    product_world.build(registry)
    product_world.make(registry, "call-2024")
    world.give(registry, TRACKER, product_world.PIXEL, [(8, 8)], "BAD")
    with registry.reading() as connection:
        made = product_of(connection, "call-2024")
        question = question_of(connection, dict(made.manifest), world.sequence_of(connection))
        found = compared(connection, registry.golden, Against("call-2024"), question)
        assert offered(connection, question.at)[0] == "call-2024"
        with pytest.raises(Invalid, match="a list as it was made"):
            compared(connection, registry.golden, Against("call-2024", null_policy="good"), question)
    assert blocks(found) == [(8, 8, -1, "decision", "tracker-pixel GOOD → BAD")]
    assert found.before.lumisections == made.manifest["lumisections"]
