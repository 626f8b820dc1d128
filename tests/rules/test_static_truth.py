"""What is called constant, contradictory or redundant is so on every row there can be."""

import json
from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rules import witnesses
from rules.check import Finding, check, diagnose
from rules.engine import truth
from rules.plan import build
from rules.schema import Schema, Variable
from rules.static_truth import BUDGET, Judgement
from rules.syntax import parse
from rules.table import Column, Table
from rules.unknown import TRUE, NullPolicy
from tests.rules import strategies
from tests.rules.checked import BIT, ENERGY, KEY, LENGTH, NAME, SMALL, STATUS, SURE, codes, found

BAD, GOOD, UNKNOWN = NullPolicy
#: what each variable of a small world can hold, and one number between and beyond all constants used
WORLD: dict[str, list[Any]] = {
    "bit": [True, False, None],
    "sure": [True, False],
    "energy": [None, 0, 0.5, 1, 1.5, 2, 2.5, 3, 9],
    "length": [1, 1.5, 2, 2.5, 3, 9],
    "key": [None, "", "a", "b", "zz"],
    "status": ["GOOD", "BAD", "EMPTY"],
}
_CONSTANTS = {**{name: [*held, None] for name, held in WORLD.items()}, "energy": [0, 1, 2], "length": [1, 2, 3]}
DRAWN = {
    "oms.bit_a": Variable("oms.bit_a", "boolean"),
    "oms.bit_b": Variable("oms.bit_b", "boolean"),
    "rr.status": Variable("rr.status", "choice", True, ("GOOD", "BAD", "STANDBY", "")),
    "oms.number": Variable("oms.number", "number", lowest=-1, highest=6500),
    "oms.text": Variable("oms.text", "text"),
    "oms.list": Variable("oms.list", "list"),
}
many = settings(max_examples=300, suppress_health_check=list(HealthCheck))


@st.composite
def _leaves(draw: st.DrawFn) -> Any:
    name = draw(st.sampled_from(sorted(WORLD)))
    constant = st.sampled_from(_CONSTANTS[name])
    variable = {"var": name}
    shape = draw(st.sampled_from(["compared", "compared", "compared", "in", "bare", "missing", "two"]))
    if shape == "in":
        return {"in": [variable, draw(st.lists(constant, max_size=3))]}
    if shape == "bare":
        return variable
    if shape == "missing":
        return {"missing": [name]}
    other = {"var": draw(st.sampled_from(sorted(WORLD)))} if shape == "two" else draw(constant)
    operator = draw(st.sampled_from(["==", "!=", "===", "!==", "<", "<=", ">", ">="]))
    return {operator: [other, variable] if draw(st.booleans()) else [variable, other]}


def _grown(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=1, max_size=4)
    results = inner | st.booleans()
    return st.one_of(
        st.builds(lambda op, parts: {op: parts}, st.sampled_from(["and", "or"]), several),
        st.builds(lambda op, part: {op: [part]}, st.sampled_from(["!", "!!"]), inner),
        st.builds(lambda op, part, to: {op: [part, to]}, st.sampled_from(["==", "!="]), inner, st.booleans()),
        st.builds(lambda a, b, c, d, e: {"if": [a, b, c, d, e]}, inner, results, inner, results, results),
    )


_rules = st.recursive(_leaves(), _grown, max_leaves=8)


def selected(logic: Any, world: dict[str, list[Any]], null: NullPolicy) -> np.ndarray:
    """Return for each row there can be whether a rule selects it."""
    rule = parse(json.dumps(logic))
    names = sorted(rule.variables)
    assume(len(names) <= 4)
    rows = list(product(*(world[name] for name in names)))
    columns = {
        name: Column.of([row[place] for row in rows], bit=name in ("bit", *strategies.BITS))
        for place, name in enumerate(names)
    }
    return truth(build(rule), Table(len(rows), columns), null) == TRUE


def part(logic: Any, pointer: str) -> Any:
    """Return what stands at a place."""
    for token in pointer.split("/")[1:]:
        below = logic[int(token)] if isinstance(logic, list) else logic
        logic = below.get(token, below) if isinstance(logic, dict) and isinstance(below, dict) else below
    return logic


