"""Workspaces are administered by events: added, labelled, retired; what was said before stays."""

from collections.abc import Callable
from typing import Any

import pytest

from model.authors import Author
from model.commands import workspaces as room
from model.commands.cycles import complete_workspace, create_cycle
from model.commands.rules import set_rule
from model.commands.undo import undo
from model.errors import Forbidden, Invalid, NotFound, RunRegistryError, Stale
from model.journal import Transaction
from model.queries import datasets
from model.queries.cycles import cycles, progress
from model.queries.workspaces import causes_of, changed, every_workspace
from model.registry import Registry
from model.rulebook.texts import Purpose, RuleText
from tests.model import world
from tests.model.world import DC, EXPERT, PROMPT, RUN
from tests.provision.stories import once

WHY = "wanted by the Higgs PAG"
Command = Callable[[Transaction], int]


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell of a workspace that an administrator made, and of one run."""
    _done(registry, lambda tx: room.add_workspace(tx, "higgs", "PAG", EXPERT, comment=WHY))
    _done(registry, lambda tx: room.add_column(tx, "higgs-diphoton", "offline", EXPERT, comment=WHY))
    world.report_run(registry)
    world.create_dataset(registry)
    return registry


def _done(registry: Registry, command: Command) -> int:
    with registry.writing() as tx:
        return command(tx)


def _columns(registry: Registry, at: int | None = None) -> tuple[str, ...]:
    with registry.reading() as connection:
        return datasets.columns(connection, PROMPT, at)


def test_a_workspace_with_a_column_certifies_from_then_on_and_not_before(told: Registry) -> None:
    assert "higgs-diphoton" in _columns(told) and "higgs-diphoton" not in _columns(told, 1)
    world.give(told, EXPERT, "higgs-diphoton", [(1, 4)], "BAD")
    assert world.statuses(told, "higgs-diphoton") == [(1, 4, "BAD")]
    with told.reading() as connection:
        found = {each.name: each for each in every_workspace(connection)}
    assert found["higgs"].level == "PAG" and found["higgs"].columns[0].places == ("offline",)
    assert {"tracker-pixel", "tracker-strip"} <= {column.name for column in found["tracker"].columns}


def test_a_workspace_of_an_administrator_completes_cycles(told: Registry) -> None:
    _done(told, lambda tx: create_cycle(tx, "week 21", "2024-05-27", [(RUN, PROMPT)], DC))
    _done(told, lambda tx: room.retire_column(tx, "higgs-diphoton", "offline", EXPERT, comment=WHY))
    with pytest.raises(Invalid, match="higgs certifies no datasets"):
        _done(told, lambda tx: complete_workspace(tx, "week 21", "higgs", EXPERT))
    _done(told, lambda tx: room.add_column(tx, "higgs-diphoton", "offline-local", EXPERT, comment=WHY))
    with told.reading() as connection:
        at = world.sequence_of(connection)
        (cycle,) = cycles(connection, at)
        assert "higgs" in {each.workspace for each in progress(connection, cycle, at)}
    with pytest.raises(RunRegistryError, match="higgs has not signed off"):
        _done(told, lambda tx: complete_workspace(tx, "week 21", "higgs", EXPERT))


def test_what_is_retired_keeps_its_history(told: Registry) -> None:
    world.give(told, EXPERT, "higgs-diphoton", [(1, 4)], "BAD")
    before = world.now(told)
    _done(told, lambda tx: room.retire_workspace(tx, "higgs", EXPERT, comment="the PAG stopped"))
    assert "higgs-diphoton" not in _columns(told) and "higgs-diphoton" in _columns(told, before)
    assert world.statuses(told, "higgs-diphoton", at=before) == [(1, 4, "BAD")]
    with told.reading() as connection:
        assert "higgs" not in {each.name for each in every_workspace(connection)}
        assert "higgs" in {each.name for each in every_workspace(connection, before)}


def test_a_change_is_taken_back_as_a_unit(told: Registry) -> None:
    _done(told, lambda tx: room.add_column(tx, "higgs-fourlepton", "offline-local", EXPERT, comment=WHY))
    columns = _columns(told)
    with told.writing() as tx:
        room.retire_workspace(tx, "higgs", EXPERT, comment="by mistake")
        action = tx.action
    assert action is not None
    _done(told, lambda tx: undo(tx, action, EXPERT))
    assert sorted(_columns(told)) == sorted(columns)


def test_the_first_change_of_what_ships_is_taken_back_to_what_ships(registry: Registry) -> None:
    columns = _columns(registry)
    action = _done(registry, lambda tx: room.retire_column(tx, "castor-castor", "offline", EXPERT, comment=WHY))
    assert "castor-castor" not in _columns(registry)
    _done(registry, lambda tx: undo(tx, action, EXPERT))
    assert _columns(registry) == columns


def test_a_change_that_somebody_built_upon_is_not_taken_back(told: Registry) -> None:
    action = _done(told, lambda tx: room.add_column(tx, "higgs-a", "offline", EXPERT, comment=WHY))
    _done(told, lambda tx: room.add_column(tx, "higgs-b", "offline", EXPERT, comment=WHY))
    with pytest.raises(Stale, match="changed again since"):
        _done(told, lambda tx: undo(tx, action, EXPERT))
    with pytest.raises(Forbidden):
        _done(told, lambda tx: undo(tx, action, DC))


def test_a_column_that_a_rule_reads_is_not_retired(told: Registry) -> None:
    logic = {"==": [{"var": "lumisection.rr.ecal-ecal"}, "GOOD"]}
    with told.writing() as tx:
        text = RuleText(logic, "bad", "decides it", PROMPT, Purpose.DERIVED_VERDICT, "higgs-diphoton", "GOOD")
        set_rule(tx, "higgs-good", text, EXPERT)
    with pytest.raises(Invalid, match="is read or decided by higgs-good"):
        _done(told, lambda tx: room.retire_column(tx, "higgs-diphoton", "offline", EXPERT, comment=WHY))


def test_labels_and_causes_are_of_people_and_names_stay(told: Registry) -> None:
    _done(told, lambda tx: room.set_label(tx, "tracker-pixel", " Pixel  detector ", EXPERT, comment=WHY))
    _done(told, lambda tx: room.set_causes(tx, "tracker", ["SEU", " SEU ", ""], EXPERT, comment=WHY))
    with told.reading() as connection:
        at = world.sequence_of(connection)
        found = {each.name: each for each in every_workspace(connection)}
        labels = {column.name: column.label for column in found["tracker"].columns}
        assert (labels["tracker-pixel"], found["tracker"].causes) == ("Pixel detector", ("SEU",))
        assert causes_of(connection, "tracker")[-1] == "SEU" and "SEU" not in causes_of(connection, "dt")
        assert "SEU" not in causes_of(connection, "tracker", at - 1)
        assert [(c.author, c.comment, c.what) for c in changed(connection, at)][:2] == [
            ("b.expert", WHY, "causes"),
            ("b.expert", WHY, "labels"),
        ]
    _done(told, lambda tx: room.set_label(tx, "tracker-pixel", "", EXPERT, comment=WHY))
    _done(told, lambda tx: room.set_causes(tx, "tracker", [], EXPERT, comment=WHY))
    with told.reading() as connection:
        assert causes_of(connection, "tracker") == causes_of(connection, "dt")


@pytest.mark.parametrize(
    ("command", "given", "by", "why", "refusal", "said"),
    [
        (room.add_workspace, ["higgs", "PAG"], EXPERT, WHY, Invalid, "already"),
        (room.add_workspace, ["top", "XYZ"], EXPERT, WHY, Invalid, "no level"),
        (room.add_workspace, ["top", "PAG"], EXPERT, " x ", Invalid, "Say why"),
        (room.add_workspace, ["top", "PAG"], DC, WHY, Forbidden, "experts"),
        (room.add_column, ["top-a", "offline"], EXPERT, WHY, NotFound, "add it first"),
        (room.add_column, ["higgs-Ä", "offline"], EXPERT, WHY, Invalid, "is no column"),
        (room.add_column, ["higgs-a", "offline"], DC, WHY, Forbidden, "experts"),
        (room.retire_workspace, ["top"], EXPERT, WHY, NotFound, "no workspace top"),
        (room.retire_workspace, ["global"], EXPERT, WHY, Invalid, "no column any more"),
        (room.retire_workspace, ["higgs"], DC, WHY, Forbidden, "experts"),
        (room.set_label, ["top", "Top"], EXPERT, WHY, NotFound, "no workspace or column"),
        (room.set_label, ["higgs", "x" * 41], EXPERT, WHY, Invalid, "at most 40"),
        (room.set_label, ["higgs", "higgs"], EXPERT, WHY, Invalid, "so already"),
        (room.set_causes, ["top", ["SEU"]], EXPERT, WHY, NotFound, "no workspace top"),
        (room.set_causes, ["higgs", ["SEU"]], DC, WHY, Forbidden, "experts"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    command: Callable[..., int],
    given: list[Any],
    by: Author,
    why: str,
    refusal: type[RunRegistryError],
    said: str,
    told: Registry,
) -> None:
    before = world.now(told)
    with pytest.raises(refusal, match=said):
        _done(told, lambda tx: command(tx, *given, by, comment=why))
    assert world.now(told) == before
