"""The run page draws the runs beside it before somebody goes there, and keeps what is the same."""

from collections.abc import Callable
from typing import Any

from dash import no_update

from callbacks import run_page as room
from components import run_page as page
from components import shell
from model.registry import Registry
from tests.browser import small
from tests.callbacks.conftest import Asking
from tests.callbacks.drawn import words
from tests.model import world
from tests.model.world import TRACKER

FIRST, SECOND = small.FIRST, small.FIRST + 1
Says = Callable[..., None]


def path(number: int) -> str:
    return f"/runs/{number}"


def filled(number: int, drawn_for: str | None = None, shown: Any = None) -> Any:
    return room.fill_run(path(number), "", None, None, drawn_for, shown)


def ahead(number: int, has: Any = None) -> Any:
    return room.draw_ahead({path(number): has})


def of(drawn: list[Any], name: str) -> Any:
    """Return what is put into a place."""
    (found,) = [each["props"] for each in drawn if each["id"] == name]
    return found


def test_a_run_drawn_ahead_is_what_one_sees_when_one_comes_to_it(asking: Asking, triggered_by: Says) -> None:
    with asking():
        triggered_by(f"{shell.ADDRESS}.pathname")
        drawn = ahead(SECOND)["runs"][path(SECOND)]
        seen = filled(SECOND)
    assert words(of(drawn, page.HEAD)["children"]) == words(seen["head"])
    assert words(of(drawn, page.PAST)["children"]) == words(seen["past"])
    assert of(drawn, page.GRAPH)["figure"] == seen["figure"]
    assert of(drawn, page.SHOWN)["data"] == seen["shown"]


def test_who_comes_to_a_run_drawn_ahead_is_not_sent_it_again(asking: Asking, triggered_by: Says) -> None:
    with asking():
        shown = filled(SECOND)["shown"]
        triggered_by(f"{shell.ADDRESS}.pathname")
        assert set(filled(SECOND, shown=shown).values()) == {no_update}


def test_a_run_of_which_something_was_said_since_is_drawn_again(
    asking: Asking, triggered_by: Says, small_registry: Registry
) -> None:
    with asking():
        before = ahead(SECOND)["runs"][path(SECOND)]
        shown = of(before, page.SHOWN)["data"]
        assert ahead(SECOND, shown)["runs"] == {}
        world.give(small_registry, TRACKER, "tracker-pixel", [(2, 3)], "BAD", run_number=SECOND)
        triggered_by(f"{shell.ADDRESS}.pathname")
        assert filled(SECOND, shown=shown)["figure"] is not no_update
        again = ahead(SECOND, shown)
    assert of(again["runs"][path(SECOND)], page.SHOWN)["data"] != shown


def test_what_was_said_of_one_run_leaves_what_was_drawn_of_another(
    asking: Asking, small_registry: Registry
) -> None:
    with asking():
        shown = of(ahead(SECOND)["runs"][path(SECOND)], page.SHOWN)["data"]
        world.give(small_registry, TRACKER, "tracker-pixel", [(2, 3)], "BAD", run_number=FIRST)
        again = ahead(SECOND, shown)
    assert again["runs"] == {} and again["of"] == [path(SECOND)]


def test_what_was_drawn_for_one_person_is_drawn_again_for_another(asking: Asking, triggered_by: Says) -> None:
    with asking("a.shifter"):
        shown = filled(SECOND)["shown"]
    with asking("r.reader"):
        triggered_by(f"{shell.ADDRESS}.pathname")
        assert filled(SECOND, shown=shown)["head"] is not no_update


def test_the_panel_is_drawn_anew_for_another_run_and_stays_for_the_same(asking: Asking) -> None:
    with asking():
        drawn_for = filled(FIRST)["held"]
        assert filled(FIRST, drawn_for)["panel"] is no_update
        assert filled(SECOND, drawn_for)["panel"] is not no_update


def test_a_run_that_is_not_there_is_not_drawn_ahead_and_says_so_when_one_comes(asking: Asking) -> None:
    with asking():
        assert ahead(999)["runs"] == {}
        found = filled(999)
    assert "The registry has no run 999." in words(found["missing"]) and found["is_missing"]


def test_no_more_is_drawn_ahead_than_stands_beside(asking: Asking) -> None:
    with asking():
        wanted = {"/runs/none": None, path(FIRST): None, path(SECOND): None}
        assert set(room.draw_ahead(wanted)["runs"]) == {path(FIRST)}