def _confirm(finding: Finding, logic: Any, world: dict[str, list[Any]], null: NullPolicy) -> None:
    if finding.code == "always-true":
        assert selected(part(logic, finding.pointer), world, null).all(), finding
    if finding.code == "always-false":
        assert not selected(part(logic, finding.pointer), world, null).any(), finding


@many
@given(_rules)
def test_what_is_called_constant_is_constant_on_every_row(logic: Any) -> None:
    rule = parse(logic)
    for null in NullPolicy:
        for finding in check(rule, SMALL, null):
            # what a policy makes of a part depends on whether the part is negated in the whole
            if null is BAD or not finding.pointer:
                _confirm(finding, rule.ast, WORLD, null)


@many
@given(strategies.rules)
def test_what_is_called_constant_is_constant_whatever_the_operators(logic: Any) -> None:
    world = {name: [v for v in strategies.VALUES[name] if v != "3.8"] for name in DRAWN}
    rule = parse(json.dumps(logic))
    for finding in check(rule, Schema(DRAWN.values())):
        _confirm(finding, rule.ast, world, BAD)


@many
@given(_rules)
def test_a_rule_means_the_same_without_its_redundant_parts(logic: Any) -> None:
    ast = parse(logic).ast
    before = selected(ast, WORLD, BAD)
    gone: list[str] = []
    for finding in check(parse(ast), SMALL):
        inside = any(finding.pointer.startswith(f"{each}/") for each in gone)
        if finding.code == "redundant" and not inside:
            parent, _, place = finding.pointer.rpartition("/")
            # true in an `and`, false in an `or`: nothing is asked there any more
            part(ast, parent)[int(place)] = parent.endswith("and")
            gone.append(finding.pointer)
    names = parse(logic).variables
    kept = {"and": [ast, *({"or": [True, {"==": [{"var": name}, None]}]} for name in sorted(names))]}
    assert (selected(kept, WORLD, BAD) == before).all()


@many
@given(st.lists(_leaves(), min_size=2, max_size=4))
def test_a_contradiction_is_one(leaves: Any) -> None:
    rule: Any = {"and": leaves}
    if "contradiction" in codes(rule):
        assert not selected(rule, WORLD, BAD).any()


@pytest.mark.parametrize(
    "rule",
    [
        {"in": [STATUS, [KEY]]},
        {"==": [STATUS, {"cat": [NAME]}]},
        {"==": [NAME, ["a", "b"]]},
        {"<=": [LENGTH, 1e300]},
        {"<=": [LENGTH, 2**53 + 2]},
        {"in": [SURE, [True]]},
        {"==": [NAME, "…"]},
        {"==": [{"var": ["bit", True]}, BIT]},
        {"!=": [{"var": ["bit", None]}, {"var": ["bit", False]}]},
        {"==": [{"var": "empty"}, "GOOD"]},
        {"some": [[1, 2], {"==": [{"var": ""}, 3]}]},
    ],
)
def test_nothing_is_called_constant_that_data_can_change(rule: Any) -> None:
    schema = Schema([*SMALL, Variable("empty", "choice", False)])
    assert not {"always-true", "always-false"} & {code for _, code, _ in found(rule, BAD, schema)}


