"""Products: proposed, approved by a second person, superseded, withdrawn."""

import json

import pytest

from model import journal
from model.authors import Author
from model.commands.products import approve_product, propose_product, withdraw_product
from model.errors import Forbidden, Invalid, NotFound, NotOpen
from model.golden.lists import sha256
from model.products.products import State, body_of, product_of
from model.registry import Registry
from tests.model import product_world as made
from tests.model import world
from tests.model.product_questions import rebuilt, states, told
from tests.model.product_world import PIXEL, SECOND, SERIES
from tests.model.world import DC, RUN

__all__ = ["told"]


def test_what_two_persons_say_is_official_and_supersedes_what_was(told: Registry) -> None:
    made.make(told, "call-1")
    world.give(told, world.TRACKER, PIXEL, [(8, 8)], "BAD")
    made.propose(told, "call-2")
    assert states(told) == {"call-2": "proposed", "call-1": "official"}
    with told.writing() as tx:
        approve_product(tx, "call-2", SECOND, comment="looked at")
    assert states(told) == {"call-2": "official", "call-1": "superseded"}
    with told.reading() as connection:
        first, second = product_of(connection, "call-1"), product_of(connection, "call-2")
        assert body_of(connection, "call-1") == f'{{"{RUN}": [[1, 8]]}}\n'.encode()
    assert (first.superseded_by, second.previous, second.superseded_by) == ("call-2", "call-1", "")
    assert second.decided and (second.decided.author, second.decided.comment) == ("s.second", "looked at")


def test_the_state_of_a_product_is_known_as_of_any_sequence(told: Registry) -> None:
    proposed = made.propose(told, "call-1")
    assert states(told, proposed - 1) == {}
    with told.writing() as tx:
        official = approve_product(tx, "call-1", SECOND)
    later = made.make(told, "call-2")
    assert states(told, proposed) == {"call-1": "proposed"}
    assert states(told, official) == {"call-1": "official"}
    assert states(told, later) == {"call-2": "official", "call-1": "superseded"}


def test_a_product_of_another_series_supersedes_nothing(told: Registry) -> None:
    made.make(told, "call-1")
    made.make(told, "muon-1", "muon-2024")
    assert states(told) == {"muon-1": "official", "call-1": "official"}


def test_the_manifest_says_all_it_takes_to_make_the_same_bytes(told: Registry) -> None:
    made.make(told, "call-1", several="union")
    with told.reading() as connection:
        found = product_of(connection, "call-1")
        said, body = found.told(), body_of(connection, "call-1")
        assert said["journal_hash"] == journal.hash_at(connection, said["sequence"]).hex()
    assert (said["name"], said["series"], said["author"], said["approver"]) == (
        "call-1",
        SERIES,
        DC.name,
        SECOND.name,
    )
    rule = said["rule"]
    assert "flag.pixel-good" in json.dumps(rule["text"]["logic"])
    assert list(rule["flags"]) == ["pixel-good"] and len(rule["closure"]) == 64
    assert (said["dataset"], said["several"], said["within"]) == (world.PROMPT, "union", {})
    assert (said["null_policy"], said["luminosity_source"]) == ("bad", "OMS")
    assert (said["runs"], said["lumisections"], said["recorded_invpb"]) == (1, 8, pytest.approx(0.8))
    assert said["sha256"] == sha256(body) and said["state"] == "official"


def test_a_list_that_nobody_measured_has_no_luminosity_instead_of_zero(told: Registry) -> None:
    made.make(told, "call-1", source="normtag")
    made.make(told, "call-2")
    with told.reading() as connection:
        one, other = (product_of(connection, name).manifest for name in ("call-1", "call-2"))
    assert (one["recorded_invpb"], one["ls_without_luminosity"]) == (None, 8)
    assert (other["recorded_invpb"], other["ls_without_luminosity"]) == (pytest.approx(0.8), 0)
    assert all(each.is_identical for each in rebuilt(told))


