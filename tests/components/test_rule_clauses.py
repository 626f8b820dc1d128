"""Clauses as rows and back: nothing is lost, and nobody writes JSON for the usual ones."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.rule_clauses import Row, Rows, logic_of, rows_from, rows_of, text_of

X = {"var": "run.oms.energy"}


@pytest.mark.parametrize(
    ("clause", "row"),
    [
        ({"==": [X, True]}, Row("run.oms.energy", "=", "true")),
        ({"==": [X, "GOOD"]}, Row("run.oms.energy", "=", "GOOD")),
        ({"==": [X, "12"]}, Row("run.oms.energy", "=", '"12"')),
        ({"!=": [X, ""]}, Row("run.oms.energy", "≠", '""')),
        ({">=": [X, 3.7]}, Row("run.oms.energy", "≥", "3.7")),
        ({"in": [X, ["A", "B"]]}, Row("run.oms.energy", "is one of", '"A", "B"')),
        ({"in": ["25ns", X]}, Row("run.oms.energy", "contains", "25ns")),
        ({"!": [{"in": ["WMass", X]}]}, Row("run.oms.energy", "does not contain", "WMass")),
        ({"==": [X, None]}, Row("run.oms.energy", "is unknown")),
        ({"!=": [X, None]}, Row("run.oms.energy", "is known")),
        ({"var": "flag.beams"}, Row("flag.beams", "holds")),
    ],
)
def test_a_usual_clause_is_a_row(clause: Any, row: Row) -> None:
    assert rows_of({"and": [clause]}).rows == (row,)
    assert logic_of(Rows((row,))) == {"and": [clause]}


@pytest.mark.parametrize(
    "clause",
    [
        {"or": [X, X]},
        {"==": [1, X]},
        {"<": [1, X, 2]},
        {"===": [X, 1]},
        {"==": [{"var": ["x", 1]}, 1]},
        {"!": X},
        True,
    ],
)
def test_any_other_clause_stays_the_json_it_is(clause: Any) -> None:
    (row,) = rows_of({"and": [clause]}).rows
    assert json.loads(row.json) == clause
    assert logic_of(Rows((row,))) == {"and": [clause]}


_SCALARS = st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.floats(allow_nan=False) | st.text()
_LOGIC = st.recursive(
    _SCALARS | st.builds(lambda name: {"var": name}, st.text()),
    lambda inner: st.dictionaries(
        st.sampled_from(["and", "or", "!", "in", "==", "!=", "<", "var"]),
        st.lists(inner, max_size=3) | inner,
        min_size=1,
        max_size=1,
    ),
    max_leaves=12,
)


@given(_LOGIC)
def test_no_rule_changes_on_its_way_through_rows_and_text(logic: Any) -> None:
    rows = rows_of(logic)
    assert json.dumps(logic_of(rows)) == json.dumps(logic)
    assert json.dumps(json.loads(text_of(logic))) == json.dumps(logic)
    form = [(row.variable, row.operator, row.value, row.json) for row in rows.rows]
    assert rows_from(form, rows.root) == rows


def test_words_between_commas_are_a_list() -> None:
    assert logic_of(Rows((Row("x", "is one of", "GOOD, BAD"),), "one")) == {
        "in": [{"var": "x"}, ["GOOD", "BAD"]]
    }
