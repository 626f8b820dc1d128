"""A run with a hole, a bit that is not always known, and verdicts that differ between two stages."""

from typing import Any

import pytest

from model.golden.golden import Golden, Question
from model.registry import Registry
from model.rulebook.book import given_rule
from tests.model import world
from tests.model.world import EXPRESS, PROMPT, RUN, TRACKER, create_dataset, give
from tests.provision.stories import once

PIXEL = "tracker-pixel"
STATUS = {"==": [{"var": f"lumisection.rr.{PIXEL}"}, "GOOD"]}
BIT = {"==": [{"var": "lumisection.oms.bpix_ready"}, True]}


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell: lumisections 1–3 and 5–10; the bit true to 6, false to 8, unknown after; prompt GOOD but 2."""
    bits = {"bpix_ready": [(1, 3, True), (5, 6, True), (7, 8, False)]}
    world.report_run(registry, lumisections=[(1, 3), (5, 10)], bits=bits)
    create_dataset(registry)
    create_dataset(registry, EXPRESS)
    give(registry, TRACKER, PIXEL, [(1, 10)], "GOOD")
    give(registry, TRACKER, PIXEL, [(2, 2)], "BAD")
    give(registry, TRACKER, PIXEL, [(2, 6)], "GOOD", dataset=EXPRESS)
    return registry


def ask(registry: Registry, logic: Any = STATUS, null: str = "bad", **words: Any) -> Golden:
    room = words.pop("room", registry.golden)
    with registry.reading() as connection:
        question = {"pattern": PROMPT, "at": world.sequence_of(connection), **words}
        found: Golden = room.golden(connection, Question(given_rule(logic, null), **question))
        return found


def spans_of(golden: Golden) -> list[tuple[int, int]]:
    return [tuple(span) for span in golden.lists.get(RUN, ())]
