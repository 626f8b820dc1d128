"""Try pasted rows, and write them."""

import base64
import binascii
from typing import Any

from dash import Input, Output, State, callback, no_update

from components import bulk_page, shell
from components.certify_panel import refusal
from identity import here
from model.bulk.plan import Sheet, make_plan
from model.bulk.write import write
from model.errors import RunRegistryError
from model.registry import registry
from model.vocabulary import Stage

Json = Any


@callback(
    Output(bulk_page.ROWS, "value"),
    Output(bulk_page.PLAN, "children", allow_duplicate=True),
    Input(bulk_page.FILE, "contents"),
    prevent_initial_call=True,
)
def read_file(contents: str | None) -> tuple[Json, Json]:
    """Put the text of a file where rows are pasted."""
    if not contents:
        return no_update, no_update
    try:
        return base64.b64decode(contents.partition(",")[2], validate=True).decode("utf-8-sig"), None
    except (binascii.Error, UnicodeDecodeError):
        return no_update, refusal("This file is no text in UTF-8.")


@callback(
    Output(bulk_page.PLAN, "children"),
    Output(bulk_page.TOKEN, "data"),
    Output(bulk_page.APPLY, "disabled"),
    Input(bulk_page.TRY, "n_clicks"),
    State(bulk_page.ROWS, "value"),
    State(bulk_page.STAGE, "value"),
    prevent_initial_call=True,
)
def try_rows(_clicks: int, rows: str | None, stage: str) -> tuple[Json, Json, bool]:
    """Say what the rows would do, and what stands in their way."""
    try:
        with registry().reading() as connection:
            found = make_plan(connection, Sheet(rows or "", Stage(stage)), here.asker())
    except RunRegistryError as error:
        return refusal(str(error)), None, True
    return bulk_page.plan(found), found.token if found.is_sound else None, not found.is_sound


@callback(
    Output(bulk_page.PLAN, "children", allow_duplicate=True),
    Output(bulk_page.APPLY, "disabled", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Input(bulk_page.APPLY, "n_clicks"),
    State(bulk_page.ROWS, "value"),
    State(bulk_page.STAGE, "value"),
    State(bulk_page.TOKEN, "data"),
    prevent_initial_call=True,
)
def write_rows(clicks: int, rows: str | None, stage: str, token: str | None) -> tuple[Json, bool, Json]:
    """Write the rows that were tried, all or none."""
    if not clicks or not token:
        return no_update, True, no_update
    try:
        _, action = write(registry(), Sheet(rows or "", Stage(stage)), token, here.asker())
    except RunRegistryError as error:
        return refusal(str(error)), True, no_update
    toast = shell.toast("All rows were written, as one action.", undo=shell.undo_button(action))
    return None, True, toast
