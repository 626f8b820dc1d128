"""Fill the page of administration, and do what it asks for."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from components import admin_page as page
from components import shell
from components.certify_panel import refusal
from identity import here
from identity.address import place
from model import rights
from model.authors import Author
from model.commands import workspaces as room
from model.commands.documents import set_label
from model.errors import Invalid, RunRegistryError
from model.journal import Transaction
from model.queries import documents
from model.queries.workspaces import changed, every_workspace
from model.registry import registry
from model.rights import Action

Json = Any


@callback(
    Output(page.WORKSPACES, "children"),
    Output(page.CHANGES, "children"),
    Output(page.LABELS, "children"),
    Output(page.MAY, "children"),
    Output(page.MAY, "hidden"),
    Output(page.FORM, "hidden"),
    Output(page.NAMES, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_admin(pathname: str, search: str | None, _version: Json) -> tuple[Json, ...]:
    """Show the workspaces, who changed them, the labels, and who may change them."""
    if pathname != "/admin":
        return (no_update,) * 7
    by = here.asker()
    with registry().reading() as connection:
        at = place(connection, search).at
        found, past = every_workspace(connection, at), changed(connection, at)
        labels = documents.documents(connection, "label", at)
    reason = _reason(by)
    drawn = page.workspaces(found), page.changes(past, may_undo=not reason)
    marks = page.marks({name: kept["sequence"] for name, kept in labels.items()})
    return *drawn, marks, reason, not reason, bool(reason), page.names(found)


def _reason(by: Author) -> str:
    """Return why somebody may not; empty where they may."""
    try:
        rights.require(by, Action.ADMINISTER)
    except RunRegistryError as error:
        return str(error)
    return ""


@callback(
    *(Output(page.part(name), "hidden") for name in page.FIELDS),
    Output(f"{page.VERB}-hint", "children"),
    Output(page.NAME, "placeholder"),
    Input(page.VERB, "value"),
    prevent_initial_call=True,
)
def show_fields(verb: str) -> tuple[Json, ...]:
    """Show what a verb asks for, and hide the rest."""
    return *page.hidden(verb), page.hint(verb), page.such_as(verb)


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(page.SAID, "children"),
    *(Output(name, "value") for name in (page.NAME, page.LABEL, page.CAUSES)),
    Input(page.APPLY, "n_clicks"),
    State(page.VERB, "value"),
    State(page.NAME, "value"),
    *(State(name, "value") for name in (*page.FIELDS, page.REASON)),
    prevent_initial_call=True,
)
def apply_change(clicks: int, verb: str, name: str | None, *given: str | None) -> tuple[Json, ...]:
    """Do what the form says, or say why not."""
    if not clicks:
        return (no_update,) * 6
    named, words = (name or "").strip(), [each or "" for each in given]
    try:
        with registry().writing() as tx:
            sequence = _done(tx, verb, named, words, here.asker())
            action = tx.action or sequence
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error)), *(no_update,) * 3
    toast = shell.toast(page.done(verb, named), undo=shell.undo_button(action))
    return {"sequence": sequence}, toast, None, "", "", ""


def _done(tx: Transaction, verb: str, name: str, words: list[str], by: Author) -> int:
    level, where, label, causes, why = words
    if not name:
        raise Invalid("Name the workspace or the column first.")
    match verb:
        case "add-workspace":
            return room.add_workspace(tx, name, level, by, comment=why)
        case "add-column":
            return room.add_column(tx, name, where, by, comment=why)
        case "label":
            return room.set_label(tx, name, label, by, comment=why)
        case "causes":
            return room.set_causes(tx, name, causes.splitlines(), by, comment=why)
        case "retire-column":
            return room.retire_column(tx, name, where, by, comment=why)
        case "retire-workspace":
            return room.retire_workspace(tx, name, by, comment=why)
    raise Invalid("Choose what to do first.")


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(page.MARK_SAID, "children"),
    *(Output(name, "value") for name in (page.MARK, page.MARK_WHY)),
    Input(page.KEEP_MARK, "n_clicks"),
    State(page.MARK, "value"),
    State(page.MARK_WHY, "value"),
    prevent_initial_call=True,
)
def keep_mark(clicks: int, name: str | None, why: str | None) -> tuple[Json, ...]:
    """Give this moment a name, or say why not."""
    if not clicks:
        return (no_update,) * 5
    try:
        with registry().writing() as tx:
            sequence = set_label(tx, (name or "").strip(), here.asker(), comment=why or "")
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error)), no_update, no_update
    return (
        {"sequence": sequence},
        shell.toast(f"{(name or '').strip()} is sequence {sequence:,}."),
        None,
        "",
        "",
    )
