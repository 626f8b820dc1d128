from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.plan import build
from rules.syntax import parse
from rules.variant import Variation, kept_parts, parts, varied

ENERGY = {">=": [{"var": "energy"}, 6500]}
FLAG = {"var": "flag.dcs"}
BETWEEN = {"<": [1, {"var": ["field", 0]}, 4]}
RULE = parse({"and": [ENERGY, {"and": [FLAG, BETWEEN]}, {"!": [{"or": [{"var": "a"}, {"var": "b"}]}]}]})
KEYS = [part.key for part in parts(RULE)]


def test_a_rule_is_taken_apart_as_it_was_written() -> None:
    assert [part.text for part in parts(RULE)] == [
        "energy >= 6500",
        "flag.dcs",
        "1 < field (default 0) < 4",
        "not a and not b",
    ]
    assert [part.numbers for part in parts(RULE)] == [(6500,), (), (1, 4), ()]
    assert parts(parse(True)) == ()


def test_the_parts_are_those_of_the_plan() -> None:
    assert len(build(RULE).parts) == len(parts(RULE))
    assert len(build(RULE).clauses) == len(parts(RULE)) + 1


def test_what_changes_nothing_is_the_rule_itself() -> None:
    unknown = Variation(frozenset({"feedbeef"}), {("feedbeef", 0): 3, (KEYS[0], 0): 6500, (KEYS[0], 7): 1})
    assert varied(RULE, Variation()) is RULE.ast
    assert varied(RULE, unknown) is RULE.ast


def test_clauses_are_left_out_reordered_and_get_other_numbers() -> None:
    change = Variation(frozenset({KEYS[1], KEYS[3]}), {(KEYS[2], 1): 3.5}, (KEYS[2],))
    assert varied(RULE, change) == {"and": [{"<": [1, {"var": ["field", 0]}, 3.5]}, ENERGY]}
    assert [part.key for part in kept_parts(RULE, change)] == [KEYS[2], KEYS[0]]
    assert varied(RULE, Variation(frozenset(KEYS))) is True


def test_equal_clauses_have_keys_of_their_own() -> None:
    twice = parse({"and": [ENERGY, ENERGY]})
    first, second = (part.key for part in parts(twice))
    assert first != second
    assert varied(twice, Variation(frozenset({second}))) == {"and": [ENERGY]}


@pytest.mark.parametrize(
    "logic", [{"or": [ENERGY, FLAG]}, ENERGY, {"and": []}, {"!!": [{"and": [ENERGY, FLAG]}]}]
)
def test_a_rule_that_is_no_conjunction_is_one_clause(logic: Any) -> None:
    assert len(parts(parse(logic))) == len(build(parse(logic)).parts) == 1


@given(st.sets(st.sampled_from(KEYS)), st.permutations(KEYS))
def test_whatever_is_switched_off_and_moved_the_others_stay(off: set[str], order: list[str]) -> None:
    left = parts(parse(varied(RULE, Variation(frozenset(off), {}, tuple(order)))))
    assert [part.key for part in left] == [key for key in order if key not in off]
