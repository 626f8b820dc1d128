"""Fill the grid of the offline shift, preview what is about to be said, and tell why a cell is as it is."""

import re
from collections import Counter
from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, html, no_update
from sqlalchemy import Connection

from components import (
    certify_grid,
    certify_grid_sort,
    certify_page,
    certify_panel,
    proposals,
    shell,
    strip_rows,
    why,
)
from identity import here
from identity.address import Place, is_touched, place, theme, value
from model.authors import Author
from model.commands.verdicts import VerdictEdit
from model.errors import Invalid, RunRegistryError
from model.filters.language import Filter, parse
from model.golden.effect import effect
from model.grid.choice import Choice, chosen
from model.grid.edits import cut, whole_run
from model.grid.grid import Question, Row, columns_of
from model.queries import documents, scope
from model.queries.completeness import worst_lumisection
from model.queries.history import of_cell
from model.queries.proposals import proposals as proposals_of
from model.queries.run_view import run_view
from model.registry import registry
from model.rights import Action, may, why_not
from model.rulebook.why import why_status
from model.spans import LUMISECTIONS, RUNS, Span, span
from model.vocabulary import BITS, GLOBAL, LEVEL_OF, Stage, workspace_of

Json = Any
_PATH = re.compile(r"/certify(?:/([a-z0-9]+))?/?")
_DRY = "(dry run)"


