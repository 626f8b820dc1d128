"""Rights: groups as chips under their role, the matrix of switches, who gains and loses by a change."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import program_tokens
from components.markup import attributes, labelled, page_title
from model.denials import Denial
from model.policy import (
    FIXED_ACTION,
    FIXED_ROLE,
    ITS_WORKSPACE,
    OF_ONE_WORKSPACE,
    Action,
    Grant,
    Policy,
    Role,
)
from model.queries.rights import Change

GROUPS = "rights-groups"
MATRIX = "rights-matrix"
DRAFT = "rights-draft"
PREVIEW = "rights-preview"
REFUSAL = "rights-refusal"
APPLY = "rights-apply"
REASON = "rights-reason"
GROUP = "rights-group"
ROLE = "rights-role"
WORKSPACE = "rights-workspace"
ADD = "rights-add"
AGAIN = "rights-again"
#: what only those see who may change rights, and what the others are told instead
ADDING, CHANGE, MAY = "rights-adding", "rights-change", "rights-may"
#: the place of the workspace, which a role of one workspace alone has
WHERE = "rights-where"
DENIED = "rights-denied"
#: types of ids: a switch of the matrix, the button that takes a group out
CELL, DROP = "rights-cell", "rights-drop"

#: what people edit
ROLES = tuple(role for role in Role if role is not FIXED_ROLE)
ACTIONS = tuple(action for action in Action if action is not FIXED_ACTION)


def rights_body() -> html.Div:
    """Return the page, empty until callbacks fill it."""
    roles = [{"label": role.value, "value": role.value} for role in ROLES]
    group = dbc.Input(id=GROUP, size="sm", maxLength=120, placeholder="cms-dqm-…")
    role = dbc.Select(id=ROLE, options=roles, value=ROLES[0].value, size="sm")
    where = dbc.Input(id=WORKSPACE, size="sm", maxLength=60, placeholder="tracker")
    form = [
        labelled("group", group, "rights-wide"),
        labelled("is", role),
        html.Div(labelled("in workspace", where), id=WHERE, hidden=True),
        html.Button("Add group", id=ADD, type="button", className="button", n_clicks=0),
    ]
    hint = f"A name that holds {ITS_WORKSPACE} is one group for each workspace, each in its own."
    return html.Div(
        [
            page_title("Rights"),
            html.Div(id=MAY),
            html.Section(
                [
                    html.H2(["Groups ", html.Span("what each makes of its members", className="dim")]),
                    html.Div(id=GROUPS, className="waits"),
                    html.Div(
                        [html.Div(form, className="cycles-form"), html.P(hint, className="dim")],
                        id=ADDING,
                        hidden=True,
                    ),
                ],
                className="card-plain rights-groups",
            ),
            html.Section(
                [
                    html.H2(["Roles ", html.Span("what each may do", className="dim")]),
                    html.Div(id=MATRIX, className="scroll-x waits"),
                ],
                className="card-plain rights-roles",
            ),
            html.Div(_change(), id=CHANGE, className="rights-beside", hidden=True),
            program_tokens.tokens_card(),
            html.Details(
                [
                    html.Summary(
                        ["Denied ", html.Span("what was asked without the right, of 90 days", className="dim")]
                    ),
                    html.Div(id=DENIED, className="scroll-x"),
                ],
                className="card-plain",
            ),
            dcc.Store(id=DRAFT),
        ],
        className="rights-page",
    )


def _change() -> html.Section:
    why = dbc.Input(id=REASON, size="sm", maxLength=2_000, placeholder="why, for the journal")
    buttons = [
        html.Button("Apply", id=APPLY, type="button", className="button is-primary", n_clicks=0, disabled=True),
        html.Button("Start again", id=AGAIN, type="button", className="button", n_clicks=0, disabled=True),
    ]
    return html.Section(
        [
            html.H2(["The change ", html.Span("who gains and who loses", className="dim")]),
            html.Div(id=PREVIEW, **attributes({"aria-live": "polite"})),
            html.Div(id=REFUSAL, role="alert"),
            labelled("reason", why),
            html.Div(buttons, className="rights-buttons"),
        ],
        className="card-plain rights-change",
    )


def matrix(policy: Policy, *, may_edit: bool) -> html.Table:
    """Return the matrix of a policy, a switch for each role and action."""
    head = html.Tr([html.Th("may"), *(html.Th(role.value) for role in ROLES)])
    rows = [
        html.Tr(
            [
                html.Th(action.value, scope="row"),
                *(html.Td(_switch(action, role, policy, may_edit=may_edit)) for role in ROLES),
            ]
        )
        for action in ACTIONS
    ]
    return html.Table([html.Thead(head), html.Tbody(rows)], className="rights-table")


def _switch(action: Action, role: Role, policy: Policy, *, may_edit: bool) -> dbc.Switch:
    return dbc.Switch(
        id={"type": CELL, "action": action.name, "role": role.name},
        value=role in policy.matrix[action],
        disabled=not may_edit,
        label=html.Span(f"{role.value}: {action.value}", className="visually-hidden"),
    )


def groups(grants: Sequence[Grant], *, may_edit: bool) -> list[html.Div]:
    """Return the groups as chips under their roles."""
    drawn = []
    for role in ROLES:
        chips = [_chip(number, grant, may_edit) for number, grant in enumerate(grants) if grant.role is role]
        note = " in its workspace" if role in OF_ONE_WORKSPACE else ""
        nobody = html.Span("no group", className="dim")
        drawn.append(
            html.Div(
                [html.Div([html.B(role.value), html.Span(note, className="dim")]), html.Div(chips or nobody)],
                className="rights-role",
            )
        )
    return drawn


def _chip(number: int, grant: Grant, may_edit: bool) -> html.Span:
    words = f"{grant.group} · {grant.workspace}" if grant.workspace else grant.group
    drop = html.Button(
        "×",
        id={"type": DROP, "number": number},
        type="button",
        className="link-button",
        n_clicks=0,
        **attributes({"aria-label": f"take {words} out of {grant.role.value}"}),
    )
    return html.Span([words, drop if may_edit else None], className="rights-chip")


def preview(found: Sequence[Change], *, is_other: bool) -> Any:
    """Return who gains and who loses what; `is_other` where something was changed at all."""
    if not found:
        nobody = "Nobody gains or loses anything by it." if is_other else "Nothing changes yet."
        return html.P(nobody, className="dim")
    return html.Ul(
        [
            html.Li(
                [
                    html.B(each.group),
                    _told("gains", each.gains),
                    _told("loses", each.loses),
                ]
            )
            for each in found
        ],
        className="rights-changes",
    )


def _told(verb: str, actions: Sequence[str]) -> html.Div | None:
    css = {"gains": "gain", "loses": "loss"}[verb]
    return html.Div([html.B(verb, className=css), f" {', '.join(actions)}"]) if actions else None


def denied(found: Sequence[Denial]) -> Any:
    """Return what was denied, the last first."""
    if not found:
        return html.P("Nobody was denied anything in the last 90 days.", className="dim")
    head = html.Tr([html.Th(name) for name in ("last", "who", "times that hour", "what the registry said")])
    rows = [
        html.Tr(
            [
                html.Td(f"{each.last_at:%Y-%m-%d %H:%M} UTC", className="num"),
                html.Td(each.author),
                html.Td(f"{each.times:,}", className="num"),
                html.Td(each.sentence),
            ]
        )
        for each in found
    ]
    return html.Table([html.Thead(head), html.Tbody(rows)])
