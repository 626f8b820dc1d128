import time
from typing import Any

import numpy as np
import pytest

from rules import engine
from rules.coercion import truthy
from rules.engine import AtomCache, NullPolicy, leaf_truth, truth
from rules.errors import BadTable, RuleError, TooManyCombinations, TooMuchWork, UnknownVariable
from rules.explain import blame, explain_row
from rules.plan import Leaf, build
from rules.semantics import apply
from rules.syntax import parse
from rules.table import Column, Table
from rules.values import MISSING, Row

BAD, GOOD, UNKNOWN = NullPolicy.BAD, NullPolicy.GOOD, NullPolicy.UNKNOWN
FACT = {"==": [{"var": "oms.bit"}, True]}
STATUS = {"==": [{"var": "rr.status"}, "GOOD"]}


def small() -> Table:
    return Table(
        4,
        {
            "oms.bit": Column.of([True, False, None, MISSING], bit=True),
            "rr.status": Column.of(["GOOD", None, "GOOD", MISSING]),
        },
    )


def answers(rule: Any, null: NullPolicy, table: Table | None = None) -> list[int]:
    found: list[int] = truth(build(parse(rule)), table or small(), null).tolist()
    return found


@pytest.mark.parametrize("null", NullPolicy)
@pytest.mark.parametrize("rule", [{"==": [{"var": "oms.bitt"}, True]}, {"missing": ["oms.bitt"]}])
def test_an_unknown_variable_is_an_error_under_every_policy(rule: Any, null: NullPolicy) -> None:
    with pytest.raises(UnknownVariable, match="Did you mean oms.bit?") as refusal:
        answers(rule, null)
    assert (refusal.value.name, refusal.value.suggestions) == ("oms.bitt", ("oms.bit",))


def test_an_unknown_variable_is_an_error_even_where_it_could_not_matter() -> None:
    with pytest.raises(UnknownVariable):
        answers({"or": [True, {"!=": [{"var": "mistyped"}, "BAD"]}]}, BAD)


@pytest.mark.parametrize(
    ("rule", "bad", "good", "unknown"),
    [
        (FACT, [2, 0, 0, 0], [2, 0, 2, 2], [2, 0, 1, 1]),
        ({"!": [FACT]}, [0, 2, 2, 2], [0, 2, 2, 2], [0, 2, 1, 1]),
        ({"==": [FACT, False]}, [0, 2, 2, 2], [0, 2, 2, 2], [0, 2, 1, 1]),
        ({"==": [{"var": "oms.bit"}, False]}, [0, 2, 0, 0], [0, 2, 2, 2], [0, 2, 1, 1]),
        (STATUS, [2, 0, 2, 0], [2, 1, 2, 1], [2, 1, 2, 1]),
        ({"!=": [{"var": "rr.status"}, "BAD"]}, [2, 2, 2, 2], [2, 1, 2, 1], [2, 1, 2, 1]),
        ({"and": [FACT, STATUS]}, [2, 0, 0, 0], [2, 0, 2, 1], [2, 0, 1, 1]),
        ({"or": [FACT, STATUS]}, [2, 0, 2, 0], [2, 1, 2, 2], [2, 1, 2, 1]),
        ({"==": [{"var": "rr.status"}, None]}, [0, 2, 0, 2], [0, 2, 0, 2], [0, 2, 0, 2]),
        ({"!==": [None, {"var": "oms.bit"}]}, [2, 2, 0, 0], [2, 2, 0, 0], [2, 2, 0, 0]),
        ({"missing": ["rr.status"]}, [0, 2, 0, 2], [0, 2, 0, 2], [0, 2, 0, 2]),
        ({"!": {"missing_some": [1, ["rr.status"]]}}, [2, 0, 2, 0], [2, 0, 2, 0], [2, 0, 2, 0]),
        ({"==": [{"var": ["rr.status", "GOOD"]}, "GOOD"]}, [2, 0, 2, 2], [2, 1, 2, 2], [2, 1, 2, 2]),
        ({"==": [{"var": "oms.bit"}, {"var": "rr.status"}]}, [0, 0, 0, 2], [0, 1, 2, 1], [0, 1, 1, 1]),
        ({"and": []}, [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]),
        (True, [2, 2, 2, 2], [2, 2, 2, 2], [2, 2, 2, 2]),
    ],
)
def test_each_policy_reads_a_null_its_own_way(
    rule: Any, bad: list[int], good: list[int], unknown: list[int]
) -> None:
    assert [answers(rule, null) for null in NullPolicy] == [bad, good, unknown]


def test_null_tests_stay_exact_although_the_same_clause_reads_another_variable() -> None:
    rule = {"and": [{"!=": [{"var": "rr.status"}, None]}, STATUS]}
    assert answers(rule, UNKNOWN) == [2, 0, 2, 0]


