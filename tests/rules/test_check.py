"""Diagnostics: every pitfall of json-logic-js is found, in its place, and nothing makes the checker fail."""

import itertools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.frames.schema import SCHEMA
from rules.check import Finding, check, diagnose
from rules.engine import truth
from rules.plan import build
from rules.schema import Schema, Variable
from rules.syntax import parse
from rules.table import Column, Table
from rules.unknown import NullPolicy

DATA = Path(__file__).parent.parent / "data" / "rules"
SMALL = Schema(
    [
        Variable("bit", "boolean"),
        Variable("sure", "boolean", False),
        Variable("energy", "number", unit="GeV", lowest=0),
        Variable("length", "number", False, lowest=1),
        Variable("key", "text"),
        Variable("status", "choice", False, ("GOOD", "BAD", "EMPTY")),
        Variable("parts", "list"),
    ]
)
ENERGY, KEY, STATUS, BIT = {"var": "energy"}, {"var": "key"}, {"var": "status"}, {"var": "bit"}
SURE, LENGTH, PARTS = {"var": "sure"}, {"var": "length"}, {"var": "parts"}


def found(source: Any, schema: Schema = SMALL, null: NullPolicy = NullPolicy.BAD) -> set[tuple[str, str]]:
    return {(each.code, each.pointer) for each in diagnose(source, schema, null)}


@pytest.mark.parametrize(
    ("rule", "code", "pointer"),
    [
        ({"<=": [ENERGY, 7000]}, "null-passes", ""),
        ({">=": [ENERGY, 0]}, "null-passes", ""),
        ({"<=": [0, ENERGY, 5]}, "null-passes", ""),
        ({"!=": [KEY, "BAD"]}, "null-passes", ""),
        ({"!": [{"==": [BIT, True]}]}, "null-passes", "/!/0"),
        ({"!=": [{"var": "statuss"}, "BAD"]}, "unknown-variable", "/!=/0"),
        ({"missing": ["statuss"]}, "unknown-variable", ""),
        ({"==": [{"var": "key.length"}, 3]}, "unknown-variable", "/==/0"),
        ({"==": [BIT, False]}, "null-not-false", ""),
        ({"and": [STATUS, SURE]}, "non-boolean-condition", "/and/0"),
        ({"if": [ENERGY, True, False]}, "non-boolean-condition", "/if/0"),
        ({"and": [{"+": [ENERGY, 1]}]}, "non-boolean-condition", "/and/0"),
        ({"==": [BIT, "true"]}, "type-mismatch", ""),
        ({"==": [BIT, 1]}, "type-mismatch", ""),
        ({">=": [KEY, 3.7]}, "type-mismatch", ""),
        ({">": [ENERGY, None]}, "type-mismatch", ""),
        ({"in": [LENGTH, ["a"]]}, "type-mismatch", ""),
        ({"in": ["a", ENERGY]}, "type-mismatch", ""),
        ({"<": [KEY, "9"]}, "string-order", ""),
        ({"in": [KEY, "25ns"]}, "in-reversed", ""),
        ({"==": [{"in": [KEY, "WMass"]}, False]}, "in-reversed", "/==/0"),
        ({"!": [{"in": ["WMass", KEY]}]}, "null-contains-nothing", "/!/0"),
        ({"in": ["", KEY]}, "empty-text", ""),
        ({"==": [1, 1], ">": [3, 2]}, "two-keys", ""),
        ({"and": []}, "arity", ""),
        ({"and": [SURE, {"=": [1, 1]}]}, "unknown-operator", "/and/1"),
        ({"==": [LENGTH, 1, 2]}, "arity", ""),
        ({">": [3, 2, LENGTH]}, "arity", ""),
        ({"!": [SURE, SURE]}, "arity", ""),
        ({"if": [SURE, True]}, "no-else", ""),
        ({">": [{"+": [ENERGY, 1]}, 2]}, "null-nan", "/>/0"),
        ({">": [{"/": [1, LENGTH]}, 5]}, "division", "/>/0"),
        ({"==": [ENERGY, 0.3]}, "float-equality", ""),
        ({"==": [{"var": ["energy", 5]}, 5]}, "default-only-when-absent", "/==/0"),
        ({"all": [PARTS, {"==": [{"var": ""}, 1]}]}, "empty-list", ""),
        ({"some": [PARTS, {"==": [ENERGY, 1]}]}, "outer-variable", "/some/1/==/0"),
        ({"==": ["Good", STATUS]}, "not-in-enum", ""),
        ({"in": [STATUS, ["GOOD", "Bad"]]}, "not-in-enum", ""),
        ({"and": [{">": [ENERGY, 7000]}, {"<": [ENERGY, 6000]}]}, "contradiction", "/and/1"),
        ({"and": [{"==": [STATUS, "GOOD"]}, {"==": [STATUS, "BAD"]}]}, "contradiction", "/and/1"),
        ({"and": [{">": [ENERGY, 6]}, {">": [ENERGY, 5]}, SURE]}, "redundant", "/and/1"),
        ({"and": [{">=": [LENGTH, 1]}, SURE]}, "always-true", "/and/0"),
        ({"or": [{"<": [LENGTH, 1]}, SURE]}, "always-false", "/or/0"),
        ({"or": [{">": [LENGTH, 5]}, {"<=": [LENGTH, 5]}]}, "always-true", ""),
        ({"in": [STATUS, ["GOOD", "BAD", "EMPTY"]]}, "always-true", ""),
        ({"==": [1, 1]}, "always-true", ""),
        (True, "always-true", ""),
        (None, "always-false", ""),
        ('{"==": [NaN, 1]}', "not-finite", "/==/0"),
        ('{"==": [1, 1], "==": [1, 2]}', "duplicate-key", ""),
        ('{"==": [1,', "not-json", ""),
        ({"log": ["x"]}, "refused-operator", ""),
    ],
)
def test_a_pitfall_is_found_where_it_stands(rule: Any, code: str, pointer: str) -> None:
    assert (code, pointer) in found(rule)


