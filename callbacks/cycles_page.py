"""Fill the cycles, propose the next one, and create it."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from components import cycles_page, shell
from components.certify_panel import refusal
from identity import here
from identity.address import place, theme
from model.commands.cycles import create_cycle
from model.errors import RunRegistryError
from model.queries.cycles import cycles, progress
from model.queries.next_cycle import Limits, candidates
from model.registry import registry

Json = Any


def _limits(least_invpb: float | None, least_good: float | None) -> Limits:
    return Limits(least_invpb=least_invpb or 0.0, least_good=least_good or 0.0)


@callback(
    Output(cycles_page.BODY, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_cycles(pathname: str, search: str | None, _version: Json) -> Json:
    """Show every cycle with how far each workspace is."""
    if pathname != "/cycles":
        return no_update
    with registry().reading() as connection:
        at = place(connection, search).at
        found = [(cycle, progress(connection, cycle, at)) for cycle in cycles(connection, at)]
    return cycles_page.cycles(found, registry().clock().date(), theme())


@callback(
    Output(cycles_page.NEXT, "children"),
    Input(cycles_page.LEAST_INVPB, "value"),
    Input(cycles_page.LEAST_GOOD, "value"),
    Input(shell.VERSION, "data"),
    State(shell.ADDRESS, "search"),
)
def propose_cycle(
    least_invpb: float | None, least_good: float | None, _version: Json, search: str | None
) -> Json:
    """Show what would be in the next cycle, and why the rest would not."""
    with registry().reading() as connection:
        at = place(connection, search).at
        return cycles_page.candidates(candidates(connection, _limits(least_invpb, least_good), at))


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(cycles_page.REFUSAL, "children"),
    Input(cycles_page.CREATE, "n_clicks"),
    State(cycles_page.NAME, "value"),
    State(cycles_page.DEADLINE, "value"),
    State(cycles_page.LEAST_INVPB, "value"),
    State(cycles_page.LEAST_GOOD, "value"),
    prevent_initial_call=True,
)
def make_cycle(
    clicks: int,
    name: str | None,
    deadline: str | None,
    least_invpb: float | None,
    least_good: float | None,
) -> tuple[Json, Json, Json]:
    """Create a cycle of what is proposed now."""
    if not clicks:
        return no_update, no_update, no_update
    try:
        with registry().writing() as tx:
            found = candidates(tx.connection, _limits(least_invpb, least_good), tx.head.sequence)
            taken = [(c.run_number, c.name) for c in found if not c.reason]
            sequence = create_cycle(tx, name or "", deadline or "", taken, here.asker())
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error))
    return {"sequence": sequence}, shell.toast(f"{name}: {len(taken):,} datasets."), None
