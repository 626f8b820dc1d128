import itertools
import math
from typing import Any

import pytest

from rules.coercion import number_text
from rules.errors import NotEvaluable
from rules.semantics import apply, compile_rule
from rules.values import MISSING
from tests.conftest import Counted
from tests.rules.recorded import matrix, official, oracle, same


def both(rule: Any, data: Any) -> Any:
    """Evaluate either way, and insist on one answer."""
    walked, compiled = apply(rule, data), compile_rule(rule)(data)
    assert repr(walked) == repr(compiled)
    return walked


def test_the_official_suite_holds_case_by_case(counted: Counted) -> None:
    cases = official()
    wrong = [case for case in cases if not same(both(case[0], case[1]), case[2])]
    counted("official JsonLogic suite", len(cases) - len(wrong), len(cases))
    assert (len(cases), wrong) == (277, [])


def test_every_operator_coerces_every_pair_of_values_as_json_logic_js_does(counted: Counted) -> None:
    recorded = matrix()
    values, cells, wrong = recorded["values"], 0, []
    for operator, table in recorded["table"].items():
        unary = operator in ("!", "!!")
        rule = {operator: [{"var": "a"}] if unary else [{"var": "a"}, {"var": "b"}]}
        for i, j in itertools.product(range(len(values)), range(1 if unary else len(values))):
            expected = table[i] if unary else table[i][j]
            cells += 1
            if not same(both(rule, {"a": values[i], "b": values[j]}), expected):
                wrong.append((operator, values[i], values[j], expected))
    counted("coercion matrix of json-logic-js 2.0.5", cells - len(wrong), cells)
    assert (cells, wrong) == (18_321, [])


def test_random_rules_on_random_data_give_what_json_logic_js_gave(counted: Counted) -> None:
    cases = oracle()
    wrong = [case for case in cases if not same(both(case["rule"], case["data"]), case["result"])]
    counted("recorded answers of json-logic-js 2.0.5", len(cases) - len(wrong), len(cases))
    assert (len(cases), wrong) == (4000, [])


@pytest.mark.parametrize(
    ("rule", "data", "expected"),
    [
        ({"and": []}, {}, MISSING),
        ({"<=": [{"var": "energy"}, 7000]}, {"energy": None}, True),
        ({"<": ["\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "\uffee"]}, {}, True),
        ({"==": ["\u0661", 1]}, {}, False),
        ({"==": ["1_0", 10]}, {}, False),
        ({"==": [" \ufeff0x1F\n", 31]}, {}, True),
        ({"==": ["-0x1F", -31]}, {}, False),
        ({"==": ["0x" + "f" * 300, math.inf]}, {}, True),
        ({"/": [1, {"-": [0]}]}, {}, -math.inf),
        (
            {"cat": [{"-": [0]}, 1e21, 1e-7, 123456789012345680000, 0.1]},
            {},
            "01e+211e-71234567890123456800000.1",
        ),
        ({"cat": [[1, None, [2]], None, True, {"and": []}]}, {}, "1,,2true"),
        ({"substr": ["jsonlogic", 1, "-2"]}, {}, ""),
        ({"substr": [{"var": "x"}, 1]}, {"x": "\U0001f600ab"}, "\ude00ab"),
        ({"+": ["3.8T", {"var": "gone"}]}, {}, {"__js": "NaN"}),
        ({"*": ["3"]}, {}, "3"),
        ({"%": [-7, 3]}, {}, -1.0),
        ({"max": []}, {}, -math.inf),
        ({"in": [None, "nullable"]}, {}, True),
        ({"var": ["x", 5]}, {"x": None}, None),
        ({"var": ["x", 5]}, {"x": MISSING}, 5),
        ({"var": "x.length"}, {"x": "abc"}, 3),
        ({"var": "x.constructor"}, {"x": "abc"}, None),
        ({"var": "a.1"}, {"a": [7, 8]}, 8),
        ({"all": [[], True]}, {}, False),
        ({"reduce": [[1, 2], {"+": [{"var": "current"}, {"var": "accumulator"}]}]}, {}, {"__js": "NaN"}),
        ({"if": [False, 1]}, {}, None),
        ({"==": [[1], [1]]}, {}, False),
        ({"==": [{"var": "x"}, {"var": "x"}]}, {"x": [1]}, True),
    ],
)
def test_javascript_is_followed_into_its_corners(rule: Any, data: Any, expected: Any) -> None:
    assert same(both(rule, data), expected)


@pytest.mark.parametrize("rule", [{"=": [1, 1]}, {"*": []}, {"missing_some": [1]}, {"log": 1}])
def test_what_has_no_value_is_an_error_and_never_false(rule: Any) -> None:
    with pytest.raises(NotEvaluable):
        apply(rule, {})
    with pytest.raises(NotEvaluable):
        compile_rule(rule)({})


def test_numbers_are_written_as_javascript_writes_them() -> None:
    numbers = [5e-324, 1e20, 1.5e300, -2.5, 0.000001, 1e-7, 2**53, 100.0, math.nan, -math.inf, -0.0]
    written = "5e-324 100000000000000000000 1.5e+300 -2.5 0.000001 1e-7 9007199254740992 100 NaN -Infinity 0"
    assert [number_text(number) for number in numbers] == written.split()
