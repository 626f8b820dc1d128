"""The table of every run: filter and order of the address, rows in blocks as one scrolls."""

from dataclasses import replace
from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, no_update
from sqlalchemy import Connection

from components import runs_page, shell
from identity.address import place, value
from model.errors import RunRegistryError
from model.filters.language import parse
from model.registry import registry
from model.run_table.choice import ASKED, RunChoice, count, window
from model.run_table.rows import rows

Json = Any
_KEPT = ("q", "where", "stage", "sort", "as_of")


@callback(
    Output(runs_page.HEAD, "children"),
    Output(runs_page.QUESTION, "data"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_runs(pathname: str, search: str | None, _version: Json) -> tuple[Json, Json]:
    """Say what the table is about, and what of the address was dropped."""
    if pathname != "/runs":
        return no_update, no_update
    with registry().reading() as connection:
        seen = place(connection, search)
        choice, notes = _choice(connection, search, seen.at)
    kept = {name: value(search, name) for name in _KEPT if value(search, name)}
    if choice.where is None:
        kept.pop("where", None)
    order = f"{choice.field}-{'desc' if choice.is_descending else 'asc'}"
    asks = [kept.get(name, "") for name in ("q", "where", "stage", "as_of")]
    question = {"asks": asks, "sort": order, "sequence": seen.at}
    return runs_page.head(kept, choice.asked, choice.words, notes), question


@callback(
    Output(runs_page.GRID, "getRowsResponse"),
    Output(runs_page.COUNT, "children"),
    Input(runs_page.GRID, "getRowsRequest"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def read_runs(request: Json, search: str | None) -> tuple[Json, Json]:
    """Give a block of rows of the table."""
    if not request:
        return no_update, no_update
    first, last = int(request["startRow"]), int(request["endRow"])
    many = max(0, min(last - first, 10 * runs_page.BLOCK))
    with registry().reading() as connection:
        at = place(connection, search).at
        choice, _ = _choice(connection, search, at)
        choice = _ordered(choice, *_asked_order(request.get("sortModel")))
        numbers, shown = window(connection, choice, at, first, many)
        found = rows(connection, numbers, at)
        # of tens of thousands of runs, counting is what costs most
        every = shown if choice.is_every else count(connection, RunChoice(), at)
    block = {"rowData": [row.text for row in found], "rowCount": shown}
    return block, runs_page.total(shown, every)


for event in (shell.FOLLOWED, shell.VERSION):
    clientside_callback(ClientsideFunction("rrRuns", "follow"), Input(event, "data"), prevent_initial_call=True)

clientside_callback(
    ClientsideFunction("rrRuns", "take"), Input(runs_page.QUESTION, "data"), prevent_initial_call=True
)


def _choice(connection: Connection, search: str | None, at: int) -> tuple[RunChoice, list[str]]:
    asked, words, order = value(search, "stage") or ASKED[0], value(search, "q"), value(search, "sort")
    choice, notes = RunChoice(words=words), []
    if words and not count(connection, choice, at):
        choice = RunChoice()
        notes.append(f"No run, fill or era is called “{words[:60]}”.")
    if asked in ASKED:
        choice = replace(choice, asked=asked)
    else:
        notes.append(f"“{asked[:40]}” is no stage and was dropped.")
    if runs_page.is_order(order):
        choice = _ordered(choice, *order.split("-"))
    elif order:
        notes.append(f"“{order[:40]}” is no order of the table and was dropped.")
    try:
        said = value(search, "where")
        choice = replace(choice, where=parse(said) if said else None)
    except RunRegistryError as error:
        notes.append(f"The filter was dropped: {error}")
    return choice, notes


def _ordered(choice: RunChoice, field: str, way: str) -> RunChoice:
    return replace(choice, field=field, is_descending=way == "desc")


def _asked_order(model: Json) -> tuple[str, str]:
    by = model[0] if model else {}
    said = f"{by.get('colId')}-{by.get('sort')}"
    field, _, way = (said if runs_page.is_order(said) else runs_page.NEWEST_FIRST).partition("-")
    return field, way
