"""Show the findings that the address asks for, one of them beside, and record the answer to it."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from components import consistency_page as page
from components import shell
from components.certify_panel import refusal
from components.empty import empty
from identity import here
from identity.address import one_of, place, value
from model.commands.findings import acknowledge, correct, correction, take_back_acknowledgement
from model.errors import Invalid, RunRegistryError
from model.journal import Transaction
from model.registry import registry
from model.sentinel.finding import Finding, Kind
from model.sentinel.findings import Wanted, listed, one, totals
from model.spans import span

Json = Any
_KEPT = ("kind", "owner", "runs", "acknowledged", "finding", "as_of")
_KINDS = [kind.value for kind in Kind]


@callback(
    Output(page.HEAD, "children"),
    Output(page.ROWS, "children"),
    Output(page.RUNS, "value"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_findings(pathname: str, search: str | None, _version: Json) -> tuple[Json, Json, Json]:
    """Show the findings, most luminosity first."""
    if pathname != "/consistency":
        return no_update, no_update, no_update
    with registry().reading() as connection:
        every = listed(registry().sentinel, connection, place(connection, search).at)
    owners = sorted({each.finding.owner for each in every})
    kept, wanted, dropped = asked(search, owners)
    of_any_kind = Wanted(None, wanted.owner, wanted.first_run, wanted.last_run, wanted.with_acknowledged)
    kinds = totals(each for each in every if of_any_kind.has(each))
    found = [each for each in every if wanted.has(each)]
    top = page.head(kinds, owners, kept, " ".join(dropped))
    return top, page.rows(found, kept, registry().clock()), kept.get("runs", "")


def asked(search: str | None, owners: list[str]) -> tuple[dict[str, str], Wanted, list[str]]:
    """Return what of the address is kept, what it asks for, and in words what was dropped."""
    kept = {name: said for name in _KEPT if (said := value(search, name))}
    named, no_kind = one_of(search, "kind", _KINDS, "is no kind of finding")
    owner, no_owner = one_of(search, "owner", owners, "owns no finding")
    dropped = [*no_kind, *no_owner]
    kept |= {"kind": named, "owner": owner}
    first, last = None, None
    try:
        first, last = span(kept.get("runs", "")) or (None, None)
    except Invalid as error:
        kept.pop("runs")
        dropped.append(f"{error} It was dropped from the address.")
    kind = Kind(named) if named else None
    wanted = Wanted(kind, owner, first, last, kept.get("acknowledged") == "1")
    return {name: said for name, said in kept.items() if said}, wanted, dropped


@callback(
    Output(shell.ADDRESS, "search", allow_duplicate=True),
    Input(page.RUNS, "value"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def choose_runs(words: str | None, search: str | None) -> Json:
    """Keep the range of runs in the address."""
    if (words or "").strip() == value(search, "runs"):
        return no_update
    kept = {name: said for name in _KEPT if (said := value(search, name))}
    return page.address(kept, runs=(words or "").strip()).removeprefix("/consistency")


@callback(
    Output(page.PANEL, "children"),
    Output(page.SHOWN, "data"),
    Output(page.REFUSAL, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(page.ANSWERED, "data"),
)
def show_finding(pathname: str, search: str | None, _answered: Json) -> tuple[Json, Json, Json]:
    """Show the finding that the address names; a reason being typed stays while others write."""
    if pathname != "/consistency":
        return no_update, no_update, no_update
    now, key = registry().clock(), value(search, "finding")
    if not key:
        return page.panel(None, now), None, None
    try:
        with registry().reading() as connection:
            found = one(registry().sentinel, connection, place(connection, search).at, key)
    except RunRegistryError as error:
        return empty("It is not there any more", str(error)), None, None
    return page.panel(found, now), _shown(found.finding), None


def _shown(found: Finding) -> Json:
    return {"key": found.key, "digest": found.digest, "bits": found.bits}


@callback(
    Output(page.EFFECT, "children"),
    Output(page.REFUSAL, "children", allow_duplicate=True),
    Input({"type": page.TRY, "value": ALL}, "n_clicks"),
    State(page.SHOWN, "data"),
    prevent_initial_call=True,
)
def try_override(clicks: list[int], shown: Json) -> tuple[Json, Json]:
    """Show what an override would do, and the button that does it."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict) or not shown:
        return no_update, no_update
    is_true = ctx.triggered_id["value"] == "true"
    try:
        with registry().trying() as tx:
            found = correction(tx, shown["key"], shown["digest"], here.asker(), value=is_true)
    except RunRegistryError as error:
        return None, refusal(str(error))
    return page.effect(found, shown["bits"], is_true=is_true), None


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(page.REFUSAL, "children", allow_duplicate=True),
    Output(page.ANSWERED, "data"),
    Input({"type": page.DO, "do": ALL}, "n_clicks"),
    State(page.REASON, "value", allow_optional=True),
    State(page.SHOWN, "data"),
    prevent_initial_call=True,
)
def answer(clicks: list[int], reason: str | None, shown: Json) -> tuple[Json, Json, Json, Json]:
    """Acknowledge the finding, take that back, or override its bits."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict) or not shown:
        return no_update, no_update, no_update, no_update
    try:
        with registry().writing() as tx:
            sequence, said = _answered(tx, ctx.triggered_id["do"], shown, reason or "")
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error)), no_update
    return {"sequence": sequence}, shell.toast(said), None, sequence


def _answered(tx: Transaction, do: str, shown: Json, reason: str) -> tuple[int, str]:
    key, digest, by = shown["key"], shown["digest"], here.asker()
    if do == "acknowledge":
        return acknowledge(tx, key, digest, by, reason=reason), "Acknowledged: it comes back when it changes."
    if do == "take-back":
        return take_back_acknowledgement(tx, key, by), "Taken back: the finding stands again."
    return correct(
        tx, key, digest, by, value=do == "true", reason=reason
    ), "Overridden in every dataset of the run."