def test_a_variable_tested_for_null_and_also_compared_is_unknown_in_the_comparison() -> None:
    rule = {"in": [{"==": [{"var": "rr.status"}, None]}, [{"var": "rr.status"}]]}
    assert answers(rule, UNKNOWN) == [0, 1, 0, 1]


@pytest.mark.parametrize("operator", ["<", "<=", ">", ">=", "==", "===", "!=", "!==", "-"])
@pytest.mark.parametrize("null", NullPolicy)
def test_many_numbers_at_once_give_the_same_as_one_by_one(operator: str, null: NullPolicy) -> None:
    odd: list[Any] = [None, MISSING, True, "7", "x", -0.0, float("inf"), float("nan"), 2**53, 7, 7.0]
    table = Table(211, {"x": Column.of([*odd, *(i / 8 for i in range(200))])})
    for constant in (7, 0, 3.5):
        for operands in ([{"var": "x"}, constant], [constant, {"var": ["x", 7]}]):
            rule = parse({operator: operands})
            plan = build(rule)
            one_by_one = [explain_row(plan, table, i, null).truth for i in range(table.rows)]
            assert truth(plan, table, null).tolist() == one_by_one


def two_columns(values: int, rows: int) -> Table:
    generator = np.random.default_rng(7)
    codes = [generator.integers(0, values, rows).astype(np.uint32) for _ in range(2)]
    return Table(rows, {name: Column(c, tuple(range(values))) for name, c in zip("ab", codes, strict=True)})


@pytest.mark.parametrize(("values", "rows"), [(3, 500), (400, 500), (2**20, 200)])
def test_clauses_over_two_columns_equal_the_scalar_answer(values: int, rows: int) -> None:
    table, rule = two_columns(values, rows), parse({"<": [{"var": "a"}, {"*": [{"var": "b"}, 1.1]}, values]})
    found = truth(build(rule), table, BAD)
    expected = [2 * truthy(apply(rule.ast, table.row(i, rule.variables))) for i in range(rows)]
    assert found.tolist() == expected


def test_tuples_of_many_large_columns_do_not_overflow() -> None:
    generator, rows, names = np.random.default_rng(3), 300, [f"c{i}" for i in range(6)]
    values = tuple(range(2**16))
    columns = {n: Column(generator.integers(0, 2**16, rows).astype(np.uint16), values) for n in names}
    rule = parse({">": [{"+": [{"var": n} for n in names]}, 3 * 2**16]})
    table = Table(rows, columns)
    sums = sum(column.codes.astype(np.int64) for column in columns.values())
    assert (truth(build(rule), table, BAD) == 2).tolist() == (np.asarray(sums) > 3 * 2**16).tolist()


def test_a_clause_with_too_many_combinations_is_refused_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "MAX_COMBINATIONS", 100)
    with pytest.raises(TooManyCombinations, match="in 500 different ways") as refusal:
        answers({"and": [{"<": [{"var": "a"}, {"var": "b"}]}]}, BAD, two_columns(2**20, 500))
    assert refusal.value.pointer == "/and/0"


def test_the_limit_on_combinations_is_two_hundred_thousand() -> None:
    codes = np.arange(engine.MAX_COMBINATIONS + 1, dtype=np.uint32)
    column = Column(codes, tuple(range(len(codes))))
    with pytest.raises(TooManyCombinations, match="at most 200,000"):
        answers({"<": [{"var": "a"}, {"var": "b"}]}, BAD, Table(len(codes), {"a": column, "b": column}))


LISTED: list[Any] = [1, 1.0, "1", True, False, None, 0, -0.0, "", "a", 2**53, 9007199254740993, [1], {"a": 1}]


@pytest.mark.parametrize("constants", [LISTED[:8], LISTED[8:13], [None, [1]], [], ["a"] * 900])
@pytest.mark.parametrize("null", [BAD, GOOD, UNKNOWN])
def test_a_long_list_is_looked_up_as_the_scalar_answer_says(constants: list[Any], null: NullPolicy) -> None:
    values = [*LISTED, MISSING]
    table = Table(len(values), {"a": Column.of(values)})
    plan = build(parse({"in": [{"var": "a"}, constants]}))
    leaf = plan.root
    assert isinstance(leaf, Leaf)
    expected = [leaf_truth(leaf, Row({"a": value}), (), null) for value in values]
    assert truth(plan, table, null).tolist() == expected


def test_loops_over_many_values_are_refused_with_their_place() -> None:
    total = {"reduce": [list(range(400)), {"+": [{"var": "current"}, {"var": "accumulator"}]}, {"var": "a"}]}
    table = two_columns(2_000, 4_000)
    with pytest.raises(TooMuchWork, match="on 2,000 different values") as refusal:
        answers({"and": [{"<": [{"var": "a"}, 9]}, {"<": [total, 9]}]}, BAD, table)
    assert refusal.value.pointer == "/and/1"


