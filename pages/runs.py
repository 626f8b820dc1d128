"""`/runs`: every run there is; `/runs?q=` looks for one."""

from dash import html, register_page

from components.runs_page import runs_body

register_page(__name__, path="/runs", name="Runs", title="Runs · Run Registry", order=1)


def layout(sort: str = "", **_address: str) -> html.Div:
    """Return the table in the order of the address; callbacks fill it."""
    return runs_body(sort)
