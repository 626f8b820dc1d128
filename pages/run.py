"""`/runs/<run_number>`: one run, certified on its strip."""

from dash import html, register_page

from components.run_page import run_body

register_page(__name__, path_template="/runs/<run_number>", name="Run", title="Run · Run Registry")


def layout(**_address: str) -> html.Div:
    """Return the run; a callback fills it."""
    return run_body()
