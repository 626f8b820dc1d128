"""Try pasted rows, and write them."""

import base64
import binascii
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from dash import Input, Output, State, callback, no_update

from components import bulk_page, shell, work
from components.certify_panel import refusal
from identity import here
from model.bulk.plan import Sheet, make_plan
from model.bulk.write import write
from model.errors import RunRegistryError
from model.orders import require_wanted
from model.registry import registry
from model.vocabulary import Stage

Json = Any
Tell = Callable[[tuple[Json, str]], None]


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
    State(work.WORK, "hidden"),
    prevent_initial_call=True,
)
def try_rows(_clicks: int, rows: str | None, stage: str, is_idle: bool) -> tuple[Json, Json, bool]:  # noqa: FBT001  Dash gives places
    """Say what the rows would do, and what stands in their way."""
    if not is_idle:
        return refusal("Rows are being written: wait for them, or cancel."), None, True
    try:
        with registry().reading() as connection:
            found = make_plan(connection, Sheet(rows or "", Stage(stage)), here.asker())
    except RunRegistryError as error:
        return refusal(str(error)), None, True
    order = {"token": found.token, "order": uuid4().hex}
    return bulk_page.plan(found), order if found.is_sound else None, not found.is_sound


@callback(
    Output(work.DONE, "data"),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Input(bulk_page.APPLY, "n_clicks"),
    State(bulk_page.ROWS, "value"),
    State(bulk_page.STAGE, "value"),
    State(bulk_page.TOKEN, "data"),
    prevent_initial_call=True,
    background=True,
    interval=300,
    progress=[Output(work.SAYS, "children"), Output(work.ORDER, "data")],
    running=[(Output(work.WORK, "hidden"), False, True), (Output(bulk_page.APPLY, "disabled"), True, True)],
)
def write_rows(set_progress: Tell, clicks: int, rows: str | None, stage: str, asked: Json) -> tuple[Json, Json]:
    """Write the rows that were tried, all or none, beside the web; the browser may be on another page."""
    if not clicks or not asked:
        return no_update, no_update
    registry_, order = registry(), asked["order"]

    def tell(what: str, done: int, of: int) -> None:
        set_progress((work.progress(what, done, of, bulk_page.UNITS[what]), order))
        require_wanted(registry_.golden.cache, order)

    try:
        _, action = write(registry_, Sheet(rows or "", Stage(stage)), asked["token"], here.asker(), tell)
    except RunRegistryError as error:
        return {"refused": str(error)}, shell.toast(str(error))
    undo = shell.undo_button(action)
    return {"refused": ""}, shell.toast("All rows were written, as one action.", undo=undo)


@callback(
    Output(bulk_page.PLAN, "children", allow_duplicate=True),
    Input(work.DONE, "data"),
    prevent_initial_call=True,
)
def tell_rows(done: Json) -> Json:
    """Say where the rows were pasted how their writing ended."""
    return refusal(done["refused"]) if done and done["refused"] else None
