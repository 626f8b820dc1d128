"""Make tokens for programs, list them, take them away."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from components import program_tokens as page
from components import shell
from identity import here
from model.commands.tokens import make_token, revoke_token
from model.errors import RunRegistryError
from model.registry import registry
from model.rights import Action, may
from model.tokens import tokens

Json = Any


@callback(
    Output(page.LIST, "children"),
    Output(page.FORM, "hidden"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.VERSION, "data"),
)
def list_tokens(pathname: str, _version: Json) -> tuple[Json, Json]:
    """Show administrators which programs have tokens."""
    if pathname != "/rights":
        return no_update, no_update
    if not may(here.asker(), Action.ADMINISTER):
        return shell.notice("Administrators make tokens, and see which there are."), True
    with registry().reading() as connection:
        return page.listed(tokens(connection), registry().clock()), False


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(page.SAID, "children"),
    Output(page.NAME, "value"),
    Output(page.PURPOSE, "value"),
    Input(page.MAKE, "n_clicks"),
    State(page.NAME, "value"),
    State(page.ACTIONS, "value"),
    State(page.WORKSPACES, "value"),
    State(page.DAYS, "value"),
    State(page.PURPOSE, "value"),
    prevent_initial_call=True,
)
def make_one(
    clicks: int,
    name: str | None,
    actions: list[str] | None,
    workspaces: str | None,
    days: int | None,
    purpose: str | None,
) -> tuple[Json, ...]:
    """Make a token and show it, once."""
    if not clicks:
        return (no_update,) * 4
    where = [each.strip() for each in (workspaces or "").split(",") if each.strip()]
    how: dict[str, Any] = {"actions": actions or [], "workspaces_of": where, "purpose": purpose or ""}
    try:
        with registry().writing() as tx:
            secret = make_token(tx, (name or "").strip(), here.asker(), **how, days=days or 0)
            sequence = tx.head.sequence
    except RunRegistryError as error:
        return no_update, shell.notice(str(error), "refusal"), no_update, no_update
    return {"sequence": sequence}, page.made((name or "").strip(), secret), "", ""


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(page.SAID, "children", allow_duplicate=True),
    Input({"type": page.REVOKE, "name": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
def revoke_one(clicks: list[int]) -> tuple[Json, Json]:
    """Take a token away, at once."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return no_update, no_update
    name = ctx.triggered_id["name"]
    try:
        with registry().writing() as tx:
            sequence = revoke_token(tx, name, here.asker())
    except RunRegistryError as error:
        return no_update, shell.notice(str(error), "refusal")
    return {"sequence": sequence}, shell.notice(f"The token of {name} is revoked.")
