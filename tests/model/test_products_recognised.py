"""A file is recognised as the product it is; what was published outside is one too."""

import json
from datetime import UTC, datetime

import pytest

from model.authors import IMPORTER
from model.commands.products import publish_outside, publish_scheduled
from model.commands.rules import set_rule
from model.errors import Forbidden, Invalid, NotFound
from model.golden.lists import sha256
from model.products.manifest import Published
from model.products.products import State, body_of, official_of, product_of
from model.products.reading import read
from model.registry import Registry
from model.rulebook.texts import RuleText
from tests.model import product_world as made
from tests.model import world
from tests.model.product_questions import OUTSIDE, rebuilt, recognise, told
from tests.model.product_world import PIXEL, SERIES
from tests.model.world import RUN

__all__ = ["told"]


def test_a_file_is_recognised_by_its_bytes_or_else_by_its_value(told: Registry) -> None:
    made.make(told, "call-1")
    with told.reading() as connection:
        body = body_of(connection, "call-1")
    found = recognise(told, body)
    assert found.is_identical and found.sentence == "call-1: official."
    laid_out = json.dumps(json.loads(body), indent=4).encode()
    found = recognise(told, laid_out)
    assert found.is_product and not found.is_identical
    assert found.sentence == "call-1: official, in another layout than the published bytes."


def test_a_superseded_product_says_by_what_and_how_it_differs(told: Registry) -> None:
    made.make(told, "call-1")
    world.give(told, world.TRACKER, PIXEL, [(8, 8)], "BAD")
    made.make(told, "call-2")
    with told.reading() as connection:
        body = body_of(connection, "call-1")
    found = recognise(told, body)
    assert found.official and found.official.name == "call-2" and found.to_official is not None
    assert (
        found.sentence
        == "call-1: official, superseded by call-2, differs in 1 run: 380001 (LS: 1 more, 0 less)."
    )


def test_a_file_that_is_no_product_is_told_what_it_is_nearest_to(told: Registry) -> None:
    assert recognise(told, b'{"5": [[1, 2]]}').sentence.startswith("No product: there is none yet")
    made.make(told, "call-1")
    made.propose(told, "muon-1", "muon")
    found = recognise(told, f'{{"{RUN}": [[1, 8]], "380002": [[1, 3]], "380003": [[1, 1]]}}'.encode())
    assert not found.is_product
    assert found.sentence == (
        "No product; nearest is call-1 (official), differs in 2 runs: 380002, 380003 (LS: 4 more, 0 less)."
    )


def test_a_proposal_is_no_official_product(told: Registry) -> None:
    made.propose(told, "call-1")
    found = recognise(told, f'{{"{RUN}": [[1, 8]]}}\n'.encode())
    assert found.sentence == "call-1: proposed, no second person has approved it yet."


def _outside(name: str, listed: str, data: bytes = b"") -> Published:
    return Published(name, "golden-2018", read(listed), sha256(data or listed.encode()), "OMS", None)


def test_what_was_published_outside_is_official_as_of_its_day(told: Registry) -> None:
    written = '{ "315257": [[1, 88]] }'
    days = (datetime(2018, 7, 4, tzinfo=UTC), datetime(2018, 8, 3, tzinfo=UTC))
    with told.writing() as tx:
        publish_outside(tx, _outside("May", written), OUTSIDE, happened_at=days[0], importer=IMPORTER)
        publish_outside(
            tx, _outside("July", '{"315257": [[1, 90]]}'), OUTSIDE, happened_at=days[1], importer=IMPORTER
        )
    with told.reading() as connection:
        may, july = product_of(connection, "May"), product_of(connection, "July")
    assert (may.state, may.superseded_by, july.previous) == (State.SUPERSEDED, "July", "May")
    assert may.decided and may.decided.author == "published outside" and may.decided.at == days[0]
    assert may.manifest["rule"] is None and may.origin == "outside"
    assert recognise(told, written.encode()).is_identical
    assert [each.is_identical for each in rebuilt(told)] == [True, True]
    with pytest.raises(Invalid, match="in the order of its days"), told.writing() as tx:
        publish_outside(tx, _outside("June", written), OUTSIDE, happened_at=days[0], importer=IMPORTER)


def test_the_schedule_repeats_only_what_two_persons_made_official(told: Registry) -> None:
    first = made.draft(told, "night-1")
    with pytest.raises(NotFound, match="Nobody has approved a product of golden-2024"), told.writing() as tx:
        publish_scheduled(tx, first, IMPORTER)
    made.make(told, "call-1")
    with told.writing() as tx:
        assert publish_scheduled(tx, first, IMPORTER) is None
    world.give(told, world.TRACKER, PIXEL, [(9, 9)], "GOOD")
    again = made.draft(told, "night-2")
    with told.writing() as tx:
        assert publish_scheduled(tx, again, IMPORTER)
    with told.reading() as connection:
        found = official_of(connection, SERIES)
    assert found and (found.name, found.origin, found.previous) == ("night-2", "scheduled", "call-1")
    with told.writing() as tx:
        set_rule(tx, "pixel-good", RuleText(True, "bad", "another meaning"), world.EXPERT)
    with pytest.raises(Forbidden, match="digest has changed since"), told.writing() as tx:
        publish_scheduled(tx, made.draft(told, "night-3"), IMPORTER)
    assert all(each.is_identical for each in rebuilt(told))
