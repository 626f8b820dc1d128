"""What is drawn on grids and strips is told in a line beside them."""

from typing import Any

import pytest
from dash import html

from components import board_page, certify_page, run_page, status_key, training_page
from model.vocabulary import LETTER, Status
from tests.callbacks.drawn import parts, words


@pytest.mark.parametrize(
    ("page", "key"),
    [
        (certify_page.certify_body, status_key.of_grid),
        (lambda: training_page.training_body("practice", html.Div()), status_key.of_grid),
        (run_page.run_body, status_key.of_strip),
        (board_page.board_body, status_key.of_strip),
    ],
)
def test_every_page_that_draws_cells_or_a_strip_has_the_key_of_them(page: Any, key: Any) -> None:
    told = words(key())
    assert told in words(page())
    assert all(word in told for word in ("NOTSET", "EMPTY", "a rule", "a program proposes"))


def test_the_letters_of_the_key_are_those_of_the_cells() -> None:
    drawn = {
        each.className: each.children for each in parts(status_key.of_grid()) if each.__class__.__name__ == "I"
    }
    assert drawn["certify-cell is-notset"] == LETTER[Status.NOTSET]
    assert drawn["certify-cell is-empty"] == LETTER[Status.EMPTY]
