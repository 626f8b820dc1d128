import json
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings

from rules.coercion import truthy
from rules.engine import AtomCache, NullPolicy, truth
from rules.explain import Trace, blame, explain_row
from rules.plan import Branch, Constant, Leaf, Node, build
from rules.semantics import apply
from rules.syntax import Rule, parse
from rules.unknown import TRUE, UNKNOWN
from rules.values import MISSING
from tests.rules.strategies import row_of, rules, tables

many = settings(max_examples=400, suppress_health_check=list(HealthCheck))


def read(rule: Any) -> Rule:
    return parse(json.dumps(rule))


def is_present(value: Any) -> bool:
    return value is not None and value is not MISSING


@many
@given(rules, tables())
def test_policy_bad_over_columns_is_exactly_json_logic_row_by_row(rule: Any, table: Any) -> None:
    parsed = read(rule)
    found = truth(build(parsed), table, NullPolicy.BAD)
    expected = [2 * truthy(apply(parsed.ast, row_of(table, i))) for i in range(table.rows)]
    assert found.tolist() == expected


@many
@given(rules, tables())
def test_policy_good_never_selects_fewer_rows_than_unknown(rule: Any, table: Any) -> None:
    plan = build(read(rule))
    good, unknown = (truth(plan, table, null) for null in (NullPolicy.GOOD, NullPolicy.UNKNOWN))
    assert (good >= unknown).all()


@many
@given(rules, tables(is_present))
def test_without_nulls_all_policies_agree_with_exact_json_logic(rule: Any, table: Any) -> None:
    plan = build(read(rule))
    exact, good, unknown = (truth(plan, table, null) for null in NullPolicy)
    assert exact.tolist() == good.tolist() == unknown.tolist()
    assert UNKNOWN not in exact


@many
@given(rules, tables())
def test_negating_a_rule_keeps_what_is_unknown_unknown(rule: Any, table: Any) -> None:
    plain, negated = (truth(build(read(each)), table, NullPolicy.UNKNOWN) for each in (rule, {"!": [rule]}))
    assert ((plain + negated) == TRUE).all()


@many
@given(rules, tables())
def test_a_known_answer_does_not_depend_on_the_nulls(rule: Any, table: Any) -> None:
    """Unknown is sound: leaves that are open are the only ones where it can appear."""
    plan = build(read(rule))
    for index in range(min(table.rows, 3)):
        trace = explain_row(plan, table, index, NullPolicy.UNKNOWN)
        if trace.truth == UNKNOWN:
            leaves = blame(trace)
            assert all(any(not is_present(value) for value in leaf.inputs.values()) for leaf in leaves)


@many
@given(rules, tables())
def test_the_trace_of_a_row_says_what_the_columns_say(rule: Any, table: Any) -> None:
    plan = build(read(rule))
    for null in NullPolicy:
        found = truth(plan, table, null)
        assert [explain_row(plan, table, i, null).truth for i in range(table.rows)] == found.tolist()


@many
@given(rules, tables())
def test_cached_atoms_change_no_answer(rule: Any, table: Any) -> None:
    plan, cache = build(read(rule)), AtomCache()
    for null in [*NullPolicy, *NullPolicy]:
        assert truth(plan, table, null, cache).tolist() == truth(plan, table, null).tolist()


@many
@given(rules)
def test_a_plan_has_negation_only_at_its_leaves(rule: Any) -> None:
    def visit(node: Node) -> None:
        if isinstance(node, Branch):
            assert node.op in ("and", "or") and node.children
            for child in node.children:
                visit(child)
        else:
            assert isinstance(node, Leaf | Constant)

    visit(build(read(rule)).root)


def answer(trace: Trace, leaves: dict[int, bool]) -> bool:
    """Evaluate the skeleton of a trace for given truths of its leaves, in any order."""
    if not trace.children:
        return leaves[id(trace)]
    parts = [answer(child, leaves) for child in trace.children]
    return all(parts) if trace.op == "and" else any(parts)


def leaves_of(trace: Trace) -> list[Trace]:
    return [leaf for child in trace.children for leaf in leaves_of(child)] if trace.children else [trace]


@many
@given(rules, tables())
def test_the_blamed_leaves_alone_force_the_answer_and_turning_them_turns_it(rule: Any, table: Any) -> None:
    plan, generator = build(read(rule)), np.random.default_rng(1)
    trace = explain_row(plan, table, 0, NullPolicy.BAD)
    leaves, blamed = leaves_of(trace), {id(leaf) for leaf in blame(trace)}
    assert blamed <= {id(leaf) for leaf in leaves}
    for _ in range(8):
        chance = generator.random(len(leaves)) < 0.5
        held = {
            id(leaf): leaf.truth == TRUE if id(leaf) in blamed else bool(c)
            for leaf, c in zip(leaves, chance, strict=True)
        }
        assert answer(trace, held) is (trace.truth == TRUE)
    turned = {id(leaf): (leaf.truth == TRUE) is not (id(leaf) in blamed) for leaf in leaves}
    assert answer(trace, turned) is not (trace.truth == TRUE)
