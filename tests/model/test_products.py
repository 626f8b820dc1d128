"""Products: proposed, approved by a second person, superseded, rebuilt byte for byte, recognised again."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from model import journal, replay
from model.authors import IMPORTER, Author
from model.cache import Cache
from model.commands.documents import set_label
from model.commands.products import (
    approve_product,
    propose_product,
    publish_outside,
    publish_scheduled,
    withdraw_product,
)
from model.commands.rules import set_rule
from model.db import Database
from model.errors import Broken, Forbidden, Invalid, NotFound, NotOpen, RunRegistryError
from model.golden.choice import Within
from model.golden.golden import GoldenRoom, Question
from model.golden.lists import sha256
from model.products.manifest import Draft, Published
from model.products.products import State, body_of, official_of, product_of, products
from model.products.reading import read
from model.products.rebuild import Rebuilt, rebuild, require_head
from model.products.verify import Verified, verify
from model.registry import Registry
from model.rulebook.book import rulebook
from model.rulebook.texts import RuleText
from tests.model import product_world as made
from tests.model import world
from tests.model.product_world import PIXEL, SECOND, SERIES
from tests.model.world import DC, RUN
from tests.provision.stories import once

OUTSIDE = Author("published outside", is_person=False)


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    made.build(registry)
    return registry


def _states(registry: Registry, at: int | None = None) -> dict[str, str]:
    with registry.reading() as connection:
        return {each.name: each.state.value for each in products(connection, at)}


def _verify(registry: Registry, data: bytes) -> Verified:
    with registry.reading() as connection:
        return verify(connection, data, world.sequence_of(connection))


def _rebuilt(registry: Registry) -> list[Rebuilt]:
    with registry.reading() as connection:
        room = GoldenRoom(Cache())
        return [rebuild(connection, room, each) for each in products(connection)]


def test_what_two_persons_say_is_official_and_supersedes_what_was(told: Registry) -> None:
    made.make(told, "call-1")
    world.give(told, world.TRACKER, PIXEL, [(8, 8)], "BAD")
    made.propose(told, "call-2")
    assert _states(told) == {"call-2": "proposed", "call-1": "official"}
    with told.writing() as tx:
        approve_product(tx, "call-2", SECOND, comment="looked at")
    assert _states(told) == {"call-2": "official", "call-1": "superseded"}
    with told.reading() as connection:
        first, second = product_of(connection, "call-1"), product_of(connection, "call-2")
        assert body_of(connection, "call-1") == f'{{"{RUN}": [[1, 8]]}}\n'.encode()
    assert (first.superseded_by, second.previous, second.superseded_by) == ("call-2", "call-1", "")
    assert second.decided and (second.decided.author, second.decided.comment) == ("s.second", "looked at")


def test_the_state_of_a_product_is_known_as_of_any_sequence(told: Registry) -> None:
    proposed = made.propose(told, "call-1")
    assert _states(told, proposed - 1) == {}
    with told.writing() as tx:
        official = approve_product(tx, "call-1", SECOND)
    later = made.make(told, "call-2")
    assert _states(told, proposed) == {"call-1": "proposed"}
    assert _states(told, official) == {"call-1": "official"}
    assert _states(told, later) == {"call-2": "official", "call-1": "superseded"}


def test_a_product_of_another_series_supersedes_nothing(told: Registry) -> None:
    made.make(told, "call-1")
    made.make(told, "muon-1", "muon-2024")
    assert _states(told) == {"muon-1": "official", "call-1": "official"}


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
    assert all(each.is_identical for each in _rebuilt(told))


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
    assert _states(told) == {"call-1": "proposed"}


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


def test_trap_21_what_is_proposed_while_edits_go_on_is_the_list_of_its_recorded_sequence(
    told: Registry,
) -> None:
    given = made.draft(told, "call-1")
    world.give(told, world.TRACKER, PIXEL, [(3, 8)], "BAD")
    with told.writing() as tx:
        propose_product(tx, given, DC)
    world.give(told, world.TRACKER, PIXEL, [(1, 2)], "BAD")
    with told.writing() as tx:
        approve_product(tx, "call-1", SECOND)
    (again,) = _rebuilt(told)
    assert again.is_identical and again.is_computed
    with told.reading() as connection:
        assert body_of(connection, "call-1") == f'{{"{RUN}": [[1, 8]]}}\n'.encode()


@pytest.mark.parametrize(("several", "selected"), [("union", [[1, 9]]), ("intersection", [[4, 8]])])
def test_trap_19_two_datasets_of_a_run_are_joined_as_the_manifest_says_and_again_on_rebuilding(
    told: Registry, several: str, selected: list[list[int]]
) -> None:
    world.create_dataset(told, "/PromptReco/Collisions2024C2/DQM")
    world.give(told, world.TRACKER, PIXEL, [(4, 9)], "GOOD", dataset="/PromptReco/Collisions2024C2/DQM")
    with pytest.raises(RunRegistryError, match="union or intersection"):
        made.propose(told, "call-1", pattern="/PromptReco/%")
    made.make(told, "call-1", pattern="/PromptReco/%", several=several)
    with told.reading() as connection:
        assert json.loads(body_of(connection, "call-1")) == {str(RUN): selected}
    assert all(each.is_identical for each in _rebuilt(told))


def test_every_product_is_made_again_byte_for_byte_whatever_changed_since(told: Registry) -> None:
    made.make(told, "call-1")
    world.give(told, world.TRACKER, PIXEL, [(2, 2)], "BAD")
    made.make(told, "call-2", several="intersection")
    made.propose(told, "call-3")
    with told.writing() as tx:
        set_rule(tx, "pixel-good", RuleText(False, "bad", "nothing any more"), world.EXPERT)
        set_label(tx, "after", world.EXPERT)
    assert [(each.name, each.is_identical) for each in _rebuilt(told)] == [
        ("call-3", True),
        ("call-2", True),
        ("call-1", True),
    ]


def test_a_product_of_chosen_runs_and_of_a_varied_rule_is_made_again(told: Registry) -> None:
    world.report_run(told, 380002)
    world.create_dataset(told, run_number=380002)
    world.give(told, world.TRACKER, PIXEL, [(1, 4)], "GOOD", run_number=380002)
    made.make(told, "all-1")
    made.make(told, "era-1", "chosen", within=Within(era="2024C", runs=((380002, 380009),)))
    with told.reading() as connection:
        at = world.sequence_of(connection)
        text = RuleText({"!": [{"var": "flag.pixel-good"}]}, "bad", "varied")
        question = Question(rulebook(connection, at).given(text, "golden"), world.PROMPT, at)
        varied = Draft("varied-1", "varied", question, GoldenRoom(Cache()).golden(connection, question))
    made.propose_draft(told, varied)
    with told.reading() as connection:
        assert json.loads(body_of(connection, "era-1")) == {"380002": [[1, 4]]}
        assert json.loads(body_of(connection, "varied-1")) == {str(RUN): [[9, 10]], "380002": [[5, 10]]}
        said = product_of(connection, "era-1").manifest
    assert said["within"] == {"era": "2024C", "runs": [[380002, 380009]]}
    assert [each.is_identical for each in _rebuilt(told)] == [True, True, True]


def test_a_product_whose_bytes_were_touched_is_not_identical(told: Registry) -> None:
    made.make(told, "call-1")
    made.make(told, "muon-1", "muon")
    with told.database.writing() as connection:
        other = connection.execute(text("SELECT body FROM product WHERE name = 'muon-1'")).scalar()
        assert other is not None
        connection.execute(
            text("UPDATE product SET body = :b WHERE name = 'call-1'"), {"b": b"x\x9c\x03\x00\x00\x00\x00\x01"}
        )
    found = {each.name: each for each in _rebuilt(told)}
    assert found["muon-1"].is_identical and not found["call-1"].is_identical
    assert found["call-1"].sentence.endswith("the bytes that are downloaded are not those of the journal")


def test_products_come_again_from_the_journal(told: Registry, another: Database) -> None:
    made.make(told, "call-1")
    made.make(told, "call-2")
    made.propose(told, "call-3")
    with told.writing() as tx:
        withdraw_product(tx, "call-3", DC, reason="no good")
    with told.reading() as source, another.writing() as target:
        replay.replay(source, target)
        assert not list(replay.differences(source, target))


def test_a_cut_off_tail_of_the_journal_shows(told: Registry) -> None:
    made.make(told, "call-1")
    with told.database.writing() as connection:
        head = journal.head(connection)
        assert require_head(connection, head) == "call-1"
        connection.execute(text("DELETE FROM journal WHERE sequence = :n"), {"n": head.sequence})
        cut = journal.verify(connection)
        with pytest.raises(Broken, match="call-1 was recorded later: its tail was cut off"):
            require_head(connection, cut)
        connection.rollback()


def test_a_file_is_recognised_by_its_bytes_or_else_by_its_value(told: Registry) -> None:
    made.make(told, "call-1")
    with told.reading() as connection:
        body = body_of(connection, "call-1")
    found = _verify(told, body)
    assert found.is_identical and found.sentence == "call-1: official."
    laid_out = json.dumps(json.loads(body), indent=4).encode()
    found = _verify(told, laid_out)
    assert found.is_product and not found.is_identical
    assert found.sentence == "call-1: official, in another layout than the published bytes."


def test_a_superseded_product_says_by_what_and_how_it_differs(told: Registry) -> None:
    made.make(told, "call-1")
    world.give(told, world.TRACKER, PIXEL, [(8, 8)], "BAD")
    made.make(told, "call-2")
    with told.reading() as connection:
        body = body_of(connection, "call-1")
    found = _verify(told, body)
    assert found.official and found.official.name == "call-2" and found.to_official is not None
    assert (
        found.sentence
        == "call-1: official, superseded by call-2, differs in 1 run: 380001 (LS: 1 more, 0 less)."
    )


def test_a_file_that_is_no_product_is_told_what_it_is_nearest_to(told: Registry) -> None:
    assert _verify(told, b'{"5": [[1, 2]]}').sentence.startswith("No product: there is none yet")
    made.make(told, "call-1")
    made.propose(told, "muon-1", "muon")
    found = _verify(told, f'{{"{RUN}": [[1, 8]], "380002": [[1, 3]], "380003": [[1, 1]]}}'.encode())
    assert not found.is_product
    assert found.sentence == (
        "No product; nearest is call-1 (official), differs in 2 runs: 380002, 380003 (LS: 4 more, 0 less)."
    )


def test_a_proposal_is_no_official_product(told: Registry) -> None:
    made.propose(told, "call-1")
    found = _verify(told, f'{{"{RUN}": [[1, 8]]}}\n'.encode())
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
    assert _verify(told, written.encode()).is_identical
    assert [each.is_identical for each in _rebuilt(told)] == [True, True]
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
    assert all(each.is_identical for each in _rebuilt(told))
