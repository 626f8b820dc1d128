"""The editor of one rule: its words, its clauses as rows, the same as JSON, what the checker finds."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.markup import attributes, labelled
from components.rule_clauses import ALONE, OPERATORS, Row, Rows, rows_of, text_of
from components.written import written
from model.queries.rules import TESTED
from model.rulebook.texts import Purpose, RuleText
from rules.findings import Finding
from rules.schema import Schema
from rules.unknown import NullPolicy

NAME = "rule-name"
WORDS = "rule-words"
TEXT = "rule-text"
ROWS = "rule-rows"
ROOT = "rule-root"
FINDINGS = "rule-findings"
ADD = "rule-add"
SAVE = "rule-save"
COMMENT = "rule-comment"
ACTIVATE = "rule-activate"
WITHDRAW = "rule-withdraw"
REFUSAL = "rule-refusal"
#: sequence the editor was filled at, and digest of the draft it shows
SEEN = "rule-seen"
CLAUSE = "rule-clause"
REMOVE = "rule-remove"
_VARIABLES = "rule-variables"
FIELDS = ("description", "purpose", "target", "value", "priority", "null_policy", "datasets", "enabled")
#: what a form calls the purpose that has no name; a choice cannot be empty
SELECTION = "selection"
_MARK = {"error": "✕", "warning": "▲", "info": "i"}


def field(name: str) -> dict[str, str]:
    """Return the id of one field of a rule's words."""
    return {"type": WORDS, "field": name}


def editor(name: str, text: RuleText, schema: Schema, seen: dict[str, Any], *, is_new: bool) -> html.Section:
    """Return the editor, filled with a draft, an active rule or nothing yet."""
    rows = rows_of(text.logic)
    return html.Section(
        [
            dcc.Store(id=SEEN, data=seen),
            dcc.Store(id=ROOT, data=rows.root),
            html.H2("Edit"),
            _words(name, text, is_new=is_new),
            html.Div(
                [
                    html.H3("Clauses, all of which must hold"),
                    html.Div(rows_drawn(rows), id=ROWS, className="rule-clauses"),
                ]
            ),
            html.Button("Add a clause", id=ADD, type="button", className="button", n_clicks=0),
            html.Details(
                [
                    html.Summary("The same as JSON"),
                    html.Label("JsonLogic", htmlFor=TEXT, className="visually-hidden"),
                    dcc.Textarea(
                        id=TEXT, value=text_of(text.logic), className="rule-json", spellCheck=False, rows=12
                    ),
                ],
                open=True,
                className="rule-as-json",
            ),
            _datalist(schema),
        ],
        className="card-plain rule-editor",
    )


def checker() -> html.Section:
    """Return the place of what the checker finds."""
    found = html.Div(id=FINDINGS, className="rule-findings", **attributes({"aria-live": "polite"}))
    return html.Section([html.H2("Checker"), found], className="card-plain rule-check")


def rows_drawn(rows: Rows) -> list[html.Div]:
    """Return the clauses as rows of a form."""
    return [_row(place, row) for place, row in enumerate(rows.rows)]


def findings_drawn(found: Sequence[Finding]) -> list[Any]:
    """Return what the checker says; each finding leads to its place in the JSON."""
    if not found:
        return [html.P([html.B("✓ "), "The checker finds nothing wrong."], className="dim")]
    errors = sum(each.severity == "error" for each in found)
    title = f"{len(found)} finding{'s' * (len(found) > 1)}, {errors} of them errors"
    return [html.H3(title), html.Ul([_finding(each) for each in found[:50]])]


def actions(draft_state: str, sentence: str, *, may_save: bool) -> html.Section:
    """Return what can be done now, and a sentence on where the rule stands."""
    is_tested = draft_state == TESTED
    may_withdraw = may_save and bool(draft_state)
    return html.Section(
        [
            html.H2("From draft to active"),
            html.P(sentence, className="dim"),
            dbc.Input(
                id=COMMENT, size="sm", type="text", placeholder="Comment: what changes, and why it is right"
            ),
            html.Div(
                [
                    _button("Save draft", SAVE, "button is-primary", is_possible=may_save),
                    _button("Activate", ACTIVATE, "button", is_possible=is_tested),
                    _button("Withdraw", WITHDRAW, "button", is_possible=may_withdraw),
                ],
                className="actions",
            ),
            html.Div(id=REFUSAL, **attributes({"aria-live": "assertive"})),
        ],
        className="card-plain",
    )


