"""Who is to blame for a row, over whole tables, is who is to blame for it alone."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.blame import blamed
from rules.engine import NullPolicy, truth
from rules.explain import blame, explain_row
from rules.plan import build
from rules.syntax import parse
from rules.table import Column, Table
from tests.rules.strategies import VALUES, rules, tables


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(rules, tables(), st.sampled_from(list(NullPolicy)))
def test_each_refused_row_is_blamed_on_the_leaves_that_explain_it(rule: Any, table: Any, null: Any) -> None:
    plan = build(parse(rule))
    table = Table(table.rows, {name: table.columns[name] for name in sorted(VALUES)})
    found, leaves = blamed(plan, table, null)
    assert found.tolist() == truth(plan, table, null).tolist()
    for row, answer in enumerate(found.tolist()):
        guilty = {(each.leaf.pointer, each.leaf.negated) for each in leaves if each.rows[row]}
        if answer:
            assert not guilty
        else:
            trace = explain_row(plan, table, row, null)
            assert guilty == {(leaf.pointer, leaf.negated) for leaf in blame(trace)}


def test_a_part_that_holds_is_not_blamed_for_what_it_stands_in() -> None:
    rule = {"and": [{"or": [{"var": "a"}, {"and": [{"var": "b"}, {"var": "c"}]}]}, {"var": "a"}]}
    plan = build(parse(rule))
    rows = [(False, True, False), (True, False, False), (False, True, True)]
    columns = {name: Column.of([row[i] for row in rows]) for i, name in enumerate("abc")}
    _, leaves = blamed(plan, Table(3, columns), NullPolicy.BAD)
    said = [[leaf.leaf.ast["var"] for leaf in leaves if leaf.rows[row]] for row in range(3)]
    assert said == [["a", "c", "a"], [], ["a"]]
