from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.engine import NullPolicy, truth
from rules.errors import BadTable, UnknownVariable
from rules.losses import losses
from rules.plan import build
from rules.syntax import parse
from rules.table import Column, Table

BITS = [f"c{i}" for i in range(5)]
PLAN = build(parse({"and": [{"==": [{"var": name}, True]} for name in BITS]}))
rows_of_bits = st.lists(st.tuples(*[st.sampled_from([True, True, False, None])] * 5), min_size=1, max_size=40)


def table_of(rows: list[tuple[Any, ...]]) -> Table:
    return Table(
        len(rows), {name: Column.of([row[i] for row in rows], bit=True) for i, name in enumerate(BITS)}
    )


@settings(max_examples=200, suppress_health_check=list(HealthCheck))
@given(rows_of_bits, st.sampled_from(list(NullPolicy)), st.randoms())
def test_losses_reconcile_with_counting_row_by_row(rows: Any, null: NullPolicy, random: Any) -> None:
    weight = np.array([random.randint(0, 8) / 4 for _ in rows])
    within = np.array([random.random() < 0.8 for _ in rows])
    found = losses(PLAN, table_of(rows), {"lumi": weight, "rows": np.ones(len(rows))}, within, null)
    refused = (False, None) if null is NullPolicy.BAD else (False,)
    fails = [[value in refused for value in row] for row in rows]
    for clause in range(5):
        expected = {"inclusive": 0.0, "exclusive": 0.0, "sequential": 0.0}
        for failed, amount, counted in zip(fails, weight, within, strict=True):
            if counted and failed[clause]:
                expected["inclusive"] += amount
                expected["exclusive"] += amount * (sum(failed) == 1)
                expected["sequential"] += amount * (not any(failed[:clause]))
        part = found.clauses[clause]
        got = {name: getattr(part, name)["lumi"] for name in expected}
        assert got == expected
    for name in ("lumi", "rows"):
        failed_sum = found.failed[name]
        assert sum(part.exclusive[name] for part in found.clauses) + found.mixed[name] == failed_sum
        assert sum(part.sequential[name] for part in found.clauses) == failed_sum
        assert found.passed[name] + failed_sum + found.unknown[name] == found.total[name]
    selected = truth(PLAN, table_of(rows), null) == 2
    assert found.passed["rows"] == int((selected & within).sum())
    left_open = [
        null is NullPolicy.UNKNOWN and None in row and not any(failed)
        for row, failed in zip(rows, fails, strict=True)
    ]
    assert found.unknown["rows"] == int((np.array(left_open) & within).sum())


def test_without_a_selection_all_rows_count() -> None:
    found = losses(
        PLAN, table_of([(True,) * 5, (False, True, True, True, False)]), {"n": np.ones(2)}, None, NullPolicy.BAD
    )
    assert (found.total, found.passed, found.failed, found.mixed) == ({"n": 2}, {"n": 1}, {"n": 1}, {"n": 1})
    assert [part.clause.text for part in found.clauses] == [f"{name} = true" for name in BITS]
    assert [part.inclusive["n"] for part in found.clauses] == [1, 0, 0, 0, 1]
    assert [part.exclusive["n"] for part in found.clauses] == [0, 0, 0, 0, 0]
    assert [part.sequential["n"] for part in found.clauses] == [1, 0, 0, 0, 0]


def test_a_rule_that_is_one_alternative_has_one_clause_that_loses_everything() -> None:
    plan = build(parse({"or": [{"var": "c0"}, {"var": "c1"}]}))
    found = losses(plan, table_of([(False, False, True, True, True)]), {"n": np.ones(1)}, None, NullPolicy.BAD)
    assert [part.exclusive["n"] for part in found.clauses] == [1]


def test_a_flag_is_one_clause_and_what_it_holds_is_not_counted_twice() -> None:
    flag = {"and": [{"var": "c0"}, {"var": "c1"}]}
    plan = build(parse({"and": [{"!!": [flag]}, {"and": [{"var": "c2"}, {"var": "c3"}]}]}))
    found = losses(plan, table_of([(False, False, True, True, True)]), {"n": np.ones(1)}, None, NullPolicy.BAD)
    assert [part.clause.text for part in found.clauses] == ["c0 and c1", "c2", "c3"]
    assert [part.exclusive["n"] for part in found.clauses] == [1, 0, 0]


def test_a_rule_that_is_always_true_loses_nothing() -> None:
    found = losses(build(parse(True)), table_of([(True,) * 5]), {"n": np.ones(1)}, None, NullPolicy.BAD)
    assert (found.clauses, found.passed["n"]) == ((), 1)


def test_weights_of_another_length_and_unknown_variables_are_refused() -> None:
    with pytest.raises(BadTable, match="lumi has 3 rows, the table 1"):
        losses(PLAN, table_of([(True,) * 5]), {"lumi": np.ones(3)}, None, NullPolicy.BAD)
    with pytest.raises(UnknownVariable):
        losses(build(parse({"var": "c9"})), table_of([(True,) * 5]), {}, None, NullPolicy.BAD)
