from typing import Any

import pytest

from rules.engine import NullPolicy
from rules.errors import UnknownVariable
from rules.explain import Trace, blame, clauses, explain, explain_row
from rules.plan import build
from rules.syntax import parse
from rules.table import Column, Table
from rules.values import MISSING
from rules.wording import say

RULE = {
    "and": [
        {"==": [{"var": "lumisection.rr.tracker-pixel"}, "GOOD"]},
        {"and": [{">=": [{"var": "run.oms.energy"}, 6500]}, {"==": [{"var": "oms.bit"}, True]}]},
        {"==": [{"in": ["WMass", {"var": "run.oms.hlt_key"}]}, False]},
        {"!": [{"or": [{"==": [{"var": "run.rr.class"}, "Cosmics18"]}, {"missing": ["run.oms.energy"]}]}]},
    ]
}
VALUES: dict[str, Any] = {
    "lumisection.rr.tracker-pixel": "GOOD",
    "run.oms.energy": 6500,
    "oms.bit": None,
    "run.oms.hlt_key": "/cdaq/WMass/v1",
    "run.rr.class": "Collisions18",
}


def traced(rule: Any, null: NullPolicy = NullPolicy.BAD, **values: Any) -> Trace:
    return explain(build(parse(rule)), {**VALUES, **values}, null, bits={"oms.bit"})


def pointers(trace: Trace) -> list[str]:
    return [leaf.pointer for leaf in blame(trace)]


def test_the_clauses_of_a_rule_are_its_conjuncts_in_words() -> None:
    texts = [
        "lumisection.rr.tracker-pixel = GOOD",
        "run.oms.energy >= 6500",
        "oms.bit = true",
        "WMass not in run.oms.hlt_key",
        "run.rr.class != Cosmics18",
        "not missing(run.oms.energy)",
    ]
    found = clauses(parse(RULE))
    assert [clause.text for clause in found] == texts
    assert [clause.pointer for clause in found] == [
        "/and/0",
        "/and/1/and/0",
        "/and/1/and/1",
        "/and/2/==/0",
        "/and/3/!/0/or/0",
        "/and/3/!/0/or/1",
    ]


@pytest.mark.parametrize(
    ("rule", "count"), [(True, 0), (False, 1), ({"or": [RULE, RULE]}, 1), ({"and": [RULE]}, 6)]
)
def test_only_conjuncts_are_clauses(rule: Any, count: int) -> None:
    assert len(clauses(parse(rule))) == count


def test_the_blame_names_every_failed_clause_not_only_the_first() -> None:
    trace = traced(RULE)
    assert trace.truth == 0
    assert pointers(trace) == ["/and/1/and/1", "/and/2/==/0"]
    assert [dict(leaf.inputs) for leaf in blame(trace)] == [
        {"oms.bit": None},
        {"run.oms.hlt_key": "/cdaq/WMass/v1"},
    ]


def test_a_trace_keeps_what_an_atom_gave_before_its_negation() -> None:
    leaf = blame(traced(RULE))[1]
    assert (leaf.op, leaf.value, leaf.negated, leaf.truth) == ("atom", True, True, 0)


def test_under_policy_good_a_null_bit_is_not_to_blame() -> None:
    assert pointers(traced(RULE, NullPolicy.GOOD)) == ["/and/2/==/0"]


def test_under_policy_unknown_a_null_bit_is_what_leaves_the_answer_open() -> None:
    trace = traced(RULE, NullPolicy.UNKNOWN, **{"run.oms.hlt_key": "/cdaq/physics"})
    assert (trace.truth, pointers(trace)) == (1, ["/and/1/and/1"])


def test_a_failed_or_blames_all_its_parts_and_a_true_one_those_that_hold() -> None:
    rule = {"or": [{"var": "a"}, {"var": "b"}, {"var": "c"}]}
    assert pointers(traced(rule, a=False, b=0, c="")) == ["/or/0", "/or/1", "/or/2"]
    assert pointers(traced(rule, a=False, b=1, c="x")) == ["/or/1", "/or/2"]


def test_a_choice_blames_its_condition_and_the_branch_it_took() -> None:
    rule = {"if": [{"var": "c"}, {"var": "x"}, {"var": "y"}]}
    assert pointers(traced(rule, c=True, x=True, y=False)) == ["/if/0", "/if/1"]
    assert pointers(traced(rule, c=False, x=False, y=True)) == ["/if/0", "/if/2"]


def test_explaining_an_unknown_variable_is_an_error() -> None:
    with pytest.raises(UnknownVariable, match="Did you mean run.oms.energy"):
        traced({">": [{"var": "run.oms.enrgy"}, 1]})


def test_a_row_of_a_table_brings_its_values_and_bits_with_it() -> None:
    table = Table(2, {"oms.bit": Column.of([True, MISSING], bit=True)})
    plan = build(parse({"==": [{"var": "oms.bit"}, True]}))
    found = explain_row(plan, table, 1, NullPolicy.GOOD)
    assert (found.truth, dict(found.inputs)) == (2, {"oms.bit": MISSING})


@pytest.mark.parametrize(
    ("rule", "plain", "negated"),
    [
        ({"<": [1, {"+": [{"var": "x"}, 2]}, 5]}, "1 < (x + 2) < 5", "not (1 < (x + 2) < 5)"),
        ({"in": [{"var": "s"}, ["GOOD", "STANDBY"]]}, "s in [GOOD, STANDBY]", "s not in [GOOD, STANDBY]"),
        ({"!=": [{"in": ["W", {"var": "k"}]}, True]}, "W not in k", "W in k"),
        ({"==": [{"==": [{"var": "b"}, True]}, False]}, "b != true", "b = true"),
        ({"==": [{"var": ["x", 5]}, None]}, "x (default 5) = null", "x (default 5) != null"),
        ({"==": [{"var": "x"}, ""]}, 'x = ""', 'x != ""'),
        (
            {"or": [{"var": "a"}, {"and": [{"var": "b"}, {"!": {"var": "c"}}]}]},
            "a or (b and not c)",
            "not a and (not b or c)",
        ),
        (
            {"if": [{"var": "c"}, {"==": [{"var": "a"}, 1]}, False]},
            "if c then a = 1 else false",
            "not (if c then a = 1 else false)",
        ),
        ({"==": [{"and": [{"var": "a"}, {"var": "b"}]}, True]}, "(a and b) = true", "(a and b) != true"),
    ],
)
def test_rules_are_worded_as_people_write_them(rule: Any, plain: str, negated: str) -> None:
    assert (say(rule), say(rule, negated=True)) == (plain, negated)
