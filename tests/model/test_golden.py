"""Golden JSON: policies, canonical bytes, the manifest, and what it was lost to."""

import json
from typing import Any

import pytest

from model import journal
from model.cache import Cache
from model.commands.rules import set_rule
from model.commands.upstream import override_bits
from model.errors import Ambiguous, Forbidden, Invalid, NotFound
from model.golden import lists
from model.golden.golden import GoldenRoom, Question
from model.golden.manifest import manifest
from model.ranges import canonical
from model.registry import Registry
from model.rulebook.book import rule_version
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.golden_world import BIT, PIXEL, STATUS, ask, spans_of, told
from tests.model.world import DC, EXPERT, EXPRESS, PROMPT, READER, RUN, TRACKER, create_dataset, give

__all__ = ["told"]


def test_holes_are_never_selected_and_never_joined_over(told: Registry) -> None:
    assert spans_of(ask(told)) == [(1, 1), (3, 3), (5, 10)]
    assert ask(told).recorded_invpb == pytest.approx(0.8)
    assert ask(told).considered == 9


@pytest.mark.parametrize(
    ("null", "selected", "unknown"),
    [
        ("bad", [(1, 1), (3, 3), (5, 6)], 0),
        ("good", [(1, 1), (3, 3), (5, 6), (9, 10)], 0),
        ("unknown", [(1, 1), (3, 3), (5, 6)], 2),
    ],
)
def test_a_missing_bit_counts_as_the_rules_policy_says(
    told: Registry, null: str, selected: list[tuple[int, int]], unknown: int
) -> None:
    """Trap 20: both what v3 and what v4 did can be had."""
    found = ask(told, {"and": [BIT, STATUS]}, null)
    assert (spans_of(found), found.unknown) == (selected, unknown)


@pytest.mark.parametrize(
    ("several", "selected"),
    [("union", [(1, 3), (5, 10)]), ("intersection", [(3, 3), (5, 6)])],
)
def test_several_datasets_of_a_run_are_joined_as_asked(
    told: Registry, several: str, selected: list[tuple[int, int]]
) -> None:
    """Trap 19."""
    assert spans_of(ask(told, pattern="/%", several=several)) == selected


def test_several_datasets_of_a_run_are_refused_unless_a_policy_is_given(told: Registry) -> None:
    with pytest.raises(Ambiguous, match=f"both {EXPRESS} and {PROMPT}"):
        ask(told, pattern="/%")
    with pytest.raises(Invalid, match="“both” is no policy"):
        ask(told, several="both")
    with pytest.raises(NotFound, match="No dataset is named"):
        ask(told, pattern="/ReReco/%")
    with pytest.raises(Invalid, match="1 to 200 characters"):
        ask(told, pattern=" ")


def test_a_hidden_dataset_is_no_second_one(told: Registry) -> None:
    create_dataset(told, EXPRESS, hidden=True)
    assert spans_of(ask(told, pattern="/%")) == [(1, 1), (3, 3), (5, 10)]


def test_an_override_counts_in_its_dataset_only(told: Registry) -> None:
    with told.writing() as tx:
        override_bits(tx, RUN, PROMPT, {"bpix_ready": [(7, 10, True)]}, DC, comment="seen in data")
    assert spans_of(ask(told, BIT)) == [(1, 3), (5, 10)]
    assert spans_of(ask(told, BIT, pattern=EXPRESS)) == [(1, 3), (5, 6)]


def test_the_canonical_bytes_are_one_line_runs_ascending_as_integers() -> None:
    found = {1000001: canonical([(5, 6), (1, 2), (3, 3)]), 380001: canonical([(1, 1)]), 380002: ()}
    assert lists.to_bytes(found) == b'{"380001": [[1, 1]], "1000001": [[1, 3], [5, 6]]}\n'
    assert json.loads(lists.to_bytes({})) == {}


