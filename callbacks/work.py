"""Call off what is done in the background."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from components import work
from model.orders import call_off
from model.registry import registry


@callback(
    Output(work.SAYS, "children", allow_duplicate=True),
    Input(work.CANCEL, "n_clicks"),
    State(work.ORDER, "data"),
    prevent_initial_call=True,
)
def cancel_work(clicks: int, order: str | None) -> Any:
    """Ask for an end; the work itself says how it ended."""
    if not clicks or not order:
        return no_update
    call_off(registry().golden.cache, order)
    return "cancelling…"
