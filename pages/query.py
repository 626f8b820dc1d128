"""`/query`: SQL over the snapshots."""

from dash import html, register_page

from components.query_page import query_body

register_page(__name__, path="/query", name="Query", title="Query · Run Registry", order=9)


def layout(**_address: str) -> html.Div:
    """Return the page; callbacks and the hand fill it."""
    return query_body()