@pytest.mark.parametrize(
    ("rule", "code", "pointer"),
    [
        ({"or": [{">": [LENGTH, 5]}, {"<=": [LENGTH, 5]}]}, "always-true", ""),
        ({"in": [STATUS, ["GOOD", "BAD", "EMPTY"]]}, "always-true", ""),
        ({"!": [{"<": [LENGTH, 1]}]}, "always-true", ""),
        ({"==": [{"<": [LENGTH, 1]}, False]}, "always-true", ""),
        ({"and": [SURE, {"!": [{"<": [LENGTH, 1]}]}]}, "always-false", "/and/1/!/0"),
        ({"if": [{">=": [LENGTH, 1]}, {"==": [BIT, True]}, False]}, "always-true", "/if/0"),
        ({"if": [{">=": [LENGTH, 1]}, {">": [LENGTH, 0]}, False]}, "always-true", ""),
        ({"and": [{"==": [STATUS, "GOOD"]}, {"==": [STATUS, "BAD"]}]}, "contradiction", "/and/1"),
        ({"and": [{">": [LENGTH, 7]}, {"and": [SURE, {"<": [LENGTH, 6]}]}]}, "contradiction", "/and/1/and/1"),
        ({"or": [SURE, {"and": [{"==": [NAME, "a"]}, {"==": [NAME, "b"]}]}]}, "contradiction", "/or/1/and/1"),
        ({"and": [SURE, {"==": [BIT, True]}, SURE]}, "redundant", "/and/2"),
        ({"or": [{">": [LENGTH, 6]}, {">": [LENGTH, 5]}]}, "redundant", "/or/0"),
        ({"!": [{"or": [{">": [LENGTH, 6]}, {">": [LENGTH, 5]}]}]}, "redundant", "/!/0/or/0"),
        ({"and": [{"==": [NAME, "a"]}, {"!=": [NAME, "b"]}]}, "redundant", "/and/1"),
    ],
)
def test_what_cannot_be_meant_is_found_where_it_stands(rule: Any, code: str, pointer: str) -> None:
    assert (code, pointer) in {each[1:] for each in found(rule)}


def test_of_equal_conditions_one_is_needed() -> None:
    redundant = [
        each.pointer for each in diagnose({"and": [SURE, SURE, BIT]}, SMALL) if each.code == "redundant"
    ]
    assert redundant == ["/and/1"]


def test_a_bit_is_both_on_and_off_where_null_is_excused() -> None:
    rule = {"and": [{"==": [BIT, True]}, {"==": [BIT, False]}]}
    assert "contradiction" in codes(rule, BAD)
    assert "contradiction" not in codes(rule, GOOD)


def test_a_bit_may_be_neither_on_nor_off_where_null_is_unknown() -> None:
    rule = {"or": [{"==": [BIT, True]}, {"!=": [BIT, True]}]}
    assert "always-true" in codes(rule, BAD)
    assert not {"always-true", "always-false"} & codes(rule, UNKNOWN)


def test_a_flag_may_be_open_where_null_is_unknown() -> None:
    flagged, flag = SMALL.with_flags(["beams"]), {"var": "flag.beams"}
    rule = {"or": [flag, {"!": [flag]}]}
    assert found(rule, BAD, flagged) == {("error", "always-true", "")}
    assert found(rule, UNKNOWN, flagged) == set()


def _cuts(variable: Any, count: int) -> list[Any]:
    return [{">": [variable, n + 0.5]} for n in range(count)]


@pytest.mark.parametrize(
    "rule",
    [
        {"and": _cuts(ENERGY, 490)},
        {"and": [*_cuts(ENERGY, 160), *_cuts(LENGTH, 160)]},
        {"and": [{"==": [KEY, str(n)]} for n in range(490)]},
        {"and": [{"in": [KEY, [f"{n}{m}" for m in range(90)]]} for n in range(19)]},
        {"and": [{"<=": [0, ENERGY, n]} for n in range(390)]},
    ],
)
def test_a_check_evaluates_no_more_than_its_budget(rule: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    counted = [0]

    def counting(value: Any) -> bool:
        counted[0] += 1
        return bool(value)

    monkeypatch.setattr(witnesses, "truthy", counting)
    judgement = Judgement(build(parse(rule)), SMALL, BAD)
    assert judgement.steps <= BUDGET
    assert counted[0] <= BUDGET


def test_what_is_too_much_to_judge_is_said() -> None:
    assert ("info", "not-judged", "") in found({"and": _cuts(ENERGY, 490)})
    assert "not-judged" not in codes({"and": _cuts(ENERGY, 100)})
    assert found({"in": [LENGTH, list(range(999))]}) == set()


def test_lists_written_out_in_a_rule_are_not_gone_through() -> None:
    listed = list(range(150))
    rule = {"some": [listed, {"some": [listed, {"==": [{"var": ""}, -1]}]}]}
    assert found(rule) == set()
    assert found({"<": [ENERGY, {"reduce": [listed, {"+": [{"var": "current"}, 1]}, 0]}]}) == set()
