"""The small registry that the pages of the documentation talk about."""

from model.commands.documents import set_label
from model.commands.products import approve_product
from model.commands.rules import set_rule
from model.registry import Registry
from model.rulebook.texts import RuleText
from tests.browser import small
from tests.model import product_world, world

PIXEL = "tracker-pixel"
LOGIC = {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]}
CALLS = ("call-380649", "call-381594")
#: runs that the pages name beside the first one, of 20 lumisections of 0.1 /pb each
RUNS = (380_649, 381_543)


def build(registry: Registry) -> None:
    """Tell what the pages name: runs, rules, labels, and a product that two people made official."""
    world.report_run(registry)
    world.create_dataset(registry)
    world.create_dataset(registry, world.EXPRESS)
    world.give(registry, world.TRACKER, PIXEL, [(1, 10)], "GOOD")
    with registry.writing() as tx:
        set_rule(tx, "golden", RuleText(LOGIC, "bad", "what is good"), world.EXPERT)
        set_label(tx, "call-1", world.EXPERT)
    world.give(registry, world.TRACKER, PIXEL, [(4, 5)], "BAD")
    small.keep_rule(registry)
    for number in RUNS:
        small.add_run(registry, number, 20)
    draft = product_world.draft_of(registry, "golden-2024", "/PromptReco/Collisions2024%/DQM", "first-golden")
    product_world.propose_draft(registry, draft)
    with registry.writing() as tx:
        approve_product(tx, draft.name, product_world.SECOND)
    for call in CALLS:
        with registry.writing() as tx:
            set_label(tx, call, world.EXPERT)
