"""Products are made again byte for byte, and a journal that was cut off shows."""

import json

import pytest
from sqlalchemy import text

from model import journal, replay
from model.cache import Cache
from model.commands.documents import set_label
from model.commands.products import approve_product, propose_product, withdraw_product
from model.commands.rules import set_rule
from model.db import Database
from model.errors import Broken, RunRegistryError
from model.golden.choice import Within
from model.golden.golden import GoldenRoom, Question
from model.products.manifest import Draft
from model.products.products import body_of, product_of
from model.products.rebuild import require_head
from model.registry import Registry
from model.rulebook.book import rulebook
from model.rulebook.texts import RuleText
from tests.model import product_world as made
from tests.model import world
from tests.model.product_questions import rebuilt, told
from tests.model.product_world import PIXEL, SECOND
from tests.model.world import DC, RUN

__all__ = ["told"]


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
    (again,) = rebuilt(told)
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
    assert all(each.is_identical for each in rebuilt(told))


def test_every_product_is_made_again_byte_for_byte_whatever_changed_since(told: Registry) -> None:
    made.make(told, "call-1")
    world.give(told, world.TRACKER, PIXEL, [(2, 2)], "BAD")
    made.make(told, "call-2", several="intersection")
    made.propose(told, "call-3")
    with told.writing() as tx:
        set_rule(tx, "pixel-good", RuleText(False, "bad", "nothing any more"), world.EXPERT)
        set_label(tx, "after", world.EXPERT)
    assert [(each.name, each.is_identical) for each in rebuilt(told)] == [
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
    assert [each.is_identical for each in rebuilt(told)] == [True, True, True]


def test_a_product_whose_bytes_were_touched_is_not_identical(told: Registry) -> None:
    made.make(told, "call-1")
    made.make(told, "muon-1", "muon")
    with told.database.writing() as connection:
        other = connection.execute(text("SELECT body FROM product WHERE name = 'muon-1'")).scalar()
        assert other is not None
        connection.execute(
            text("UPDATE product SET body = :b WHERE name = 'call-1'"), {"b": b"x\x9c\x03\x00\x00\x00\x00\x01"}
        )
    found = {each.name: each for each in rebuilt(told)}
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
