"""`/health`: what feeds say of themselves, what of them was refused, how far the journal is."""

from dash import html, register_page

from components.health_page import health_body

register_page(__name__, path="/health", name="Health", title="Health · Run Registry", order=25)


def layout(**_address: str) -> html.Div:
    """Return the page; a callback fills it."""
    return health_body()
