"""The late change of the run that is shown: draw it, and record the answer."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from components import late_change, shell
from components.certify_panel import refusal
from identity import here
from identity.address import place, run_of
from model.commands.late_changes import answer_late_change
from model.errors import RunRegistryError
from model.queries.late_changes import alike, late_changes
from model.registry import registry

Json = Any


@callback(
    Output(late_change.BODY, "children"),
    Output(late_change.CARD, "hidden"),
    Output(late_change.HELD, "data"),
    Output(late_change.REFUSAL, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    Input(shell.CALM, "data"),
    State(late_change.HELD, "data"),
)
def fill_late_change(pathname: str, search: str | None, _version: Json, _calm: Json, held: Json) -> Json:
    """Show what upstream changed of the run since it was signed off, where it waits for an answer."""
    number, by = run_of(pathname), here.asker()
    with registry().reading() as connection:
        seen = place(connection, search)
        found = late_changes(connection, seen.at, run_number=number) if number is not None else []
        if not found:
            return None, True, None, None
        one, n_alike = found[0], len(alike(connection, found[0], seen.at))
    drawn_for = [one.id, n_alike, by.name, seen.is_past]
    if drawn_for == held:
        return (no_update,) * 4
    return late_change.body(one, n_alike, by, is_past=seen.is_past), False, drawn_for, None


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(late_change.REFUSAL, "children", allow_duplicate=True),
    Input({"type": late_change.DO, "do": ALL}, "n_clicks"),
    State(late_change.HELD, "data", allow_optional=True),
    State(late_change.COMMENT, "value", allow_optional=True),
    prevent_initial_call=True,
)
def answer_of_run(clicks: list[int], held: Json, comment: str | None) -> tuple[Json, Json, Json]:
    """Accept or reject the late change of the run, or accept all that are alike."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return (no_update,) * 3
    do = ctx.triggered_id["do"]
    how = {"accepted": do != late_change.REJECT, "alike": do == late_change.ALIKE}
    try:
        with registry().writing() as tx:
            sequence = answer_late_change(tx, held[0], here.asker(), **how, comment=comment or "")
            action = tx.action
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error))
    words = "accepted: it is the truth from now on" if how["accepted"] else "rejected: nothing changed"
    undo = shell.undo_button(action) if action else None
    return {"sequence": sequence}, shell.toast(f"Late change {words}.", undo=undo), None
