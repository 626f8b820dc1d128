"""Whom a lost lumisection is blamed on, against a walk over every lumisection with dictionaries and sets."""

from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.accounting.ledger import Ledger, ledger
from model.accounting.losses import Losses, Split, losses, opened
from model.accounting.parts import Of
from model.accounting.question import ask
from model.commands.rules import set_rule
from model.errors import Invalid
from model.registry import Registry
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.lost import walk
from tests.model.world import EXPERT, RUN, TRACKER, give, report_run, rule_says

BITS = ("bpix_ready", "fpix_ready", "tob_ready", "beam1_stable", "ebp_ready")
COLUMNS = (
    "tracker-pixel",
    "tracker-strip",
    "tracker-track",
    "l1t-l1tmu",
    "l1t-l1tcalo",
    "hlt-hlt",
    "hcal-hcal",
    "ecal-es",
)
CLAUSES = [{"==": [{"var": f"lumisection.oms.{bit}"}, True]} for bit in BITS] + [
    {"==": [{"var": f"lumisection.rr.{column}"}, "GOOD"]} for column in COLUMNS
]
LAST = 6
WAYS = ("inclusive_invpb", "exclusive_invpb", "sequential_invpb")
_statuses = st.sampled_from(["GOOD", "GOOD", "GOOD", "BAD", "STANDBY", "NOTSET", None])
_bits = st.sampled_from([True, True, True, False, None])


def _each(names: Any, values: Any) -> Any:
    return st.fixed_dictionaries({name: st.lists(values, min_size=LAST, max_size=LAST) for name in names})


def keep(registry: Registry, null: str = "bad", logic: Any = None) -> None:
    with registry.writing() as tx:
        text = RuleText(logic or {"and": CLAUSES}, null, "what is good", "/PromptReco/%", "golden")
        set_rule(tx, "golden", text, EXPERT)


def tell(registry: Registry, number: int, bits: dict[str, list[Any]], statuses: dict[str, list[Any]]) -> None:
    known = {
        bit: [(n, n, value) for n, value in enumerate(each, 1) if value is not None]
        for bit, each in bits.items()
    }
    report_run(registry, number, [(1, LAST)], {bit: spans for bit, spans in known.items() if spans})
    world.create_dataset(registry, run_number=number)
    for column, each in statuses.items():
        for status in dict.fromkeys(each):
            spans = [(n, n) for n, said in enumerate(each, 1) if said == status]
            if status is not None:
                rule_says(registry, column, spans, status, run_number=number)


def ledger_of(registry: Registry, number: int) -> Ledger:
    with registry.reading() as connection:
        asked = ask(connection, world.sequence_of(connection), {"runs": str(number)})
        return ledger(connection, registry.golden.frames, asked)


@pytest.mark.parametrize("null", ["bad", "good", "unknown"])
def test_every_class_of_loss_is_what_a_walk_over_lumisections_finds(registry: Registry, null: str) -> None:
    keep(registry, null)
    numbers = count(RUN)

    @settings(max_examples=8, suppress_health_check=list(HealthCheck))
    @given(_each(BITS, _bits), _each(COLUMNS, _statuses))
    def agrees(bits: dict[str, list[Any]], statuses: dict[str, list[Any]]) -> None:
        number = next(numbers)
        tell(registry, number, bits, statuses)
        found = ledger_of(registry, number)
        for of in Of:
            compare(registry, found, number, of, null)

    agrees()


def compare(registry: Registry, found: Ledger, number: int, of: Of, null: str) -> None:
    split = Split(found, of)
    got = losses(split)
    with registry.reading() as connection:
        asked = found.question
        dataset_of = {each.run.run_number: each.dataset for each in found.accounts}
        expected = walk(connection, CLAUSES, null, dataset_of, of.value, asked.at, asked.source)
    for part in got.parts:
        assert part.inclusive_invpb == pytest.approx(expected.inclusive[part.name], rel=1e-9)
        assert part.exclusive_invpb == pytest.approx(expected.exclusive[part.name], rel=1e-9)
        if of is not Of.CAUSE:
            assert part.sequential_invpb == pytest.approx(expected.sequential[part.name], rel=1e-9)
    assert set(expected.inclusive) - {part.name for part in got.parts} == set()
    assert got.mixed_invpb == pytest.approx(expected.mixed, rel=1e-9)
    assert got.trigger_invpb == pytest.approx(expected.trigger, rel=1e-9)
    assert got.lost_invpb == pytest.approx(expected.lost, rel=1e-9)
    must_hold(found, got)


