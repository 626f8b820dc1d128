"""A cycle's burn-down is read in both themes."""

import pytest

from components import theme
from components.cycles_page import burn_down


@pytest.mark.parametrize("look", theme.THEMES)
def test_the_deadline_is_drawn_in_a_colour_that_is_seen_on_the_card(look: theme.Theme) -> None:
    (line,) = burn_down([], "2024-06-10", look).layout.shapes
    assert theme.contrast(line.line.color, theme.palette(look)["card"]) >= 3
