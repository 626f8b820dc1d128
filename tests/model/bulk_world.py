"""Four runs with a prompt and an express dataset each, and how many verdicts at once are tried and written."""

import pytest

from model.bulk.plan import Plan, Sheet
from model.bulk.wish import Wish, make_plan
from model.bulk.write import write
from model.registry import Registry
from model.vocabulary import Stage
from tests.model import world
from tests.model.world import EXPRESS, RUN, TRACKER
from tests.provision.stories import once

PIXEL, STRIP = "tracker-pixel", "tracker-strip"
RUNS = tuple(range(RUN, RUN + 50))


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    for number in RUNS[:4]:
        world.report_run(registry, number)
        world.create_dataset(registry, run_number=number)
        world.create_dataset(registry, EXPRESS, number)
    return registry


def plan(registry: Registry, wish: Wish | str, by: world.Author = TRACKER) -> Plan:
    with registry.reading() as connection:
        return make_plan(connection, Sheet(wish, Stage.PROMPT) if isinstance(wish, str) else wish, by)


def apply(registry: Registry, wish: Wish | str, token: str | None = None, by: world.Author = TRACKER) -> int:
    token = plan(registry, wish, by).token if token is None else token
    asked = Sheet(wish, Stage.PROMPT) if isinstance(wish, str) else wish
    return write(registry, asked, token, by)[1]
