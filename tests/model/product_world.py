"""A small registry with a golden rule, two datasets and two coordinators, to make products of."""

from typing import Any

from model.authors import Author
from model.cache import Cache
from model.commands.products import approve_product, propose_product
from model.commands.rules import set_rule
from model.golden.golden import GoldenRoom, Question
from model.products.manifest import Draft
from model.registry import Registry
from model.rulebook.book import rule_version
from model.rulebook.texts import RuleText
from tests.model import world

SERIES = "golden-2024"
PIXEL = "tracker-pixel"
COORDINATORS = frozenset({"cms-dqm-runregistry-data-certification"})
SECOND = Author("s.second", True, COORDINATORS, "S. Second")
FLAG = {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]}


def build(registry: Registry) -> None:
    """Keep the rule; tell one run whose pixels are GOOD on lumisections 1 to 8."""
    with registry.writing() as tx:
        set_rule(tx, "pixel-good", RuleText(FLAG, "bad", "pixel"), world.EXPERT)
        set_rule(tx, "golden", RuleText({"var": "flag.pixel-good"}, "bad", "golden"), world.EXPERT)
    world.report_run(registry)
    world.create_dataset(registry)
    world.give(registry, world.TRACKER, PIXEL, [(1, 8)], "GOOD")


def draft(registry: Registry, name: str, series: str = SERIES, **choice: Any) -> Draft:
    """Return what the rule selects now, as a draft."""
    pattern = choice.pop("pattern", world.PROMPT)
    return draft_of(registry, "golden", pattern, name, series, **choice)


def draft_of(
    registry: Registry, rule: str, pattern: str, name: str, series: str = SERIES, **choice: Any
) -> Draft:
    """Return what any rule selects now, as a draft."""
    with registry.reading() as connection:
        at = world.sequence_of(connection)
        asked: dict[str, Any] = {"pattern": pattern, "several": "refuse", **choice}
        question = Question(rule_version(connection, rule, at), at=at, **asked)
        return Draft(name, series, question, GoldenRoom(Cache()).golden(connection, question))


def propose(registry: Registry, name: str, series: str = SERIES, by: Author = world.DC, **choice: Any) -> int:
    """Propose what the rule selects now."""
    return propose_draft(registry, draft(registry, name, series, **choice), by)


def propose_draft(registry: Registry, given: Draft, by: Author = world.DC) -> int:
    """Propose a draft."""
    with registry.writing() as tx:
        return propose_product(tx, given, by)


def make(registry: Registry, name: str, series: str = SERIES, **choice: Any) -> int:
    """Propose it and let a second person approve it."""
    propose(registry, name, series, **choice)
    with registry.writing() as tx:
        return approve_product(tx, name, SECOND)
