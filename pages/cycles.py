"""`/cycles`: what is to be certified until when, and how far each workspace is."""

from dash import html, register_page

from components.cycles_page import cycles_body

register_page(__name__, path="/cycles", name="Cycles", title="Cycles · Run Registry", order=20)


def layout(**_address: str) -> html.Div:
    """Return the cycles; a callback fills them."""
    return cycles_body()
