"""Many datasets moved or duplicated: dry run, all or nothing, one action that can be taken back."""

import pytest

from model.bulk.deeds import Deed, Duplicates, Moves
from model.bulk.plan import Plan
from model.bulk.wish import make_plan
from model.bulk.write import write
from model.commands.undo import undo
from model.errors import Forbidden, Invalid, NotFound, Stale
from model.queries import datasets
from model.registry import Registry
from model.vocabulary import GLOBAL, OFFLINE_COLUMNS, workspace_of
from tests.model import world
from tests.model.world import DC, EXPRESS, PROMPT, RUN, TRACKER
from tests.provision.stories import once

RUNS = (RUN, RUN + 1, RUN + 2)
TO = "/ReReco/Run2024C/DQM"


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    for number in RUNS:
        world.report_run(registry, number)
        world.create_dataset(registry, run_number=number)
        world.decide_everything(registry, run_number=number)
    return registry


def plan(registry: Registry, deed: Deed, by: world.Author = DC) -> Plan:
    with registry.reading() as connection:
        return make_plan(connection, deed, by)


def apply(registry: Registry, deed: Deed, token: str | None = None, by: world.Author = DC) -> int:
    token = plan(registry, deed, by).token if token is None else token
    return write(registry, deed, token, by)[1]


def take_back(registry: Registry, action: int, by: world.Author = DC) -> None:
    with registry.writing() as tx:
        undo(tx, action, by)


def states(registry: Registry, workspace: str = "tracker", name: str = PROMPT) -> list[str]:
    with registry.reading() as connection:
        return [datasets.dataset(connection, run, name).state_of(workspace) for run in RUNS]


def moves(*workspaces: str, comment: str = "", back: bool = False) -> Moves:
    words = ("SIGNOFF", "OPEN") if back else ("OPEN", "SIGNOFF")
    return Moves(tuple((run, PROMPT) for run in RUNS), workspaces or ("tracker",), *words, comment)


def test_datasets_are_signed_off_and_taken_back_as_one(told: Registry) -> None:
    found = plan(told, moves(), TRACKER)
    assert (found.is_sound, found.datasets, found.cells, found.lumisections) == (True, 3, 3, 30)
    action = apply(told, moves(), by=TRACKER)
    assert states(told) == ["SIGNOFF"] * 3
    assert states(told, "dt") == ["OPEN"] * 3
    take_back(told, action, TRACKER)
    assert states(told) == ["OPEN"] * 3


def test_one_dataset_that_cannot_move_stops_all_and_is_named(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(3, 4)], "NOTSET", run_number=RUN + 1)
    before = world.now(told)
    found = plan(told, moves(), TRACKER)
    assert [p.sentence for p in found.problems] == [
        f"Run {RUN + 1}: {PROMPT} cannot be signed off: nobody decided on tracker-pixel LS 3–4."
    ]
    with pytest.raises(Invalid, match=f"Run {RUN + 1}"):
        apply(told, moves(), by=TRACKER)
    assert world.now(told) == before


def test_trap_23_a_move_of_every_workspace_leaves_what_waits_or_is_not_significant(told: Registry) -> None:
    own = {GLOBAL: "OPEN", "dt": "waiting dqm gui", "muon": "not significant for workspace"}
    world.create_dataset(told, EXPRESS, states=own)
    world.decide_everything(told, EXPRESS)
    everywhere = tuple(dict.fromkeys(map(workspace_of, OFFLINE_COLUMNS)))
    every = Moves(((RUN, EXPRESS),), everywhere, "OPEN", "SIGNOFF")
    assert plan(told, every).kept == 2
    apply(told, every)
    with told.reading() as connection:
        found = datasets.dataset(connection, RUN, EXPRESS)
    assert (found.state_of("tracker"), found.state_of("gem")) == ("SIGNOFF", "SIGNOFF")
    assert (found.state_of("dt"), found.state_of("muon")) == (own["dt"], own["muon"])
    one = Moves(((RUN, EXPRESS),), ("dt",), "OPEN", "SIGNOFF")
    assert "is waiting dqm gui, not OPEN" in plan(told, one).problems[0].sentence


