"""A cycle's burn-down is read in both themes."""

from datetime import date

import pytest

from components import theme
from components.cycles_page import burn_down
from model.queries.cycles import Progress


@pytest.mark.parametrize("look", theme.THEMES)
def test_the_deadline_is_drawn_in_a_colour_that_is_seen_on_the_card(look: theme.Theme) -> None:
    (line,) = burn_down([], "2024-06-10", date(2024, 6, 1), look).layout.shapes
    assert theme.contrast(line.line.color, theme.palette(look)["card"]) >= 3


def test_what_was_signed_off_years_before_leaves_room_for_what_is_left_today() -> None:
    told = Progress("tracker", 3, 2, 1.0, (("2024-05-01T10:00:00Z", 3), ("2024-06-01T10:00:00Z", 1)))
    untouched = Progress("global", 3, 0, 1.0)
    figure = burn_down([told, untouched], "2026-12-04", date(2026, 11, 26), "dark")
    assert (figure.data[0].x[-1], figure.data[0].y[-1]) == ("2026-11-26", 1)
    assert figure.layout.xaxis.range == ("2026-10-05", "2026-12-07")
    assert list(figure.data[1].y) == [3, 3]
