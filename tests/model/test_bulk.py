"""Many verdicts at once: dry run, all or nothing, one action that can be taken back."""

import pytest

from model.bulk.plan import Sheet
from model.bulk.rows import read_rows
from model.commands.undo import undo
from model.errors import Invalid, Stale
from model.events import VerdictsGiven
from model.journal import entries
from model.ranges import canonical
from model.registry import Registry
from model.vocabulary import Stage
from tests.model import world
from tests.model.bulk_world import PIXEL, STRIP, apply, plan, told
from tests.model.world import DC, RUN, TRACKER

__all__ = ["told"]


def test_a_sheet_is_read_as_people_paste_it() -> None:
    rows, problems = read_rows(
        "\ufeffrun;first;last;column;status;cause;comment\r\n"
        f'{RUN}.0;3;"5.00";{PIXEL};bad;HV trip;"two\nlines; quoted"\r\n'
        "\r\n"
        f"{RUN};;;{STRIP};GOOD\r\n"
    )
    assert problems == []
    assert [(r.line, r.run_number, r.ranges, r.status, r.cause) for r in rows] == [
        (2, RUN, ((3, 5),), "BAD", "HV trip"),
        (5, RUN, (), "GOOD", ""),
    ]
    assert rows[0].comment == "two\nlines; quoted"
    assert read_rows(f"{RUN}\t1\t2\t{PIXEL}\tGOOD")[0][0].ranges == ((1, 2),)
    assert read_rows(f"{RUN}, 1, 2, {PIXEL}, GOOD")[0][0].column == PIXEL


@pytest.mark.parametrize("text", ["", "  \n ", 'run,first\n"never closed', "x" * 4_000_001])
def test_a_text_that_holds_no_rows_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"\.$"):
        read_rows(text)


def test_a_dry_run_counts_and_writes_nothing(told: Registry) -> None:
    before = world.now(told)
    found = plan(told, f"{RUN},1,4,{PIXEL},GOOD\n{RUN},3,6,{STRIP},BAD,HV trip\n{RUN + 1},,,{PIXEL},GOOD")
    assert found.is_sound
    assert (found.datasets, found.cells, found.lumisections) == (2, 3, 16)
    assert found.recorded_invpb == pytest.approx(1.6)
    assert world.now(told) == before


def test_a_sheet_is_one_action_and_is_taken_back_as_one(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(1, 2)], "STANDBY")
    action = apply(told, f"{RUN},1,4,{PIXEL},GOOD\n{RUN + 1},,,{PIXEL},BAD,,odd hits")
    assert world.statuses(told, PIXEL) == [(1, 4, "GOOD")]
    assert world.statuses(told, PIXEL, run_number=RUN + 1) == [(1, 10, "BAD")]
    with told.writing() as tx:
        undo(tx, action, TRACKER)
    assert world.statuses(told, PIXEL) == [(1, 2, "STANDBY")]
    assert world.statuses(told, PIXEL, run_number=RUN + 1) == []


