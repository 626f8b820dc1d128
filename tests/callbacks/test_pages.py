"""What the callbacks fill the pages with."""

from typing import Any

import pytest
from dash import no_update
from plotly.graph_objects import Figure

from callbacks.board_page import fill_board, fill_board_queue
from callbacks.handover import fill_notes
from callbacks.run_page import fill_run
from components.board_page import board_body
from components.golden_page import golden_body
from components.run_page import run_body
from model.authors import IMPORTER
from model.commands.bits import BitOverride, override_bit
from model.commands.proposals import propose
from model.commands.runs import set_run_attributes
from model.events import ProposalsMade
from model.registry import Registry
from tests.browser.small import FIRST, PROMPT
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import named, parts, told_beside, words
from tests.model import world

LAST = FIRST + 1


def strip_of(drawn: Any) -> dict[str, Any]:
    (figure,) = [part for part in drawn if isinstance(part, Figure)]
    return dict(figure.layout.meta["strip"])


def board(search: str = "", pathname: str = "/") -> Any:
    return fill_board(pathname, search, None, None, None, is_hidden=True)


def run(path: str | None, search: str = "", drawn_for: str | None = None) -> Any:
    return [*fill_run(path, search, None, None, drawn_for, None).values()]


def test_the_board_shows_the_last_run(asking: Asking) -> None:
    with asking():
        drawn = board()
    assert strip_of(drawn)["run_number"] == LAST
    assert {row["dataset"] for row in strip_of(drawn)["rows"]} == {"online", "bits"}
    assert str(FIRST) in words(drawn[4])


def test_the_board_is_filled_only_on_its_own_address(asking: Asking) -> None:
    with asking():
        assert set(board(pathname="/runs")) == {no_update}


def test_the_queue_and_the_notes_come_after_the_board_and_once(asking: Asking) -> None:
    with asking():
        assert fill_board_queue("/", "", None, None, True) is no_update
        assert fill_notes("/", "", None, None, True) is no_update
        assert board()[1] is False
        # what a board that is there is told again asks for neither
        assert fill_board("/", "", None, None, None, is_hidden=False)[1] is no_update
        assert "Needs a decision" in words(fill_board_queue("/", "", None, None, False))
        assert fill_notes("/", "", None, None, False) is not no_update


def test_the_board_of_a_time_before_the_first_run_says_so(asking: Asking) -> None:
    with asking():
        assert "No run yet" in words(board("?as_of=1")[0])


def test_a_run_is_drawn_with_every_dataset_and_the_panel(asking: Asking) -> None:
    with asking():
        drawn = run(f"/runs/{FIRST}")
    strip = strip_of(drawn)
    assert (strip["run_number"], strip["last"]) == (FIRST, 60)
    assert {row["dataset"] for row in strip["rows"]} == {"online", world.EXPRESS, PROMPT, "bits"}
    assert not named(drawn, "certify-panel-apply").disabled


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("a.shifter", {"online"}),
        ("t.certifier", {world.EXPRESS, PROMPT}),
        ("d.coordinator", {world.EXPRESS, PROMPT}),
        ("b.expert", {"online", world.EXPRESS, PROMPT}),
        ("r.reader", set()),
    ],
)
def test_everybody_may_edit_what_is_theirs(asking: Asking, name: str, theirs: set[str]) -> None:
    with asking(name):
        drawn = run(f"/runs/{FIRST}")
    assert {row["dataset"] for row in strip_of(drawn)["rows"] if row["editable"]} == theirs
    assert bool(named(drawn, "certify-panel-apply").disabled) is not bool(theirs)


def test_a_tracker_certifier_may_edit_the_tracker_only(asking: Asking) -> None:
    with asking("t.certifier"):
        rows = strip_of(run(f"/runs/{FIRST}"))["rows"]
    assert {row["key"].split("-")[0] for row in rows if row["editable"]} == {"tracker"}


def test_the_past_of_a_run_cannot_be_edited(asking: Asking, small_registry: Registry) -> None:
    past = world.now(small_registry)
    world.give(small_registry, world.SHIFTER, "dt-dt", [(1, 9)], "STANDBY", dataset="online", run_number=FIRST)
    with asking():
        drawn = run(f"/runs/{FIRST}", f"?as_of={past}")
    strip = strip_of(drawn)
    assert strip["sequence"] == past
    assert not [row for row in strip["rows"] if row["editable"]]
    assert "the past cannot be edited" in words(drawn)


