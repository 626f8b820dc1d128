"""Tours lead to what is there."""

import json
import re
from pathlib import Path
from typing import Any

import dash
import pytest
from flask import Flask

from components import shell, tour_card
from components.tour import TOURS, WHO, Step
from tests.callbacks.drawn import ids, named, parts, words

STEPS = [(name, number) for name, tour in TOURS.items() for number in range(len(tour.steps))]
_UNTIL = re.compile(r"|press|key( Key[A-Z])+|walk /[a-z]+")


def _page(step: Step) -> Any:
    (page,) = [page for page in dash.page_registry.values() if page["path"] == step.page]
    return getattr(page["layout"], "__wrapped__", page["layout"])()


def test_each_of_the_four_has_a_tour_of_five_to_eight_steps() -> None:
    assert set(TOURS) == {"online", "offline", "expert", "coordinator"}
    assert not [name for name, tour in TOURS.items() if not 5 <= len(tour.steps) <= 8]


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_what_a_step_speaks_of_is_on_its_page(server: Flask, name: str, number: int) -> None:
    step = TOURS[name].steps[number]
    top = shell.header([], users=[shell.User("a", "A.")], user="a")
    there = {*ids(shell.shell(top, None)), *ids(_page(step))}
    assert step.at in there
    assert step.is_optional is (step.at == WHO)


@pytest.mark.parametrize(("name", "number"), STEPS)
def test_a_step_says_what_to_do_in_a_few_words(name: str, number: int) -> None:
    step = TOURS[name].steps[number]
    assert step.title and not step.title.endswith(".")
    assert step.says.endswith(".") and len(step.says) <= 170
    assert _UNTIL.fullmatch(step.until)


def test_where_a_step_ends_by_walking_the_next_one_is() -> None:
    for tour in TOURS.values():
        for step, then in zip(tour.steps, tour.steps[1:], strict=False):
            assert not step.until.startswith("walk ") or then.page == step.until.removeprefix("walk ")


def test_the_browser_is_told_every_step_and_each_tour_has_its_button() -> None:
    card = named(tour_card.card(), tour_card.CARD).to_plotly_json()["props"]
    told = json.loads(card["data-tours"])
    assert {name: len(tour["steps"]) for name, tour in told.items()} == {
        n: len(t.steps) for n, t in TOURS.items()
    }
    for place in (tour_card.offer(), tour_card.choices()):
        buttons = [part.to_plotly_json()["props"] for part in parts(place) if type(part).__name__ == "Button"]
        assert [each["data-tour"] for each in buttons if "data-tour" in each] == list(TOURS)
        assert all(tour.role in words(place) for tour in TOURS.values())


def test_the_browser_asks_for_no_id_that_is_not_drawn() -> None:
    asked = set(re.findall(r'byId\("([a-z-]+)"\)', Path("assets/tour.js").read_text()))
    top = shell.header([])
    assert asked and not asked - set(ids(shell.shell(top, None)))
