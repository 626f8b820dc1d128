"""The book of rules: flags between kept rules, closures, decision lists, as of any time."""

from typing import Any

import pytest

from model.commands.rules import set_rule
from model.errors import Invalid, NotFound
from model.queries import rules as rule_queries
from model.registry import Registry
from model.rulebook.book import Rulebook, RuleVersion, given_rule, rulebook
from model.rulebook.texts import Purpose, RuleText
from tests.model.world import EXPERT, sequence_of

BIT: dict[str, Any] = {"==": [{"var": "lumisection.oms.cms_active"}, True]}
STABLE: dict[str, Any] = {"==": [{"var": "lumisection.oms.beam1_stable"}, True]}


def flag(name: str) -> dict[str, Any]:
    return {"var": f"flag.{name}"}


def keep(registry: Registry, name: str, logic: Any, purpose: str = "", **text: Any) -> int:
    with registry.writing() as tx:
        return set_rule(tx, name, RuleText(logic, "bad", "", purpose=purpose, **text), EXPERT)


def read(registry: Registry, name: str, at: int | None = None) -> RuleVersion:
    with registry.reading() as connection:
        return rulebook(connection, sequence_of(connection) if at is None else at).version(name)


def test_a_rule_that_reads_a_flag_means_something_else_when_the_flag_changes(registry: Registry) -> None:
    keep(registry, "beams", BIT)
    keep(registry, "good", {"and": [flag("beams"), STABLE]})
    then = keep(registry, "apart", STABLE)
    before = read(registry, "good")
    keep(registry, "beams", STABLE)
    after = read(registry, "good")
    assert before.version == after.version == 1
    assert before.digest != after.digest
    assert read(registry, "good", then).digest == before.digest
    assert read(registry, "apart").digest == read(registry, "apart", then).digest
    assert after.plan.rule.variables == {"lumisection.oms.beam1_stable"}


def test_a_rule_whose_flags_would_read_each_other_in_a_circle_is_refused_with_the_path(
    registry: Registry,
) -> None:
    keep(registry, "a", BIT)
    keep(registry, "b", flag("a"))
    with pytest.raises(Invalid, match="a → b → a|b → a → b"):
        keep(registry, "a", flag("b"))
    assert read(registry, "a").version == 1


@pytest.mark.parametrize(
    ("name", "logic", "text", "sentence"),
    [
        ("good", flag("beam"), {}, "flag.beam"),
        ("Good", BIT, {}, "no name of a rule"),
        ("a.b", BIT, {}, "no name of a rule"),
        ("good", BIT, {"purpose": "gold"}, "no purpose"),
        ("good", BIT, {"target": "dt-dt"}, "decision list"),
        ("good", BIT, {"purpose": "online-verdict", "target": "dt-dt", "value": "GREAT"}, "GREAT"),
        ("good", BIT, {"purpose": "class", "target": "run", "value": "Collisions24"}, "target class"),
        ("good", BIT, {"priority": -1}, "priority"),
        ("good", BIT, {"priority": True}, "priority"),
    ],
)
def test_a_text_that_is_not_sound_is_refused_with_the_reason(
    registry: Registry, name: str, logic: Any, text: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(Invalid, match=sentence):
        keep(registry, name, logic, **text)


def test_a_decision_list_is_the_rules_of_one_target_strongest_first(registry: Registry) -> None:
    keep(registry, "late", BIT, "class", target="class", value="Cosmics24", priority=30)
    keep(registry, "b-early", BIT, "class", target="class", value="Collisions24", priority=10)
    keep(registry, "a-early", BIT, "class", target="class", value="HICollisions24", priority=10)
    with registry.reading() as connection:
        book = rulebook(connection, sequence_of(connection))
    assert [rule.name for rule in book.lists(Purpose.CLASS)["class"]] == ["a-early", "b-early", "late"]
    assert book.lists(Purpose.SIGNIFICANCE) == {}


def test_a_given_rule_may_read_the_flags_that_are_kept(registry: Registry) -> None:
    keep(registry, "beams", BIT)
    with registry.reading() as connection:
        book = rulebook(connection, sequence_of(connection))
    assert given_rule(flag("beams"), "bad", book).flags == {"beams"}
    with pytest.raises(Invalid, match=r"flag\.beams"):
        given_rule(flag("beams"), "bad")
    with pytest.raises(NotFound, match="beams"):
        Rulebook({"beams": (1, RuleText(BIT, "bad", ""))}).version("good")


def test_every_version_of_a_rule_stays_readable(registry: Registry) -> None:
    keep(registry, "good", BIT)
    last = keep(registry, "good", STABLE)
    with registry.reading() as connection:
        found = rule_queries.history(connection, "good", last)
    assert [(each.version, each.text.logic, each.by) for each in found] == [
        (2, STABLE, "b.expert"),
        (1, BIT, "b.expert"),
    ]
