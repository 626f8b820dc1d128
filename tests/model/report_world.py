"""Three runs of an era in two weeks, and reports of them."""

from typing import Any

import pytest

from model.commands.rules import set_rule
from model.registry import Registry
from model.report.freeze import verified
from model.report.gather import gathered, planned
from model.report.kept import Kept, body_of
from model.report.report import Report
from model.report.scope import Asked
from model.rulebook.texts import RuleText
from tests.model import world
from tests.model.world import EXPERT, RUN, TRACKER
from tests.provision.stories import once

PIXEL = "tracker-pixel"
GOOD = {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]}
WEEK = Asked("week", "2024-W17")
ERA = Asked("era", "2024C")


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell three runs of 2024C in two weeks, 1 /pb recorded each; of the second, LS 4–6 are BAD."""
    for place, start in enumerate(("2024-04-22T08:00:00Z", "2024-04-24T08:00:00Z", "2024-04-29T08:00:00Z")):
        facts: dict[str, Any] = {"start_time": start, "duration": 3600, "fill_number": 9600 + place // 2}
        world.report_run(registry, RUN + place, **facts)
        world.create_dataset(registry, run_number=RUN + place)
        world.give(registry, TRACKER, PIXEL, [(1, 10)], "GOOD", run_number=RUN + place)
    world.give(registry, TRACKER, PIXEL, [(4, 6)], "BAD", "HV trip", run_number=RUN + 1)
    keep(registry)
    return registry


def keep(registry: Registry, logic: Any = GOOD) -> None:
    with registry.writing() as tx:
        set_rule(tx, "golden", RuleText(logic, "bad", "what is good", "/PromptReco/%", "golden"), EXPERT)


def made(registry: Registry, asked: Asked) -> Report:
    with registry.reading() as connection:
        return gathered(registry, connection, planned(connection, asked, registry.clock()))


def body(registry: Registry, kept: Kept) -> bytes:
    with registry.reading() as connection:
        return body_of(connection, kept)


def is_same(registry: Registry, kept: Kept) -> bool:
    with registry.reading() as connection:
        return verified(registry, connection, kept).is_same
