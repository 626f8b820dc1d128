"""The shell: travel in time, become somebody, see how fresh the registry is."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update
from flask import current_app

from components import shell
from components.help import overlay
from components.help.pages import help_of
from identity import here
from identity.address import place, travelled
from model.commands.undo import undo
from model.errors import RunRegistryError
from model.queries.feeds import feeds
from model.registry import registry


@callback(
    Output(shell.ADDRESS, "search"),
    Input(shell.AS_OF_APPLY, "n_clicks"),
    Input(shell.AS_OF, "n_submit"),
    State(shell.AS_OF, "value"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def travel(_clicks: int, _submit: int | None, words: str | None, search: str | None) -> str:
    """Show the registry as it was at a label, a time or a sequence."""
    return travelled(search, words or "now")


@callback(
    Output(shell.VERSION, "data"),
    Input(shell.WHO, "value"),
    State(shell.VERSION, "data"),
    prevent_initial_call=True,
)
def become(name: str, version: dict[str, Any] | None) -> Any:
    """Be another local user."""
    if name == here.asker().name:
        return no_update
    here.become(name)
    return {**(version or {}), "user": name}


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Input({"type": shell.UNDO, "action": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
def take_action_back(clicks: list[int]) -> Any:
    """Take back the action of a toast."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return no_update, no_update
    try:
        with registry().writing() as tx:
            sequence = undo(tx, int(ctx.triggered_id["action"]), here.asker())
    except RunRegistryError as error:
        return no_update, shell.toast(str(error))
    return {"sequence": sequence}, shell.toast("Taken back: what it replaced holds again.")


@callback(
    Output(shell.FEEDS, "children"),
    Output(shell.NOTICES, "children"),
    Output(shell.AS_OF, "value"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_shell(search: str | None, _version: Any) -> tuple[Any, Any, str]:
    """Say how old each feed is, as of when one looks, and what was dropped from the address."""
    now = registry().clock()
    with registry().reading() as connection:
        seen = place(connection, search)
        chips = shell.feed_chips([shell.Feed(f.name, f.age, f.state, f.detail) for f in feeds(connection, now)])
    notices = [shell.notice(seen.dropped, "late")] if seen.dropped else []
    if seen.is_past:
        notices.append(shell.notice(f"The registry as of {seen.words} (sequence {seen.at:,}).", "info"))
    return chips, notices, seen.words


@callback(
    Output(overlay.BODY, "children"),
    Input(overlay.OPEN, "n_clicks"),
    State(shell.ADDRESS, "pathname"),
    running=[(Output(overlay.BODY, "className"), "help-body is-asking", "help-body")],
    prevent_initial_call=True,
)
def tell_help(clicks: int, pathname: str | None) -> Any:
    """Tell what the page is for that one looks at."""
    return overlay.told(help_of(pathname or "/"), _docs()) if clicks else no_update


def _docs() -> str:
    """Return where the documentation is read; empty where it was not built."""
    return "/docs/" if current_app.extensions["manual"]() else ""