@pytest.mark.parametrize(
    "rule",
    [
        {"==": [SURE, True]},
        {"and": [{">=": [ENERGY, 6000]}, {"==": [STATUS, "GOOD"]}, {"in": ["25ns", KEY]}]},
        {"==": [ENERGY, None]},
        {"or": [{"missing": ["energy"]}, {">": [ENERGY, 5]}]},
        {"and": [{"in": ["a", KEY]}, {"in": ["b", KEY]}, {"in": ["c", KEY]}]},
        {"in": [STATUS, ["GOOD", "BAD"]]},
        {"if": [{"==": [SURE, True]}, True, False]},
        {"<": [1, LENGTH, 5]},
    ],
)
def test_a_sound_rule_has_no_finding(rule: Any) -> None:
    assert found(rule) == set()


def test_null_cannot_pass_unseen_where_it_leaves_the_answer_open() -> None:
    rule = {"and": [{"<=": [ENERGY, 7000]}, {"==": [BIT, False]}]}
    assert found(rule) == {("null-passes", "/and/0"), ("null-not-false", "/and/1")}
    assert found(rule, null=NullPolicy.UNKNOWN) == set()


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


def nested(depth: int) -> Any:
    rule: Any = SURE
    for _ in range(depth):
        rule = {"!": rule}
    return rule


