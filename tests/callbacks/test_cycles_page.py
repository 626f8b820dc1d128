"""Cycles are made of the proposal or of a choice, completed and reopened where one looks at them."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from dash import no_update

from callbacks.cycles_page import change_one, fill_cycles, make_cycle, propose_cycle
from components import cycles_page
from model.queries.cycles import Cycle, cycles
from model.registry import Registry
from tests.browser.small import FIRST, PROMPT
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world

NAME = "call 7.1"
CHOSEN = f'?stage=prompt&where=["runs","{FIRST}"]'


@pytest.fixture
def made(asking: Asking) -> None:
    with asking("d.coordinator"):
        assert make_cycle(1, NAME, "2024-06-20", 0.1, 0.1, CHOSEN)[2] is None


def kept(registry: Registry) -> Cycle:
    with registry.reading() as connection:
        (found,) = cycles(connection, world.now(registry))
    return found


def test_a_cycle_is_made_of_what_the_grid_chose(made: None, small_registry: Registry) -> None:
    assert kept(small_registry).datasets == ((FIRST, PROMPT),)


def test_without_a_choice_the_proposal_is_shown_with_its_reasons(asking: Asking) -> None:
    with asking():
        proposed, source = propose_cycle("/cycles", "", 7.0, 0.1, None)
        assert "left out: it recorded 6.000 pb⁻¹, less than 7" in words(proposed)
        assert "open prompt datasets in no open cycle" in words(source)
        chosen, source = propose_cycle("/cycles", CHOSEN, 7.0, 0.1, None)
        assert "none left out" in words(chosen)
        assert f"runs {FIRST}" in words(source)
        assert "no JSON" in words(propose_cycle("/cycles", "?where=[", 0.1, 0.1, None)[0])
        assert propose_cycle("/runs", "", 0.1, 0.1, None) == (no_update, no_update)


def test_what_is_left_out_comes_first_and_the_rest_is_one_press_away(
    asking: Asking, small_registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cycles_page, "SHOWN", 1)
    with asking():
        few = words(propose_cycle("/cycles", "", 7.0, 0.1, None)[0])
        every = words(propose_cycle("/cycles", "?all=1", 7.0, 0.1, None)[0])
    assert "and 1 more: show all" in few
    assert few.index("left out: it recorded") < few.index("and 1 more")
    assert "more: show all" not in every
    assert every.count(PROMPT) == few.count(PROMPT) + 1 == 2


def test_a_cycle_that_cannot_be_made_says_why(asking: Asking, small_registry: Registry) -> None:
    before = world.now(small_registry)
    for who, name, day, search, sentence in (
        ("d.coordinator", "", "2024-06-20", "", "needs a name"),
        ("d.coordinator", NAME, "", "", "is no day"),
        ("d.coordinator", NAME, "2024-06-20", '?where=["runs","1"]', "1 to 1,000 datasets, not 0"),
        ("r.reader", NAME, "2024-06-20", "", "may not manage cycles"),
    ):
        with asking(who):
            assert sentence in words(make_cycle(1, name, day, 0.1, 0.1, search)[2])
    assert world.now(small_registry) == before


def test_a_cycle_is_completed_reopened_closed_and_moved(
    made: None, asking: Asking, small_registry: Registry, triggered_by: Callable[..., None]
) -> None:
    def press(do: str, workspace: str = "global", reason: str = "", day: str = "2024-06-20") -> Any:
        name = {"type": cycles_page.DO, "cycle": NAME, "workspace": workspace, "do": do}
        triggered_by(f"{json.dumps(name, separators=(',', ':'), sort_keys=True)}.n_clicks")
        with asking("d.coordinator"):
            place = {"type": cycles_page.SAID, "cycle": NAME}
            return words(change_one([1], [place], [reason], [day])[1])

    assert "has not signed off" in press("complete", "gem")
    assert "is so already" in press("deadline")
    assert "no day" in press("deadline", day="soon")
    assert press("deadline", day="2024-07-01") == ""
    assert press("close") == ""
    assert "needs a reason" in press("open")
    assert kept(small_registry).is_closed
    assert press("open", reason="more runs came") == ""
    assert (kept(small_registry).is_closed, kept(small_registry).deadline) == (False, "2024-07-01")
    with asking():
        shown = words(fill_cycles("/cycles", "", None))
    assert f"{NAME}  1 datasets until 2024-07-01" in shown