@callback(
    Output(certify_grid.GRID, "columnDefs"),
    Output(certify_grid.GRID, "rowData"),
    Output(certify_page.WORKSPACES, "children"),
    Output(certify_page.HEAD, "children"),
    Output(certify_grid.QUESTION, "data"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    State(certify_grid.QUESTION, "data", allow_optional=True),
)
def fill_certify(
    pathname: str, search: str | None, _version: Json, held: Json
) -> tuple[Json, Json, Json, Json, Json]:
    """Show the datasets of a workspace and stage, those with most luminosity at stake first."""
    match, by = _PATH.fullmatch(pathname or ""), here.asker()
    is_told = ctx.triggered_prop_ids.keys() == {f"{shell.VERSION}.data"}
    # what was recorded meanwhile the browser fetches by itself, row by row
    if not match or (is_told and held and held["who"] == by.name):
        return no_update, no_update, no_update, no_update, no_update
    with registry().reading() as connection:
        seen = place(connection, search)
        known = scope.certifying(connection, seen.at)
        mine = [n for n in known if may(by, Action.EDIT_OFFLINE, n)]
        workspace = match[1] or scope.own(mine)
        choice, notes = _choice(search)
        columns = columns_of(connection, workspace, choice.stage, seen.at)
        ids = chosen(connection, choice, seen.at)
        found = registry().grid.rows(connection, Question(workspace, columns), ids, seen.at)
        cycles = _open_cycles(connection, seen.at)
    rows = sorted(found, key=lambda row: (-row.at_stake_invpb, -row.run_number, row.dataset))
    if workspace not in known and workspace != GLOBAL:
        notes.append(f"There is no workspace {workspace}.")
    if seen.dropped:
        notes.append(seen.dropped)
    tabs = certify_page.workspaces(known, workspace, mine, f"?{search.lstrip('?')}" if search else "")
    defs = _sorted(certify_grid.column_defs(columns), search, notes)
    within, more = _within(search, notes)
    head = certify_page.head(_head((workspace, value(search, "where"), more), choice, rows, cycles, notes))
    asked = _question((workspace, value(search, "where")), choice, columns, seen, by)
    return defs, certify_grid.sent([row.text for row in rows]), tabs, head, {**asked, "within": within}


clientside_callback(
    ClientsideFunction("rrCertify", "take"), Input(certify_grid.QUESTION, "data"), prevent_initial_call=True
)

clientside_callback(
    ClientsideFunction("rrCertify", "follow"), Input(shell.VERSION, "data"), prevent_initial_call=True
)


def _choice(search: str | None) -> tuple[Choice, list[str]]:
    notes = []
    stage = value(search, "stage") or Stage.PROMPT.value
    if stage not in {s.value for s in Stage}:
        notes.append(f"“{stage}” is no stage and was dropped.")
        stage = Stage.PROMPT.value
    first, last = _span(search, "runs", RUNS, notes) or (None, None)
    hidden = value(search, "hidden") == "1"
    return Choice(Stage(stage), first, last, value(search, "cycle"), _where(search, notes), hidden), notes


def _sorted(defs: list[dict[str, Any]], search: str | None, notes: list[str]) -> list[dict[str, Any]]:
    said = value(search, "sort")
    if said and not certify_grid_sort.is_order(said):
        notes.append(f"“{said[:40]}” is no order of the grid and was dropped.")
    return certify_grid_sort.sorted_by(defs, said)


def _within(search: str | None, notes: list[str]) -> tuple[tuple[int, int] | None, dict[str, str]]:
    """Return the lumisections that edits are about, such as the map picked, and what else the address keeps."""
    order = value(search, "sort")
    more = {"sort": order} if certify_grid_sort.is_order(order) else {}
    found = _span(search, "ls", LUMISECTIONS, notes)
    return (found, {**more, "ls": value(search, "ls")}) if found else (None, more)


def _span(search: str | None, name: str, example: str, notes: list[str]) -> Span | None:
    try:
        return span(value(search, name), example)
    except Invalid as error:
        notes.append(f"{error} It was dropped from the address.")
        return None


def _where(search: str | None, notes: list[str]) -> Filter | None:
    said = value(search, "where")
    try:
        return parse(said) if said else None
    except RunRegistryError as error:
        notes.append(f"The filter was dropped: {error}")
        return None


def _head(
    where: tuple[str, str, dict[str, str]],
    choice: Choice,
    rows: list[Row],
    cycles: list[str],
    notes: list[str],
) -> certify_page.Head:
    kept = {"stage": choice.stage.value}
    if choice.cycle:
        kept["cycle"] = choice.cycle
    if choice.first_run is not None:
        kept["runs"] = f"{choice.first_run}-{choice.last_run}"
    if choice.hidden:
        kept["hidden"] = "1"
    workspace, said, more = where
    kept |= more
    if choice.where is not None:
        kept["where"] = said
    left = sum(row.undecided for row in rows)
    recorded = sum(row.recorded_invpb or 0.0 for row in rows)
    states = dict(Counter(row.state for row in rows))
    shown = len(rows), recorded, left, states
    return certify_page.Head(workspace, choice.stage, kept, *shown, cycles, notes)


def _question(
    where: tuple[str, str], choice: Choice, columns: tuple[str, ...], seen: Place, by: Author
) -> Json:
    workspace, said = where[0], where[1] if choice.where is not None else ""
    action = Action.EDIT_ONLINE if choice.stage is Stage.ONLINE else Action.EDIT_OFFLINE
    editable = [may(by, action, workspace_of(column)) and not seen.is_past for column in columns]
    closed = ""
    if seen.is_past:
        closed = "This is the registry as it was: the past cannot be edited."
    elif not any(editable):
        mine = [name for name in LEVEL_OF if name != GLOBAL and may(by, action, name)]
        onward = f" Yours are above: {', '.join(mine)}." if mine else ""
        closed = f"{why_not(by, action, workspace)} You may look.{onward}"
    return {
        "workspace": workspace,
        "stage": choice.stage.value,
        "first_run": choice.first_run,
        "last_run": choice.last_run,
        "cycle": choice.cycle,
        "where": said,
        "columns": columns,
        "editable": editable,
        "whose": ["" if seen.is_past else why_not(by, action, workspace_of(column)) for column in columns],
        "closed": closed,
        "sequence": seen.at,
        "is_past": seen.is_past,
        "who": by.name,
        "hidden": choice.hidden,
        "bits": BITS,
        "may_not": {"hide": why_not(by, Action.HIDE_DATASET), "bits": why_not(by, Action.OVERRIDE_BITS)},
    }


def _open_cycles(connection: Connection, at: int) -> list[str]:
    kept = documents.documents(connection, "cycle", at)
    return [name for name, document in kept.items() if not document.get("closed")]


@callback(
    Output(certify_panel.IMPACT, "children", allow_duplicate=True),
    Output(certify_panel.REFUSAL, "children", allow_duplicate=True),
    Input(certify_grid.ASKED, "data"),
    prevent_initial_call=True,
)
def preview_cells(asked: Json) -> tuple[Json, Json]:
    """Show what a status on the selected cells would do to the golden JSON."""
    if not asked or not (wanted := asked.get("preview")):
        return no_update, no_update
    try:
        with registry().trying() as tx:
            edits = [
                VerdictEdit(
                    each["run_number"],
                    each["dataset"],
                    tuple(each["columns"]),
                    whole_run(tx.connection, each["run_number"]),
                    wanted["status"],
                    _DRY,
                    _DRY,
                )
                for each in wanted["cells"]
            ]
            found = effect(tx, cut(edits, wanted.get("within")), here.asker(), seen=wanted["seen"])
    except RunRegistryError as error:
        return None, certify_panel.refusal(str(error), certify_panel.WOULD_BE)
    if found is None:
        return None, None
    note = "" if found.reads else f"as if {found.rule} read these datasets; it does not"
    change = certify_panel.Impact(found.change_invpb, abs(found.lumisections), note)
    return certify_panel.impact(change), None


@callback(
    Output(certify_grid.STRIP, "children"),
    Input(certify_grid.ASKED, "data", allow_optional=True),
    Input(shell.VERSION, "data"),
    State(shell.ADDRESS, "search"),
    State(certify_grid.QUESTION, "data", allow_optional=True),
    prevent_initial_call=True,
)
def open_strip(asked: Json, _version: Json, search: str | None, question: Json) -> Json:
    """Draw the lumisections of one dataset under its row, and again when something of it is recorded."""
    if not asked or not (row := asked.get("strip")) or not question:
        return no_update
    with registry().reading() as connection:
        seen = place(connection, search)
        try:
            view = run_view(connection, row["run_number"], seen.at, row["dataset"])
        except RunRegistryError as error:
            return certify_panel.refusal(str(error))
    data = strip_rows.strip_data(view, here.asker(), is_past=seen.is_past, only=row["dataset"])
    return certify_grid.strip_of(data, row["dataset"], question["columns"], theme(), is_touched=is_touched())


@callback(
    Output(certify_panel.WHY, "children", allow_duplicate=True),
    Output(certify_panel.HISTORY, "children", allow_duplicate=True),
    Input(certify_grid.ASKED, "data"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def tell_cell(asked: Json, search: str | None) -> tuple[Json, Json]:
    """Tell why a cell is as it is, and who said what of it when."""
    if not asked or not (cell := asked.get("why")):
        return no_update, no_update
    with registry().reading() as connection:
        at = place(connection, search).at
        try:
            worst = worst_lumisection(connection, (cell["run_number"], cell["dataset"]), cell["column"], at)
            where = (cell["run_number"], cell["dataset"], worst)
            told = why.of_cell(why_status(connection, where, cell["column"], at), where[0], worst)
            hints = proposals_of(connection, at, run_number=where[0], dataset_name=where[1])
            happened = of_cell(connection, where[:2], cell["column"], at)
        except RunRegistryError as error:
            return certify_panel.refusal(str(error)), None
    steps = [certify_panel.Step(h.action, h.at, h.author, h.what, h.comment) for h in happened]
    offered = proposals.proposals([hint for hint in hints if hint.column == cell["column"]])
    return html.Div([offered, told]), certify_panel.history(steps, at)