def test_a_move_back_needs_a_reason_and_a_right(told: Registry) -> None:
    apply(told, moves())
    assert "needs a reason" in plan(told, moves(back=True)).problems[0].sentence
    assert "may not" in plan(told, moves(GLOBAL), TRACKER).problems[0].sentence
    assert "no workspace" in plan(told, moves("pixels")).problems[0].sentence
    apply(told, moves(back=True, comment="HV of FPix again"))
    assert states(told) == ["OPEN"] * 3


def test_a_dataset_that_moved_after_the_dry_run_is_not_moved_again(told: Registry) -> None:
    token = plan(told, moves()).token
    action = apply(told, moves())
    with pytest.raises(Invalid, match="is SIGNOFF, not OPEN"):
        apply(told, moves(), token)
    apply(told, moves(back=True, comment="once more"))
    with pytest.raises(Stale, match="is OPEN meanwhile"):
        take_back(told, action)
    with pytest.raises(Stale, match="changed since"):
        apply(told, moves(), "1.none")
    with pytest.raises(Invalid, match="token is missing"):
        apply(told, moves(), "none")


def duplicates(to: str = TO) -> Duplicates:
    return Duplicates(tuple((run, PROMPT) for run in RUNS), to)


def test_datasets_are_duplicated_with_what_counts_on_them(told: Registry) -> None:
    world.give(told, TRACKER, "tracker-pixel", [(3, 4)], "BAD", comment="odd hits")
    found = plan(told, duplicates())
    assert (found.is_sound, found.datasets, found.cells) == (True, 3, 3 * len(OFFLINE_COLUMNS))
    action = apply(told, duplicates())
    pixel = world.said(told, "tracker-pixel", dataset=TO)
    assert pixel == [(1, 2, "GOOD", DC.name), (3, 4, "BAD", DC.name), (5, 10, "GOOD", DC.name)]
    assert states(told, name=TO) == ["OPEN"] * 3
    take_back(told, action)
    with told.reading() as connection:
        assert datasets.dataset(connection, RUN, TO).is_hidden
    assert world.said(told, "tracker-pixel", dataset=TO) == []
    assert "hidden: bring it back" in plan(told, duplicates()).problems[0].sentence


def test_a_duplicate_that_somebody_worked_on_is_not_taken_back(told: Registry) -> None:
    action = apply(told, duplicates())
    world.give(told, TRACKER, "tracker-pixel", [(1, 1)], "STANDBY", dataset=TO)
    with pytest.raises(Stale, match="Later verdicts"):
        take_back(told, action)


@pytest.mark.parametrize("name", ["", "no slash", "/one", "/a/<b>", "/a/" + "b" * 200, PROMPT])
def test_a_name_that_cannot_be_given_is_refused(told: Registry, name: str) -> None:
    found = plan(told, duplicates(name))
    assert not found.is_sound
    assert len(found.problems) == 3


def test_what_cannot_be_duplicated_says_why(told: Registry) -> None:
    assert "may not duplicate" in plan(told, duplicates(), TRACKER).problems[0].sentence
    assert "online" in plan(told, Duplicates(((RUN, "online"),), TO)).problems[0].sentence
    assert "no run 1" in plan(told, Duplicates(((1, PROMPT),), TO)).problems[0].sentence
    world.create_dataset(told, EXPRESS)
    both = plan(told, Duplicates(((RUN, PROMPT), (RUN, EXPRESS)), TO))
    assert "several datasets" in both.problems[0].sentence
    with pytest.raises(Invalid, match="No dataset"):
        plan(told, Duplicates((), TO))


def test_nobody_else_takes_a_move_or_a_duplicate_back(told: Registry) -> None:
    action = apply(told, duplicates())
    with pytest.raises(Forbidden):
        take_back(told, action, TRACKER)
    with pytest.raises(NotFound):
        take_back(told, 10_000)
