"""Datasets are born when a run is signed off, wait for the DQM GUI, and open where it has them."""

import time

import pytest

from model import accepted
from model.accepted import Accepted, looked_for, try_patterns
from model.authors import IMPORTER
from model.commands.accepted import set_accepted
from model.commands.automatic import open_dataset
from model.commands.datasets import hide_dataset, move_dataset
from model.commands.rules import set_rule
from model.commands.runs import import_run_attributes, move_run
from model.commands.undo import undo
from model.errors import Forbidden, Invalid, NotOpen, Stale
from model.queries import datasets
from model.queries.waiting import waiting
from model.registry import Registry
from model.rulebook.texts import RuleText
from model.vocabulary import ONLINE
from tests.model import world
from tests.model.world import DC, EXPERT, PROMPT, READER, RUN, SHIFTER, TRACKER
from tests.provision.stories import once

SAMPLE = "/ZeroBias/Run2024C-PromptReco-v1/DQMIO"
ROW = Accepted(PROMPT, (r"/(ZeroBias|Muon0)/Run2024C-PromptReco-v.*?/DQMIO",), 379_000, 381_000, "Collisions24")


def keep(registry: Registry, *rows: Accepted, by: world.Author = EXPERT) -> None:
    with registry.writing() as tx:
        set_accepted(tx, rows[0].name, rows, by, seen=tx.head.sequence)


def sign_off(registry: Registry, *, back_first: bool = False) -> None:
    with registry.writing() as tx:
        if back_first:
            move_run(tx, RUN, "SIGNOFF", "OPEN", EXPERT, comment="one more look")
        move_run(tx, RUN, "OPEN", "SIGNOFF", SHIFTER)


def names(registry: Registry) -> list[str]:
    with registry.reading() as connection:
        return [d.name for d in datasets.datasets_of(connection, RUN)]


def states(registry: Registry) -> dict[str, str]:
    with registry.reading() as connection:
        return dict(datasets.dataset(connection, RUN, PROMPT).states)


def open_it(registry: Registry, *samples: str) -> int:
    with registry.writing() as tx:
        return open_dataset(tx, (RUN, PROMPT), samples, IMPORTER)


@pytest.fixture
@once
def ready(registry: Registry) -> Registry:
    """Give a significant run that can be signed off, and one accepted dataset."""
    world.report_run(registry)
    world.decide_everything(registry, ONLINE)
    with registry.writing() as tx:
        words = {"class": "Collisions24", "significant": True}
        import_run_attributes(tx, RUN, words, EXPERT, importer=IMPORTER)
    keep(registry, ROW)
    return registry


def test_a_dataset_is_born_when_its_run_is_signed_off_and_waits(ready: Registry) -> None:
    sign_off(ready)
    assert names(ready) == [ONLINE, PROMPT]
    found = states(ready)
    assert set(found.values()) == {"waiting dqm gui"}
    assert {"global", "tracker", "muon"} <= set(found)
    with ready.reading() as connection:
        at = world.sequence_of(connection)
        assert [(w.run_number, w.name) for w in waiting(connection, at)] == [(RUN, PROMPT)]


def test_signing_off_again_gives_no_second_dataset_and_keeps_the_first(ready: Registry) -> None:
    sign_off(ready)
    open_it(ready, SAMPLE)
    sign_off(ready, back_first=True)
    assert names(ready) == [ONLINE, PROMPT]
    assert states(ready)["tracker"] == "OPEN"


@pytest.mark.parametrize(
    "words", [{"significant": False}, {"class": "Cosmics24"}], ids=["not significant", "another class"]
)
def test_a_run_that_is_not_meant_gets_none(ready: Registry, words: dict[str, object]) -> None:
    with ready.writing() as tx:
        import_run_attributes(tx, RUN, words, EXPERT, importer=IMPORTER)
    sign_off(ready)
    assert names(ready) == [ONLINE]


def test_a_row_that_is_switched_off_or_of_other_runs_gives_none(ready: Registry) -> None:
    keep(
        ready,
        Accepted(PROMPT, ROW.patterns, 379_000, 381_000, "Collisions24", enabled=False),
        Accepted(PROMPT, ROW.patterns, 666_666, 999_999, "Collisions24"),
    )
    sign_off(ready)
    assert names(ready) == [ONLINE]


def test_a_dataset_opens_where_the_gui_has_it_and_is_not_asked_twice(ready: Registry) -> None:
    sign_off(ready)
    assert open_it(ready) == 0
    assert open_it(ready, SAMPLE) == 2
    assert set(states(ready).values()) == {"OPEN"}
    assert open_it(ready, SAMPLE) == 0
    assert open_it(ready, "/Muon0/Run2024C-PromptReco-v1/DQMIO") == 1
    with ready.reading() as connection:
        assert len(datasets.dataset(connection, RUN, PROMPT).in_gui) == 2


def test_a_workspace_for_which_it_is_not_significant_does_not_open(ready: Registry) -> None:
    sign_off(ready)
    logic = {"==": [{"var": "run.rr.class"}, "Collisions24"]}
    value = "not significant for workspace"
    rule = RuleText(logic, "bad", "no taus here", "%", "workspace-significance", "tau", value)
    with ready.writing() as tx:
        set_rule(tx, "tau-significance", rule, EXPERT)
    open_it(ready, SAMPLE)
    found = states(ready)
    assert (found["tau"], found["muon"]) == (value, "OPEN")


