"""`/decide`: what needs a decision, one after the other."""

from dash import html, register_page

from components.decide_page import decide_body

register_page(__name__, path="/decide", name="Decide", title="Needs a decision · Run Registry", order=3)


def layout(**_address: str) -> html.Div:
    """Return the queue; callbacks fill it."""
    return decide_body()
