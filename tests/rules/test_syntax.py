import hashlib
import json
from typing import Any

import pytest

from rules.errors import RuleError, RulesError, UnknownVariable
from rules.explain import explain
from rules.plan import build
from rules.syntax import Limits, parse
from rules.unknown import NullPolicy


def nested(levels: int) -> Any:
    rule: Any = True
    for _ in range(levels):
        rule = {"!": [rule]}
    return rule


def doubled(levels: int) -> Any:
    rule: Any = ["a"]
    for _ in range(levels):
        rule = {"map": [rule, {"cat": [{"var": ""}, {"var": ""}]}]}
    return rule


REFUSALS: list[tuple[Any, str, str]] = [
    ("{", "not-json", ""),
    ('{"==": [1, 1]} // comment', "not-json", ""),
    ('{"and": [{"==": [1, 1], "==": [2, 2]}]}', "duplicate-key", "/and/0"),
    ('{"==": [NaN, 1]}', "not-finite", "/==/0"),
    ('{"==": [1, -Infinity]}', "not-finite", "/==/1"),
    ('{"==": [1, 1e999]}', "not-finite", "/==/1"),
    (f'{{"==": [1, {"9" * 400}]}}', "not-finite", "/==/1"),
    ({"==": [1, 10**400]}, "not-finite", "/==/1"),
    ({"and": [{"=": [1, 1]}]}, "unknown-operator", "/and/0"),
    ({"!": {"/": [{"xor": [1, 1]}, 1]}}, "unknown-operator", "/!/~1/0"),
    ({"log": "x"}, "refused-operator", ""),
    ({"method": ["x", "toString"]}, "refused-operator", ""),
    ({"or": [{"==": [1, 1], ">": [1, 0]}]}, "two-keys", "/or/0"),
    ('{"or": [{"==": [1, 1], ">": [1, 0]}]}', "two-keys", "/or/0"),
    ({"!!": {}}, "empty-object", "/!!"),
    ({"var": {"cat": ["a", "b"]}}, "computed-variable", ""),
    ('{"var": [{"cat": ["a", "b"]}]}', "computed-variable", ""),
    ('{"missing": {"merge": ["a"]}}', "computed-variable", ""),
    ({"missing_some": [1, ["a", {"var": "b"}]]}, "computed-variable", ""),
    ({"missing_some": [1, "a"]}, "missing-some-operands", ""),
    ({"!": {"var": ""}}, "whole-row", "/!"),
    ({"!": {"var": []}}, "whole-row", "/!"),
    ({"*": []}, "no-operands", ""),
    (nested(33), "too-deep", "/!/0" * 33),
    ("[" * 100_000, "too-deep", ""),
    (json.dumps(nested(40)), "too-deep", ""),
    ({"and": [[True] * 999 for _ in range(3)]}, "too-large", ""),
    ({"in": ["x", "y" * 1001]}, "string-too-long", "/in/1"),
    ({"in": [1, [0] * 1001]}, "list-too-long", "/in/1"),
    ({"and": [True] * 1001}, "list-too-long", ""),
    (" " * 200_001, "too-long", ""),
    ({"==": [1, {1, 2}]}, "not-json", "/==/1"),
    ({1: [1]}, "not-json", ""),
    ({"map": [[1], {"map": [[1], {"map": [[1], 1]}]}]}, "too-many-loops", "/map/1/map/1"),
    ({"reduce": [[1], {"cat": [{"var": "accumulator"}] * 2}, "x"]}, "unbounded-growth", "/reduce/1"),
    ({"reduce": [[1], [{"var": "accumulator"}], 1]}, "unbounded-growth", "/reduce/1"),
    ({"==": [doubled(25), "x"]}, "too-costly", ""),
]


@pytest.mark.parametrize(("source", "code", "pointer"), REFUSALS)
def test_a_bad_rule_is_refused_with_its_place_and_a_sentence(source: Any, code: str, pointer: str) -> None:
    with pytest.raises(RuleError) as refusal:
        parse(source)
    assert (refusal.value.code, refusal.value.pointer) == (code, pointer)
    assert refusal.value.message.endswith((".", "?"))
    assert isinstance(refusal.value, RulesError)


def test_a_misspelt_operator_brings_a_suggestion() -> None:
    with pytest.raises(RuleError, match="Did you mean missing"):
        parse({"mising": "x"})


def test_the_limits_can_be_tightened() -> None:
    with pytest.raises(RuleError, match="deeper than 1"):
        parse({"!": {"!": True}}, Limits(depth=1))


def test_a_rule_has_one_canonical_form_however_it_was_written() -> None:
    texts = [
        '{"==":[{"var":"a"},6500]}',
        ' { "==" : [ {"var" : "a"} , 6500.0 ] } ',
        '{"==":[{"var":"a"},65e2]}',
    ]
    rules = {parse(text) for text in texts} | {parse(json.loads(texts[1]))}
    assert len(rules) == 1
    (rule,) = rules
    assert rule.canonical == texts[0]
    assert rule.digest == hashlib.sha256(rule.canonical.encode()).hexdigest()
    assert parse(rule.canonical) == rule


def test_a_negative_zero_survives_reading() -> None:
    assert parse('{"/":[1,-0]}').canonical == '{"/":[1,-0.0]}'


def test_large_integers_become_doubles_as_in_javascript() -> None:
    assert parse("9007199254740993").ast == 9007199254740992.0


def test_brackets_inside_quotes_do_not_count_as_nesting() -> None:
    assert parse(json.dumps({"in": ['\\"[' * 300, "x"]})).depth == 1


def test_a_rule_knows_the_variables_it_reads_outside_loops() -> None:
    body = {"==": [{"var": "inner"}, 1]}
    rule = parse(
        {
            "and": [
                {"some": [{"var": "list"}, body]},
                {"missing": ["m1", "m2"]},
                {"missing": "m3"},
                {"missing_some": [1, ["m4"]]},
                {"==": [{"var": ["a.b", {"var": "c"}]}, {"var": 1}]},
            ]
        }
    )
    assert rule.variables == {"list", "m1", "m2", "m3", "m4", "a.b", "c", "1"}
    assert (rule.depth, rule.nodes) == (4, 24)


def test_an_unknown_variable_names_what_was_meant() -> None:
    assert str(UnknownVariable("x")) == "There is no variable called x."
    assert str(UnknownVariable("x", ["y", "z"])).endswith("Did you mean y or z?")


def test_loops_over_what_a_row_may_hold_are_read() -> None:
    rule = {"all": [{"var": "a"}, {"some": [{"var": "b"}, {"==": [{"var": ""}, 1]}]}]}
    assert parse(rule).variables == {"a"}
    assert parse({"==": [doubled(4), "x"]}).depth == 7


@pytest.mark.parametrize(("name", "said"), [(-0.0, "0"), (1e21, "1e+21"), (5, "5"), (0.5, "0.5")])
def test_a_number_names_a_variable_as_javascript_writes_it(name: float, said: str) -> None:
    assert parse({"missing": [name]}).variables == {said}
    trace = explain(build(parse({"missing": [name]})), {said: None}, NullPolicy.UNKNOWN, bits=())
    assert trace.value == [name]