def test_trap_31_one_bad_row_of_fifty_is_named_and_nothing_is_written(told: Registry) -> None:
    lines = [f"{RUN + n % 4},{n % 10 + 1},{n % 10 + 1},{PIXEL},GOOD" for n in range(50)]
    lines[37] = f"{RUN},3,30,{PIXEL},GOOD"
    before = world.now(told)
    found = plan(told, "\n".join(lines))
    assert [(p.line, p.sentence) for p in found.problems] == [
        (38, f"Run {RUN} has lumisections 1 to 10, not 3–30.")
    ]
    with pytest.raises(Invalid, match="Line 38"):
        apply(told, "\n".join(lines))
    assert world.now(told) == before


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (f"{RUN},1,2,no-column,GOOD", "no-column is no column"),
        (f"{RUN},1,2,{PIXEL},BAD", "BAD needs a cause"),
        (f"{RUN},1,2,{PIXEL},FINE", "no status"),
        (f"{RUN},5,2,{PIXEL},GOOD", "reversed"),
        (f"{RUN},5,,{PIXEL},GOOD", "both lumisections"),
        (f"{RUN},x,2,{PIXEL},GOOD", "no first"),
        (f"{RUN},1,2,dt-dt,GOOD", "may not"),
        (f"1,1,2,{PIXEL},GOOD", "has no prompt dataset"),
        (f"{RUN},1,2,{PIXEL}", "5 to 7 cells"),
        (f"{'9' * 30},1,2,{PIXEL},GOOD", "no run"),
    ],
)
def test_trap_13_a_row_that_cannot_be_written_says_why(told: Registry, line: str, sentence: str) -> None:
    found = plan(told, f"{RUN},1,2,{PIXEL},GOOD\n{line}")
    assert not found.is_sound
    assert [p.line for p in found.problems] == [2]
    assert sentence in found.problems[0].sentence


def test_what_changed_after_the_dry_run_is_not_overwritten(told: Registry) -> None:
    sheet = f"{RUN},1,5,{PIXEL},GOOD"
    token = plan(told, sheet).token
    world.give(told, DC, PIXEL, [(2, 2)], "BAD")
    with pytest.raises(Stale):
        apply(told, sheet, token)
    assert world.statuses(told, PIXEL) == [(2, 2, "BAD")]
    for odd in ("", "1", "x.y", f"{world.now(told)}.{'0' * 64}", "9" + token, "9" * 9_999 + token):
        with pytest.raises((Stale, Invalid)):
            apply(told, sheet, odd)


def test_trap_01_only_what_changes_is_recorded(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(1, 6)], "GOOD")
    said = ("BAD,HV trip", "GOOD", "GOOD", "BAD,HV trip", "BAD,HV trip", "GOOD")
    apply(told, "\n".join(f"{RUN},{n},{n},{PIXEL},{word}" for n, word in enumerate(said, 1)))
    with told.reading() as connection:
        *_, last = entries(connection)
    assert isinstance(last.event, VerdictsGiven)
    recorded = [span for verdict in last.event.verdicts for span in verdict["ranges"]]
    assert canonical((first, end) for first, end in recorded) == ((1, 1), (4, 5))
    assert world.statuses(told, PIXEL) == [(1, 1, "BAD"), (2, 3, "GOOD"), (4, 5, "BAD"), (6, 6, "GOOD")]


def test_a_sheet_applied_twice_has_nothing_more_to_write(told: Registry) -> None:
    sheet = f"{RUN},1,5,{PIXEL},BAD,HV trip"
    token = plan(told, sheet).token
    apply(told, sheet, token)
    with pytest.raises(Invalid, match="all so already"):
        apply(told, sheet, token)
    again = plan(told, sheet)
    assert (again.is_sound, again.cells, again.kept) == (False, 0, 5)


def test_what_a_rule_says_is_not_yet_a_person_s_word(told: Registry) -> None:
    world.rule_says(told, PIXEL, [(1, 10)], "GOOD")
    apply(told, f"{RUN},1,5,{PIXEL},GOOD")
    assert [(a, b, who) for a, b, _, who in world.said(told, PIXEL)] == [
        (1, 5, TRACKER.name),
        (6, 10, world.RULE.name),
    ]


def test_a_row_of_a_whole_run_keeps_what_is_decided_unless_it_shall_replace(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(3, 4)], "BAD")
    sheet = f"{RUN},,,{PIXEL},GOOD"
    assert plan(told, sheet).kept == 2
    apply(told, sheet)
    assert world.statuses(told, PIXEL) == [(1, 2, "GOOD"), (3, 4, "BAD"), (5, 10, "GOOD")]
    apply(told, Sheet(sheet, Stage.PROMPT, replaces=True))
    assert world.statuses(told, PIXEL) == [(1, 10, "GOOD")]
