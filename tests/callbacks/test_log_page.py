"""The page of the log: what the address asks for, one action beside, and taking it back."""

from typing import Any

import pytest
from dash import no_update
from dash.exceptions import PreventUpdate

from callbacks.log_page import (
    choose_actions,
    fill_log,
    offer_choices,
    revert,
    show_action,
    show_moment,
    travel_by_slider,
    try_revert,
)
from components import log_page as page
from model.registry import Registry
from tests.browser.small import FIRST
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world

HERE = "/log"


@pytest.fixture
def action(small_registry: Registry) -> int:
    """Tell one BAD range of a person; return its action."""
    return world.give(
        small_registry, world.TRACKER, "tracker-pixel", [(4, 9)], "BAD", "HV trip", "layer 1", run_number=FIRST
    )


def log(search: str) -> dict[str, Any]:
    return fill_log(HERE, search, None)  # type: ignore[no-any-return]  # a callback gives what it draws


def test_an_action_stands_with_its_author_comment_lumisections_and_luminosity(
    asking: Asking, action: int
) -> None:
    with asking():
        said = words(log("?voice=people&says=layer")["rows"])
    for part in ("t.certifier", "layer 1", "BAD (HV trip) tracker-pixel", str(FIRST), "0.600"):
        assert part in said


def test_filters_go_into_the_address_and_begin_at_the_newest(asking: Asking, action: int) -> None:
    said: dict[str, str | None] = {name: "" for name, _, _ in page.FILTERS}
    with asking():
        assert choose_actions({**said, "run": "7"}, "?before=9&as_of=12", HERE) == "?as_of=12&run=7"
        assert choose_actions({**said, "run": "7"}, "?run=7&before=9", HERE) is no_update
        assert log("?run=7")["said"]["run"] == "7"


@pytest.mark.parametrize(
    "search",
    ["?kind=ghosts", "?voice=all", "?workspace=x", "?run=x", "?since=never", "?before=-1", "?until=999999"],
)
def test_what_the_address_cannot_mean_is_dropped_and_said(asking: Asking, action: int, search: str) -> None:
    with asking():
        found = log(search)
    assert "dropped from the address" in words(found["head"]) and "layer 1" in words(found["rows"])


def test_other_pages_are_left_alone(asking: Asking) -> None:
    with asking():
        for ask in (lambda: fill_log("/runs", "", None), lambda: offer_choices("/runs")):
            with pytest.raises(PreventUpdate):
                ask()
        assert show_moment("/runs", "", None)[0] is no_update
        assert show_action("/runs", "", None) is no_update


def test_the_slider_shows_the_registry_as_it_was(asking: Asking, small_registry: Registry, action: int) -> None:
    head = world.now(small_registry)
    with asking():
        assert travel_by_slider(action - 1, head, "?run=7&before=3") == f"?run=7&as_of={action - 1}"
        assert travel_by_slider(head, head, "?as_of=5") == ""
        assert travel_by_slider(5, head, "?as_of=5") is no_update
        assert "layer 1" not in words(log(f"?as_of={action - 1}")["rows"])
        assert "as of then" in words(show_moment(HERE, f"?as_of={action - 1}", None)[2])


def test_an_action_is_reverted_after_a_look_at_what_that_changes(
    asking: Asking, small_registry: Registry, action: int
) -> None:
    with asking("t.certifier"):
        assert "layer 1" in words(show_action(HERE, f"?action={action}", None))
        said = words(try_revert(1, action))
        assert "0.600 pb⁻¹, source OMS" in said and "by golden-2024" in said
        assert world.now(small_registry) == action
        version, toast, _ = revert(1, action)
        assert version == {"sequence": action + 1} and "Reverted" in words(toast)
        assert f"taken back by {action + 1}" in words(log("?says=layer")["rows"])
        assert "took something back itself" in words(show_action(HERE, f"?action={action + 1}", None))


def test_who_may_not_and_what_was_long_ago_is_refused_with_a_sentence(
    asking: Asking, small_registry: Registry, action: int
) -> None:
    with asking("r.reader"):
        assert "may not" in words(try_revert(1, action)) and "may not" in words(revert(1, action)[2])
        assert "go back to now" in words(show_action(HERE, f"?action={action}&as_of={action}", None))
        assert "no action" in words(show_action(HERE, f"?action={action + 5}", None))
    assert world.now(small_registry) == action