def test_trap_03_a_hidden_dataset_stays_hidden_whatever_happens_to_it(ready: Registry) -> None:
    sign_off(ready)
    with ready.writing() as tx:
        hide_dataset(tx, RUN, PROMPT, DC, comment="made twice")
    open_it(ready, SAMPLE)
    world.give(ready, TRACKER, "tracker-pixel", [(1, 2)], "GOOD")
    with ready.reading() as connection:
        assert datasets.dataset(connection, RUN, PROMPT).is_hidden
    with ready.writing() as tx:
        hide_dataset(tx, RUN, PROMPT, DC, hidden=False)
    with ready.reading() as connection:
        assert not datasets.dataset(connection, RUN, PROMPT).is_hidden


def test_hiding_needs_the_right_a_reason_and_something_to_hide(ready: Registry) -> None:
    sign_off(ready)
    for by, name, comment, refusal in (
        (TRACKER, PROMPT, "made twice", Forbidden),
        (DC, PROMPT, "", Invalid),
        (DC, ONLINE, "made twice", Invalid),
    ):
        with ready.writing() as tx, pytest.raises(refusal):
            hide_dataset(tx, RUN, name, by, comment=comment)
    with ready.writing() as tx, pytest.raises(Invalid, match="in sight already"):
        hide_dataset(tx, RUN, PROMPT, DC, hidden=False)


def test_trap_11_a_move_from_a_state_it_is_not_in_is_refused(ready: Registry) -> None:
    sign_off(ready)
    with ready.writing() as tx, pytest.raises(NotOpen, match="is waiting dqm gui, not OPEN"):
        move_dataset(tx, RUN, PROMPT, "tracker", ("OPEN", "SIGNOFF"), TRACKER)


def test_trap_25_a_blank_line_among_patterns_matches_nothing() -> None:
    found = try_patterns(
        ["", "   ", ROW.patterns[0]], [SAMPLE, "", "   ", "/Muon0/Run2024D-PromptReco-v1/DQMIO"]
    )
    assert list(found.matching) == [SAMPLE]
    assert len(found.others) == 3


def test_rows_are_found_by_run_class_name_and_pattern() -> None:
    off = Accepted(
        "/Express/Collisions2024/DQM", ("/Express.*",), 379_000, 381_000, "Collisions24", enabled=False
    )
    assert looked_for([ROW, off], "380000") == [ROW]
    assert looked_for([ROW, off], "381001") == []
    assert looked_for([ROW, off], "collisions24") == [ROW, off]
    assert looked_for([ROW, off], "muon0") == [ROW]
    assert looked_for([ROW, off], "") == [ROW, off]


def test_a_pattern_that_would_take_for_ever_takes_no_time() -> None:
    name, start = "/" + "a" * 290 + "!", time.process_time()
    for pattern in ("(/a+)+$", "/(a|aa)+$", "/(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)(.*)b"):
        assert try_patterns([pattern], [name] * 50).others == (name,)
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (Accepted("PromptReco/x", ("a",), 379_000, 381_000, "C"), "begins with no slash"),
        (Accepted("/x", ("(",), 379_000, 381_000, "C"), "missing \\)"),
        (Accepted("/x", (r"(a)\1",), 379_000, 381_000, "C"), "is no pattern"),
        (Accepted("/x", ("a" * 501,), 379_000, 381_000, "C"), "1 to 500 characters"),
        (Accepted("/x", (), 379_000, 381_000, "C"), "1 to 50 patterns"),
        (Accepted("/x", ("a",), 381_000, 379_000, "C"), "no range"),
        (Accepted("/x", ("a",), 379_000, 381_000, " "), "run class"),
    ],
)
def test_a_row_that_cannot_be_kept_says_why(registry: Registry, row: Accepted, sentence: str) -> None:
    with registry.writing() as tx, pytest.raises(Invalid, match=sentence):
        set_accepted(tx, row.name, [row], EXPERT, seen=0)
    with registry.reading() as connection:
        assert accepted.accepted(connection) == []


def test_rows_are_changed_by_who_may_and_saw_them(ready: Registry) -> None:
    before = world.now(ready)
    with ready.writing() as tx, pytest.raises(Forbidden):
        set_accepted(tx, PROMPT, [], READER, seen=before)
    keep(ready, Accepted(PROMPT, ROW.patterns, 379_000, 380_999, "Collisions24"))
    with ready.writing() as tx, pytest.raises(Stale):
        set_accepted(tx, PROMPT, [], EXPERT, seen=before)


def test_a_change_of_accepted_datasets_is_taken_back(registry: Registry) -> None:
    keep(registry, ROW)
    changed = Accepted(PROMPT, (r"/x",), 379_000, 381_000, "Cosmics24")
    keep(registry, changed)
    last = world.now(registry)
    with registry.writing() as tx, pytest.raises(Forbidden, match="cms-dqm-runregistry-experts may"):
        undo(tx, last, DC)
    with registry.writing() as tx:
        undo(tx, last, EXPERT)
    with registry.reading() as connection:
        assert accepted.accepted(connection) == [ROW]
    with registry.writing() as tx, pytest.raises(Stale, match="were changed again since"):
        undo(tx, last, EXPERT)


def test_accepted_datasets_that_are_new_go_when_they_are_taken_back(registry: Registry) -> None:
    keep(registry, ROW)
    with registry.writing() as tx:
        undo(tx, tx.head.sequence, EXPERT)
    with registry.reading() as connection:
        assert accepted.accepted(connection) == []
