"""Show rights, say what a change would do, and change them."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from components import rights_page as page
from components import shell
from identity import here
from identity.address import place
from model.authors import Author
from model.commands.rights import planned, set_rights
from model.denials import denials
from model.errors import Forbidden, RunRegistryError
from model.policy import DEFAULT, OF_ONE_WORKSPACE, Action, Grant, Policy, Role
from model.queries.rights import changes, policy
from model.registry import registry
from model.rights import may, require

Json = Any


@callback(
    Output(page.MATRIX, "children"),
    Output(page.DRAFT, "data"),
    Output(page.DENIED, "children"),
    Output(page.MAY, "children"),
    *(Output(name, "hidden") for name in (page.ADDING, page.CHANGE)),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    Input(page.AGAIN, "n_clicks"),
)
def fill_rights(pathname: str, search: str | None, _version: Json, _again: int) -> tuple[Json, ...]:
    """Show who may do what as of the address."""
    if pathname != "/rights":
        return (no_update,) * 6
    by = here.asker()
    with registry().reading() as connection:
        seen = place(connection, search)
        held, told = policy(connection, seen.at), denials(connection)
    may_edit = not seen.is_past and may(by, Action.ADMINISTER)
    draft = {"seen": seen.at, "may_edit": may_edit, "groups": [_plain(grant) for grant in held.grants]}
    told_of = page.denied(told) if may_edit else _kept_from(by)
    why = None if may_edit else _kept_from(by, "what held then can be seen, not changed")
    return page.matrix(held, may_edit=may_edit), draft, told_of, why, not may_edit, not may_edit


@callback(
    Output(page.DRAFT, "data", allow_duplicate=True),
    Output(page.GROUP, "value"),
    Input(page.ADD, "n_clicks"),
    Input({"type": page.DROP, "number": ALL}, "n_clicks"),
    State(page.GROUP, "value"),
    State(page.ROLE, "value"),
    State(page.WORKSPACE, "value"),
    State(page.DRAFT, "data"),
    prevent_initial_call=True,
)
def change_groups(
    _add: int, drops: list[int], group: str | None, role: str, workspace: str | None, draft: Json
) -> tuple[Json, Json]:
    """Put a group in or take one out of what is being prepared; nothing is written."""
    kept = list((draft or {}).get("groups", []))
    if ctx.triggered_id == page.ADD and (group or "").strip():
        where = (workspace or "").strip() if Role(role) in OF_ONE_WORKSPACE else ""
        new = [(group or "").strip(), role, where]
        return {**draft, "groups": [*kept, new] if new not in kept else kept}, ""
    if isinstance(ctx.triggered_id, dict) and any(drops):
        del kept[ctx.triggered_id["number"]]
        return {**draft, "groups": kept}, no_update
    return no_update, no_update


@callback(Output(page.WHERE, "hidden"), Input(page.ROLE, "value"))
def ask_workspace(role: str) -> bool:
    """Ask for the workspace of a role that is of one."""
    return Role(role) not in OF_ONE_WORKSPACE


@callback(
    Output(page.GROUPS, "children"),
    Output(page.PREVIEW, "children"),
    *(Output(name, "disabled") for name in (page.APPLY, page.AGAIN)),
    Output(page.REFUSAL, "children", allow_duplicate=True),
    Input(page.DRAFT, "data"),
    Input({"type": page.CELL, "action": ALL, "role": ALL}, "value"),
    State({"type": page.CELL, "action": ALL, "role": ALL}, "id"),
    prevent_initial_call=True,
)
def preview_rights(draft: Json, values: list[bool], cells: list[Json]) -> tuple[Json, ...]:
    """Say who gains and who loses what by what is being prepared; what was refused before is over."""
    if not draft or not cells:
        return (no_update,) * 5
    with registry().reading() as connection:
        held = policy(connection, draft["seen"])
    wanted = _wanted(draft, values, cells)
    is_same = set(wanted.grants) == set(held.grants) and wanted.matrix == held.matrix
    told = page.preview(changes(held, wanted), is_other=not is_same)
    return page.groups(_grants(draft), may_edit=draft["may_edit"]), told, is_same, is_same, None


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(page.REFUSAL, "children"),
    Output(page.REASON, "value"),
    Input(page.APPLY, "n_clicks"),
    State(page.DRAFT, "data"),
    State({"type": page.CELL, "action": ALL, "role": ALL}, "value"),
    State({"type": page.CELL, "action": ALL, "role": ALL}, "id"),
    State(page.REASON, "value"),
    prevent_initial_call=True,
)
def apply_rights(
    clicks: int, draft: Json, values: list[bool], cells: list[Json], reason: str | None
) -> tuple[Json, ...]:
    """Let the prepared rights hold from now on."""
    if not clicks or not draft:
        return (no_update,) * 4
    wanted = _wanted(draft, values, cells)
    try:
        with registry().writing() as tx:
            how = {"seen": draft["seen"], "comment": (reason or "").strip()}
            sequence = set_rights(tx, wanted.grants, wanted.matrix, here.asker(), **how)
            action = tx.action or sequence
    except RunRegistryError as error:
        return no_update, no_update, shell.notice(str(error), "refusal"), no_update
    undo = shell.undo_button(action)
    return {"sequence": sequence}, shell.toast("The rights hold from now on.", undo=undo), None, ""


def _plain(grant: Grant) -> list[str]:
    return [grant.group, grant.role.value, grant.workspace]


def _grants(draft: Json) -> list[Grant]:
    return [Grant(group, Role(role), workspace) for group, role, workspace in draft["groups"]]


def _wanted(draft: Json, values: list[bool], cells: list[Json]) -> Policy:
    """Return the policy that is being prepared, as chips and switches stand."""
    matrix: dict[Action, set[Role]] = {action: set() for action in DEFAULT.matrix}
    for is_on, cell in zip(values, cells, strict=True):
        if is_on:
            matrix[Action[cell["action"]]].add(Role[cell["role"]])
    return planned(_grants(draft), matrix)


def _kept_from(by: Author, so: str = "what was denied is shown as of now only") -> Json:
    """Say why somebody does not see or change something: the right is missing, or this is the past."""
    try:
        require(by, Action.ADMINISTER)
    except Forbidden as refused:
        return shell.notice(str(refused))
    return shell.notice(f"This is the registry as it was: {so}.")
