"""Five runs that differ in what is known of them, as the published client reads them."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from model.authors import IMPORTER
from model.cache import Cache
from model.classic.page import asked, page
from model.commands.datasets import hide_dataset, move_dataset
from model.commands.runs import import_run_attributes
from model.commands.upstream import report_run
from model.db import Database
from model.golden.golden import GoldenRoom
from model.journal import sequence_now
from model.registry import Registry
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, RULE, TRACKER

FIRST = 380_001
FACTS: tuple[dict[str, Any], ...] = (
    {"energy": 6800, "b_field": 3.8, "hlt_key": "/cdaq/physics/Run2024/V1", "components": ["DT", "TRACKER"]},
    {"energy": 6800.0, "b_field": 0.019, "hlt_key": "/cdaq/special/50%_A/V2", "dt_included": True},
    {"energy": 450, "b_field": None, "stable_beam": True, "l1_rate": 596.5, "gem_included": False},
    {"energy": "unknown", "stable_beam": False, "hlt_key": "/cdaq/Physics/x_y", "l1_rate": 1e-07},
    {},
)
OWN: tuple[dict[str, Any], ...] = (
    {"class": "Collisions24", "significant": True},
    {"class": "Collisions24", "significant": True, "short_run": True},
    {"class": "Cosmics24", "significant": False},
    {"class": "collisions24"},
    {},
)


@pytest.fixture
def registry(database: Database) -> Iterator[Registry]:
    """Tell of five runs that differ in what is known of them, some with offline datasets."""
    found = Registry(database, GoldenRoom(Cache()))
    for number, (facts, own) in enumerate(zip(FACTS, OWN, strict=True), FIRST):
        if number == FIRST + 4:
            with found.writing() as tx:
                report_run(tx, number, {"fill_number": 9601}, IMPORTER)
            continue
        world.report_run(found, number, [(1, 3), (5, 10 + number - FIRST)], **facts)
        with found.writing() as tx:
            import_run_attributes(tx, number, own, RULE, importer=IMPORTER)
    for number in (FIRST, FIRST + 1, FIRST + 2):
        world.create_dataset(found, PROMPT, number, states={"global": "OPEN", "dt": "COMPLETED"})
        world.create_dataset(found, EXPRESS, number, states={"global": "waiting dqm gui"})
        world.rule_says(found, ["dt-dt", "tracker-pixel"], [(1, 3), (5, 9)], "GOOD", run_number=number)
    world.give(found, TRACKER, "tracker-pixel", [(2, 6)], "BAD", run_number=FIRST)
    world.give(found, TRACKER, "tracker-pixel", [(2, 2)], "STANDBY", run_number=FIRST + 1)
    world.rule_says(found, "dt-dt", [(1, 1)], "BAD", dataset="online", run_number=FIRST + 1)
    with found.writing() as tx:
        hide_dataset(tx, FIRST + 2, EXPRESS, DC, comment="a test")
    with found.writing() as tx:
        states = ("OPEN", "not significant for workspace")
        move_dataset(tx, FIRST, PROMPT, "gem", states, DC, comment="a test")
    yield found


def page_of(registry: Registry, of_runs: bool, **body: Any) -> dict[str, Any]:
    with registry.reading() as connection:
        at = sequence_now(connection)
        found = page(connection, registry.client, asked(body), at, of_runs=of_runs)
    told: dict[str, Any] = orjson.loads(found)
    return told


def objects(registry: Registry, of_runs: bool, **body: Any) -> list[dict[str, Any]]:
    return page_of(registry, of_runs, page_size=100, **body)["runs" if of_runs else "datasets"]


def names(found: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(each["run_number"], each.get("name", "")) for each in found]
