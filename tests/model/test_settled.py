"""A worker that has read what people open first does not walk it again."""

import gc

from model.registry import Registry
from model.settled import settle
from tests.model import world


def test_what_a_settled_process_holds_is_not_walked_for_garbage(database: object, registry: Registry) -> None:
    world.report_run(registry)
    before = gc.get_freeze_count()
    try:
        settle(registry)
        assert gc.get_freeze_count() > before + 10_000
        assert not any(each is registry.grid.__dict__ for each in gc.get_objects())
    finally:
        gc.unfreeze()
