"""`/golden`: the golden JSON."""

from dash import html, register_page

from components.golden_page import golden_body

register_page(__name__, path="/golden", name="Golden JSON", title="Golden JSON · Run Registry", order=6)


def layout(**_address: str) -> html.Div:
    """Return the golden JSON; a callback fills it."""
    return golden_body()
