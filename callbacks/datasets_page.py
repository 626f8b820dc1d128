"""Fill the accepted datasets and the programs, and try patterns."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from components import datasets_page as page
from components import shell
from components.certify_panel import refusal
from identity.address import place
from model.accepted import accepted, looked_for, try_patterns
from model.errors import RunRegistryError
from model.queries.proposals import agreement
from model.registry import registry

Json = Any
_MOST_NAMES = 20_000


@callback(
    Output(page.ROWS, "children"),
    Output(page.PROGRAMS, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(page.FIND, "value"),
    Input(shell.VERSION, "data"),
)
def fill_datasets(pathname: str, search: str | None, words: str | None, _version: Json) -> tuple[Json, Json]:
    """Show which datasets runs get, and how people answered each program."""
    if pathname != "/datasets":
        return no_update, no_update
    with registry().reading() as connection:
        at = place(connection, search).at
        rows, programs = accepted(connection, at), agreement(connection, at)
    said = (words or "").strip()
    run_number = int(said) if said.isdecimal() else None
    return page.accepted_rows(looked_for(rows, said), run_number), page.programs(programs)


@callback(
    Output(page.TRIED, "children"),
    Input(page.TRY, "n_clicks"),
    State(page.PATTERNS, "value"),
    State(page.NAMES, "value"),
    prevent_initial_call=True,
)
def try_on_names(clicks: int, patterns: str | None, names: str | None) -> Json:
    """Say which names the patterns match, or which pattern cannot be read."""
    if not clicks:
        return no_update
    given = [name.strip() for name in (names or "").splitlines() if name.strip()]
    try:
        return page.tried(try_patterns((patterns or "").splitlines(), given[:_MOST_NAMES]))
    except RunRegistryError as error:
        return refusal(str(error))
