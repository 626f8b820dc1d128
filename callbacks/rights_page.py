"""Show rights, say what a change would do, and change them."""

from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, no_update

from components import rights_page as page
from components import shell
from identity import here
from identity.address import place
from model.commands.rights import planned, set_rights
from model.denials import denials
from model.errors import Forbidden, RunRegistryError
from model.policy import DEFAULT, Action, Grant, Policy, Role
from model.queries.rights import changes, policy
from model.registry import registry
from model.rights import may, require

Json = Any


@callback(
    Output(page.MATRIX, "children"),
    Output(page.DRAFT, "data"),
    Output(page.DENIED, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_rights(pathname: str, search: str | None, _version: Json) -> tuple[Json, Json, Json]:
    """Show who may do what as of the address."""
    if pathname != "/rights":
        return no_update, no_update, no_update
    by = here.asker()
    with registry().reading() as connection:
        seen = place(connection, search)
        held, told = policy(connection, seen.at), denials(connection)
    may_edit = not seen.is_past and may(by, Action.ADMINISTER)
    draft = {"seen": seen.at, "may_edit": may_edit, "groups": [_plain(grant) for grant in held.grants]}
    return page.matrix(held, may_edit=may_edit), draft, page.denied(told) if may_edit else _hidden()


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
        new = [(group or "").strip(), role, (workspace or "").strip()]
        return {**draft, "groups": [*kept, new] if new not in kept else kept}, ""
    if isinstance(ctx.triggered_id, dict) and any(drops):
        del kept[ctx.triggered_id["number"]]
        return {**draft, "groups": kept}, no_update
    return no_update, no_update


@callback(
    Output(page.GROUPS, "children"),
    Output(page.PREVIEW, "children"),
    Input(page.DRAFT, "data"),
    Input({"type": page.CELL, "action": ALL, "role": ALL}, "value"),
    State({"type": page.CELL, "action": ALL, "role": ALL}, "id"),
)
def preview_rights(draft: Json, values: list[bool], cells: list[Json]) -> tuple[Json, Json]:
    """Say who gains and who loses what by what is being prepared."""
    if not draft or not cells:
        return no_update, no_update
    with registry().reading() as connection:
        held = policy(connection, draft["seen"])
    wanted = _wanted(draft, values, cells)
    return page.groups(_grants(draft), may_edit=draft["may_edit"]), page.preview(changes(held, wanted))


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(page.REFUSAL, "children"),
    Input(page.APPLY, "n_clicks"),
    State(page.DRAFT, "data"),
    State({"type": page.CELL, "action": ALL, "role": ALL}, "value"),
    State({"type": page.CELL, "action": ALL, "role": ALL}, "id"),
    State(page.REASON, "value"),
    prevent_initial_call=True,
)
def apply_rights(
    clicks: int, draft: Json, values: list[bool], cells: list[Json], reason: str | None
) -> tuple[Json, Json, Json]:
    """Let the prepared rights hold from now on."""
    if not clicks or not draft:
        return no_update, no_update, no_update
    wanted = _wanted(draft, values, cells)
    try:
        with registry().writing() as tx:
            how = {"seen": draft["seen"], "comment": (reason or "").strip()}
            sequence = set_rights(tx, wanted.grants, wanted.matrix, here.asker(), **how)
            action = tx.action or sequence
    except RunRegistryError as error:
        return no_update, no_update, shell.notice(str(error), "refusal")
    undo = shell.undo_button(action)
    return {"sequence": sequence}, shell.toast("The rights hold from now on.", undo=undo), None


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


def _hidden() -> Json:
    try:
        require(here.asker(), Action.ADMINISTER)
    except Forbidden as refused:
        return shell.notice(str(refused))
    return shell.notice("This is the registry as it was; what was denied is shown as of now only.")
