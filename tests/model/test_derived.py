"""Columns that rules derive from others of the same dataset: they follow, and a person outranks them."""

from typing import Any

import pytest

from model.authors import IMPORTER
from model.commands import automatic
from model.commands.again import concerned, decide_again
from model.commands.bits import BitOverride, override_bit
from model.commands.datasets import move_dataset
from model.commands.documents import set_document
from model.commands.rules import set_rule
from model.commands.undo import undo
from model.db import Database
from model.errors import Invalid
from model.events import DatasetCreated
from model.queries import datasets
from model.registry import Registry
from model.replay import differences, replay
from model.rulebook.texts import RuleText
from model.rulebook.why import why_status
from model.vocabulary import Level
from tests.model import world
from tests.model.world import DC, EXPERT, PROMPT, RUN, TRACKER
from tests.provision.stories import once

COLUMN = "higgs-diphoton"
PIXEL = {"var": "lumisection.rr.tracker-pixel"}
ACTIVE = {"var": "lumisection.oms.cms_active"}
BAD = {"or": [{"==": [PIXEL, "BAD"]}, {"==": [ACTIVE, False]}]}
GOOD = {"==": [PIXEL, "GOOD"]}


def keep(registry: Registry, name: str, logic: Any, value: str, priority: int, target: str = COLUMN) -> int:
    with registry.writing() as tx:
        words = RuleText(logic, "unknown", f"{name}.", "/%", "derived-verdict", target, value, priority)
        return set_rule(tx, name, words, EXPERT)


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Give a run of 10 lumisections whose dataset has a column of a PAG, derived from pixels and a bit."""
    with registry.writing() as tx:
        set_document(tx, "workspaces", "offline-local", {"higgs": ["diphoton"]}, IMPORTER)
        set_document(tx, "workspaces", "levels", {"higgs": "PAG"}, IMPORTER)
    keep(registry, "diphoton-bad", BAD, "BAD", 10)
    keep(registry, "diphoton-good", GOOD, "GOOD", 20)
    world.report_run(registry, bits={"cms_active": [(1, 10, True)]})
    world.create_dataset(registry)
    return registry


def cell(registry: Registry, **where: Any) -> list[tuple[int, int, str, str]]:
    return world.said(registry, COLUMN, **where)


def test_a_derived_column_is_notset_while_nobody_decided_what_it_reads(told: Registry) -> None:
    assert cell(told) == [(1, 10, "NOTSET", "rule:none@0")]
    with told.reading() as connection:
        assert datasets.levels(connection)["higgs"] is Level.PAG
        assert COLUMN in datasets.columns(connection, PROMPT)


def test_it_follows_each_change_of_what_it_reads_in_the_same_transaction(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    assert cell(told) == [(1, 10, "GOOD", "rule:diphoton-good@1")]
    before = world.now(told)
    world.give(told, TRACKER, "tracker-pixel", [(4, 6)], "BAD")
    assert world.now(told) == before + 2
    assert cell(told) == [
        (1, 3, "GOOD", "rule:diphoton-good@1"),
        (4, 6, "BAD", "rule:diphoton-bad@1"),
        (7, 10, "GOOD", "rule:diphoton-good@1"),
    ]
    assert cell(told, at=before) == [(1, 10, "GOOD", "rule:diphoton-good@1")]


def test_what_it_does_not_read_leaves_it_alone(told: Registry) -> None:
    before = world.now(told)
    world.give(told, TRACKER, "tracker-strip", [(1, 10)], "GOOD")
    assert world.now(told) == before + 1


def test_it_follows_a_bit_and_what_was_overridden_of_it(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    with told.writing() as tx:
        said = BitOverride("cms_active", False, ((2, 3),))
        override_bit(tx, [(RUN, PROMPT)], said, DC, seen=tx.head.sequence, comment="seen in the logbook")
    assert cell(told)[1] == (2, 3, "BAD", "rule:diphoton-bad@1")
    world.report_run(told, bits={"cms_active": [(1, 9, True), (10, 10, False)]})
    assert cell(told)[-1] == (10, 10, "BAD", "rule:diphoton-bad@1")


def test_a_person_stands_above_it_and_what_the_rule_says_stays_beside(told: Registry) -> None:
    world.give(told, DC, COLUMN, [(1, 5)], "GOOD")
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "BAD")
    assert cell(told) == [(1, 5, "GOOD", DC.name), (6, 10, "BAD", "rule:diphoton-bad@1")]
    assert cell(told, overruled=True) == [(1, 5, "BAD", "rule:diphoton-bad@1")]


def test_taking_back_an_edit_takes_back_what_followed_from_it(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    action = world.give(told, TRACKER, "tracker-pixel", [(4, 6)], "BAD")
    with told.writing() as tx:
        undo(tx, action, TRACKER)
    assert cell(told) == [(1, 10, "GOOD", "rule:diphoton-good@1")]


def test_where_its_workspace_has_signed_off_it_stays_until_it_is_taken_back(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    with told.writing() as tx:
        move_dataset(tx, RUN, PROMPT, "higgs", ("OPEN", "SIGNOFF"), DC)
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "BAD")
    assert cell(told) == [(1, 10, "GOOD", "rule:diphoton-good@1")]
    with told.writing() as tx:
        move_dataset(tx, RUN, PROMPT, "higgs", ("SIGNOFF", "OPEN"), DC, comment="pixels changed")
    assert cell(told) == [(1, 10, "BAD", "rule:diphoton-bad@1")]


def test_a_new_dataset_is_derived_from_the_defaults_it_is_born_with(told: Registry) -> None:
    with told.writing() as tx:
        online = {"==": [{"var": "lumisection.oms.cms_active"}, True]}
        words = RuleText(online, "unknown", "Born good.", "/%", "offline-default", "tracker-pixel", "GOOD")
        set_rule(tx, "born", words, EXPERT)
    with told.writing() as tx:
        automatic.create_dataset(tx, DatasetCreated(RUN, world.EXPRESS, {"global": "OPEN"}), IMPORTER)
    assert cell(told, dataset=world.EXPRESS) == [(1, 10, "GOOD", "rule:diphoton-good@1")]


def test_a_changed_rule_derives_again_wherever_the_workspace_is_open(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    late = {"and": [GOOD, {">": [{"var": "lumisection.lumisection_number"}, 2]}]}
    keep(told, "diphoton-good", late, "GOOD", 20)
    with told.reading() as connection:
        asked = concerned(connection, "diphoton-good")
    found = decide_again(told.database, told.clock, asked)
    assert cell(told) == [(1, 2, "NOTSET", "rule:none@0"), (3, 10, "GOOD", "rule:diphoton-good@2")]
    assert found.sentence == "1 run was decided again, 1 with something new."


def test_why_it_is_so_is_told_on_the_dataset_itself(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "BAD")
    with told.reading() as connection:
        found = why_status(connection, (RUN, PROMPT, 4), COLUMN, world.sequence_of(connection))
    assert [(rule.rule, rule.truth) for rule in found.rules] == [("diphoton-bad", True)]
    assert "lumisection.rr.tracker-pixel" in found.rules[0].blame[0].values


def test_a_column_is_not_derived_from_a_derived_one(told: Registry) -> None:
    before = world.now(told)
    with pytest.raises(Invalid, match=r"derived from certified ones, not from derived ones: .* tracker-pixel"):
        keep(told, "pixel-by-itself", GOOD, "GOOD", 10, target="tracker-pixel")
    assert world.now(told) == before


def test_a_replay_gives_the_same_derived_columns(told: Registry, another: Database) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    world.give(told, DC, COLUMN, [(1, 5)], "STANDBY", comment="looked at")
    world.give(told, TRACKER, "tracker-pixel", [(4, 6)], "BAD")
    with told.reading() as source, another.writing() as target:
        replay(source, target)
        assert list(differences(source, target)) == []
