"""The run page: fill it for the run in the address."""

import re
from typing import Any

from dash import Input, Output, callback, no_update

from components import run_page, shell
from components.empty import empty
from identity import here
from identity.address import place, theme
from model.errors import NotFound
from model.queries.history import history
from model.queries.run_view import run_view
from model.registry import registry

_RUN = re.compile(r"/runs/(\d{1,9})/?")


@callback(
    Output(run_page.BODY, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_run(pathname: str, search: str | None, _version: Any) -> Any:
    """Show the run of the address as it is, or as it was."""
    if not (match := _RUN.fullmatch(pathname or "")):
        return (
            empty("No such run", "A run's address ends in its number.")
            if "/runs/" in (pathname or "")
            else no_update
        )
    with registry().reading() as connection:
        seen = place(connection, search)
        try:
            view = run_view(connection, int(match[1]), seen.at)
        except NotFound as error:
            return empty("No such run", str(error))
        happened = history(connection, int(match[1]), seen.at)
    return run_page.body(view, here.asker(), happened, is_past=seen.is_past, theme=theme())
