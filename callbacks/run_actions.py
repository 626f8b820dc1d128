"""Actions on a whole run: draw them for the run that is shown, do what was pressed, or say why not."""

from dataclasses import asdict
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update
from sqlalchemy import Connection

from components import run_actions, shell
from components.certify_panel import refusal
from identity import here
from identity.address import place, run_of
from model import vocabulary
from model.authors import Author
from model.commands.feeds import want_again
from model.commands.runs import move_run, reset_run, set_run_attributes
from model.errors import NotOpen, RunRegistryError
from model.journal import Transaction
from model.queries import completeness, runs
from model.queries.recent import newest
from model.registry import registry

Json = Any


def _shown(connection: Connection, pathname: str, at: int) -> runs.Run | None:
    """Return the run of the page, the newest on the board."""
    if pathname == "/":
        return next(iter(newest(connection, 1, at)), None)
    number = run_of(pathname)
    found = runs.runs(connection, at, [number]) if number is not None else []
    return found[0] if found else None


@callback(
    Output(run_actions.BODY, "children"),
    Output(run_actions.HELD, "data"),
    Output(run_actions.REFUSAL, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    Input(shell.FOLLOWED, "data"),
    State(run_actions.HELD, "data"),
)
def fill_run_actions(pathname: str, search: str | None, _version: Json, _followed: Json, held: Json) -> Json:
    """Draw what can be done with the run; what is being typed stays while it is the same."""
    by = here.asker()
    with registry().reading() as connection:
        seen = place(connection, search)
        run = _shown(connection, pathname or "", seen.at)
    if run is None:
        return None, None, None
    about = run_actions.about(run, by, is_past=seen.is_past)
    if asdict(about) == held:
        return (no_update,) * 3
    return run_actions.body(about, by), asdict(about), None


@callback(
    Output(run_actions.MISSING, "children"),
    Output(run_actions.MISSING, "hidden"),
    Input(run_actions.HELD, "data"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    Input(shell.CALM, "data"),
)
def fill_missing(held: Json, search: str | None, _version: Json, _calm: Json) -> tuple[Json, bool]:
    """Tell what keeps an open run from being signed off; it may lag behind."""
    if not held or held["state"] != vocabulary.State.OPEN:
        return None, True
    with registry().reading() as connection:
        at = place(connection, search).at
        found = completeness.undecided(connection, held["run_number"], at=at)
        goes_on = runs.run(connection, held["run_number"], at).goes_on
    listed = run_actions.missing(found, goes_on=goes_on)
    return listed, not listed


@callback(
    Output(run_actions.REFUSAL, "children", allow_duplicate=True),
    Output(run_actions.MISSING, "open", allow_duplicate=True),
    Input(run_actions.MISSING, "hidden"),
    State(run_actions.MISSING, "open"),
    prevent_initial_call=True,
)
def let_refusal_go(nothing_is_missing: bool, was_refused: bool | None) -> tuple[Json, Json]:
    """Say no more that a run cannot be signed off, once everything is decided."""
    return (None, False) if nothing_is_missing and was_refused else (no_update, no_update)


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(run_actions.REFUSAL, "children", allow_duplicate=True),
    Output(run_actions.MISSING, "open"),
    Input({"type": run_actions.DO, "do": ALL}, "n_clicks"),
    State(run_actions.HELD, "data", allow_optional=True),
    State(run_actions.REASON, "value", allow_optional=True),
    State(run_actions.STOP, "value", allow_optional=True),
    State(run_actions.MORE, "value", allow_optional=True),
    prevent_initial_call=True,
)
def act_on_run(clicks: list[int], held: Json, reason: Json, stop: Json, more: Json) -> tuple[Json, ...]:
    """Do to the run what was pressed, or say why not."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return (no_update,) * 4
    do = ctx.triggered_id["do"]
    said = {"reason": reason or "", "stop": f"{stop or ''}: {more or ''}".strip(": ")}
    try:
        with registry().writing() as tx:
            words = _done(tx, held, do, said, here.asker())
            sequence = tx.head.sequence
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error)), isinstance(error, NotOpen) and error.is_undecided
    return {"sequence": sequence}, shell.toast(words), None, False


def _done(tx: Transaction, held: Json, do: str, said: dict[str, str], by: Author) -> str:
    number, why = held["run_number"], said["reason"]
    if do == run_actions.REFRESH:
        want_again(tx, number, by)
        return f"Run {number} will be read from OMS again."
    if do == run_actions.RESET:
        reset_run(tx, number, by, comment=why)
        return f"The rules decided again what run {number} is."
    if do == run_actions.STOP_REASON:
        set_run_attributes(tx, number, {"stop_reason": said["stop"]}, by, comment=why)
        return f"Run {number}: {said['stop'] or 'no stop reason'}."
    if do in (run_actions.MATTERS, run_actions.MATTERS_NOT):
        set_run_attributes(tx, number, {"significant": do == run_actions.MATTERS}, by, comment=why)
        return f"Run {number} is {do}."
    move_run(tx, number, held["state"], do, by, comment=why)
    return f"Run {number} is {do}."
