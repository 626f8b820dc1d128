"""A small registry for the screens: a golden rule, and runs with bits, luminosity and three datasets."""

from collections.abc import Sequence
from pathlib import Path

from model.authors import IMPORTER, Author
from model.cache import Cache
from model.commands.rules import set_rule
from model.commands.runs import import_run_attributes
from model.golden.golden import GoldenRoom
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.vocabulary import OFFLINE_COLUMNS, ONLINE, ONLINE_COLUMNS
from tests.model import world
from tests.provision import stores

EXPRESS, PROMPT = world.EXPRESS, world.PROMPT
RULE = Author("rule:dqm@1", is_person=False)
FIRST = 380_001
SIZES = (60, 120, 200)


def first_of(module: str) -> int:
    """Return the first of 1,000 run numbers that no other module of browser tests has; all are below FIRST.

    The modules share one registry: a run that two of them report is a run that neither of them knows.
    """
    names = sorted(path.stem for path in Path(__file__).parent.glob("test_*.py"))
    return 300_001 + 1_000 * names.index(module.rpartition(".")[2])


def opened(path: Path) -> Registry:
    """Give an empty registry in a new SQLite file."""
    database = stores.sqlite(path)
    return Registry(database, GoldenRoom(Cache()))


def keep_rule(registry: Registry) -> None:
    """Keep the golden rule that the pages offer."""
    logic = {
        "and": [
            {"==": [{"var": "run.rr.class"}, "Collisions24"]},
            {"==": [{"var": "lumisection.oms.cms_active"}, True]},
            {"==": [{"var": "lumisection.oms.bpix_ready"}, True]},
            {"==": [{"var": "lumisection.rr.tracker-pixel"}, "GOOD"]},
            {"==": [{"var": "lumisection.rr.ecal-ecal"}, "GOOD"]},
            {"==": [{"var": "lumisection.rr.dt-dt"}, "GOOD"]},
        ]
    }
    text = RuleText(logic, "bad", "What the small registry calls golden.", "/PromptReco/%/DQM", "golden")
    with registry.writing() as tx:
        set_rule(tx, "golden-2024", text, IMPORTER)


def add_run(registry: Registry, number: int, last: int = 100) -> None:
    """Add a run of lumisections 1 to `last`, 0.1 /pb each; pixels are not ready on the first five."""
    bits = {"cms_active": [(1, last, True)], "bpix_ready": [(1, 5, False), (6, last, True)]}
    world.report_run(registry, number, [(1, last)], bits, start_time="2024-05-20T12:00:00Z")
    with registry.writing() as tx:
        words = {"class": "Collisions24", "significant": True}
        import_run_attributes(tx, number, words, RULE, importer=IMPORTER)
    for name, columns in ((ONLINE, ONLINE_COLUMNS), (EXPRESS, OFFLINE_COLUMNS), (PROMPT, OFFLINE_COLUMNS)):
        if name != ONLINE:
            world.create_dataset(registry, name, number)
        world.rule_says(registry, columns, [(1, last)], "GOOD", dataset=name, run_number=number, by=RULE)


def build(registry: Registry, sizes: Sequence[int] = SIZES) -> None:
    """Keep the rule and add a few runs."""
    keep_rule(registry)
    for number, last in enumerate(sizes, FIRST):
        add_run(registry, number, last)
