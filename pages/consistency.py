"""`/consistency`: what contradicts itself in the runs, most luminosity first."""

from dash import html, register_page

from components.consistency_page import consistency_body

register_page(__name__, path="/consistency", name="Consistency", title="Consistency · Run Registry", order=23)


def layout(**_address: str) -> html.Div:
    """Return the findings; callbacks fill them."""
    return consistency_body()
