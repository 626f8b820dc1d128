"""Draw the filter of the address as chips, and keep views of it."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from dash import ALL, Input, Output, State, callback, ctx, no_update

from components import filter_builder, shell
from components.certify_panel import refusal
from identity import here
from identity.address import place, value
from model.commands.views import KEPT, remove_view, save_view
from model.errors import RunRegistryError
from model.filters.language import Filter, parse
from model.grid.grid import columns_of
from model.queries.datasets import workspaces
from model.queries.views import QUERY, views
from model.registry import registry
from model.vocabulary import GLOBAL, Stage

Json = Any
_PATH = re.compile(r"/certify(?:/([a-z0-9]+))?/?")


@callback(
    Output(filter_builder.CHIPS, "children"),
    Output(filter_builder.VIEWS, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_filter(pathname: str, search: str | None, _version: Json) -> tuple[Json, Json]:
    """Show the filter of the address as chips, and the views there are."""
    path = pathname or ""
    match, of_runs = _PATH.fullmatch(path), path == "/runs"
    if not match and not of_runs:
        return no_update, no_update
    kept = {name: said for name, said in parse_qsl((search or "").lstrip("?")) if name != "where"}
    usual = Stage.ONLINE if of_runs else Stage.PROMPT
    stage = kept.get("stage") if kept.get("stage") in {s.value for s in Stage} else usual
    with registry().reading() as connection:
        at = place(connection, search).at
        columns = columns_of(connection, (match and match[1]) or GLOBAL, Stage(str(stage)), at)
        known = workspaces(connection, at)
        who = here.asker().name
        kept_views = [each for each in views(connection, who, at) if each.path != QUERY]
        there = filter_builder.views(kept_views, who)
    said = value(search, "where")
    offers, run_offers = filter_builder.offers, filter_builder.run_offers
    offered = run_offers(columns, kept) if of_runs else offers(columns, path, kept)
    return filter_builder.chips(_wanted(said), said, offered, columns, (GLOBAL, *known)), there


def _wanted(said: str) -> Filter | None:
    try:
        return parse(said) if said else None
    except RunRegistryError:
        # the page says which filter was dropped, and why
        return None


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(filter_builder.NAME, "value"),
    Output(filter_builder.REFUSAL, "children"),
    Input(filter_builder.SAVE, "n_clicks"),
    Input(filter_builder.NAME, "n_submit"),
    State(filter_builder.NAME, "value"),
    State(filter_builder.SHARED, "value"),
    State(shell.ADDRESS, "pathname"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def keep_view(
    clicks: int, submits: int | None, name: str | None, shared: bool | None, pathname: str, search: str | None
) -> tuple[Json, Json, Json]:
    """Keep the address under a name."""
    if not clicks and not submits:
        return no_update, no_update, no_update
    kept = {word: value(search, word) for word in KEPT if value(search, word)}
    return keep(name or "", pathname, kept, is_shared=bool(shared))


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(filter_builder.REFUSAL, "children", allow_duplicate=True),
    Input({"type": filter_builder.DROP, "owner": ALL, "name": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
def drop_view(clicks: list[int]) -> tuple[Json, Json]:
    """Take a view away."""
    return drop(clicks)


def keep(name: str, path: str, words: Mapping[str, str], *, is_shared: bool) -> tuple[Json, Json, Json]:
    """Keep a view; return the new version, the emptied name, and the refusal, if it was refused."""
    try:
        with registry().writing() as tx:
            sequence = save_view(tx, name, path, words, here.asker(), is_shared=is_shared)
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error))
    return {"sequence": sequence}, "", None


def drop(clicks: list[int]) -> tuple[Json, Json]:
    """Take away the view whose button was pressed; return the new version, and the refusal of it."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return no_update, no_update
    try:
        with registry().writing() as tx:
            sequence = remove_view(tx, ctx.triggered_id["owner"], ctx.triggered_id["name"], here.asker())
    except RunRegistryError as error:
        return no_update, refusal(str(error))
    return {"sequence": sequence}, None
