"""What a hand does with a whole run: state, stop reason, whether it matters; refusals stand beside it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.markup import attributes, labelled
from components.run_header import state
from model.authors import Author
from model.queries.runs import Run
from model.ranges import Ranges, text
from model.rights import Action, groups_with, may
from model.vocabulary import STOP_REASONS, State

CARD = "run-actions"
BODY = "run-actions-body"
#: what the buttons were drawn for: run, state, and what else they say
HELD = "run-actions-held"
REASON = "run-actions-reason"
STOP = "run-actions-stop"
MORE = "run-actions-more"
MISSING = "run-actions-missing"
REFUSAL = "run-actions-refusal"
#: type of the ids of the buttons
DO = "run-action"

STOP_REASON, MATTERS, MATTERS_NOT, RESET, REFRESH = (
    "stop reason",
    "significant",
    "not significant",
    "reset",
    "refresh",
)
_FORWARD = {State.OPEN: (State.SIGNOFF, "Sign off"), State.SIGNOFF: (State.COMPLETED, "Complete")}
_BACK = {State.SIGNOFF: (State.OPEN,), State.COMPLETED: (State.SIGNOFF, State.OPEN)}


@dataclass(frozen=True)
class About:
    """What the buttons are drawn for; where it is the same, they stay as they are, with what is being typed."""

    run_number: int
    state: str
    run_class: str
    is_significant: bool | None
    stop_reason: str
    user: str
    is_past: bool


def do_id(do: str) -> dict[str, str]:
    """Return the id of a button."""
    return {"type": DO, "do": do}


def run_actions() -> html.Section:
    """Return the card with nothing in it yet; callbacks fill it."""
    return html.Section(
        [
            dcc.Store(id=HELD),
            html.Div(id=BODY, className="run-acts"),
            html.Details(id=MISSING, hidden=True),
            html.Div(id=REFUSAL, role="alert"),
        ],
        id=CARD,
        className="card-plain run-actions-card",
        **attributes({"aria-label": "actions on the run"}),
    )


def about(run: Run, by: Author, *, is_past: bool) -> About:
    """Return what the buttons of a run are drawn for."""
    words = run.registry
    stop_reason = str(words.get("stop_reason") or "")
    return About(
        run.run_number, run.state, run.run_class, words.get("significant"), stop_reason, by.name, is_past
    )


def body(one: About, by: Author) -> list[Any]:
    """Return the buttons of a run for somebody; those of others can be pressed, and say whose they are."""
    name = [html.B(str(one.run_number), className="num"), state(one.state)]
    if one.is_past:
        return [html.Div([*name, html.Span("as it was: nothing can be done to the past", className="dim")])]
    return [
        html.Div([*name, *_moves(one, by)], className="run-act"),
        html.Div(_stop(one, by), className="run-act"),
        html.Div(_matters(one, by), className="run-act"),
        html.Div(
            [
                _button(RESET, "Reset to the rules", Action.EDIT_CLASS, by),
                _button(REFRESH, "Refresh from OMS", Action.MARK_SIGNIFICANT, by),
            ],
            className="run-act",
        ),
    ]


def missing(found: Mapping[str, Ranges], *, goes_on: bool) -> list[Any]:
    """Return which columns nobody decided, and on which lumisections; a run that goes on has to end, too."""
    if not found:
        return [html.Summary("Still going on: it can be signed off once it has ended")] if goes_on else []
    keeps = "column keeps" if len(found) == 1 else "columns keep"
    also = "Still going on, and " if goes_on else ""
    words = f"{also}{len(found)} {keeps} it from being signed off"
    lines = [
        html.Li(
            [html.B(column), f" LS {text(spans)}"],
            **attributes({"data-column": column, "data-ranges": json.dumps(spans)}),
        )
        for column, spans in found.items()
    ]
    # `assets/run_actions.js` presses it: what is listed is selected on the strip, and the panel says the rest
    chooses = html.Button(
        "Select on the strip", type="button", className="button", **attributes({"data-chooses": ""})
    )
    return [html.Summary(words), html.Ul(lines, className="num"), chooses]


def _moves(one: About, by: Author) -> list[Any]:
    # another registry may have given a run a state of its own
    if one.state not in list(State):
        return []
    drawn = []
    if one.state in _FORWARD:
        to, label = _FORWARD[State(one.state)]
        drawn.append(_button(to.value, label, Action.MOVE_RUN, by, look="is-primary"))
    drawn += [
        _button(to.value, f"Back to {to.value}", Action.MOVE_RUN_BACK, by)
        for to in _BACK.get(State(one.state), ())
    ]
    why = dbc.Input(
        id=REASON, size="sm", type="text", placeholder="reason (needed to go back)", maxLength=2_000
    )
    return [*drawn, labelled("reason", why, "run-act-reason", is_hidden=True)]


def _stop(one: About, by: Author) -> list[Any]:
    reason, _, more = (part.strip() for part in one.stop_reason.partition(":"))
    known: Sequence[str] = STOP_REASONS if reason in ("", *STOP_REASONS) else (reason, *STOP_REASONS)
    options = [{"label": "no stop reason", "value": ""}, *({"label": word, "value": word} for word in known)]
    choose = dbc.Select(id=STOP, options=options, value=reason, size="sm", placeholder="no stop reason")
    words = dbc.Input(id=MORE, value=more, size="sm", type="text", placeholder="more", maxLength=500)
    return [
        labelled("stop reason", choose, is_hidden=True),
        labelled("more on the stop", words, is_hidden=True),
        _button(STOP_REASON, "Set stop reason", Action.EDIT_STOP_REASON, by),
    ]


def _matters(one: About, by: Author) -> list[Any]:
    said = {None: "significance not decided", True: "significant", False: "not significant"}[one.is_significant]
    wanted = [MATTERS_NOT] if one.is_significant else [MATTERS]
    if one.is_significant is None:
        wanted.append(MATTERS_NOT)
    buttons = [_button(word, f"Mark {word}", Action.MARK_SIGNIFICANT, by) for word in wanted]
    return [html.Span(said, className="dim"), *buttons]


def _button(do: str, label: str, action: Action, by: Author, look: str = "") -> html.Button:
    mine = may(by, action)
    title = "" if mine else f"{' or '.join(groups_with(by, action))} may"
    words: dict[str, Any] = {} if mine else {"aria-disabled": "true", "title": title}
    css = f"button {look}" if mine else "button is-of-others"
    return html.Button(label, id=do_id(do), type="button", n_clicks=0, className=css, **attributes(words))
