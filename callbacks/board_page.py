"""The board: fill it with the last run, the runs before it, and what waits for a person."""

from typing import Any

from dash import Input, Output, callback, no_update

from components import board_page, shell
from components.empty import empty
from identity import here
from identity.address import place, theme
from model.queries.decisions import decisions
from model.queries.recent import recent_views
from model.registry import registry

_RUNS = 9


@callback(
    Output(board_page.BODY, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_board(pathname: str, search: str | None, _version: Any) -> Any:
    """Show the last run and what it needs."""
    if pathname != "/":
        return no_update
    with registry().reading() as connection:
        seen = place(connection, search)
        views = recent_views(connection, _RUNS, seen.at)
        waiting = decisions(connection, seen.at)
    if not views:
        return empty("No run yet", "The registry has no run: load the demo, or read files in.")
    return board_page.body(views, waiting, here.asker(), is_past=seen.is_past, theme=theme())
