"""What tests ask of products: their states, what a file is, and whether each is made again."""

import pytest

from model.authors import Author
from model.cache import Cache
from model.golden.golden import GoldenRoom
from model.products.products import products
from model.products.rebuild import Rebuilt, rebuild
from model.products.verify import Verified, verify
from model.registry import Registry
from tests.model import product_world as made
from tests.model import world
from tests.provision.stories import once

OUTSIDE = Author("published outside", is_person=False)


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    made.build(registry)
    return registry


def states(registry: Registry, at: int | None = None) -> dict[str, str]:
    with registry.reading() as connection:
        return {each.name: each.state.value for each in products(connection, at)}


def recognise(registry: Registry, data: bytes) -> Verified:
    with registry.reading() as connection:
        return verify(connection, data, world.sequence_of(connection))


def rebuilt(registry: Registry) -> list[Rebuilt]:
    with registry.reading() as connection:
        room = GoldenRoom(Cache())
        return [rebuild(connection, room, each) for each in products(connection)]
