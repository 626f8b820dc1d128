"""What a rule can become is bounded before it is evaluated: the bound holds, and does not explode by itself."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.rule_questions.guard import refuse_operators
from api.rule_questions.work import BUDGET, bound
from rules.errors import RulesError
from rules.operators import OPERATORS
from rules.semantics import apply
from rules.values import MISSING

LONG, LONGER = "a" * 60, "b" * 90
DATA = {
    "x": [LONG, 2, [3, LONGER]],
    "y": LONG,
    "z": [[LONG], [2, 2]],
    "n": None,
    "o": {"a": [1, LONG], "b": "c"},
}
_names = st.sampled_from(
    ["x", "y", "z", "n", "o.a", "x.2", "y.length", "current", "accumulator", "current.1", ""]
)
_leaves = st.one_of(
    _names.map(lambda name: {"var": name}),
    _names.map(lambda name: {"var": [name, LONGER]}),
    st.sampled_from([0, 1, LONG, LONGER, None, True, [], ["x", LONG], [{}] * 9, {"a": 1, "b": LONG}]),
)
_PLAIN = [
    "cat",
    "merge",
    "missing",
    "if",
    "and",
    "or",
    "+",
    "*",
    "max",
    "in",
    "==",
    "!",
    "substr",
    "missing_some",
]
_LOOPING = ["map", "filter", "reduce", "all", "some"]


def _grown(inner: Any) -> Any:
    operands = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        operands,
        st.builds(lambda name, parts: {name: parts}, st.sampled_from(_PLAIN), operands),
        st.builds(
            lambda name, items, body, start: {name: [items, body, start][: 3 if name == "reduce" else 2]},
            st.sampled_from(_LOOPING),
            *[inner] * 3,
        ),
    )


rules = st.recursive(_leaves, _grown, max_leaves=14)


def _length(value: Any) -> int:
    if isinstance(value, dict | list):
        inside = [*value, *value.values()] if isinstance(value, dict) else value
        return 2 + sum(_length(each) for each in inside)
    return len(str(value)) if isinstance(value, str) or value is MISSING else 4


@contextmanager
def counting() -> Iterator[list[str]]:
    """Give the list of operators that are evaluated meanwhile."""
    called: list[str] = []

    def counted(name: str, function: Any) -> Any:
        return lambda data, operands: (called.append(name), function(data, operands))[1]

    with pytest.MonkeyPatch.context() as patch:
        for name, function in OPERATORS.items():
            patch.setitem(OPERATORS, name, counted(name, function))
        yield called


@given(rules)
@settings(max_examples=600)
def test_no_rule_is_longer_or_more_work_than_its_bound(rule: Any) -> None:
    try:
        refuse_operators(rule)
        most = bound(rule, DATA)
        with counting() as called:
            value = apply(rule, DATA)
    except RulesError:
        return
    assert _length(value) <= most.size + 4
    assert 10 * len(called) <= most.work
    if isinstance(value, list):
        assert len(value) <= most.count


@pytest.mark.parametrize("levels", range(1, 31))
def test_a_bound_follows_what_doubles(levels: int) -> None:
    rule: Any = ["a"]
    for _ in range(levels):
        rule = {"map": [rule, {"cat": [{"var": ""}, {"var": ""}]}]}
    size = bound(rule, None).size
    assert 2**levels <= size
    if levels <= 12:
        assert size >= len(json.dumps(apply(rule, None)))
    assert (size > BUDGET) or levels < 20


def test_a_bound_does_not_double_where_nothing_does() -> None:
    rule: Any = {"var": "x"}
    for _ in range(30):
        rule = {"filter": [rule, {"<": [{"var": ""}, 9]}]}
    found = bound(rule, {"x": list(range(100))})
    assert found.count == 100
    assert found.work < BUDGET


def test_reading_part_of_the_data_does_not_cost_all_of_it() -> None:
    data = {"wide": list(range(5000)), "narrow": 1}
    assert bound({"==": [{"var": "narrow"}, 1]}, data).work < 100
    assert bound({"==": [{"var": "wide"}, 1]}, data).work > 5000