def test_a_comment_that_is_too_long_is_refused(told: Registry) -> None:
    made.propose(told, "call-1")
    with pytest.raises(Invalid, match="at most 2,000 characters, not 2,001"), told.writing() as tx:
        approve_product(tx, "call-1", SECOND, comment="x" * 2_001)
    with pytest.raises(Invalid, match="at most 2,000"), told.writing() as tx:
        withdraw_product(tx, "call-1", DC, reason="x" * 2_001)


def test_whoever_proposed_a_product_does_not_approve_it(told: Registry) -> None:
    made.propose(told, "call-1")
    before = world.now(told)
    with (
        pytest.raises(Forbidden, match="by a second person, not by d.coordinator, who proposed it"),
        told.writing() as tx,
    ):
        approve_product(tx, "call-1", DC)
    assert world.now(told) == before


def test_a_program_approves_nothing(told: Registry) -> None:
    made.propose(told, "call-1")
    program = Author("robot", is_person=False, groups=made.COORDINATORS)
    with pytest.raises(Forbidden, match="by a person; robot is a program"), told.writing() as tx:
        approve_product(tx, "call-1", program)


@pytest.mark.parametrize("by", [world.SHIFTER, world.TRACKER, world.READER])
def test_only_coordinators_propose_approve_and_withdraw(told: Registry, by: Author) -> None:
    made.propose(told, "call-1")
    given = made.draft(told, "call-2")
    for act in (
        lambda tx: propose_product(tx, given, by),
        lambda tx: approve_product(tx, "call-1", by),
        lambda tx: withdraw_product(tx, "call-1", by, reason="no good"),
    ):
        with pytest.raises(Forbidden, match="data-certification"), told.writing() as tx:
            act(tx)
    assert states(told) == {"call-1": "proposed"}


def test_a_proposal_is_withdrawn_with_a_reason_and_stays_readable(told: Registry) -> None:
    made.propose(told, "call-1")
    with pytest.raises(Invalid, match="at least 3 characters"), told.writing() as tx:
        withdraw_product(tx, "call-1", DC, reason=" x ")
    with told.writing() as tx:
        withdraw_product(tx, "call-1", DC, reason="wrong window")
    with told.reading() as connection:
        found = product_of(connection, "call-1")
    assert found.state is State.WITHDRAWN and found.decided and found.decided.comment == "wrong window"
    with pytest.raises(NotOpen, match="withdrawn, no proposal any more"), told.writing() as tx:
        approve_product(tx, "call-1", SECOND)


def test_what_is_official_cannot_be_withdrawn_or_replaced(told: Registry) -> None:
    made.make(told, "call-1")
    with pytest.raises(NotOpen, match="official"), told.writing() as tx:
        withdraw_product(tx, "call-1", DC, reason="no good")
    with pytest.raises(Invalid, match="never replaced"):
        made.propose(told, "call-1")


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 121, "<b>", "é"])
def test_a_name_that_is_none_is_refused(told: Registry, name: str) -> None:
    with pytest.raises(Invalid, match="is no name"):
        made.propose(told, name)
    with pytest.raises(Invalid, match="is no name"):
        made.propose(told, "call-1", name)


def test_a_list_that_selects_nothing_is_not_proposed(told: Registry) -> None:
    world.give(told, world.TRACKER, PIXEL, [(1, 10)], "BAD")
    with pytest.raises(Invalid, match="selects nothing"):
        made.propose(told, "call-1")


def test_a_proposal_of_earlier_data_does_not_supersede_a_later_one(told: Registry) -> None:
    made.propose(told, "call-1")
    made.make(told, "call-2")
    with pytest.raises(NotOpen, match="call-2 is official, and made of later data"), told.writing() as tx:
        approve_product(tx, "call-1", SECOND)


def test_an_unknown_product_is_not_found(told: Registry) -> None:
    with pytest.raises(NotFound, match="There is no product call-9"), told.writing() as tx:
        approve_product(tx, "call-9", SECOND)
