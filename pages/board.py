"""`/`: the control room."""

from dash import html, register_page

from components.board_page import board_body

register_page(__name__, path="/", name="Board", title="Board · Run Registry", order=0)


def layout(**_address: str) -> html.Div:
    """Return the board; a callback fills it."""
    return board_body()