def test_a_few_hundred_values_in_simple_clauses_are_no_great_work() -> None:
    clauses = [{"==": [{"%": [{"var": name}, number]}, 1]} for number in range(2, 80) for name in "ab"]
    assert len(answers({"or": clauses}, BAD, two_columns(600, 2_000))) == 2_000


def test_equal_atoms_are_one_wherever_they_stand() -> None:
    plan = build(parse({"or": [{"and": [FACT, STATUS]}, {"!": FACT}, {"if": [STATUS, FACT, STATUS]}]}))
    assert len(plan.atoms) == 2


def test_conditions_inside_conditions_are_refused_before_they_explode() -> None:
    rule: Any = FACT
    for _ in range(20):
        rule = {"if": [rule, STATUS, FACT]}
    with pytest.raises(RuleError, match="too large"):
        build(parse(rule))


def test_a_cache_is_used_again_and_forgets_another_table() -> None:
    plan, table, cache = build(parse({"and": [FACT, STATUS, {"!": STATUS}]})), small(), AtomCache()
    first = truth(plan, table, BAD, cache)
    assert (len(cache), cache.nbytes) == (3, 12)
    first[:] = 9
    assert truth(plan, table, BAD, cache).tolist() == [0, 0, 0, 0]
    truth(plan, table, GOOD, cache)
    assert len(cache) == 6
    other = Table(1, {"oms.bit": Column.of([True], bit=True), "rr.status": Column.of(["GOOD"])})
    assert truth(build(parse(FACT)), other, BAD, cache).tolist() == [2]
    assert len(cache) == 1


def test_the_answer_of_a_single_clause_can_be_written_to_without_harm() -> None:
    plan, table, cache = build(parse(FACT)), small(), AtomCache()
    truth(plan, table, BAD, cache)[:] = 7
    assert truth(plan, table, BAD, cache).tolist() == [2, 0, 0, 0]


def test_an_empty_table_has_no_answers() -> None:
    empty = Table(0, {"a": Column.of([]), "b": Column.of([])})
    assert answers({"or": [{"<": [{"var": "a"}, {"var": "b"}]}, {"var": "a"}]}, GOOD, empty) == []


def test_columns_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadTable, match="2 rows, the table 3"):
        Table(3, {"a": Column.of([1, 2])})
    with pytest.raises(BadTable, match="no value"):
        Column(np.array([0, 2], np.uint8), (1, 2))
    with pytest.raises(BadTable, match="unsigned"):
        Column(np.array([0, 1]), (1, 2))


def test_a_dictionary_keeps_values_of_different_kinds_apart() -> None:
    column = Column.of([1, True, "1", 1, None, MISSING, [1]])
    assert column.values == (1, True, "1", None, MISSING, [1])
    assert column.codes.dtype == np.uint8
    assert Table(7, {"a": column}).row(5, frozenset("a")) == Row(a=MISSING)


def test_fifty_clauses_over_seventy_thousand_rows_take_milliseconds() -> None:
    generator, rows = np.random.default_rng(1), 70_000
    codes = (generator.random((50, rows)) < 0.02).astype(np.uint8)
    table = Table(rows, {f"c{i}": Column(codes[i], (True, False, None), bit=True) for i in range(50)})
    plan = build(parse({"and": [{"==": [{"var": f"c{i}"}, True]} for i in range(50)]}))
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        found = truth(plan, table, UNKNOWN)
        times.append(time.perf_counter() - begun)
    assert (found == 2).tolist() == (codes.sum(axis=0) == 0).tolist()
    assert min(times) < 0.05


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"if": [FACT, True, True]}, [2, 2, 2, 2]),
        ({"if": [FACT, STATUS, STATUS]}, [2, 1, 2, 1]),
        ({"if": [FACT, True, False]}, [2, 0, 1, 1]),
        ({"!": [{"if": [FACT, False, STATUS, False, False]}]}, [2, 2, 2, 2]),
        ({"if": [FACT, False]}, [0, 0, 0, 0]),
    ],
)
def test_a_choice_with_an_open_condition_has_the_value_both_results_agree_on(
    rule: Any, expected: list[int]
) -> None:
    assert answers(rule, UNKNOWN) == expected


def test_a_choice_settled_by_both_results_is_explained_by_them() -> None:
    trace = explain_row(build(parse({"if": [FACT, STATUS, {"!!": [STATUS]}]})), small(), 2, UNKNOWN)
    assert trace.truth == 2
    assert {leaf.text for leaf in blame(trace)} == {"rr.status = GOOD"}
