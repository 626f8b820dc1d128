"""Many verdicts at once: dry run, all or nothing, one action that can be taken back."""

import random

import pytest

from model import journal, replay
from model.bulk.cells import Cells
from model.bulk.plan import Copy, Plan, Sheet, Tell
from model.bulk.rows import read_rows
from model.bulk.wish import Wish, make_plan
from model.bulk.write import write
from model.commands.undo import undo
from model.commands.verdicts import VerdictEdit, certify
from model.db import Database
from model.errors import CalledOff, Forbidden, Invalid, NotOpen, RunRegistryError, Stale
from model.events import VerdictsGiven
from model.journal import entries
from model.ranges import canonical
from model.registry import Registry
from model.vocabulary import Stage
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, READER, RUN, TRACKER
from tests.provision.stories import once

PIXEL, STRIP = "tracker-pixel", "tracker-strip"
RUNS = tuple(range(RUN, RUN + 50))


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    for number in RUNS[:4]:
        world.report_run(registry, number)
        world.create_dataset(registry, run_number=number)
        world.create_dataset(registry, EXPRESS, number)
    return registry


def plan(registry: Registry, wish: Wish | str, by: world.Author = TRACKER) -> Plan:
    with registry.reading() as connection:
        return make_plan(connection, Sheet(wish, Stage.PROMPT) if isinstance(wish, str) else wish, by)


def apply(registry: Registry, wish: Wish | str, token: str | None = None, by: world.Author = TRACKER) -> int:
    token = plan(registry, wish, by).token if token is None else token
    asked = Sheet(wish, Stage.PROMPT) if isinstance(wish, str) else wish
    return write(registry, asked, token, by)[1]


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


def cells(status: str = "GOOD", *, replaces: bool = False, cause: str = "") -> Cells:
    return Cells(((RUN, PROMPT), (RUN + 1, PROMPT)), (PIXEL, STRIP), status, cause, replaces=replaces)


def test_cells_are_set_where_nobody_decided(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(3, 4)], "BAD")
    found = plan(told, cells())
    assert (found.datasets, found.cells, found.lumisections, found.kept) == (2, 4, 20, 2)
    action = apply(told, cells())
    assert world.statuses(told, PIXEL) == [(1, 2, "GOOD"), (3, 4, "BAD"), (5, 10, "GOOD")]
    assert world.statuses(told, STRIP, run_number=RUN + 1) == [(1, 10, "GOOD")]
    apply(told, cells("STANDBY", replaces=True))
    assert world.statuses(told, PIXEL) == [(1, 10, "STANDBY")]
    with told.writing() as tx, pytest.raises(Stale):
        undo(tx, action, TRACKER)


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (cells("BAD"), "BAD needs a cause"),
        (cells("FINE"), "no status"),
        (Cells(((RUN, "/No/Such/DQM"),), (PIXEL,), "GOOD"), "has no dataset"),
        (Cells(((1, PROMPT),), (PIXEL,), "GOOD"), "no run 1"),
        (Cells(((RUN, PROMPT),), ("pixel",), "GOOD"), "no column"),
        (Cells(((RUN, PROMPT),), (), "GOOD"), "no column"),
    ],
)
def test_cells_that_cannot_be_set_say_why(told: Registry, wish: Cells, sentence: str) -> None:
    found = plan(told, wish)
    assert not found.is_sound
    assert sentence in found.problems[0].sentence


def copy(*runs: int, replaces: bool = False) -> Copy:
    return Copy(runs, Stage.EXPRESS, Stage.PROMPT, (PIXEL, STRIP), replaces)


def test_a_copy_fills_what_is_open_and_keeps_the_structure(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(1, 4)], "GOOD", dataset=EXPRESS)
    world.give(told, TRACKER, PIXEL, [(5, 10)], "BAD", dataset=EXPRESS)
    world.give(told, TRACKER, PIXEL, [(3, 6)], "STANDBY")
    apply(told, copy(RUN))
    assert world.statuses(told, PIXEL) == [(1, 2, "GOOD"), (3, 6, "STANDBY"), (7, 10, "BAD")]
    apply(told, copy(RUN, replaces=True))
    assert world.statuses(told, PIXEL) == [(1, 4, "GOOD"), (5, 10, "BAD")]


def test_a_copy_from_nothing_says_so(told: Registry) -> None:
    found = plan(told, copy(RUN, RUN + 49))
    assert not found.is_sound
    assert [p.sentence for p in found.problems] == [f"Run {RUN + 49} has no express dataset."]


@pytest.mark.parametrize(("by", "refusal"), [(READER, Forbidden), (DC, NotOpen)])
def test_rights_and_states_hold_for_a_sheet_too(
    told: Registry, by: world.Author, refusal: type[RunRegistryError]
) -> None:
    world.report_run(told, RUN + 9)
    world.create_dataset(told, run_number=RUN + 9, states={"global": "OPEN", "tracker": "SIGNOFF"})
    found = plan(told, f"{RUN + 9},1,2,{PIXEL},GOOD", by)
    assert len(found.problems) == 1
    assert ("may not" if refusal is Forbidden else "SIGNOFF") in found.problems[0].sentence