def must_hold(found: Ledger, got: Losses) -> None:
    """What holds of every account of losses."""
    account = sum(each.lost for each in found.accounts)
    assert got.lost_invpb == pytest.approx(account, rel=1e-9, abs=1e-12)
    assert sum(part.exclusive_invpb for part in got.parts) + got.mixed_invpb == pytest.approx(
        got.lost_invpb, rel=1e-9
    )
    assert sum(part.exclusive for part in got.parts) + got.mixed == got.lost
    assert all(part.inclusive_invpb >= part.exclusive_invpb for part in got.parts)
    recorded, golden = (sum(getattr(each, n) for each in found.accounts) for n in ("recorded", "certified"))
    besides = sum(each.low + each.unprocessed for each in found.accounts)
    steps = sum(part.sequential_invpb for part in got.parts)
    assert besides + steps == pytest.approx(recorded - golden, rel=1e-9, abs=1e-12)
    assert sum(each.invpb for each in got.combinations) == pytest.approx(got.mixed_invpb, rel=1e-9)


def told(registry: Registry, bits: dict[int, tuple[str, ...]], columns: dict[int, tuple[str, ...]]) -> Ledger:
    """Tell one run of six lumisections on which some bits are false and some columns BAD, by lumisection."""
    tell(
        registry,
        RUN,
        {bit: [bit not in bits.get(n, ()) for n in range(1, LAST + 1)] for bit in BITS},
        {c: ["BAD" if c in columns.get(n, ()) else "GOOD" for n in range(1, LAST + 1)] for c in COLUMNS},
    )
    return ledger_of(registry, RUN)


def test_strip_and_pixel_bits_that_fail_together_are_tracker_hv(registry: Registry) -> None:
    keep(registry)
    both = ("bpix_ready", "tob_ready")
    found = told(
        registry, {1: both, 2: both, 3: ("bpix_ready",), 4: both}, {2: ("tracker-track",), 4: ("hcal-hcal",)}
    )
    parts = {part.name: part for part in losses(Split(found, Of.SUBSYSTEM)).parts}
    assert (parts["tracker_hv"].inclusive, parts["tracker_hv"].exclusive) == (3, 2)
    assert (parts["pixel"].inclusive, parts["pixel"].exclusive) == (4, 1)
    assert losses(Split(found, Of.SUBSYSTEM)).combinations[0].names == ("pixel", "strip", "hcal")


def test_the_trigger_alone_is_mixed_and_told_beside_it(registry: Registry) -> None:
    keep(registry)
    found = told(registry, {}, {1: ("hlt-hlt",), 2: ("l1t-l1tmu", "l1t-l1tcalo"), 3: ("hlt-hlt", "hcal-hcal")})
    got = losses(Split(found, Of.COLUMN))
    assert (got.mixed, round(got.trigger_invpb, 6), round(got.mixed_invpb, 6)) == (3, 0.2, 0.3)
    assert {part.name: part.exclusive for part in got.parts if part.exclusive} == {}
    assert {part.name: part.inclusive for part in got.parts if part.inclusive} == {
        "l1t-l1tmu": 1,
        "l1t-l1tcalo": 1,
        "hlt-hlt": 2,
        "hcal-hcal": 1,
    }


