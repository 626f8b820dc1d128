"""Rights: groups as chips under their role, the matrix of switches, who gains and loses by a change."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import program_tokens
from components.markup import attributes, labelled
from model.denials import Denial
from model.policy import FIXED_ACTION, FIXED_ROLE, OF_ONE_WORKSPACE, Action, Grant, Policy, Role
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
    where = dbc.Input(id=WORKSPACE, size="sm", maxLength=60, placeholder="of a role of one workspace")
    why = dbc.Input(id=REASON, size="sm", maxLength=2_000, placeholder="why, for the journal")
    form = [
        labelled("group", group, "rights-wide"),
        labelled("is", role),
        labelled("in workspace", where),
        html.Button("Add group", id=ADD, type="button", className="button", n_clicks=0),
    ]
    apply = html.Button("Apply", id=APPLY, type="button", className="button is-primary", n_clicks=0)
    return html.Div(
        [
            html.H1("Rights", className="visually-hidden"),
            html.Section(
                [
                    html.H2(["Groups ", html.Span("what each makes of its members", className="dim")]),
                    html.Div(id=GROUPS),
                    html.Div(form, className="cycles-form"),
                ],
                className="card-plain",
            ),
            html.Section(
                [
                    html.H2(["Roles ", html.Span("what each may do", className="dim")]),
                    html.Div(id=MATRIX, className="scroll-x"),
                ],
                className="card-plain",
            ),
            html.Section(
                [
                    html.H2(["The change ", html.Span("who gains and who loses", className="dim")]),
                    html.Div(id=PREVIEW, **attributes({"aria-live": "polite"})),
                    html.Div(id=REFUSAL, role="alert"),
                    html.Div([labelled("reason", why, "rights-wide"), apply], className="cycles-form"),
                ],
                className="card-plain rights-change",
            ),
            program_tokens.tokens_card(),
            html.Details(
                [html.Summary("Denied"), html.Div(id=DENIED, className="scroll-x")], className="card-plain"
            ),
            dcc.Store(id=DRAFT),
        ],
        className="rights-page",
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
                [html.B(role.value), html.Span(note, className="dim"), html.Div(chips or nobody)],
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


def preview(found: Sequence[Change]) -> Any:
    """Return who gains and who loses what."""
    if not found:
        return html.P("Nothing changes yet.", className="dim")
    return html.Ul(
        [
            html.Li(
                [
                    html.B(each.group),
                    html.Div(f"gains: {', '.join(each.gains)}") if each.gains else None,
                    html.Div(f"loses: {', '.join(each.loses)}") if each.loses else None,
                ]
            )
            for each in found
        ],
        className="rights-changes",
    )


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
