"""Try what a form asks for, and write it."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, no_update

from callbacks.bulk_form import wish_of
from callbacks.file_drop import dropped
from components import bulk_form, bulk_page, shell, work
from components.certify_panel import refusal
from identity import here
from model.bulk.plan import Tell, untold
from model.bulk.rows import decoded
from model.bulk.wish import is_long, make_plan
from model.bulk.write import write
from model.errors import RunRegistryError
from model.orders import require_wanted
from model.registry import registry

Json = Any
Progress = Callable[[tuple[Json, str]], None]


@callback(
    Output(bulk_form.ROWS, "value"),
    Output(bulk_page.PLAN, "children", allow_duplicate=True),
    Input(bulk_form.FILE, "contents"),
    prevent_initial_call=True,
)
def read_file(contents: str | None) -> tuple[Json, Json]:
    """Put the text of a file where rows are pasted."""
    if not contents:
        return no_update, no_update
    try:
        return decoded(dropped(contents)), None
    except RunRegistryError as error:
        return no_update, refusal(str(error))


_FORM = {
    "verb": (bulk_form.VERB, "value"),
    "rows": (bulk_form.ROWS, "value"),
    "stage": (bulk_form.STAGE, "value"),
    "runs": (bulk_form.RUNS, "value"),
    "columns": (bulk_form.COLUMNS, "value"),
    "status": (bulk_form.STATUS, "value"),
    "cause": (bulk_form.CAUSE, "value"),
    "comment": (bulk_form.COMMENT, "value"),
    "outside": (bulk_form.OUTSIDE, "value"),
    "outside_cause": (bulk_form.OUTSIDE_CAUSE, "value"),
    "source": (bulk_form.SOURCE, "value"),
    "workspace": (bulk_form.WORKSPACE, "value"),
    "from": (bulk_form.FROM, "value"),
    "to": (bulk_form.TO, "value"),
    "name": (bulk_form.NAME, "value"),
    "replaces": (bulk_form.REPLACES, "value"),
    "search": (shell.ADDRESS, "search"),
}


@callback(
    output=(
        Output(bulk_page.PLAN, "children"),
        Output(bulk_page.TOKEN, "data"),
        Output(bulk_page.APPLY, "disabled"),
        Output(work.TRY, "data"),
    ),
    inputs={"clicks": Input(bulk_page.TRY, "n_clicks")},
    state={
        "given": {name: State(*where) for name, where in _FORM.items()},
        "is_idle": State(work.WORK, "hidden"),
    },
    prevent_initial_call=True,
)
def try_form(clicks: int, given: Json, *, is_idle: bool) -> tuple[Json, Json, bool, Json]:
    """Say what the form would do, and what stands in its way; of a long one, that it is being tried."""
    if not clicks:
        # one of its outputs stands on every page, so that Dash asks as soon as the form is drawn
        return None, None, True, no_update
    if not is_idle:
        return refusal("Something is being written: wait for it, or cancel."), None, True, no_update
    try:
        with registry().reading() as connection:
            if is_long(wish_of(connection, given)):
                asked = {"order": uuid4().hex, "given": {**given, "rows": None}}
                return bulk_page.trying(), None, True, asked
        said, order = _tried(given, untold)
    except RunRegistryError as error:
        return refusal(str(error)), None, True, no_update
    return said, order, order is None, no_update


def _tried(given: Json, tell: Tell) -> tuple[Json, Json]:
    with registry().reading() as connection:
        found = make_plan(connection, wish_of(connection, given), here.asker(), tell=tell)
    order = {"token": found.token, "order": uuid4().hex, "given": {**given, "rows": None}}
    return bulk_page.plan(found), order if found.is_sound else None


@callback(
    Output(work.FOUND, "data"),
    Input(work.TRY, "data"),
    State(bulk_form.ROWS, "value"),
    prevent_initial_call=True,
    background=True,
    interval=300,
    progress=[Output(work.SAYS, "children"), Output(work.ORDER, "data")],
    running=[(Output(work.WORK, "hidden"), False, True), (Output(bulk_page.TRY, "disabled"), True, False)],
)
def try_long(set_progress: Progress, asked: Json, rows: str | None) -> Json:
    """Try a long form beside the web; it can be called off."""
    if not asked:
        return no_update
    try:
        said, order = _tried({**asked["given"], "rows": rows}, _telling(set_progress, asked["order"]))
    except RunRegistryError as error:
        return {"said": refusal(str(error)), "asked": None}
    return {"said": said, "asked": order}


clientside_callback(
    ClientsideFunction("rrBulk", "showFound"),
    Output(bulk_page.PLAN, "children", allow_duplicate=True),
    Output(bulk_page.TOKEN, "data", allow_duplicate=True),
    Output(bulk_page.APPLY, "disabled", allow_duplicate=True),
    Input(work.FOUND, "data"),
    prevent_initial_call=True,
)


def _telling(set_progress: Progress, order: str) -> Tell:
    cache = registry().golden.cache

    def tell(what: str, done: int, of: int) -> None:
        set_progress((work.progress(what, done, of, bulk_page.UNITS[what]), order))
        require_wanted(cache, order)

    return tell


# a form that says something else wants another dry run: the browser sees to it, without sending the text
clientside_callback(
    ClientsideFunction("rrBulk", "askAgain"),
    Output(bulk_page.APPLY, "disabled", allow_duplicate=True),
    *(Input(*where) for where in _FORM.values()),
    prevent_initial_call=True,
)


clientside_callback(
    ClientsideFunction("rrWork", "ordered"),
    Output(work.WRITE, "data"),
    Input(bulk_page.APPLY, "n_clicks"),
    prevent_initial_call=True,
)


@callback(
    Output(work.DONE, "data"),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Input(work.WRITE, "data"),
    State(bulk_form.ROWS, "value"),
    State(bulk_page.TOKEN, "data"),
    prevent_initial_call=True,
    background=True,
    interval=300,
    progress=[Output(work.SAYS, "children"), Output(work.ORDER, "data")],
    running=[(Output(work.WORK, "hidden"), False, True), (Output(bulk_page.APPLY, "disabled"), True, True)],
)
def write_all(set_progress: Progress, clicks: int, rows: str | None, asked: Json) -> tuple[Json, Json]:
    """Write what was tried, all or none, beside the web; the browser may be on another page."""
    if not clicks or not asked:
        return no_update, no_update
    try:
        with registry().reading() as connection:
            wish = wish_of(connection, {**asked["given"], "rows": rows})
        tell = _telling(set_progress, asked["order"])
        _, action = write(registry(), wish, asked["token"], here.asker(), tell)
    except RunRegistryError as error:
        return {"refused": str(error)}, shell.toast(str(error))
    undo = shell.undo_button(action)
    return {"refused": ""}, shell.toast("All of it was written, as one action.", undo=undo)


@callback(
    Output(bulk_page.PLAN, "children", allow_duplicate=True),
    Input(work.DONE, "data"),
    prevent_initial_call=True,
)
def tell_end(done: Json) -> Json:
    """Say where it was asked for how its writing ended."""
    return refusal(done["refused"]) if done and done["refused"] else None