def test_the_manifest_names_all_it_takes_to_make_the_same_bytes_again(told: Registry) -> None:
    with told.writing() as tx:
        set_rule(tx, "golden", RuleText(STATUS, "bad", "what is good"), EXPERT)
    with told.reading() as connection:
        at = world.sequence_of(connection)
        question = Question(rule_version(connection, "golden", at), PROMPT, at)
        place = journal.head(connection).hash
        before = manifest(question, told.golden.golden(connection, question), place)
    give(told, TRACKER, PIXEL, [(5, 10)], "BAD")
    with told.writing() as tx:
        set_rule(tx, "golden", RuleText(BIT, "good", "another"), EXPERT)
    with told.reading() as connection:
        room, then = GoldenRoom(Cache()), before["sequence"]
        again = Question(rule_version(connection, "golden", then), before["dataset"], then)
        assert manifest(again, room.golden(connection, again), place) == before
        assert rule_version(connection, "golden", world.sequence_of(connection)).version == 2
    assert before["rule"]["version"] == 1
    assert before["journal_hash"] == place.hex()
    assert before["luminosity_source"] == "OMS"


def test_losses_account_for_every_inverse_picobarn(told: Registry) -> None:
    found = ask(told, {"and": [BIT, STATUS]})
    lost = sum(loss.sequential_invpb for loss in found.losses)
    assert found.considered_invpb == pytest.approx(0.9)
    assert lost + found.recorded_invpb == pytest.approx(found.considered_invpb)
    bit, status = found.losses
    assert (bit.lumisections, bit.inclusive_invpb) == (4, pytest.approx(0.4))
    assert (status.lumisections, status.exclusive_invpb) == (1, pytest.approx(0.1))


@pytest.mark.parametrize(
    ("logic", "sentence"),
    [
        ({"==": [{"var": "lumisection.rr.tracker-pixl"}, "GOOD"]}, r"did you mean .*tracker-pixel"),
        ({"==": [{"var": "lumisection.oms.bpix_redy"}, True]}, r"did you mean .*bpix_ready"),
        ({"nand": [1, 2]}, "cannot be read"),
    ],
)
def test_an_unknown_name_in_a_rule_is_an_error_never_false(told: Registry, logic: Any, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        ask(told, logic)


def test_a_rule_is_kept_by_who_may_and_with_a_policy_that_exists(told: Registry) -> None:
    for text, by, refusal in (
        (RuleText(STATUS, "maybe", ""), EXPERT, Invalid),
        (RuleText(STATUS, "bad", ""), READER, Forbidden),
    ):
        with pytest.raises(refusal), told.writing() as tx:
            set_rule(tx, "golden", text, by)
    with told.reading() as connection, pytest.raises(NotFound, match="no rule golden"):
        rule_version(connection, "golden", world.sequence_of(connection))


@pytest.mark.parametrize(
    "clause", [BIT, {"!": [{"==": [BIT["=="][0], False]}]}, {"!=": [BIT["=="][0], False]}, BIT["=="][0]]
)
def test_trap_20_null_bits_are_good_as_in_v3_or_bad_as_in_v4_and_either_list_comes_again(
    told: Registry, clause: Any
) -> None:
    # what the data of `told` say: every prompt lumisection is GOOD but 2
    bits = dict.fromkeys((1, 3, 5, 6), True) | dict.fromkeys((7, 8), False) | dict.fromkeys((9, 10), None)
    strict = clause != BIT and clause != BIT["=="][0]
    v3 = [number for number, bit in bits.items() if bit is not False]
    # JsonLogic itself, which v4 used, lets null pass where a rule only asks that a bit be not false
    v4 = [number for number, bit in bits.items() if bit or (strict and bit is None)]
    kept = {}
    for name, null in (("as-v3", "good"), ("as-v4", "bad")):
        with told.writing() as tx:
            set_rule(tx, name, RuleText({"and": [STATUS, clause]}, null, "what is good"), EXPERT)
    for name, numbers in (("as-v3", v3), ("as-v4", v4)):
        kept[name] = _manifest(told, name)
        assert kept[name][1] == {str(RUN): [list(span) for span in canonical((n, n) for n in numbers)]}
    assert [kept[name][0]["null_policy"] for name in kept] == ["good", "bad"]
    give(told, TRACKER, PIXEL, [(1, 1)], "BAD")
    for name, (before, selected) in kept.items():
        assert _manifest(told, name)[0]["sha256"] != before["sha256"]
        assert _manifest(told, name, before["sequence"]) == (before, selected)


def _manifest(registry: Registry, name: str, at: int | None = None) -> tuple[dict[str, Any], dict[str, Any]]:
    with registry.reading() as connection:
        at = world.sequence_of(connection) if at is None else at
        question = Question(rule_version(connection, name, at), PROMPT, at)
        found = registry.golden.golden(connection, question)
        return manifest(question, found, journal.hash_at(connection, at)), json.loads(found.body)