def test_what_the_rule_cannot_know_is_a_bar_of_its_own(registry: Registry) -> None:
    keep(registry, "unknown")
    tell(
        registry,
        RUN,
        {bit: [None, None, *[True] * 4] if bit == "bpix_ready" else [True] * 6 for bit in BITS},
        {c: ["GOOD", "BAD", *["GOOD"] * 4] if c == "hcal-hcal" else ["GOOD"] * 6 for c in COLUMNS},
    )
    got = losses(Split(ledger_of(registry, RUN), Of.SUBSYSTEM))
    assert {part.name: part.exclusive for part in got.parts if part.exclusive} == {"UNKNOWN": 1, "hcal": 1}


def test_the_order_decides_who_is_charged_first_and_changes_no_sum(registry: Registry) -> None:
    keep(registry)
    found = told(registry, {1: ("bpix_ready",)}, {1: ("hcal-hcal",), 2: ("hcal-hcal",)})
    for order, charged in (((), {"pixel": 1, "hcal": 1}), (("hcal",), {"hcal": 2})):
        got = losses(Split(found, Of.SUBSYSTEM, order))
        assert {part.name: part.sequential for part in got.parts if part.sequential} == charged
        must_hold(found, got)
    with pytest.raises(Invalid, match="“dt” is no subsystem of this rule; pixel, strip"):
        Split(found, Of.SUBSYSTEM, ("dt",))


def test_each_bar_opens_its_lumisections(registry: Registry) -> None:
    keep(registry)
    found = told(registry, {1: ("bpix_ready",), 2: ("bpix_ready",)}, {2: ("hcal-hcal",), 4: ("hcal-hcal",)})
    split = Split(found, Of.SUBSYSTEM)

    def spans(name: str, how: str) -> list[tuple[int, int]]:
        return [tuple(span) for each in opened(found, split.of_kind(name, how)) for span in each.ranges]

    assert (spans("pixel", "inclusive"), spans("pixel", "exclusive")) == ([(1, 2)], [(1, 1)])
    assert (spans("hcal", "sequential"), spans("mixed", "exclusive")) == ([(4, 4)], [(2, 2)])
    (line,) = opened(found, split.of_kind("pixel", "inclusive"))
    assert (line.run_number, line.lumisections, round(line.recorded_invpb, 6)) == (RUN, 2, 0.2)
    with pytest.raises(Invalid, match="“dt” is no subsystem of this rule"):
        split.of_kind("dt", "inclusive")
    with pytest.raises(Invalid, match="“both” is no way to count a loss; exclusive, inclusive, sequential"):
        split.of_kind("pixel", "both")


def test_causes_are_those_of_the_verdicts_and_a_false_bit_is_a_dcs_loss(registry: Registry) -> None:
    keep(registry)
    told(registry, {1: ("bpix_ready",), 2: ("beam1_stable",)}, {})
    give(registry, TRACKER, "tracker-strip", [(3, 3)], "BAD", "HV trip")
    give(registry, TRACKER, "tracker-strip", [(4, 4)], "BAD", comment="seen in the plots")
    give(registry, TRACKER, "tracker-track", [(3, 3)], "BAD", "alignment")
    got = losses(Split(ledger_of(registry, RUN), Of.CAUSE))
    assert {part.name: (part.inclusive, part.exclusive) for part in got.parts if part.inclusive} == {
        "DCS loss": (1, 1),
        "beam conditions": (1, 1),
        "HV trip": (1, 0),
        "no cause given": (1, 1),
        "alignment": (1, 0),
    }


def test_a_nested_rule_blames_only_the_alternatives_that_fail(registry: Registry) -> None:
    pixel, hcal = CLAUSES[5], CLAUSES[11]
    keep(registry, logic={"and": [{"or": [pixel, CLAUSES[0]]}, {"!": [{"!": [hcal]}]}]})
    found = told(
        registry, {2: ("bpix_ready",)}, {1: ("tracker-pixel",), 2: ("tracker-pixel",), 3: ("hcal-hcal",)}
    )
    got = losses(Split(found, Of.VARIABLE))
    assert {part.name: part.inclusive for part in got.parts if part.inclusive} == {
        "tracker-pixel": 1,
        "bpix_ready": 1,
        "hcal-hcal": 1,
    }
    must_hold(found, got)
