"""The hand-over of the shift: show the notes, and keep a new one."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from components import board_page, handover, shell
from components.certify_panel import refusal
from identity import here
from identity.address import place
from model.commands.handover import hand_over
from model.errors import RunRegistryError
from model.queries.handover import notes
from model.registry import registry


@callback(
    Output(handover.NOTES, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    Input(shell.CALM, "data"),
    Input(board_page.BOARD, "hidden"),
)
def fill_notes(pathname: str, search: str | None, _version: Any, _calm: Any, is_hidden: bool | None) -> Any:
    """Show what shifts left for the next, after the board."""
    if pathname != "/" or is_hidden:
        return no_update
    with registry().reading() as connection:
        return handover.notes(notes(connection, place(connection, search).at))


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(handover.REFUSAL, "children"),
    Output(handover.WORDS, "value"),
    Input(handover.LEAVE, "n_clicks"),
    State(handover.WORDS, "value"),
    prevent_initial_call=True,
)
def leave_note(clicks: int | None, words: str | None) -> tuple[Any, ...]:
    """Keep a note for the next shift."""
    if not clicks:
        return (no_update,) * 4
    try:
        with registry().writing() as tx:
            sequence = hand_over(tx, words or "", here.asker())
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error)), no_update
    return {"sequence": sequence}, shell.toast("Handed over."), None, ""
