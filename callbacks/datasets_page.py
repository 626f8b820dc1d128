"""Fill the accepted datasets and the programs, and try patterns."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from components import datasets_page as page
from components import shell
from components.certify_panel import refusal
from identity import here
from identity.address import place
from model.accepted import Accepted, accepted, looked_for, try_patterns
from model.commands.accepted import set_row
from model.errors import Invalid, RunRegistryError
from model.journal import sequence_now
from model.queries.proposals import agreement
from model.registry import registry

Json = Any
_MOST_NAMES = 20_000


@callback(
    Output(page.ROWS, "children"),
    Output(page.PROGRAMS, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(page.FIND, "value"),
    Input(shell.VERSION, "data"),
)
def fill_datasets(pathname: str, search: str | None, words: str | None, _version: Json) -> tuple[Json, Json]:
    """Show which datasets runs get, and how people answered each program."""
    if pathname != "/datasets":
        return no_update, no_update
    with registry().reading() as connection:
        at = place(connection, search).at
        rows, programs = accepted(connection, at), agreement(connection, at)
    said = (words or "").strip()
    run_number = int(said) if said.isdecimal() else None
    return page.accepted_rows(looked_for(rows, said), run_number, at), page.programs(programs)


@callback(
    Output(page.TRIED, "children"),
    Input(page.TRY, "n_clicks"),
    State(page.PATTERNS, "value"),
    State(page.NAMES, "value"),
    prevent_initial_call=True,
)
def try_on_names(clicks: int, patterns: str | None, names: str | None) -> Json:
    """Say which names the patterns match, or which pattern cannot be read."""
    if not clicks:
        return no_update
    given = [name.strip() for name in (names or "").splitlines() if name.strip()]
    try:
        return page.tried(try_patterns((patterns or "").splitlines(), given[:_MOST_NAMES]))
    except RunRegistryError as error:
        return refusal(str(error))


_FIELDS = (page.NAME, page.CLASS, page.FROM, page.TO, page.PATTERNS)


@callback(
    *(Output(field, "value", allow_duplicate=True) for field in (*_FIELDS, page.ENABLED)),
    Output(page.CHANGED, "data"),
    Output(page.WHICH, "children"),
    Input({"type": "datasets-change", "place": ALL}, "n_clicks"),
    Input(page.NEW, "n_clicks"),
    State(page.SHOWN, "data", allow_optional=True),
    prevent_initial_call=True,
)
def take_row(clicks: Sequence[int], is_new: int, shown: Json) -> tuple[Json, ...]:
    """Take a row into the form, or empty the form for a new one."""
    if ctx.triggered_id == page.NEW and is_new:
        return ("", "", None, None, no_update, True, None, page.new_row())
    if not any(clicks) or not isinstance(ctx.triggered_id, dict) or not shown:
        return (no_update,) * 8
    row = _row(shown["rows"][ctx.triggered_id["place"]])
    fields = (row.name, row.run_class, row.run_from, row.run_to, "\n".join(row.patterns), row.enabled)
    return *fields, {"row": asdict(row), "seen": shown["seen"]}, page.changed_row(row)


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(page.SAID, "children"),
    Output(page.CHANGED, "data", allow_duplicate=True),
    Output(page.WHICH, "children", allow_duplicate=True),
    Input(page.KEEP, "n_clicks"),
    Input(page.DROP, "n_clicks"),
    State(page.CHANGED, "data"),
    *(State(field, "value") for field in (*_FIELDS, page.ENABLED, page.REASON)),
    prevent_initial_call=True,
)
def keep_row(keep: int, drop: int, changed: Json, *given: Any) -> tuple[Json, ...]:
    """Add, change or take away a row, or say why not."""
    if not (keep or drop):
        return (no_update,) * 5
    old = _row(changed["row"]) if changed else None
    try:
        new = None if ctx.triggered_id == page.DROP else _given(*given[:-1])
        with registry().writing() as tx:
            seen = changed["seen"] if changed else sequence_now(tx.connection)
            sequence = set_row(tx, old, new, here.asker(), seen=seen, comment=given[-1] or "")
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error)), no_update, no_update
    said = "The row was taken away." if new is None else f"Kept: {new.name} for {new.run_class}."
    return {"sequence": sequence}, shell.toast(said), None, None, page.new_row()


def _row(kept: Json) -> Accepted:
    return Accepted(**{**kept, "patterns": tuple(kept["patterns"])})


def _given(*given: Any) -> Accepted:
    name, run_class, first, last, patterns, enabled = given
    if not (isinstance(first, int) and isinstance(last, int)):
        raise Invalid("Give the first and the last run as whole numbers.")
    lines = tuple(line.strip() for line in (patterns or "").splitlines() if line.strip())
    return Accepted((name or "").strip(), lines, first, last, (run_class or "").strip(), bool(enabled))
