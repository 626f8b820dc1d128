"""What upstream changed of a run that was signed off, what accepting it would do, and who may."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.markup import attributes, labelled
from model.authors import Author
from model.queries.late_changes import LateChange
from model.ranges import count, text
from model.rights import Action, groups_with, may

CARD = "late-change"
BODY = "late-change-body"
#: what the card was drawn for
HELD = "late-change-held"
COMMENT = "late-change-comment"
REFUSAL = "late-change-refusal"
#: type of the ids of the buttons
DO = "late-change-answer"

ACCEPT, REJECT, ALIKE = "accept", "reject", "alike"


def do_id(do: str) -> dict[str, str]:
    """Return the id of a button."""
    return {"type": DO, "do": do}


def card() -> html.Section:
    """Return the card of a run, hidden until there is a late change."""
    return html.Section(
        [dcc.Store(id=HELD), html.Div(id=BODY), html.Div(id=REFUSAL, role="alert")],
        id=CARD,
        hidden=True,
        className="card-plain late-change",
        **attributes({"aria-label": "late change"}),
    )


def body(one: LateChange, n_alike: int, by: Author, *, is_past: bool) -> list[Any]:
    """Return a late change with its consequence and the answers; who may not answer is told who may."""
    drawn: list[Any] = [
        html.H2(["Late change ", html.Span("the run was signed off before", className="dim")]),
        consequence(one),
    ]
    if is_past:
        return [*drawn, html.P("This is the registry as it was: the past cannot be decided.", className="dim")]
    return [*drawn, html.P(of_others(1, by), className="dim") if not _may(by) else _answers(n_alike)]


def of_others(n: int, by: Author) -> str:
    """Say who may answer late changes to somebody who may not; empty where none waits, or for who may."""
    if not n or _may(by):
        return ""
    words = "A late change waits" if n == 1 else f"{n} late changes wait"
    return f"{words} for an answer: {' or '.join(groups_with(by, Action.ANSWER_LATE_CHANGE))} may give it."


def consequence(one: LateChange) -> html.Dl:
    """Return what changed, where, and what accepting it would do, in numbers."""
    golden = one.golden_change_invpb
    changed = [f"{name}: {value}" for name, value in sorted(one.attributes.items())]
    lines = [
        ("changed", ", ".join(one.kinds)),
        ("to", ", ".join(changed)),
        ("lumisections", f"{count(one.lumisections):,}: {text(one.lumisections)}" if one.lumisections else ""),
        ("recorded", f"{one.recorded_change_invpb:+,.3f} pb⁻¹"),
        ("golden", "no golden rule reads this run" if golden is None else f"{golden:+,.3f} pb⁻¹, {_ls(one)}"),
        ("rules would say otherwise in", ", ".join(one.columns) or "no column"),
    ]
    return html.Dl(
        [html.Div([html.Dt(name), html.Dd(said)]) for name, said in lines if said],
        className="consequence",
    )


def _ls(one: LateChange) -> str:
    return f"{one.golden_change_lumisections:+,} LS"


def _may(by: Author) -> bool:
    return may(by, Action.ANSWER_LATE_CHANGE)


def _answers(n_alike: int) -> html.Div:
    shown: Sequence[tuple[str, str]] = ((ACCEPT, "Accept"), (REJECT, "Reject"))
    if n_alike > 1:
        shown = (*shown, (ALIKE, f"Accept all {n_alike} alike"))
    buttons = [
        html.Button(label, id=do_id(do), type="button", className="button", n_clicks=0) for do, label in shown
    ]
    why = dbc.Input(id=COMMENT, size="sm", type="text", placeholder="comment", maxLength=2_000)
    return html.Div([*buttons, labelled("comment", why, is_hidden=True)], className="late-change-answers")
