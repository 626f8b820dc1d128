"""`/log`: every action, newest first; what it touched, and how to take it back."""

from dash import html, register_page

from components.log_page import log_body

register_page(__name__, path="/log", name="Log", title="Log · Run Registry", order=10)


def layout(**_address: str) -> html.Div:
    """Return the log; callbacks fill it."""
    return log_body()
