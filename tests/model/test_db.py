"""Connections to the database."""

import os

from model.registry import Registry
from tests.model import world


def test_a_forked_process_takes_connections_of_its_own(registry: Registry) -> None:
    world.report_run(registry)
    before, inherited = world.now(registry), registry.database.engine.pool
    child = os.fork()
    if child == 0:
        own = registry.database.engine.pool
        world.create_dataset(registry)
        os._exit(0 if own is not inherited and world.now(registry) == before + 1 else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert registry.database.engine.pool is inherited
    world.create_dataset(registry, world.EXPRESS)
    assert world.now(registry) == before + 2
