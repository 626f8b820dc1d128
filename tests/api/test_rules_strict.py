"""Mode strict over HTTP: what is not known never makes a rule hold."""

from typing import Any

from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.values import MISSING
from tests.api import test_rules
from tests.rules import strategies

door = test_rules.door
NULLABLE = sorted(name for name, values in strategies.VALUES.items() if None in values)
COMPARISONS = ["==", "!=", "===", "!==", "<", "<=", ">", ">="]
# the door is the same for every example
_few = settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])

_constants = st.sampled_from([True, False, 0, -1, 3.8, "GOOD", "", "null"])
comparisons = st.builds(
    lambda operator, name, constant, swap: {operator: [constant, {"var": name}][:: -1 if swap else 1]},
    st.sampled_from(COMPARISONS),
    st.sampled_from(NULLABLE),
    _constants,
    st.booleans(),
)
unguarded = st.recursive(
    comparisons,
    lambda inner: st.one_of(
        st.builds(
            lambda name, parts: {name: parts}, st.sampled_from(["and", "or"]), st.lists(inner, min_size=1)
        ),
        inner.map(lambda part: {"!": [part]}),
        st.tuples(inner, inner, inner).map(lambda parts: {"if": list(parts)}),
    ),
    max_leaves=6,
)
rows = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in strategies.VALUES.items()})


def nested(row: dict[str, Any]) -> dict[str, Any]:
    """Return data as JSON holds them: a dot in a name is a level, and what is missing is not there."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        group, _, last = name.partition(".")
        if value is not MISSING:
            found.setdefault(group, {})[last] = value
    return found


def ask(door: FlaskClient, rule: Any, row: dict[str, Any]) -> dict[str, Any]:
    answer = door.post("/api/v1/rules/evaluate", json={"rule": rule, "data": nested(row), "mode": "strict"})
    assert answer.status_code == 200, answer.get_json()
    found: dict[str, Any] = answer.get_json()
    return found


@given(comparisons, strategies.rules, rows, st.sampled_from([None, MISSING]), st.booleans())
@_few
def test_a_comparison_with_null_never_lets_a_rule_hold(
    door: FlaskClient, comparison: Any, other: Any, row: dict[str, Any], absent: Any, negated: bool
) -> None:
    ((_, operands),) = comparison.items()
    name = next(each["var"] for each in operands if isinstance(each, dict))
    part = {"!": [comparison]} if negated else comparison
    found = ask(door, {"and": [part, other]}, {**row, name: absent})
    assert found["result"] is not True
    assert (name in found["unknown"]) is (found["result"] is None)
    assert ask(door, {"if": [part, True, False]}, {**row, name: absent}) == {"result": None, "unknown": [name]}


@given(unguarded, rows, rows)
@_few
def test_an_answer_that_is_not_open_stays_when_more_is_known(
    door: FlaskClient, rule: Any, row: dict[str, Any], known: dict[str, Any]
) -> None:
    before = ask(door, rule, row)
    filled = {name: known[name] if value in (None, MISSING) else value for name, value in row.items()}
    after = ask(door, rule, filled)
    assert before["result"] is None or after["result"] is before["result"]
    assert set(after["unknown"]) <= {name for name, value in filled.items() if value in (None, MISSING)}
