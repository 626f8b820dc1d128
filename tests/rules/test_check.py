"""Diagnostics: every pitfall of json-logic-js is found, in its place, and nothing makes the checker fail."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.frames.schema import SCHEMA
from rules.check import Finding, diagnose
from rules.unknown import NullPolicy
from tests.rules.checked import (
    BIT,
    ENERGY,
    KEY,
    LENGTH,
    NAME,
    PARTS,
    SMALL,
    STATUS,
    SURE,
    found,
    said,
)

DATA = Path(__file__).parent.parent / "data" / "rules"
BIT_HOLDS: Any = {"==": [SURE, True]}
#: rule, severity, code, pointer; the numbers are those of the list of pitfalls in the study of json-logic-js
PITFALLS: dict[str, tuple[Any, str, str, str]] = {
    "1 null is at most anything": ({"<=": [ENERGY, 7000]}, "warning", "null-passes", ""),
    "2 null is at least 0": ({">=": [ENERGY, 0]}, "warning", "null-passes", ""),
    "2 null is between": ({"<=": [0, ENERGY, 5]}, "warning", "null-passes", ""),
    "2 null is not BAD": ({"!=": [KEY, "BAD"]}, "warning", "null-passes", ""),
    "2 null is not what another is": ({"!=": [KEY, NAME]}, "warning", "null-passes", ""),
    "2 null is at most another": ({"<=": [ENERGY, LENGTH]}, "warning", "null-passes", ""),
    "2 a bit that is not true": ({"!": [{"==": [BIT, True]}]}, "warning", "null-passes", "/!/0"),
    "2 null has no parts": ({"none": [PARTS, {"==": [{"var": ""}, 1]}]}, "warning", "null-passes", ""),
    "3 misspelt": ({"!=": [{"var": "statuss"}, "BAD"]}, "error", "unknown-variable", "/!=/0"),
    "3 misspelt and missing": ({"missing": ["statuss"]}, "error", "unknown-variable", ""),
    "3 misspelt in a default": (
        {"==": [{"var": ["key", {"var": "keyy"}]}, "x"]}, "error", "unknown-variable", "/==/0/var/1"
    ),
    "4 null is not false": ({"==": [BIT, False]}, "warning", "null-not-false", ""),
    "5 a status as a condition": ({"and": [STATUS, SURE]}, "error", "non-boolean-condition", "/and/0"),
    "5 a number as a condition": ({"if": [ENERGY, True, False]}, "error", "non-boolean-condition", "/if/0"),
    "5 a sum as a condition": ({"!": [{"-": [LENGTH, 1]}]}, "error", "non-boolean-condition", "/!/0"),
    "5 a text as a result": ({"if": [SURE, "GOOD", "BAD"]}, "error", "non-boolean-condition", "/if/2"),
    "6 a bit is no text": ({"==": [BIT, "true"]}, "error", "type-mismatch", ""),
    "6 a bit is no number": ({"==": [BIT, 1]}, "error", "type-mismatch", ""),
    "7 part of a constant": ({"in": [KEY, "25ns"]}, "error", "in-reversed", ""),
    "7 a list is part of nothing": ({"in": [["a", "b"], KEY]}, "error", "in-reversed", ""),
    "8 not part of a constant": ({"==": [{"in": [KEY, "WMass"]}, False]}, "error", "in-reversed", "/==/0"),
    "9 null as a text": ({"in": [KEY, NAME]}, "warning", "null-text", ""),
    "9 the empty text": ({"in": ["", KEY]}, "warning", "empty-text", ""),
    "9 not in null": ({"!": [{"in": ["WMass", KEY]}]}, "info", "null-contains-nothing", "/!/0"),
    "10 two keys": ({"and": [{"==": [1, 1], ">": [3, 2]}]}, "error", "two-keys", "/and/0"),
    "11 all of nothing": ({"or": [SURE, {"and": []}]}, "error", "arity", "/or/1"),
    "11 any of nothing": ({"or": []}, "error", "arity", ""),
    "12 unknown operator": ({"and": [SURE, {"=": [1, 1]}]}, "error", "unknown-operator", "/and/1"),
    "13 a third operand of ==": ({"==": [LENGTH, 1, 2]}, "error", "arity", ""),
    "13 a third operand of >": ({">": [3, 2, LENGTH]}, "error", "arity", ""),
    "13 one operand": ({"in": ["x"]}, "error", "arity", ""),
    "14 no else": ({"if": [SURE, True]}, "warning", "no-else", ""),
    "15 texts in order": ({"<": [KEY, "9"]}, "warning", "string-order", ""),
    "15 statuses in order": ({">": [STATUS, "BAD"]}, "warning", "string-order", ""),
    "15 a text and a number": ({">=": [KEY, 3.7]}, "error", "type-mismatch", ""),
    "15 a number written as a text": ({">=": [ENERGY, "6500"]}, "error", "type-mismatch", ""),
    "16 null in a sum": ({">": [{"+": [ENERGY, 1]}, 2]}, "warning", "null-nan", "/>/0"),
    "16 null in a difference": ({">": [{"-": [ENERGY, 1]}, 2]}, "warning", "null-nan", "/>/0"),
    "16 null in a maximum": ({">": [{"max": [ENERGY, -1]}, 2]}, "warning", "null-nan", "/>/0"),
    "16 arithmetic on a text": ({">": [{"*": [KEY, 2]}, 2]}, "error", "type-mismatch", "/>/0"),
    "17 division by 0": ({">": [{"/": [LENGTH, 0]}, 5]}, "warning", "division", "/>/0"),
    "17 division by what may be 0": ({">": [{"/": [LENGTH, ENERGY]}, 5]}, "info", "division", "/>/0"),
    "17 equal fractions": ({"==": [ENERGY, 0.3]}, "warning", "float-equality", ""),
    "17 equal sums": ({"==": [{"+": [0.1, 0.2]}, LENGTH]}, "warning", "float-equality", ""),
    "17 equal quotients": ({"!=": [{"/": [LENGTH, 3]}, 2]}, "warning", "float-equality", ""),
    "18 default": ({"==": [{"var": ["energy", 5]}, 5]}, "info", "default-only-when-absent", "/==/0"),
    "19 all of an empty list": ({"all": [PARTS, {"==": [{"var": ""}, 1]}]}, "warning", "empty-list", ""),
    "19 the data inside a loop": (
        {"some": [PARTS, {"==": [ENERGY, 1]}]}, "warning", "outer-variable", "/some/1/==/0"
    ),
    "19 a loop through a text": ({"some": [KEY, {"!": [{"var": ""}]}]}, "error", "type-mismatch", "/some/0"),
    "20 only the first is negated": ({"!": [SURE, SURE]}, "error", "arity", ""),
    "20 a list as a condition": ({"!!": [["0"]]}, "error", "non-boolean-condition", "/!!/0"),
    "20 an empty object": ({"!!": {}}, "error", "empty-object", "/!!"),
    "20 a list and a number": ({"==": [PARTS, 1]}, "error", "type-mismatch", ""),
    "20 equal lists": ({"==": [PARTS, [1]]}, "error", "type-mismatch", ""),
    "20 nothing is missing": ({"==": [{"missing": ["energy"]}, []]}, "error", "type-mismatch", ""),
    "21 the length of a text": ({"==": [{"var": "key.length"}, 3]}, "error", "unknown-variable", "/==/0"),
    "21 a member of a text": ({"!!": [{"var": "key.constructor"}]}, "error", "unknown-variable", "/!!/0"),
    "23 another spelling": ({"==": ["Good", STATUS]}, "error", "not-in-enum", ""),
    "23 another spelling in a list": ({"in": [STATUS, ["GOOD", "Bad"]]}, "error", "not-in-enum", ""),
    "24 contradiction": (
        {"and": [{">": [ENERGY, 7000]}, {"<": [ENERGY, 6000]}]}, "error", "contradiction", "/and/1"
    ),
    "24 redundant": ({"and": [{">": [ENERGY, 6]}, {">": [ENERGY, 5]}, SURE]}, "info", "redundant", "/and/1"),
    "24 a part that always holds": ({"and": [{">=": [LENGTH, 1]}, SURE]}, "warning", "always-true", "/and/0"),
    "24 a part that never holds": ({"or": [{"<": [LENGTH, 1]}, SURE]}, "warning", "always-false", "/or/0"),
    "24 a rule that always holds": ({"or": [BIT_HOLDS, {"!": [BIT_HOLDS]}]}, "error", "always-true", ""),
    "24 a rule that never holds": ({"and": [{"<": [LENGTH, 1]}, SURE]}, "error", "always-false", ""),
    "24 a rule that reads nothing": (True, "error", "always-true", ""),
    "25 duplicate keys": ('{"or": [{"==": [1, 1], "==": [1, 2]}]}', "error", "duplicate-key", "/or/0"),
    "25 NaN": ('{"==": [NaN, 1]}', "error", "not-finite", "/==/0"),
    "25 a comment": ('{"==": [1, 1]} // always', "error", "not-json", ""),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "severity", "code", "pointer"), PITFALLS.values(), ids=PITFALLS)
def test_a_pitfall_is_found_where_it_stands(rule: Any, severity: str, code: str, pointer: str) -> None:
    assert (severity, code, pointer) in found(rule)


@pytest.mark.parametrize(
    "rule",
    [
        {"==": [SURE, True]},
        {"==": [BIT, True]},
        {"and": [{">=": [ENERGY, 6000]}, {"==": [STATUS, "GOOD"]}, {"in": ["25ns", KEY]}]},
        {"==": [ENERGY, None]},
        {"!=": [KEY, None]},
        {"!": [{"missing": ["key"]}]},
        {"or": [{"missing": ["energy"]}, {">": [ENERGY, 5]}]},
        {"and": [{"in": ["a", KEY]}, {"in": ["b", KEY]}, {"in": ["c", KEY]}]},
        {"in": [STATUS, ["GOOD", "BAD"]]},
        {"in": [KEY, ["a", "b"]]},
        {"in": ["a", PARTS]},
        {"if": [{"==": [SURE, True]}, {">": [ENERGY, 5]}, {">": [ENERGY, 6]}]},
        {"if": [{"==": [SURE, True]}, True, False]},
        {"<": [1, LENGTH, 5]},
        {">": [{"/": [6, LENGTH]}, 5]},
        {"some": [PARTS, {"==": [{"var": ""}, "DT"]}]},
    ],
)
def test_a_sound_rule_has_no_finding(rule: Any) -> None:
    assert found(rule) == set()


def test_a_wrong_name_and_a_wrong_value_bring_what_was_meant() -> None:
    assert "Did you mean energy?" in said({">": [{"var": "enrgy"}, 5]})
    assert "Did you mean GOOD?" in said({"==": [STATUS, "good"]})
    assert "Did you mean missing" in said({"mising": ["key"]})


def test_a_reversed_in_is_told_how_it_is_written() -> None:
    assert '{"in": ["25ns", {"var": "key"}]}' in said({"in": [KEY, "25ns"]})
    assert '{"in": [{"var": "status"}, ["GOOD"]]}' in said({"in": [STATUS, "GOOD"]})


def test_a_text_that_is_no_json_is_told_its_line_and_column() -> None:
    assert "line 2, column 9" in said('{"and": [\n {"==": ]}')


def test_null_cannot_pass_where_it_leaves_the_answer_open_or_is_excused() -> None:
    rule = {"and": [{"<=": [ENERGY, 7000]}, {"==": [BIT, False]}]}
    assert found(rule) == {("warning", "null-passes", "/and/0"), ("warning", "null-not-false", "/and/1")}
    assert found(rule, NullPolicy.UNKNOWN) == found(rule, NullPolicy.GOOD) == set()


def test_a_null_that_another_condition_keeps_out_is_said_to_be_kept_out() -> None:
    cut: Any = {"<=": [ENERGY, 7000]}
    assert "keeps such rows out" in said({"and": [cut, {">=": [ENERGY, 6000]}]})
    assert "keeps such rows out" not in said({"and": [cut, {">=": [LENGTH, 6000]}]})
    assert "keeps such rows out" not in said({"and": [cut, {"or": [SURE, {">=": [ENERGY, 6000]}]}]})


def test_the_test_rule_of_the_system_in_use_has_seven_unknown_names_two_reversals_and_one_open_cut() -> None:
    findings = diagnose((DATA / "peer_test_rule.json").read_text(encoding="utf-8"), SCHEMA)
    unknown = [each for each in findings if each.code == "unknown-variable"]
    assert [each.pointer for each in unknown] == [f"/and/0/or/{n}/==/0" for n in range(7)]
    assert all("run.name" in each.message and "dataset.name" in each.message for each in unknown)
    rest = [(each.code, each.pointer) for each in findings if each.code != "unknown-variable"]
    assert rest == [("null-passes", "/and/2"), ("in-reversed", "/and/4"), ("in-reversed", "/and/5/==/0")]


def test_the_sample_rule_of_the_system_in_use_lets_a_missing_energy_pass() -> None:
    findings = diagnose((DATA / "peer_sample_rule.json").read_text(encoding="utf-8"), SCHEMA)
    assert [(each.code, each.pointer) for each in findings if each.severity != "info"] == [
        ("null-passes", "/and/1")
    ]


def test_findings_stand_in_the_order_of_the_rule() -> None:
    rule = {"and": [{"==": [{"var": "x"}, 1]}, {"in": [KEY, "a"]}, {"==": [{"var": "y"}, 1]}]}
    assert [each.pointer for each in diagnose(rule, SMALL)] == ["/and/0/==/0", "/and/1", "/and/2/==/0"]


def test_a_sentence_can_be_sent_whatever_the_rule_quotes() -> None:
    for name in ("\ud800", "x" * 900, "\x00"):
        for each in diagnose({"and": [{"==": [{"var": name}, 1]}, {"==": [STATUS, name]}]}, SMALL):
            assert len(each.message.encode("utf-8")) < 1000
    assert len(said({"y" * 5000: 1})) < 1000


def nested(depth: int) -> Any:
    rule: Any = SURE
    for _ in range(depth):
        rule = {"!": rule}
    return rule


def looping() -> Any:
    return {"some": [PARTS, {"some": [PARTS, {"==": [{"var": ""}, 1]}]}]}


HEAVY: dict[str, Any] = {
    "brackets": "[" * 100_000,
    "nested text": '{"!":' * 1000 + "true" + "}" * 1000,
    "nested": nested(100_000),
    "deepest allowed": nested(30),
    "a million elements": [0] * 1_000_000,
    "a million nodes": {"and": [{"and": [[0] * 1000] * 1000}]},
    "a million keys": dict.fromkeys(map(str, range(1_000_000)), 1),
    "a long text": "[" + "0," * 1_000_000 + "0]",
    "many keys in a text": "{" + ",".join(f'"{n}":1' for n in range(18_000)) + ',"7":2}',
    "100,000 digits": '{"==": [%s, 1]}' % ("9" * 100_000),
    "a large integer": {"==": [10**400, 1]},
    "a lone surrogate": {"==": [KEY, "\ud800"]},
    "450 wrong names": {"and": [{"==": [{"var": f"run.oms.x{n}y"}, 1]} for n in range(450)]},
    "450 wrong values": {"and": [{"==": [{"var": "lumisection.rr.dt-dt"}, f"G{n}"]} for n in range(450)]},
    "490 cuts": {"and": [{">": [{"var": "run.oms.energy"}, n + 0.5]} for n in range(490)]},
    "999 numbers": {"in": [{"var": "run.run_number"}, list(range(999))]},
    "300 conditions": {
        "if": [*itertools.chain(*([{"==": [{"var": "run.oms.energy"}, n]}, True] for n in range(300))), False]
    },
    "loops in loops": {"some": [list(range(900)), {"some": [list(range(900)), {"==": [{"var": ""}, -1]}]}]},
    "a key that is no text": {1: 2},
    "an empty key": {"": 1},
    "bytes": b"bytes",
    "NaN": float("nan"),
    "an object": object(),
    "nothing": "",
    "a zero byte": "\x00",
}


@pytest.mark.parametrize("source", HEAVY.values(), ids=HEAVY)
def test_nothing_anybody_writes_makes_the_checker_fail(source: Any) -> None:
    assert all(isinstance(each, Finding) and each.message for each in diagnose(source, SCHEMA))


_NAMES = st.sampled_from(["and", "!", "var", "if", "in", "==", "<", "+", "all", "missing", "reduce", "x"])
_SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["bit", "energy"])
)
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, min_size=1, max_size=2),
)


@given(st.text() | _JSON)
def test_arbitrary_json_or_text_gives_findings_and_no_exception(source: Any) -> None:
    for each in diagnose(source, SMALL):
        assert each.severity in ("error", "warning", "info")
    if not isinstance(source, str):
        assert diagnose(json.dumps(source), SMALL) is not None


def test_of_many_texts_a_choice_never_is_the_first_are_named_and_the_rest_counted() -> None:
    strange = [f"{number:03}{'x' * 100}" for number in range(390)]
    said = [each.message for each in diagnose({"in": [STATUS, strange]}, SMALL)]
    assert len(said) == 12
    assert said[10].endswith("is never any of 380 further texts of this list either.")
