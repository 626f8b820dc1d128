"""The query page: what the address asks for, the tables of its snapshot, and the queries that are kept."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, no_update
from sqlalchemy import Connection

from callbacks.filter_builder import drop, keep
from components import query_page as page
from components import shell
from components.theme import template
from identity import here
from identity.address import theme
from model.columnar.snapshots import Snapshot, snapshots
from model.commands.views import KEPT_OF_QUERY
from model.errors import RunRegistryError
from model.journal import sequence_now
from model.queries.views import QUERY, View, views
from model.registry import registry
from model.sandbox.sandbox import sandbox
from model.sandbox.snapshots import LATEST, chosen

Json = Any
_PLACES = (page.TOLD, page.TEMPLATE, page.NOTES, page.TABLES, page.AGE, page.LIMITS)
_KNOWN = (*KEPT_OF_QUERY, "saved", "as_of")


@callback(
    *(Output(name, "data" if name in (page.TOLD, page.TEMPLATE) else "children") for name in _PLACES),
    Output(page.SNAPSHOT, "options"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
)
def fill_query(pathname: str, search: str | None) -> tuple[Json, ...]:
    """Show the tables of the snapshot that the address names, and tell the hand what it asks for."""
    if pathname != QUERY:
        return (no_update,) * (len(_PLACES) + 1)
    with registry().reading() as connection:
        told, notes = _asked(connection, search)
        found, why = _snapshot(connection, told["snapshot"])
    there = snapshots(sandbox().snapshots)
    return (
        told,
        template(theme()).to_plotly_json(),
        [shell.notice(each, "late") for each in (*notes, *([why] if why else []))],
        page.tables(list(found.manifest["tables"].values())) if found else page.no_tables(),
        _age(found) if found else "",
        page.limits(sandbox().limits.plain()),
        page.snapshot_options(
            [(each.sequence, each.manifest["recorded_at"]) for each in there], told["snapshot"]
        ),
    )


@callback(
    Output(page.SAVED, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.VERSION, "data"),
)
def list_queries(pathname: str, _version: Json) -> Json:
    """List the queries that are kept."""
    if pathname != QUERY:
        return no_update
    with registry().reading() as connection:
        return page.saved(_queries(connection), here.asker().name)


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(page.NAME, "value"),
    Output(page.REFUSAL, "children"),
    Input(page.SAVE, "n_clicks"),
    Input(page.NAME, "n_submit"),
    State(page.NAME, "value"),
    State(page.SHARED, "value"),
    State(page.SQL, "value"),
    State(page.SNAPSHOT, "value"),
    *(State(name, "value") for name in (page.KIND, page.X, page.Y)),
    prevent_initial_call=True,
)
def keep_query(
    clicks: int, enters: int | None, name: str | None, shared: bool | None, *said: str | None
) -> tuple[Json, Json, Json]:
    """Keep the statement, its snapshot and its plot under a name."""
    if not clicks and not enters:
        return no_update, no_update, no_update
    words = {word: text or "" for word, text in zip(KEPT_OF_QUERY, said, strict=True)}
    return keep((name or "").strip(), QUERY, words, is_shared=bool(shared))


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(page.REFUSAL, "children", allow_duplicate=True),
    Input({"type": page.DROP, "owner": ALL, "name": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
def drop_query(clicks: list[int]) -> tuple[Json, Json]:
    """Take a query away."""
    return drop(clicks)


clientside_callback(
    ClientsideFunction("rrQuery", "take"),
    Input(page.TOLD, "data"),
    State(page.TEMPLATE, "data"),
    prevent_initial_call=True,
)


def _asked(connection: Connection, search: str | None) -> tuple[dict[str, str], list[str]]:
    """Return what the address asks for, a kept query written out, and what of it means nothing."""
    said = dict(parse_qsl((search or "").lstrip("?")))
    notes = [f"“{name[:40]}” means nothing on this page." for name in said if name not in _KNOWN]
    asked = {word: said.get(word, "") for word in KEPT_OF_QUERY}
    if wanted := said.get("saved"):
        known = {f"{each.owner}/{each.name}": each for each in _queries(connection)}
        if wanted in known:
            asked = {**asked, **known[wanted].search}
        else:
            notes.append(f"There is no query {wanted[:80]} that you can see.")
    if asked["plot"] not in page.KINDS:
        notes.append(f"“{asked['plot'][:40]}” is no plot and was dropped.")
        asked["plot"] = ""
    # what other pages call as_of is a snapshot here
    return {**asked, "snapshot": asked["snapshot"] or said.get("as_of", "").replace("now", "") or LATEST}, notes


def _queries(connection: Connection) -> list[View]:
    at = sequence_now(connection)
    return [each for each in views(connection, here.asker().name, at) if each.path == QUERY]


def _snapshot(connection: Connection, words: str) -> tuple[Snapshot | None, str]:
    try:
        return chosen(connection, sandbox().snapshots, words), ""
    except RunRegistryError as error:
        return None, str(error)


def _age(found: Snapshot) -> str:
    recorded = datetime.fromisoformat(found.manifest["recorded_at"])
    return page.age(found.sequence, (registry().clock() - recorded).total_seconds())