@pytest.mark.parametrize(
    "source",
    [
        "[" * 100_000,
        '{"!":' * 1000 + "true" + "}" * 1000,
        nested(100_000),
        [0] * 1_000_000,
        dict.fromkeys(map(str, range(1_000_000)), 1),
        "[" + "0," * 1_000_000 + "0]",
        '{"==": [%s, 1]}' % ("9" * 100_000),
        {"==": [10**400, 1]},
        {"==": [KEY, "\ud800"]},
        {"and": [{"==": [{"var": f"run.oms.x{n}y"}, 1]} for n in range(450)]},
        {"and": [{">": [ENERGY, n + 0.5]} for n in range(490)]},
        {"in": [LENGTH, list(range(999))]},
        {"if": [*itertools.chain(*([{"==": [ENERGY, n]}, True] for n in range(300))), False]},
        {1: 2},
        {"": 1},
        b"bytes",
        float("nan"),
        object(),
        "",
        "\x00",
    ],
    ids=lambda source: type(source).__name__,
)
def test_nothing_anybody_writes_makes_the_checker_fail(source: Any) -> None:
    assert all(isinstance(each, Finding) and each.message for each in diagnose(source, SCHEMA))


_NAMES = st.sampled_from(["and", "!", "var", "if", "in", "==", "<", "+", "all", "x"])
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
_JSON = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=2),
)


@given(st.text() | _JSON)
def test_arbitrary_json_or_text_gives_findings_and_no_exception(source: Any) -> None:
    for each in diagnose(source, SMALL):
        assert each.severity in ("error", "warning", "info")


ROWS: list[dict[str, Any]] = [
    {"sure": sure, "length": length, "energy": energy, "status": status}
    for sure in (True, False)
    for length in (1, 1.5, 2, 3, 4, 9)
    for energy in (None, 0, 0.5, 1, 2, 2.5, 3, 9)
    for status in ("GOOD", "BAD", "EMPTY")
]
_TABLE = Table(len(ROWS), {name: Column.of([row[name] for row in ROWS]) for name in ROWS[0]})
_LEAVES = st.one_of(
    st.builds(lambda v, op, n: {op: [{"var": v}, n]}, st.sampled_from(["length", "energy"]),
              st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.integers(0, 4)),
    st.builds(lambda op, s: {op: [STATUS, s]}, st.sampled_from(["==", "!="]), st.sampled_from(["GOOD", "BAD"])),
    st.builds(lambda s: {"==": [SURE, s]}, st.booleans()),
)  # fmt: skip


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda op, parts: {op: parts}, st.sampled_from(["and", "or"]), several),
        st.builds(lambda part: {"!": [part]}, inner),
        st.builds(lambda a, b, c: {"if": [a, b, c]}, inner, inner, inner),
    )


_RULES = st.recursive(_LEAVES, _grown, max_leaves=6)


@given(_RULES)
def test_what_is_called_constant_is_constant_on_every_row(logic: Any) -> None:
    rule = parse(logic)
    selected = truth(build(rule), _TABLE, NullPolicy.BAD) == 2
    codes = {each.code for each in check(rule, SMALL) if each.pointer == "" and each.severity == "error"}
    if "always-true" in codes:
        assert selected.all()
    if {"always-false", "contradiction"} & codes:
        assert not selected.any()


def test_a_schema_suggests_what_a_wrong_name_may_have_meant() -> None:
    assert SCHEMA.suggest("run.name")[0] == "dataset.name"
    assert SCHEMA.suggest("lumisection.rr.dt_dt")[0] == "lumisection.rr.dt-dt"
    assert SCHEMA.suggest("zzzz") == ()


def test_flags_are_variables_that_are_true_or_false_and_never_null() -> None:
    flagged = SMALL.with_flags(["beams"])
    assert found({"var": "flag.beams"}, flagged) == set()
    assert ("type-mismatch", "") in found({"==": [{"var": "flag.beams"}, "GOOD"]}, flagged)
    assert ("unknown-variable", "") in found({"var": "flag.beam"}, flagged)
    assert flagged.digest != SMALL.digest


def test_the_schema_says_of_each_variable_what_it_is() -> None:
    assert all(each.doc and each.level for each in SCHEMA)
    assert json.dumps(SCHEMA.get("run.oms.energy"), default=vars).count("GeV") == 1
