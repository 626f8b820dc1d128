"""The grid says of every cell what the ranges say, and its edits are each answered for themselves."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from model.authors import Author
from model.grid.cells import UNTOUCHED, Cell, Piece, cell, cell_text
from model.grid.choice import Choice, chosen
from model.grid.edits import Answer, CellEdit, Group, carry_out
from model.grid.grid import Question, Row, columns_of
from model.queries import datasets
from model.queries.completeness import worst_lumisection
from model.ranges import canonical
from model.registry import Registry
from model.tables import dataset_summary
from model.vocabulary import OFFLINE_COLUMNS, SEVERITY, Stage, Status
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, RUN, TRACKER
from tests.provision.stories import once

COLUMNS = ("tracker-pixel", "tracker-strip", "dt-dt")
GOOD, BAD = Status.GOOD.value, Status.BAD.value


def rows(registry: Registry, columns: tuple[str, ...] = COLUMNS, workspace: str = "tracker") -> list[Row]:
    with registry.reading() as connection:
        at = world.sequence_of(connection)
        ids = chosen(connection, Choice(), at)
        return registry.grid.rows(connection, Question(workspace, columns), ids, at)


def texts(registry: Registry) -> list[list[str]]:
    return [[cell_text(each) for each in row.cells] for row in rows(registry)]


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    world.report_run(registry)
    world.create_dataset(registry)
    world.create_dataset(registry, EXPRESS)
    return registry


statuses = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 4), st.booleans()), max_size=6)


@given(statuses, st.sets(st.integers(1, 20), min_size=1))
def test_a_cell_counts_each_lumisection_that_exists_once(
    spoken: list[tuple[int, int, bool]], exist: set[int]
) -> None:
    said, at = [], 1
    for status, length, is_person in spoken:
        said.append(Piece(at, at + length - 1, status, is_person, False))
        at += length + (status % 2)
    found = cell(said, canonical((n, n) for n in exist))
    by_number = {n: p.status for p in said for n in range(p.first, p.last + 1)}
    expected = [by_number.get(n, Status.EMPTY.value) for n in sorted(exist)]
    worst = next(s.value for s in SEVERITY if s.value in expected)
    assert found.status == worst
    if found.pieces:
        drawn = [status for status, n in found.pieces for _ in range(n)]
        assert drawn == expected
        assert found.share == pytest.approx(expected.count(worst) / len(expected))
    else:
        assert set(expected) == {worst}


def test_a_cell_travels_as_a_short_text() -> None:
    assert cell_text(UNTOUCHED) == "·"
    assert cell_text(Cell(GOOD, 1.0, True, False, ())) == "G"
    assert cell_text(Cell(GOOD, 1.0, False, False, ())) == "g"
    assert cell_text(Cell(BAD, 0.001, True, True, ((1, 999), (2, 1)))) == "B1*|1x999,2x1"


def test_a_row_shows_what_persons_and_rules_said(told: Registry) -> None:
    world.rule_says(told, COLUMNS, [(1, 10)], "GOOD")
    world.give(told, TRACKER, "tracker-pixel", [(4, 6)], "BAD")
    (row,) = rows(told)
    assert [cell_text(each) for each in row.cells] == ["B30*|1x3,2x3,1x4", "g", "g"]
    assert (row.run_number, row.dataset, row.state, row.lumisections) == (RUN, PROMPT, "OPEN", 10)
    assert row.recorded_invpb == pytest.approx(1.0)
    assert row.at_stake_invpb == 0


def test_what_is_undecided_is_at_stake(told: Registry) -> None:
    world.give(told, TRACKER, ["tracker-pixel", "tracker-strip"], [(1, 7)], "GOOD")
    (row,) = rows(told, COLUMNS[:2])
    assert row.at_stake_invpb == pytest.approx(0.3)
    assert rows(told)[0].at_stake_invpb == pytest.approx(1.0)


def test_a_column_is_closed_with_the_workspace_that_owns_it(registry: Registry) -> None:
    world.report_run(registry)
    world.create_dataset(registry, states={"global": "OPEN", "dt": "COMPLETED"})
    (row,) = rows(registry, workspace="global")
    assert (row.state, row.cell_states) == ("OPEN", ("OPEN", "OPEN", "COMPLETED"))
    assert row.text["x"] == "OOC"


def test_rows_are_read_again_when_something_is_recorded_of_their_run_only(told: Registry) -> None:
    world.report_run(told, RUN + 1)
    world.create_dataset(told, run_number=RUN + 1)
    before = rows(told)
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    after = rows(told)
    assert after[0] is before[0]
    assert cell_text(after[1].cells[0]) == "G"


def test_the_grid_as_it_was_stays_as_it_was(told: Registry) -> None:
    then = world.now(told)
    world.give(told, TRACKER, "tracker-pixel", [(1, 10)], "GOOD")
    assert texts(told)[0][0] == "G"
    with told.reading() as connection:
        ids = chosen(connection, Choice(), then)
        (row,) = told.grid.rows(connection, Question("tracker", COLUMNS), ids, then)
    assert cell_text(row.cells[0]) == "·"
    assert texts(told)[0][0] == "G"


def test_a_choice_is_of_one_stage_and_a_range_of_runs_and_hides_what_is_hidden(told: Registry) -> None:
    for number in (RUN + 1, RUN + 2):
        world.report_run(told, number)
        world.create_dataset(told, run_number=number, hidden=number == RUN + 2)
    with told.reading() as connection:
        at = world.sequence_of(connection)

        def runs(choice: Choice) -> list[int]:
            ids = chosen(connection, choice, at)
            query = select(dataset_summary).where(dataset_summary.c.dataset_id.in_(ids))
            return sorted(row.run_number for row in connection.execute(query))

        assert runs(Choice()) == [RUN, RUN + 1]
        assert runs(Choice(Stage.EXPRESS)) == [RUN]
        assert runs(Choice(first_run=RUN + 1, hidden=True)) == [RUN + 2]
        assert runs(Choice(last_run=RUN)) == [RUN]


def test_a_workspace_shows_its_own_columns_and_global_all_certifiable_ones(told: Registry) -> None:
    with told.reading() as connection:
        at = world.sequence_of(connection)
        assert columns_of(connection, "tracker", Stage.PROMPT, at) == (
            "tracker-track",
            "tracker-pixel",
            "tracker-strip",
        )
        assert len(columns_of(connection, "global", Stage.PROMPT, at)) == 24
        assert columns_of(connection, "nobody", Stage.PROMPT, at) == ()


def group(registry: Registry, key: str, column: str, status: str, **more: object) -> Group:
    cells = (CellEdit(RUN, PROMPT, (column,)),)
    return Group(key, world.now(registry), cells, status, **more)  # type: ignore[arg-type]  # any of its fields


def said(answers: list[Answer]) -> list[tuple[str, str]]:
    return [(answer.key, answer.code) for answer in answers]


def test_a_refused_edit_leaves_the_others_alone(told: Registry) -> None:
    groups = [
        group(told, "1", "tracker-pixel", "GOOD"),
        group(told, "2", "tracker-strip", "BAD"),
        group(told, "3", "dt-dt", "GOOD"),
        group(told, "4", "nobody-knows", "GOOD"),
        group(told, "5", "tracker-strip", "STANDBY"),
    ]
    answers = carry_out(told, groups, TRACKER)
    assert said(answers) == [("1", ""), ("2", "invalid"), ("3", "forbidden"), ("4", "invalid"), ("5", "")]
    assert "cause" in answers[1].message
    assert texts(told) == [["G", "S", "·"]]


def test_an_edit_that_somebody_overtook_comes_back_with_both_sides(told: Registry) -> None:
    late = group(told, "late", "tracker-pixel", "GOOD")
    world.give(told, DC, "tracker-pixel", [(3, 4)], "BAD")
    (answer,) = carry_out(told, [late], TRACKER)
    assert answer.code == "stale"
    assert [(c.column, c.theirs, c.by) for c in answer.conflicts] == [("tracker-pixel", "BAD", "d.coordinator")]
    assert texts(told)[0][0] == "B20*|0x2,2x2,0x6"


def test_all_others_good_touches_only_what_nobody_decided(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(4, 6)], "BAD")
    world.give(told, TRACKER, "tracker-pixel", [(7, 7)], "NOTSET")
    (answer,) = carry_out(told, [group(told, "a", "tracker-pixel", "GOOD", only_open=True)], TRACKER)
    assert answer.action is not None
    assert world.statuses(told, "tracker-pixel") == [(1, 3, "GOOD"), (4, 6, "BAD"), (7, 10, "GOOD")]
    (again,) = carry_out(told, [group(told, "b", "tracker-pixel", "GOOD", only_open=True)], TRACKER)
    assert again.code == "invalid"


def test_an_action_of_the_grid_is_taken_back_as_one(told: Registry) -> None:
    cells = (CellEdit(RUN, PROMPT, ("tracker-pixel",)), CellEdit(RUN, EXPRESS, ("tracker-strip",), ((2, 5),)))
    (done,) = carry_out(told, [Group("1", world.now(told), cells, "GOOD")], TRACKER)
    assert world.statuses(told, "tracker-strip", dataset=EXPRESS) == [(2, 5, "GOOD")]
    (undone,) = carry_out(told, [Group("2", world.now(told), action=done.action)], TRACKER)
    assert undone.code == ""
    assert world.statuses(told, "tracker-strip", dataset=EXPRESS) == []
    assert texts(told) == [["·", "·", "·"]]


def test_datasets_move_all_or_none(told: Registry) -> None:
    for number in (RUN + 1, RUN + 2):
        world.report_run(told, number)
        world.create_dataset(told, run_number=number)
    tracker = ["tracker-track", "tracker-pixel", "tracker-strip"]
    for number in (RUN, RUN + 1):
        world.give(told, TRACKER, tracker, [(1, 10)], "GOOD", run_number=number)
    step = ("tracker", "OPEN", "SIGNOFF")

    def move(*numbers: int) -> Answer:
        cells = tuple(CellEdit(n, PROMPT, ()) for n in numbers)
        (answer,) = carry_out(told, [Group("m", world.now(told), cells, move=step)], TRACKER)
        return answer

    assert move(RUN, RUN + 1, RUN + 2).code == "not-open"
    assert {row.state for row in rows(told)} == {"OPEN"}
    assert move(RUN, RUN + 1).code == ""
    assert [row.state for row in rows(told)] == ["OPEN", "SIGNOFF", "SIGNOFF"]


def test_an_edit_of_nothing_is_refused_in_a_sentence(told: Registry) -> None:
    (answer,) = carry_out(told, [Group("1", world.now(told), (), "GOOD")], TRACKER)
    assert (answer.code, answer.message) == (
        "invalid",
        "There is nothing to certify: no lumisection was selected.",
    )
    (moved,) = carry_out(told, [Group("1", 0, (), move=("tracker", "OPEN", "SIGNOFF"))], TRACKER)
    assert moved.code == "invalid"


def test_datasets_are_hidden_and_brought_back_from_the_grid(told: Registry) -> None:
    cells = (CellEdit(RUN, PROMPT, ()),)

    def hide(by: Author, **more: Any) -> Answer:
        (answer,) = carry_out(told, [Group("h", world.now(told), cells, **more)], by)
        return answer

    assert hide(DC, hidden=True).code == "invalid"
    assert hide(TRACKER, hidden=True, comment="made twice").code == "forbidden"
    assert hide(DC, hidden=True, comment="made twice").code == ""
    assert rows(told) == []
    assert hide(DC, hidden=False).code == ""
    assert [row.run_number for row in rows(told)] == [RUN]


def test_all_workspaces_move_from_the_grid(told: Registry) -> None:
    world.rule_says(told, OFFLINE_COLUMNS, [(1, 10)], "GOOD")
    step = ("all workspaces", "OPEN", "SIGNOFF")
    (answer,) = carry_out(told, [Group("m", world.now(told), (CellEdit(RUN, PROMPT, ()),), move=step)], DC)
    assert answer.code == ""
    with told.reading() as connection:
        assert set(datasets.dataset(connection, RUN, PROMPT).states.values()) == {"SIGNOFF"}


def test_why_is_asked_of_the_lumisection_that_makes_the_cell_what_it_is(told: Registry) -> None:
    def worst() -> int:
        with told.reading() as connection:
            return worst_lumisection(connection, (RUN, PROMPT), "tracker-pixel", world.sequence_of(connection))

    assert worst() == 1
    world.give(told, TRACKER, "tracker-pixel", [(1, 6)], "GOOD")
    assert worst() == 7
    world.give(told, TRACKER, "tracker-pixel", [(4, 5)], "BAD")
    assert worst() == 4
