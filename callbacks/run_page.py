"""The run page: fill it for the run in the address."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from components import run_page, shell, strip_figure, strip_rows
from components.certify_panel import held
from components.certify_panel import history as history_of
from components.empty import empty, way
from components.markup import page_title
from identity import here
from identity.address import is_touched, place, run_of, theme
from model.errors import NotFound
from model.queries.history import history
from model.registry import registry


@callback(
    Output(run_page.MISSING, "children"),
    Output(run_page.WHOLE, "hidden"),
    Output(run_page.HEAD, "children"),
    Output(run_page.NAMES, "children"),
    Output(run_page.GRAPH, "figure"),
    Output(run_page.GRAPH, "style"),
    Output(run_page.PAST, "children"),
    Output(run_page.PANEL, "children"),
    Output(held(run_page.PANEL), "data"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    Input(shell.FOLLOWED, "data"),
    State(held(run_page.PANEL), "data"),
)
def fill_run(
    pathname: str, search: str | None, _version: Any, _followed: Any, drawn_for: str | None
) -> tuple[Any, ...]:
    """Show the run of the address as it is, or as it was."""
    if "/runs/" not in (pathname or ""):
        return (no_update,) * 9
    by, number = here.asker(), run_of(pathname)
    with registry().reading() as connection:
        seen = place(connection, search)
        try:
            view = registry().views.view(connection, number or 0, seen.at)
        except NotFound as error:
            sentence = str(error) if number is not None else "A run's address ends in its number."
            missing = [page_title("Run"), empty("No such run", sentence, way("All runs", "/runs"))]
            return missing, True, *[no_update] * 7
        happened = history(connection, view.run.run_number, seen.at)
    data = strip_rows.strip_data(view, by, is_past=seen.is_past)
    look = strip_figure.look_for(is_touched=is_touched())
    strip = run_page.drawn(view, data, by, is_past=seen.is_past, theme=theme(), look=look)
    past = history_of(run_page.steps(happened, by), seen.at)
    panel = strip.panel if strip.panel_for != drawn_for else no_update
    shows = run_page.header(view), run_page.names(view), strip.figure, strip.style, past
    return None, False, *shows, panel, strip.panel_for
