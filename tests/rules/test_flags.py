from typing import Any

import pytest

from rules.engine import truth
from rules.errors import FlagCycle, RuleError, UnknownFlag
from rules.flags import Flags, used
from rules.parts import leaves
from rules.plan import build
from rules.syntax import Rule, parse
from rules.table import Column, Table
from rules.unknown import NullPolicy

BIT = {"==": [{"var": "bit"}, True]}


def flag(name: str) -> dict[str, Any]:
    return {"var": f"flag.{name}"}


def rules(**logics: Any) -> dict[str, Rule]:
    return {name: parse(logic) for name, logic in logics.items()}


def answers(logic: Any, flags: Flags, null: NullPolicy = NullPolicy.BAD) -> list[int]:
    table = Table(3, {"bit": Column.of([True, False, None], bit=True), "n": Column.of([1, 2, None])})
    found: list[int] = truth(build(flags.expand(parse(logic))), table, null).tolist()
    return found


@pytest.mark.parametrize(
    ("logic", "expected"),
    [
        (flag("beams"), [2, 0, 0]),
        ({"!": [flag("beams")]}, [0, 2, 2]),
        ({"==": [flag("beams"), False]}, [0, 2, 2]),
        ({"and": [flag("beams"), flag("outer")]}, [2, 0, 0]),
        ({"var": ["flag.beams", True]}, [2, 0, 0]),
        ({"in": [flag("beams"), [False]]}, [0, 2, 2]),
        ({"if": [flag("outer"), True, {">": [{"var": "n"}, 1]}]}, [2, 2, 0]),
        ({"some": [[1, 2], {"==": [{"var": ""}, 2]}]}, [2, 2, 2]),
    ],
)
def test_a_flag_stands_for_the_truth_of_its_rule(logic: Any, expected: list[int]) -> None:
    flags = Flags(rules(beams=BIT, outer={"or": [flag("beams"), False]}, unused=True))
    assert answers(logic, flags) == expected


def test_a_flag_counts_as_true_or_false_whatever_its_rule_returns() -> None:
    flags = Flags(rules(number={"var": "n"}))
    assert answers({"==": [flag("number"), 2]}, flags) == [0, 0, 0]
    assert answers({"==": [flag("number"), True]}, flags) == [2, 2, 0]


def test_missing_data_inside_a_flag_stays_unknown_in_strict_mode() -> None:
    assert answers({"!": [flag("beams")]}, Flags(rules(beams=BIT)), NullPolicy.UNKNOWN) == [0, 2, 1]


@pytest.mark.parametrize(
    ("logics", "path"),
    [
        ({"a": flag("a")}, ("a", "a")),
        ({"a": flag("b"), "b": {"!": [flag("a")]}}, ("a", "b", "a")),
        ({"a": flag("b"), "b": flag("c"), "c": {"and": [True, flag("b")]}}, ("b", "c", "b")),
    ],
)
def test_a_circle_is_refused_with_its_path(logics: dict[str, Any], path: tuple[str, ...]) -> None:
    with pytest.raises(FlagCycle, match=" → ".join(path)) as refusal:
        Flags(rules(**logics))
    assert refusal.value.path == path


def test_an_unknown_flag_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(UnknownFlag, match=r"flag\.beam\. Did you mean flag\.beams\?"):
        Flags(rules(beams=BIT)).expand(parse(flag("beam")))


def test_a_change_of_a_flag_changes_the_digest_of_every_dependent_and_of_no_other() -> None:
    logics = {"low": BIT, "middle": flag("low"), "top": flag("middle"), "apart": {"!": [BIT]}}
    before, after = Flags(rules(**logics)), Flags(rules(**(logics | {"low": True})))
    changed = {name for name, rule in rules(**logics).items() if before.digest(rule) != after.digest(rule)}
    assert changed == {"middle", "top"} == before.dependents("low")
    assert before.closure(parse(flag("top"))) == {"low", "middle", "top"}
    assert used(parse({"and": [flag("top"), BIT]})) == {"top"}


def test_asking_whether_a_flag_is_missing_is_refused() -> None:
    with pytest.raises(RuleError, match="never missing"):
        Flags(rules(beams=BIT)).expand(parse({"missing": ["flag.beams"]}))


def test_flags_that_double_at_every_step_are_refused_before_they_are_built() -> None:
    logics: dict[str, Any] = {"f0": BIT}
    for step in range(1, 40):
        logics[f"f{step}"] = {"and": [flag(f"f{step - 1}"), flag(f"f{step - 1}")]}
    with pytest.raises(RuleError, match="written out"):
        Flags(rules(**logics)).expand(parse(flag("f39")))


def test_a_flag_inside_a_loop_is_refused_and_not_read_as_null() -> None:
    loop = {"some": [[1], flag("beams")]}
    for logic in (loop, {"and": [flag("beams"), loop]}):
        with pytest.raises(RuleError, match="outside of it"):
            Flags(rules(beams=BIT)).expand(parse(logic))


def test_a_chain_of_a_thousand_flags_is_refused_with_a_sentence() -> None:
    logics = {f"f{step}": flag(f"f{step + 1}") for step in range(1000)} | {"f1000": BIT}
    with pytest.raises(RuleError, match="more than 32 others"):
        Flags(rules(**logics))


def test_a_part_of_an_expanded_rule_is_found_where_it_was_written() -> None:
    beams = {"and": [{"==": [{"var": "bit"}, True]}, {">": [{"var": "n"}, 1]}]}
    flags = Flags(rules(beams=beams, outer={"or": [flag("beams"), {"!": {"var": "n"}}]}))
    rule = parse({"and": [{"!": flag("outer")}, flag("beams"), {">": [{"var": "n"}, 0]}]})
    found = {flags.locate(rule, leaf.pointer): leaf.ast for leaf in leaves(build(flags.expand(rule)).root)}
    assert found == {
        ("beams", "/and/0"): beams["and"][0],
        ("beams", "/and/1"): beams["and"][1],
        ("outer", "/or/1/!"): {"var": "n"},
        ("", "/and/2"): {">": [{"var": "n"}, 0]},
    }