def test_the_panel_is_drawn_again_only_when_who_may_edit_changes(asking: Asking) -> None:
    with asking():
        held = run(f"/runs/{FIRST}")[-2]
        again = run(f"/runs/{FIRST}", "", held)
    assert again[-3:-1] == [no_update, held]
    with asking("r.reader"):
        assert named(run(f"/runs/{FIRST}", "", held), "certify-panel-apply").disabled


def beside(registry: Registry, number: int) -> None:
    """Let a program propose for the online and the prompt dataset, and somebody override a bit of prompt."""
    said = {"column": "tracker-pixel", "ranges": [[4, 8]], "status": "BAD", "score": 0.93, "reason": "holes"}
    with registry.writing() as tx:
        for dataset in ("online", PROMPT):
            propose(tx, ProposalsMade(number, dataset, "autoencoder", "2.1", (said,)), IMPORTER)
        over = BitOverride("bpix_ready", False, ((5, 7),))
        override_bit(tx, [(number, PROMPT)], over, world.DC, seen=tx.head.sequence, comment="layer 1 was off")


_PROPOSED = [[4, 8, "BAD", "autoencoder 2.1", 0.93, "holes"]]
_OVERRIDDEN = [
    [5, 5, "false", "false", PROMPT, "d.coordinator", "layer 1 was off"],
    [6, 7, "false", "true", PROMPT, "d.coordinator", "layer 1 was off"],
]


def test_proposals_and_overridden_bits_stand_beside_what_counts_on_the_run_page(
    asking: Asking, small_registry: Registry
) -> None:
    with asking():
        before = strip_of(run(f"/runs/{FIRST}"))
        assert told_beside(before) == {}
        beside(small_registry, FIRST)
        strip = strip_of(run(f"/runs/{FIRST}"))
    assert told_beside(strip) == {
        ("online", "tracker-pixel"): _PROPOSED,
        (PROMPT, "tracker-pixel"): _PROPOSED,
        ("bits", "bpix_ready"): _OVERRIDDEN,
    }
    # what counts, and what OMS says, is drawn as before
    assert [row["spans"] for row in strip["rows"]] == [row["spans"] for row in before["rows"]]


def test_proposals_and_overridden_bits_stand_on_the_board_and_its_wall(
    asking: Asking, small_registry: Registry
) -> None:
    beside(small_registry, LAST)
    with asking():
        for search in ("", "?wall=1"):
            told = told_beside(strip_of(board(search)))
            assert told == {("online", "tracker-pixel"): _PROPOSED, ("bits", "bpix_ready"): _OVERRIDDEN}


@pytest.mark.parametrize("path", ["/runs/123456", "/runs/abc", "/runs/1e9", "/runs/9999999999"])
def test_a_run_that_is_not_there_is_said(asking: Asking, path: str) -> None:
    with asking():
        assert "No such run" in words(run(path)[0])


@pytest.mark.parametrize("path", ["/", "/runs", "/golden", None])
def test_no_run_is_drawn_elsewhere(asking: Asking, path: str | None) -> None:
    with asking():
        assert set(run(path)) == {no_update}


def test_no_picture_fetches_anything(asking: Asking) -> None:
    with asking():
        drawn = [board_body(), run_body(), golden_body()]
    graphs = [part for part in parts(drawn) if type(part).__name__ == "Graph"]
    assert len(graphs) == 3
    assert all(graph.config["plotlyServerURL"] == "" for graph in graphs)


REPLAY = "replay of run 379252; energy, field, keys, components assumed"


def test_a_replayed_run_says_so_in_its_header_and_among_the_recent_runs(
    asking: Asking, small_registry: Registry
) -> None:
    facts = {"trigger_mode": REPLAY, "energy": 6800.0, "b_field": 3.8}
    world.report_run(small_registry, LAST + 1, **facts)
    with small_registry.writing() as tx:
        set_run_attributes(tx, LAST + 1, {"significant": True}, world.SHIFTER)
    with asking():
        drawn = board()
        real = words(run(f"/runs/{LAST}"))
    assert words(drawn[2]).startswith(f"run replayed {LAST + 1}")
    assert "energy · field assumed 6800 GeV · 3.8 T" in words(drawn[2])
    assert words(drawn[4]).count("replayed") == 1
    assert "replayed" not in real
