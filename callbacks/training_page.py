"""Training: choose a sitting, certify it blind, compare it; only then it is told what was decided."""

from dataclasses import replace
from secrets import randbelow
from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update
from sqlalchemy import Connection

from components import certify_grid, certify_panel, shell, strip_rows, why
from components import training_page as page
from components import training_result as told
from identity import here
from identity.address import is_touched, place, theme, value
from model.commands.training import remove_sitting, share_sitting
from model.errors import NotFound, RunRegistryError
from model.grid.edits import CellEdit, Group
from model.queries import scope
from model.queries.completeness import worst_lumisection
from model.queries.history import of_cell
from model.registry import registry
from model.rights import Action, may
from model.rulebook.why import why_status
from model.training.candidates import busiest
from model.training.comparison import compare
from model.training.kept import kept, key, one
from model.training.practice import Practice
from model.training.question import MOST_DRAWS, named, question
from model.training.sitting import Sitting, sitting
from model.vocabulary import GLOBAL

Json = Any
_NOT_HERE = "In training nothing is moved, hidden or overridden: only statuses are given."


@callback(
    Output(page.WORKSPACE, "options"),
    Output(page.WORKSPACE, "value"),
    Output(page.KEPT, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    State(page.WORKSPACE, "value", allow_optional=True),
)
def fill_training(
    pathname: str, search: str | None, _version: Json, chosen: str | None
) -> tuple[Json, Json, Json]:
    """Offer the workspaces, one's own first, and show what came of one's sittings."""
    if pathname != page.PATH:
        return no_update, no_update, no_update
    by = here.asker()
    with registry().reading() as connection:
        at = place(connection, search).at
        known = scope.certifying(connection, at)
        mine = scope.own([n for n in known if may(by, Action.EDIT_OFFLINE, n)])
        begins = mine if mine != GLOBAL else busiest(connection, at, list(known))
        found = kept(connection, by.name, at)
    # what one trained last one goes on with
    last = next((each.question.workspace for each in found if each.owner == by.name), "")
    begins = last if last in known else begins or next(iter(known))
    return page.workspace_options(known), chosen or begins, page.sittings(found, by.name)


@callback(
    Output(shell.ADDRESS, "href", allow_duplicate=True),
    Output(page.REFUSAL, "children"),
    Input(page.BEGIN, "n_clicks"),
    State(page.WORKSPACE, "value"),
    State(page.STAGE, "value"),
    State(page.DAYS, "value"),
    State(page.SIZE, "value"),
    State(page.DRAW, "value"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def begin_sitting(
    clicks: int, workspace: str, stage: str, days: Json, size: Json, draw: Json, search: str | None
) -> tuple[Json, Json]:
    """Draw a sitting and go there; where there is none, say why."""
    if not clicks:
        return no_update, no_update
    try:
        with registry().reading() as connection:
            numbers = (days or 0, size or 0, draw or 1 + randbelow(MOST_DRAWS))
            asked = question(workspace or "", stage, *numbers, place(connection, search).at)
            sitting(connection, asked)
    except RunRegistryError as error:
        return no_update, certify_panel.refusal(str(error))
    return page.practice_address(asked), None


@callback(
    Output(page.NAMES.grid, "columnDefs"),
    Output(page.NAMES.grid, "rowData"),
    Output(page.HEAD, "children"),
    Output(page.NAMES.question, "data"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    State(page.NAMES.question, "data", allow_optional=True),
)
def fill_practice(
    pathname: str, search: str | None, _version: Json, held: Json
) -> tuple[Json, Json, Json, Json]:
    """Show a sitting as before anybody spoke; the browser lays its answers over it."""
    by = here.asker()
    is_told = ctx.triggered_prop_ids.keys() == {f"{shell.VERSION}.data"}
    if pathname != page.PRACTICE or (is_told and held and held["who"] == by.name):
        return no_update, no_update, no_update, no_update
    try:
        with registry().reading() as connection:
            of = sitting(connection, named(value(search, "sitting")))
            rows = Practice(connection, of).rows()
            compared = _compared(connection, of, by.name)
    except RunRegistryError as error:
        return [], [], page.refused(str(error)), None
    rows.sort(key=lambda row: (-row.at_stake_invpb, -row.run_number, row.dataset))
    texts, defs = [row.text for row in rows], certify_grid.column_defs(of.columns)
    return defs, texts, page.head(of, compared), _question(of, by.name, compared)


clientside_callback(
    ClientsideFunction("rrCertify", "take"), Input(page.NAMES.question, "data"), prevent_initial_call=True
)


def _compared(connection: Connection, of: Sitting, who: str) -> str:
    """Return the address of a comparison that was seen already, empty where there is none."""
    name = key(who, of.question)
    try:
        one(connection, who, name, place(connection, None).at)
    except NotFound:
        return ""
    return page.result_address(name)


def _question(of: Sitting, who: str, compared: str) -> Json:
    asked = of.question
    return {
        "workspace": asked.workspace,
        "stage": asked.stage.value,
        "first_run": None,
        "last_run": None,
        "cycle": "",
        "where": "",
        "columns": of.columns,
        "editable": [not compared] * len(of.columns),
        "closed": "You have compared this sitting: begin another one." if compared else "",
        "sequence": asked.upto,
        "is_past": bool(compared),
        "who": who,
        "hidden": False,
        "bits": [],
        "within": None,
        "may_not": {"hide": _NOT_HERE, "bits": _NOT_HERE},
        "sitting": asked.name,
    }


@callback(
    Output(page.NAMES.strip, "children"),
    Input(page.NAMES.asked, "data", allow_optional=True),
    prevent_initial_call=True,
)
def open_practice_strip(asked: Json) -> Json:
    """Draw the lumisections of one dataset as before anybody spoke, with the answers of the browser over it."""
    if not asked or not (row := asked.get("strip")):
        return no_update
    try:
        with registry().reading() as connection:
            practice = Practice(connection, sitting(connection, named(asked["sitting"])))
            practice.answer([_answer(each) for each in asked["answers"]])
            view = practice.desk(row["run_number"], row["dataset"]).view()
    except RunRegistryError as error:
        return certify_panel.refusal(str(error))
    data = strip_rows.strip_data(view, here.asker(), is_past=False, only=row["dataset"])
    rows = tuple(replace(each, editable=True) for each in data.rows)
    shown = replace(data, rows=rows)
    columns = practice.sitting.columns
    return certify_grid.strip_of(shown, row["dataset"], columns, theme(), page.INTENT, is_touched=is_touched())


def _answer(said: Json) -> Group:
    """Return an answer as the browser keeps it, which is as it sent it to the API."""
    cells = tuple(
        CellEdit(c["run_number"], c["dataset"], tuple(c["columns"]), tuple((a, b) for a, b in c["ranges"]))
        for c in said["cells"]
    )
    words = (said["status"], said["cause"], said["comment"])
    within = said.get("within")
    return Group(
        "", 0, cells, *words, only_open=said["only_open"], within=(within[0], within[1]) if within else None
    )


@callback(
    Output(certify_panel.WHY, "children", allow_duplicate=True),
    Output(certify_panel.HISTORY, "children", allow_duplicate=True),
    Input(page.NAMES.asked, "data", allow_optional=True),
    prevent_initial_call=True,
)
def tell_practice_cell(asked: Json) -> tuple[Json, Json]:
    """Tell why rules said what they said, and who had spoken: nobody."""
    if not asked or not (cell := asked.get("why")):
        return no_update, no_update
    try:
        with registry().reading() as connection:
            of = sitting(connection, named(asked["sitting"]))
            blind = of.dataset(cell["run_number"], cell["dataset"])
            where, column = (blind.run_number, blind.dataset), cell["column"]
            worst = worst_lumisection(connection, where, column, blind.at)
            said = why.of_cell(why_status(connection, (*where, worst), column, blind.at), where[0], worst)
            happened = of_cell(connection, where, column, blind.at)
    except RunRegistryError as error:
        return certify_panel.refusal(str(error)), None
    steps = [certify_panel.Step(h.action, h.at, h.author, h.what, h.comment) for h in happened]
    return said, certify_panel.history(steps, blind.at)


@callback(
    Output(told.RESULT, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_result(pathname: str, search: str | None, _version: Json) -> Json:
    """Show a sitting beside what was decided, to its owner or to everybody where it is shared."""
    if pathname != page.RESULT:
        return no_update
    who = here.asker().name
    try:
        with registry().reading() as connection:
            at = place(connection, search).at
            of = one(connection, who, value(search, "sitting"), at)
            practice = Practice(connection, sitting(connection, of.question))
            practice.answer(of.answers)
            found = compare(connection, practice, at)
    except RunRegistryError as error:
        return page.refused(str(error))
    return told.result(of, found, who)


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(told.SAYS, "children"),
    Input(told.SHARE, "n_clicks", allow_optional=True),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def share(clicks: int | None, search: str | None) -> tuple[Json, Json]:
    """Share a sitting with everybody, or make it private again."""
    if not clicks:
        return no_update, no_update
    name, by = value(search, "sitting"), here.asker()
    try:
        with registry().writing() as tx:
            is_shared = one(tx.connection, by.name, name, tx.head.sequence).is_shared
            sequence = share_sitting(tx, name, by, is_shared=not is_shared)
    except RunRegistryError as error:
        return no_update, certify_panel.refusal(str(error))
    return {"sequence": sequence}, None


@callback(
    Output(shell.ADDRESS, "href", allow_duplicate=True),
    Output(told.SAYS, "children", allow_duplicate=True),
    Input(told.REMOVE, "n_clicks", allow_optional=True),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def remove(clicks: int | None, search: str | None) -> tuple[Json, Json]:
    """Take a sitting away."""
    if not clicks:
        return no_update, no_update
    try:
        with registry().writing() as tx:
            remove_sitting(tx, value(search, "sitting"), here.asker())
    except RunRegistryError as error:
        return no_update, certify_panel.refusal(str(error))
    return page.PATH, None