def _button(label: str, name: str, css: str, *, is_possible: bool) -> html.Button:
    return html.Button(label, id=name, type="button", className=css, n_clicks=0, disabled=not is_possible)


def _words(name: str, text: RuleText, *, is_new: bool) -> html.Div:
    purposes = [{"label": p.value or SELECTION, "value": p.value or SELECTION} for p in Purpose]
    policies = [{"label": f"null is {p.value}", "value": p.value} for p in NullPolicy]
    return html.Div(
        [
            labelled("Name", dbc.Input(id=NAME, value=name, size="sm", type="text", disabled=not is_new)),
            labelled("What it says", _input("description", text.description), "is-wide"),
            labelled(
                "Purpose",
                dbc.Select(id=field("purpose"), options=purposes, value=text.purpose or SELECTION, size="sm"),
            ),
            labelled("Target", _input("target", text.target)),
            labelled("Value", _input("value", text.value)),
            labelled("Priority", _input("priority", str(text.priority))),
            labelled(
                "Missing data",
                dbc.Select(id=field("null_policy"), options=policies, value=text.null_policy, size="sm"),
            ),
            labelled("Datasets (% is any text)", _input("datasets", text.datasets)),
            dbc.Checkbox(id=field("enabled"), label="enabled", value=text.enabled),
        ],
        className="rule-form",
    )


def _input(name: str, value: str) -> dbc.Input:
    return dbc.Input(id=field(name), value=value, size="sm", type="text", autocomplete="off")


def _row(place: int, row: Row) -> html.Div:
    def name(part: str) -> dict[str, Any]:
        return {"type": CLAUSE, "part": part, "place": place}

    # every row has all four parts, so that a form's values stand in one order
    shown, where = bool(row.json), f"clause {place + 1}"
    typed: dict[str, Any] = {"size": "sm", "type": "text", "autocomplete": "off", "debounce": True}
    variable: dict[str, Any] = {"value": row.variable, "list": _VARIABLES, "placeholder": "variable", **typed}
    options = [{"label": each, "value": each} for each in OPERATORS]
    hidden = shown or row.operator in ALONE
    parts = [
        _part("variable", f"variable of {where}", dbc.Input(id=name("variable"), **variable), hidden=shown),
        _part(
            "operator",
            f"operator of {where}",
            dbc.Select(id=name("operator"), value=row.operator, size="sm", options=options),
            hidden=shown,
        ),
        _part(
            "value", f"value of {where}", dbc.Input(id=name("value"), value=row.value, **typed), hidden=hidden
        ),
        _part(
            "json", f"{where} as JSON", dbc.Input(id=name("json"), value=row.json, **typed), hidden=not shown
        ),
    ]
    remove: dict[str, Any] = {"title": f"remove {where}", "n_clicks": 0, "type": "button"}
    button = html.Button("✕", id={"type": REMOVE, "place": place}, className="icon-button", **remove)
    return html.Div([*parts, button], className="rule-row")


def _part(name: str, label: str, control: Any, *, hidden: bool) -> html.Div:
    css = f"rule-{name} is-hidden" if hidden else f"rule-{name}"
    return labelled(label, control, css, is_hidden=True)


def _finding(found: Finding) -> html.Li:
    return html.Li(
        [
            html.B(_MARK[found.severity], title=found.severity),
            html.Button(
                found.pointer or "the rule",
                type="button",
                className="link-button rule-place",
                **attributes({"data-pointer": found.pointer}),
            ),
            html.Span(found.message),
            html.Code(found.code, className="dim"),
        ],
        className=f"is-{found.severity}",
    )


def _datalist(schema: Schema) -> html.Datalist:
    known = [html.Option(value=v.path, label=_said(v.doc, v.unit)) for v in schema]
    return written(html.Datalist(known, id=_VARIABLES))


def _said(*words: str) -> str:
    return ", ".join(word for word in words if word)
