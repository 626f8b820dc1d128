"""Fill the cycles, propose the next one and create it, complete and reopen."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update
from sqlalchemy import Connection

from callbacks.bulk_form import choice_of
from components import cycles_page, shell
from components.certify_panel import refusal
from identity import here
from identity.address import changed, place, theme, value
from model.bulk.which import pairs
from model.commands.cycles import change_cycle, close_cycle, complete_workspace, create_cycle
from model.errors import RunRegistryError
from model.filters.words import words as in_words
from model.journal import Transaction
from model.queries.cycles import cycles, progress
from model.queries.next_cycle import Candidate, Limits, candidates, selected
from model.registry import registry
from model.vocabulary import Stage

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
    Output(cycles_page.SOURCE, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(cycles_page.LEAST_INVPB, "value"),
    Input(cycles_page.LEAST_GOOD, "value"),
    Input(shell.VERSION, "data"),
)
def propose_cycle(
    pathname: str, search: str | None, least_invpb: float | None, least_good: float | None, _version: Json
) -> tuple[Json, Json]:
    """Show what would be in the next cycle, and why the rest would not."""
    if pathname != "/cycles":
        return no_update, no_update
    try:
        with registry().reading() as connection:
            at = place(connection, search).at
            found = _next(connection, search, _limits(least_invpb, least_good), at)
    except RunRegistryError as error:
        return refusal(str(error)), None
    by = cycles_page.source(chosen_words(search)) if chosen(search) else cycles_page.source("")
    every = "" if value(search, "all") == "1" else f"/cycles{changed(search, 'all', '1')}"
    return cycles_page.candidates(found, every), by


def _next(connection: Connection, search: str | None, limits: Limits, at: int) -> list[Candidate]:
    """Return the datasets of the grid that the address chooses, or else the proposal."""
    if chosen(search):
        return selected(connection, pairs(connection, choice_of(_given(search)), at), at)
    return candidates(connection, limits, at)


def chosen(search: str | None) -> bool:
    """Tell whether the address chooses datasets."""
    return any(value(search, name) for name in ("stage", "runs", "where", "cycle"))


def chosen_words(search: str | None) -> str:
    """Return in words which datasets the address chooses."""
    choice = choice_of(_given(search))
    words = [f"{choice.stage.value} datasets", *([f"of cycle {choice.cycle}"] if choice.cycle else [])]
    return ", ".join([*words, *([in_words(choice.where)] if choice.where else [])])


def _given(search: str | None) -> Json:
    stage = value(search, "stage")
    known = {s.value for s in Stage}
    return {"stage": stage if stage in known else Stage.PROMPT, "runs": value(search, "runs"), "search": search}


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(cycles_page.REFUSAL, "children"),
    Input(cycles_page.CREATE, "n_clicks"),
    State(cycles_page.NAME, "value"),
    State(cycles_page.DEADLINE, "value"),
    State(cycles_page.LEAST_INVPB, "value"),
    State(cycles_page.LEAST_GOOD, "value"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def make_cycle(
    clicks: int,
    name: str | None,
    deadline: str | None,
    least_invpb: float | None,
    least_good: float | None,
    search: str | None,
) -> tuple[Json, Json, Json]:
    """Create a cycle of what is shown now."""
    if not clicks:
        return no_update, no_update, no_update
    try:
        with registry().writing() as tx:
            found = _next(tx.connection, search, _limits(least_invpb, least_good), tx.head.sequence)
            taken = [(c.run_number, c.name) for c in found if not c.reason]
            sequence = create_cycle(tx, name or "", deadline or "", taken, here.asker())
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error))
    return {"sequence": sequence}, shell.toast(f"{name}: {len(taken):,} datasets."), None


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output({"type": cycles_page.SAID, "cycle": ALL}, "children"),
    Input({"type": cycles_page.DO, "cycle": ALL, "workspace": ALL, "do": ALL}, "n_clicks"),
    State({"type": cycles_page.SAID, "cycle": ALL}, "id"),
    State({"type": cycles_page.REASON, "cycle": ALL}, "value"),
    State({"type": cycles_page.NEW_DEADLINE, "cycle": ALL}, "value"),
    prevent_initial_call=True,
)
def change_one(
    clicks: list[int], places: list[Json], reasons: list[str | None], deadlines: list[str | None]
) -> tuple[Json, list[Json]]:
    """Complete, reopen or close a cycle, or give it another deadline."""
    asked = ctx.triggered_id
    if not any(clicks) or not isinstance(asked, dict):
        return no_update, [no_update] * len(places)
    here_ = [each["cycle"] for each in places].index(asked["cycle"])
    try:
        with registry().writing() as tx:
            sequence = _changed(tx, asked, reasons[here_] or "", deadlines[here_] or "")
    except RunRegistryError as error:
        said = refusal(str(error))
        return no_update, [said if place == here_ else None for place in range(len(places))]
    return {"sequence": sequence}, [None] * len(places)


def _changed(tx: Transaction, asked: Json, reason: str, deadline: str) -> int:
    name, workspace, do, by = asked["cycle"], asked["workspace"], asked["do"], here.asker()
    if do in ("complete", "reopen"):
        return complete_workspace(tx, name, workspace, by, is_done=do == "complete", comment=reason)
    if do in ("close", "open"):
        return close_cycle(tx, name, by, closed=do == "close", comment=reason)
    found = next(c for c in cycles(tx.connection, tx.head.sequence) if c.name == name)
    return change_cycle(tx, name, deadline, found.datasets, by, seen=tx.head.sequence, comment=reason)
