"""Show products, answer proposals, recognise a dropped file, propose what the golden page shows."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update
from sqlalchemy import Connection

from callbacks.file_drop import dropped
from callbacks.golden_question import question_of
from components import products as page
from components import shell
from components.certify_panel import refusal
from identity import here
from identity.address import place, value
from model import rights
from model.commands.products import approve_product, propose_product, withdraw_product
from model.errors import RunRegistryError
from model.products.manifest import Draft
from model.products.products import product_of, products, step
from model.products.verify import verify
from model.registry import registry

Json = Any
_SHOWN = 60


@callback(
    Output(page.BODY, "children"),
    Output(page.ONE, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_products(pathname: str, search: str | None, _version: Json) -> tuple[Json, Json]:
    """Show every product as of the address, and the manifest of the one it names."""
    if pathname != "/products":
        return no_update, no_update
    with registry().reading() as connection:
        at = place(connection, search).at
        found = products(connection, at)
        listed = [(each, step(connection, each)) for each in found[:_SHOWN]]
        manifest = _manifest(connection, value(search, "product"), at)
    return page.table(listed, here.asker().name, len(found) - len(listed)), manifest


def _manifest(connection: Connection, name: str, at: int) -> Json:
    if not name:
        return None
    try:
        return page.one(product_of(connection, name, at).told())
    except RunRegistryError as error:
        return shell.notice(str(error), "late")


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(page.REFUSAL, "children"),
    Input({"type": page.DO, "product": ALL, "do": ALL}, "n_clicks"),
    State({"type": page.REASON, "product": ALL}, "id"),
    State({"type": page.REASON, "product": ALL}, "value"),
    prevent_initial_call=True,
)
def answer_proposal(
    clicks: list[int], places: list[Json], reasons: list[str | None]
) -> tuple[Json, Json, Json]:
    """Make a proposal official, or take it back."""
    if not any(clicks) or not ctx.triggered_id:
        return no_update, no_update, no_update
    name, do = ctx.triggered_id["product"], ctx.triggered_id["do"]
    said = {at["product"]: reason or "" for at, reason in zip(places, reasons, strict=True)}
    try:
        with registry().writing() as tx:
            if do == "approve":
                sequence = approve_product(tx, name, here.asker(), comment=said.get(name, ""))
            else:
                sequence = withdraw_product(tx, name, here.asker(), reason=said.get(name, ""))
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error))
    word = "official" if do == "approve" else "withdrawn"
    return {"sequence": sequence}, shell.toast(f"{name} is {word}."), None


@callback(
    Output(page.VERIFIED, "children"),
    Input(page.FILE, "contents"),
    State(page.FILE, "filename"),
    prevent_initial_call=True,
)
def recognise_file(contents: str | None, name: str | None) -> Json:
    """Say which product a dropped file is, or what it is nearest to."""
    if not contents:
        return no_update
    try:
        data = dropped(contents)
        with registry().reading() as connection:
            return page.verified(verify(connection, data, place(connection, None).at), name or "the file")
    except RunRegistryError as error:
        return shell.notice(f"{name}: {error}", "refusal")


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(page.PROPOSED, "children"),
    Input(page.PROPOSE, "n_clicks"),
    State(page.SERIES, "value"),
    State(page.NAME, "value"),
    State(page.COMMENT, "value"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def propose(
    clicks: int, series: str | None, name: str | None, comment: str | None, search: str | None
) -> tuple[Json, Json]:
    """Propose the list that the address asks for as the next product of a series."""
    if not clicks:
        return no_update, no_update
    try:
        with registry().reading() as connection:
            rights.require(here.asker(), rights.Action.MAKE_OFFICIAL)
            wanted = question_of(connection, search)
            golden = registry().golden.golden(connection, wanted)
        draft = Draft((name or "").strip(), (series or "").strip(), wanted, golden)
        with registry().writing() as tx:
            sequence = propose_product(tx, draft, here.asker(), comment=(comment or "").strip())
    except RunRegistryError as error:
        return no_update, refusal(str(error))
    return {"sequence": sequence}, page.proposed(draft.name)
