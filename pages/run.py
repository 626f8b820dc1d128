"""`/runs/<run_number>`: one run, certified on its strip."""

from dash import html, register_page

from components.run_page import run_body

register_page(
    __name__,
    path_template="/runs/<run_number>",
    name="Run",
    title="Run · Run Registry",
    # from run to run it stays, and what fills it follows the address
    stays=True,
)


def layout(**_address: str) -> html.Div:
    """Return the run; a callback fills it."""
    return run_body()
