"""The runs: the newest, or those before one, or those of a fill or era."""

from typing import Any

from dash import Input, Output, callback, no_update

from components import runs_page, shell
from identity.address import place, value
from model.queries.recent import found_views, recent_views
from model.registry import registry

_RUNS = 40


@callback(
    Output(runs_page.BODY, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_runs(pathname: str, search: str | None, _version: Any) -> Any:
    """Show runs, newest first."""
    if pathname != "/runs":
        return no_update
    asked, before = value(search, "q"), value(search, "before")
    with registry().reading() as connection:
        seen = place(connection, search)
        room = registry().views
        views = found_views(connection, room, asked, _RUNS, seen.at) if asked else []
        if views:
            return runs_page.body(views)
        number = int(before) if before.isascii() and before.isdigit() else None
        return runs_page.body(recent_views(connection, room, _RUNS, seen.at, number), asked)
