"""`/runs`: the last runs; `/runs?q=` looks for one."""

from dash import html, register_page

from components.runs_page import runs_body

register_page(__name__, path="/runs", name="Runs", title="Runs · Run Registry", order=1)


def layout(**_address: str) -> html.Div:
    """Return the runs; a callback fills them."""
    return runs_body()