def _sheet_of(seed: int) -> str:
    rng = random.Random(seed)
    lines = {}
    for number in RUNS[:4]:
        for column in rng.sample((PIXEL, STRIP, "tracker-track"), rng.randint(1, 3)):
            first = rng.randint(1, 10)
            said = rng.choice(("GOOD", "BAD,HV trip", "STANDBY,,odd hits", "NOTSET"))
            lines[number, column] = f"{number},{first},{rng.randint(first, 10)},{column},{said}"
    return "\n".join(lines.values())


@pytest.mark.parametrize("seed", range(8))
def test_verdicts_recorded_together_read_as_if_recorded_one_by_one(
    told: Registry, another: Database, seed: int
) -> None:
    world.rule_says(told, [PIXEL, STRIP], [(2, 8)], "EXCLUDED")
    for turn in range(4):
        action = apply(told, _sheet_of(10 * seed + turn))
        if turn % 2:
            with told.writing() as tx:
                undo(tx, action, TRACKER)
    # a replay reads one fact after the other
    with told.reading() as source, another.writing() as target:
        journal.verify(source)
        replay.replay(source, target)
    with told.reading() as one, another.reading() as other:
        assert list(replay.differences(one, other)) == []


def test_somebody_elses_work_between_dry_run_and_lock_is_met_as_without_it(told: Registry) -> None:
    """What is written was planned outside the lock; what came in between is looked at inside it."""
    sheet = f"{RUN},1,5,{PIXEL},GOOD"
    token = plan(told, sheet).token
    at = world.now(told)

    def meanwhile(column: str, status: str) -> Tell:
        def tell(what: str, _done: int, _of: int) -> None:
            if what == "checking":
                world.give(told, DC, column, [(2, 2)], status)

        return tell

    with pytest.raises(Stale, match=f"{DC.name} set {PIXEL} LS 2 to BAD"):
        write(told, Sheet(sheet, Stage.PROMPT), token, TRACKER, meanwhile(PIXEL, "BAD"))
    assert world.now(told) == at + 1
    world.give(told, DC, PIXEL, [(2, 2)], "GOOD")
    write(told, Sheet(sheet, Stage.PROMPT), plan(told, sheet).token, TRACKER, meanwhile(STRIP, "BAD"))
    # what somebody else says already is not said again
    assert [who for *_, who in world.said(told, PIXEL)] == [TRACKER.name, DC.name, TRACKER.name]
    assert world.statuses(told, STRIP) == [(2, 2, "BAD")]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_what_is_stopped_half_way_is_not_written_at_all(told: Registry, at: int) -> None:
    sheet = f"{RUN},1,5,{PIXEL},GOOD"
    token, before, heard = plan(told, sheet).token, world.now(told), []

    def stop(what: str, done: int, of: int) -> None:
        heard.append((what, done, of))
        if len(heard) > at:
            raise CalledOff("Cancelled: nothing was written.")

    with pytest.raises(CalledOff):
        write(told, Sheet(sheet, Stage.PROMPT), token, TRACKER, stop)
    assert heard == [("checking", 0, 1), ("writing", 0, 1), ("writing", 1, 1)][: at + 1]
    assert world.now(told) == before


def test_facts_about_one_dataset_are_not_recorded_together(told: Registry) -> None:
    given = VerdictsGiven(RUN, world.PROMPT, ())
    with pytest.raises(ValueError, match="different datasets"), told.writing() as tx:
        tx.record_verdicts([given, given], TRACKER)


def test_an_action_that_spoke_of_one_dataset_twice_is_taken_back_whole(told: Registry) -> None:
    world.give(told, TRACKER, PIXEL, [(1, 10)], "STANDBY")
    edits = [
        VerdictEdit(number, world.PROMPT, (PIXEL,), (span,), "GOOD")
        for number, span in ((RUN, (1, 3)), (RUN + 1, (1, 3)), (RUN, (6, 7)))
    ]
    with told.writing() as tx:
        for edit in edits:
            certify(tx, [edit], TRACKER, seen=tx.head.sequence)
        action = tx.action or 0
    assert len(world.statuses(told, PIXEL)) == 4
    with told.writing() as tx:
        undo(tx, action, TRACKER)
    assert world.statuses(told, PIXEL) == [(1, 10, "STANDBY")]
    assert world.statuses(told, PIXEL, run_number=RUN + 1) == []


def test_one_dataset_that_changed_since_keeps_the_whole_action(told: Registry) -> None:
    action = apply(told, "\n".join(f"{number},1,5,{PIXEL},GOOD" for number in RUNS[:4]))
    world.give(told, DC, PIXEL, [(2, 2)], "BAD", run_number=RUN + 2)
    before = world.now(told)
    with pytest.raises(Stale, match=f"run {RUN + 2}"), told.writing() as tx:
        undo(tx, action, DC)
    assert world.now(told) == before
