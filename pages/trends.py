"""`/trends`: the experts' page."""

from dash import html, register_page

from components.trends_page import trends_body

register_page(__name__, path="/trends", name="Trends", title="Trends · Run Registry", order=5)


def layout(**_address: str) -> html.Div:
    """Return the trends; callbacks fill them."""
    return trends_body()
