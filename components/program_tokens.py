"""Tokens of programs: what each may, until when, when it was last used; and the form of one more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.copy_text import copyable
from components.empty import empty
from components.markup import attributes, labelled
from model.commands.tokens import MOST_DAYS, NEVER
from model.rights import Action
from model.tokens import Token

LIST = "program-tokens"
NAME = "program-tokens-name"
ACTIONS = "program-tokens-actions"
WORKSPACES = "program-tokens-workspaces"
DAYS = "program-tokens-days"
PURPOSE = "program-tokens-purpose"
MAKE = "program-tokens-make"
SAID = "program-tokens-said"
FORM = "program-tokens-form"
#: type of the ids of the buttons that revoke one
REVOKE = "program-tokens-revoke"


def tokens_card() -> html.Details:
    """Return the list and the form, folded until somebody wants them."""
    may = [{"label": action.value, "value": action.value} for action in Action if action not in NEVER]
    form = [
        labelled("program", dbc.Input(id=NAME, size="sm", maxLength=40, placeholder="dqm-quality-tests")),
        labelled(
            "may",
            dcc.Dropdown(id=ACTIONS, options=may, multi=True, placeholder="read only"),
            "rights-wide",
        ),
        labelled("in", dbc.Input(id=WORKSPACES, size="sm", maxLength=200, placeholder="every workspace")),
        labelled("days", dbc.Input(id=DAYS, size="sm", type="number", min=1, max=MOST_DAYS, value=90)),
        labelled(
            "for", dbc.Input(id=PURPOSE, size="sm", maxLength=200, placeholder="what it does"), "rights-wide"
        ),
        html.Button("Make a token", id=MAKE, type="button", className="button", n_clicks=0),
    ]
    return html.Details(
        [
            html.Summary(["Tokens ", html.Span("with which programs ask", className="dim")]),
            html.Div(html.Div(form, className="cycles-form"), id=FORM, hidden=True),
            html.Div(id=SAID, **attributes({"aria-live": "polite"})),
            html.Div(id=LIST, className="scroll-x"),
        ],
        className="card-plain",
    )


def made(name: str, secret: str) -> html.Div:
    """Return a new token, which nobody is shown again."""
    words = f"The token of {name}, shown this once: keep it where only the program reads it. "
    return html.Div([words, *copyable(secret, "the token")], className="notice is-info", role="status")


def listed(found: Sequence[Token], now: datetime) -> Any:
    """Return every token, those that hold first."""
    if not found:
        return empty(
            "No program has a token yet", "One is made for each program, and says in its name that it is one."
        )
    head = html.Tr([html.Th(name) for name in ("program", "may", "in", "until", "last used", "by", "")])
    shown = sorted(found, key=lambda token: (not token.holds(now), token.name))
    return html.Table([html.Thead(head), html.Tbody([_row(each, now) for each in shown])])


def _row(token: Token, now: datetime) -> html.Tr:
    revoke = html.Button(
        "Revoke",
        id={"type": REVOKE, "name": token.name},
        type="button",
        className="button",
        n_clicks=0,
        **attributes({"aria-label": f"Revoke the token of {token.name}"}),
    )
    over = f"revoked by {token.revoked_by}" if token.revoked_by else "expired"
    return html.Tr(
        [
            html.Td([html.B(token.name), html.Div(token.purpose, className="dim")]),
            html.Td(", ".join(sorted(token.scope.actions)) or "read only"),
            html.Td(", ".join(sorted(token.scope.workspaces)) or "every workspace"),
            html.Td(f"{token.expires_at:%Y-%m-%d}", className="num"),
            html.Td(
                "never" if token.used_at is None else f"{token.used_at:%Y-%m-%d %H:%M} UTC", className="num"
            ),
            html.Td(token.made_by),
            html.Td(revoke if token.holds(now) else html.Span(over, className="dim")),
        ]
    )
