"""Tell addresses of events, stop, and let one go on."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update
from flask import current_app

from components import shell
from components import webhooks as page
from components.certify_panel import refusal
from identity import here
from model import rights
from model.errors import RunRegistryError
from model.products.deliveries import deliveries
from model.products.webhooks import add_webhook, stop_webhook, tell_again, webhooks
from model.registry import registry
from model.rights import Action

Json = Any


@callback(
    Output(page.BODY, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.VERSION, "data"),
    Input(page.CHANGED, "data"),
)
def fill_webhooks(pathname: str, _version: Json, _changed: Json) -> Json:
    """Show coordinators who is told, and what each answered last."""
    if pathname != "/products":
        return no_update
    try:
        rights.require(here.asker(), Action.MAKE_OFFICIAL)
    except RunRegistryError as error:
        return shell.notice(str(error))
    with registry().reading() as connection:
        found = webhooks(connection)
        last = {each.id: deliveries(connection, each.id, limit=1) for each in found}
    return page.table(found, {number: told[0] for number, told in last.items() if told})


@callback(
    Output(page.CHANGED, "data"),
    Output(page.SAID, "children"),
    Input(page.ADD, "n_clicks"),
    State(page.URL, "value"),
    State(page.KINDS, "value"),
    prevent_initial_call=True,
)
def tell_address(clicks: int, url: str | None, kinds: str | None) -> tuple[Json, Json]:
    """Tell one more address; its secret is shown once."""
    if not clicks:
        return no_update, no_update
    words: Json = {
        "kinds": kinds or "",
        "allow_private": bool(current_app.config.get("WEBHOOK_PRIVATE", False)),
    }
    try:
        with registry().writing() as tx:
            number, secret = add_webhook(tx, (url or "").strip(), here.asker(), **words)
    except RunRegistryError as error:
        return no_update, refusal(str(error))
    return {"added": number}, page.added(str(url).strip(), secret)


@callback(
    Output(page.CHANGED, "data", allow_duplicate=True),
    Output(page.SAID, "children", allow_duplicate=True),
    Input({"type": page.STOP, "webhook": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
def stop_address(clicks: list[int]) -> tuple[Json, Json]:
    """Tell an address no more."""
    if not any(clicks) or not ctx.triggered_id:
        return no_update, no_update
    try:
        with registry().writing() as tx:
            stop_webhook(tx, ctx.triggered_id["webhook"], here.asker())
    except RunRegistryError as error:
        return no_update, refusal(str(error))
    return {"stopped": ctx.triggered_id["webhook"]}, None


@callback(
    Output(page.CHANGED, "data", allow_duplicate=True),
    Output(page.SAID, "children", allow_duplicate=True),
    Input({"type": page.AGAIN, "webhook": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
def try_again(clicks: list[int]) -> tuple[Json, Json]:
    """Let an address go on where it stopped."""
    if not any(clicks) or not ctx.triggered_id:
        return no_update, no_update
    try:
        with registry().writing() as tx:
            tell_again(tx, ctx.triggered_id["webhook"], here.asker())
    except RunRegistryError as error:
        return no_update, refusal(str(error))
    return {"again": ctx.triggered_id["webhook"], "clicks": sum(clicks)}, None
