"""A bit can be said to have been otherwise than upstream says; what upstream says is kept beside it."""

from typing import Any

import pytest

from model import replay
from model.commands.bits import BitOverride, override_bit
from model.commands.rules import set_rule
from model.commands.undo import undo
from model.db import Database
from model.errors import Forbidden, Invalid, NotFound, RunRegistryError, Stale
from model.golden.effect import effect_of
from model.queries import bits, upstream
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.vocabulary import ONLINE
from tests.model import world
from tests.model.world import DC, EXPERT, EXPRESS, PROMPT, RUN, TRACKER
from tests.provision.stories import once

BIT = "bpix_ready"
RUNS = (RUN, RUN + 1, RUN + 2)
OFF = BitOverride(BIT, value=False)


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Give three runs whose pixel bit upstream knows on lumisections 1 to 6 only."""
    for number in RUNS:
        world.report_run(registry, number, bits={BIT: [(1, 4, True), (5, 6, False)]})
        world.create_dataset(registry, PROMPT, number)
        world.create_dataset(registry, EXPRESS, number)
    return registry


def say(
    registry: Registry, said: BitOverride, chosen: Any = ((RUN, PROMPT),), by: Any = DC, **more: Any
) -> int:
    with registry.writing() as tx:
        words = {"seen": tx.head.sequence, "comment": "layer 1 was off", **more}
        return override_bit(tx, chosen, said, by, **words)


def held(registry: Registry, name: str = PROMPT, run_number: int = RUN) -> Any:
    with registry.reading() as connection:
        return upstream.bits(connection, run_number, name)[BIT]


def overrides(registry: Registry) -> list[tuple[str, bool, Any, str, str]]:
    with registry.reading() as connection:
        found = bits.overrides(connection, RUN, PROMPT, world.sequence_of(connection))
    return [(str(o.span), o.value, o.raw, o.author, o.comment) for o in found]


def test_trap_14_a_bit_is_set_to_false_with_a_comment_and_upstreams_value_is_kept(told: Registry) -> None:
    say(told, OFF)
    assert held(told) == ((1, 10, False),)
    for name in (EXPRESS, ONLINE):
        assert held(told, name) == ((1, 4, True), (5, 6, False))
    who = ("d.coordinator", "layer 1 was off")
    assert overrides(told) == [
        ("1–4", False, True, *who),
        ("5–6", False, False, *who),
        ("7–10", False, None, *who),
    ]


def test_trap_14_a_range_of_runs_is_one_action(told: Registry) -> None:
    with told.reading() as connection:
        chosen = bits.between(connection, RUN, RUN + 1, PROMPT, world.sequence_of(connection))
    assert chosen == [(RUN, PROMPT), (RUN + 1, PROMPT)]
    before = world.now(told)
    assert say(told, OFF, chosen) == before + 2
    assert [held(told, run_number=n)[0] for n in RUNS] == [(1, 10, False), (1, 10, False), (1, 4, True)]


AS_OMS = BitOverride(BIT, None)


def test_an_override_is_withdrawn_with_a_reason_and_oms_counts_again(told: Registry) -> None:
    say(told, OFF)
    say(told, BitOverride(BIT, None, ((3, 5),)), comment="it was on again")
    assert held(told) == ((1, 2, False), (3, 4, True), (5, 10, False))
    then = world.now(told)
    say(told, AS_OMS, comment="all of it was a slip")
    assert held(told) == held(told, ONLINE)
    assert overrides(told) == []
    with told.reading() as connection:
        assert upstream.bits(connection, RUN, PROMPT, then)[BIT][0] == (1, 2, False)


def test_overriding_and_withdrawing_can_be_taken_back(told: Registry) -> None:
    over = say(told, OFF)
    withdrawn = say(told, AS_OMS, comment="a slip")
    with told.writing() as tx:
        undo(tx, withdrawn, DC)
    assert held(told) == ((1, 10, False),)
    say(told, BitOverride(BIT, True, ((1, 1),)), by=EXPERT)
    before = world.now(told)
    with told.writing() as tx, pytest.raises(Stale, match="was overridden otherwise since"):
        undo(tx, over, DC)
    with told.writing() as tx, pytest.raises(Forbidden):
        undo(tx, before, TRACKER)
    assert world.now(told) == before
    with told.writing() as tx:
        undo(tx, before, EXPERT)
    assert held(told) == ((1, 10, False),)


@pytest.mark.parametrize(
    ("chosen", "comment", "sentence"),
    [
        (((RUN, PROMPT), (RUN + 1, PROMPT)), "a slip", f"Run {RUN + 1} .* there is nothing to withdraw"),
        (((RUN, PROMPT),), " ", "needs a reason"),
    ],
)
def test_a_withdrawal_without_reason_or_override_writes_nothing(
    told: Registry, chosen: Any, comment: str, sentence: str
) -> None:
    before = say(told, OFF)
    with pytest.raises(Invalid, match=sentence):
        say(told, AS_OMS, chosen, comment=comment)
    assert world.now(told) == before


def test_a_second_override_leaves_the_first_where_it_says_nothing(told: Registry) -> None:
    say(told, BitOverride(BIT, False, ((2, 3),)))
    say(told, BitOverride(BIT, True, ((3, 3), (9, 9))), by=EXPERT, comment="seen in data")
    assert held(told) == ((1, 1, True), (2, 2, False), (3, 4, True), (5, 6, False), (9, 9, True))
    say(told, BitOverride(BIT, False, ((1, 1),)), by=EXPERT, comment="so was this")
    said = [(span, value, by, comment) for span, value, _, by, comment in overrides(told)]
    assert said == [
        ("1", False, "b.expert", "so was this"),
        ("2", False, "d.coordinator", "layer 1 was off"),
        ("3", True, "b.expert", "seen in data"),
        ("9", True, "b.expert", "seen in data"),
    ]


def test_the_golden_list_follows_the_override(told: Registry) -> None:
    logic = {"==": [{"var": f"lumisection.oms.{BIT}"}, True]}
    with told.writing() as tx:
        set_rule(tx, "golden", RuleText(logic, "bad", "pixels on", "/PromptReco/%/DQM", "golden"), EXPERT)
    with told.trying() as tx:
        found = effect_of(
            tx,
            [(RUN, PROMPT)],
            lambda: override_bit(tx, [(RUN, PROMPT)], OFF, DC, seen=tx.head.sequence, comment="off"),
        )
    assert found is not None
    assert (found.lumisections, found.change_invpb) == (-4, pytest.approx(-0.4))
    assert overrides(told) == []


@pytest.mark.parametrize(
    ("said", "more", "refusal", "sentence"),
    [
        (OFF, {"by": TRACKER}, Forbidden, "data-certification"),
        (OFF, {"comment": " x "}, Invalid, "needs a reason"),
        (OFF, {"chosen": ()}, Invalid, "1 to 2,000 datasets"),
        (OFF, {"chosen": ((RUN, PROMPT), (RUN, "/X"))}, NotFound, "no dataset /X"),
        (OFF, {"chosen": ((RUN, ONLINE),)}, Invalid, "Online a bit is what OMS says"),
        (OFF, {"chosen": ((399_999, PROMPT),)}, RunRegistryError, "399999"),
        (OFF, {"seen": 10_000}, Invalid, "Nobody has seen"),
        (BitOverride("pixel", False), {}, Invalid, "pixel is no bit"),
        (BitOverride(BIT, False, ((9, 12),)), {}, Invalid, "does not have all"),
        (BitOverride(BIT, False, ((5, 2),)), {}, Invalid, "reversed"),
        (
            BitOverride(BIT, False, ((1, 2),)),
            {"chosen": ((RUN, PROMPT), (RUN + 1, PROMPT))},
            Invalid,
            "one run only",
        ),
    ],
)
def test_an_override_that_makes_no_sense_is_refused_and_nothing_is_written(
    told: Registry, said: BitOverride, more: dict[str, Any], refusal: type[RunRegistryError], sentence: str
) -> None:
    before = world.now(told)
    with pytest.raises(refusal, match=sentence):
        say(told, said, **more)
    assert world.now(told) == before


def test_what_somebody_else_said_of_the_bit_meanwhile_is_named(told: Registry) -> None:
    seen = world.now(told)
    say(told, BitOverride(BIT, False, ((2, 3),)))
    with pytest.raises(Stale, match=r"meanwhile d\.coordinator set bpix_ready LS 3 to false"):
        say(told, BitOverride(BIT, True, ((3, 5),)), by=EXPERT, seen=seen)
    say(told, BitOverride(BIT, True, ((5, 6),)), by=EXPERT, seen=seen)


def test_a_replay_gives_the_same_bits(told: Registry, another: Database) -> None:
    say(told, OFF)
    say(told, BitOverride(BIT, None, ((3, 5),)))
    say(told, BitOverride(BIT, False, ((2, 3),)))
    say(told, BitOverride(BIT, True, ((9, 9),)))
    with told.reading() as source, another.writing() as target:
        replay.replay(source, target)
        assert list(replay.differences(source, target)) == []
