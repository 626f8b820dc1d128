"""The side panel: what is selected, what to make of it, what that would change, why it is as it is.

The browser fills the selection and presses the status buttons (`assets/certify_panel.js`); callbacks
fill `IMPACT`, `REFUSAL`, `WHY` and `HISTORY` and listen to `APPLY`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.markup import attributes
from model.errors import Conflict
from model.ranges import canonical, text
from model.vocabulary import CAUSES, LETTER, SETTABLE, Status

PANEL = "certify-panel"
CAUSE = "certify-panel-cause"
COMMENT = "certify-panel-comment"
APPLY = "certify-panel-apply"
#: the lumisections of what is selected on a strip, typed; the browser alone reads it
EXACTLY = "certify-panel-exactly"
IMPACT = "certify-panel-impact"
REFUSAL = "certify-panel-refusal"
#: what two people said at once, and its two answers
CONFLICT = "certify-panel-conflict"
MINE = "certify-panel-mine"
THEIRS = "certify-panel-theirs"
WHY = "certify-panel-why"
HISTORY = "certify-panel-history"
#: what a refusal begins with: of what was applied, and of what is only looked at
WAS, WOULD_BE = "Not applied.", "Would be refused."
_SIDES = 5
_OWN_REFUSAL = "certify-panel-refusal-own"
_WHAT = "certify-panel-what"
_SIZE = "certify-panel-size"
_CLOSED = "certify-panel-closed"
_COLUMNS = "certify-panel-columns"
_DATASETS = "certify-panel-datasets"


def undo_id(sequence: int) -> dict[str, Any]:
    """Return the id of the button that reverts one step of the history."""
    return {"type": "certify-panel-undo", "sequence": sequence}


@dataclass(frozen=True)
class Why:
    """One clause of a rule with the value it met."""

    clause: str
    holds: bool | None
    value: str = ""


@dataclass(frozen=True)
class Step:
    """One thing that happened; `can_undo` says that this reader may revert it."""

    sequence: int
    at: str
    author: str
    what: str
    comment: str = ""
    can_undo: bool = False


@dataclass(frozen=True)
class Impact:
    """What applying would do to the golden JSON, in pb⁻¹ (negative = lost)."""

    change_invpb: float
    n_lumisections: int
    note: str = ""


def panel(
    causes: Sequence[str] = CAUSES,
    *,
    is_editor: bool = True,
    reason: str = "",
    past: Any = None,
    more: Any = None,
) -> html.Aside:
    """Return the panel; a reader who may not edit is told why instead. `more` stands above the reasons."""
    closed = not is_editor
    return html.Aside(
        [
            html.Button(
                "Certify",
                className="certify-panel-toggle",
                type="button",
                **attributes({"aria-label": "open the panel"}),
            ),
            html.H2("Nothing selected", id=_WHAT),
            html.Small("drag over the strip, or use the arrow keys", id=_SIZE, className="dim"),
            _buttons(closed),
            html.Ul(id=_COLUMNS, className="chips", **attributes({"aria-label": "columns"})),
            html.Small(id=_DATASETS, className="dim certify-panel-datasets"),
            _exactly(),
            *_fields(causes, closed),
            html.Div(id=IMPACT, className="certify-panel-impact", **attributes({"aria-live": "polite"})),
            # what the browser itself refuses has a place of its own, which no callback fills
            html.Div([html.Div(id=REFUSAL), html.Div(id=_OWN_REFUSAL)], className="refusal", role="alert"),
            html.Button(
                ["Apply ", html.Kbd("↵")],
                id=APPLY,
                className="apply",
                type="button",
                disabled=closed,
                n_clicks=0,
                **attributes({"aria-describedby": _CLOSED}),
            ),
            # why it cannot be pressed; on a grid the browser says it, of what is selected
            html.P(reason, id=_CLOSED, className="certify-panel-closed", hidden=not reason),
            html.Button(
                ["Why is it so? ", html.Kbd("W")],
                className="button",
                type="button",
                **attributes({"data-why": ""}),
            ),
            more,
            html.Section(id=WHY),
            html.Section(past, id=HISTORY),
        ],
        id=PANEL,
        className="card-plain certify-panel",
        **attributes(
            {
                "aria-label": "certify",
                "data-what": _WHAT,
                "data-size": _SIZE,
                "data-columns": _COLUMNS,
                "data-datasets": _DATASETS,
                "data-cause": CAUSE,
                "data-comment": COMMENT,
                "data-apply": APPLY,
                "data-closed": _CLOSED,
            }
        ),
    )


def place(name: str) -> html.Div:
    """Return where a callback puts a panel; it is drawn again only when who may edit changes."""
    # closed, but there: what a strip asks for is answered into it
    return html.Div(
        [html.Div(panel(is_editor=False), id=name), dcc.Store(id=held(name))], className="certify-panel-place"
    )


def held(name: str) -> str:
    """Return the id of what a place was drawn for."""
    return f"{name}-held"


def _buttons(closed: bool) -> html.Div:
    buttons = [
        html.Button(
            [
                html.Kbd("⌫" if status is Status.NOTSET else LETTER[status]),
                f" {'Not set' if status is Status.NOTSET else status.name.capitalize()}",
            ],
            className=f"status-button status-{status.name.lower()}",
            type="button",
            disabled=closed,
            **attributes({"data-status": status.name, "aria-pressed": "false"}),
        )
        for status in SETTABLE
    ]
    words = attributes({"aria-label": "status"})
    return html.Div(buttons, className="status-buttons", role="group", **words)


def _exactly() -> html.Div:
    field = dbc.Input(id=EXACTLY, type="text", size="sm", placeholder="10-20, 25", maxLength=200)
    return html.Div([html.Label("exactly LS", htmlFor=EXACTLY), field], className="certify-panel-exactly")


def causes_offered(causes: Sequence[str]) -> list[dict[str, str]]:
    """Return the causes as one chooses them."""
    return [{"label": "no cause", "value": ""}, *({"label": cause, "value": cause} for cause in causes)]


def _fields(causes: Sequence[str], closed: bool) -> list[Any]:
    return [
        html.Label("Cause", htmlFor=CAUSE),
        dbc.Select(
            id=CAUSE,
            options=causes_offered(causes),
            value="",
            placeholder="no cause",
            size="sm",
            disabled=closed,
        ),
        html.Label("Comment", htmlFor=COMMENT),
        dbc.Textarea(id=COMMENT, rows=2, size="sm", disabled=closed, placeholder="what was seen, where"),
    ]


def impact(change: Impact) -> html.Div:
    """Return the *if applied* block."""
    sign = "−" if change.change_invpb < 0 else "+" if change.change_invpb > 0 else "±"
    return html.Div(
        [
            html.Small("IF APPLIED, IN THE GOLDEN JSON"),
            html.Strong([f"{sign}{abs(change.change_invpb):,.1f} ", html.Span("pb⁻¹", className="unit")]),
            html.Div(f"{change.n_lumisections:,} lumisections change", className="dim"),
            html.Div(change.note, className="dim") if change.note else None,
        ],
        className=f"impact {'is-loss' if change.change_invpb < 0 else ''}",
    )


def refusal(sentence: str, lead: str = WAS) -> html.Div:
    """Return a refusal as the sentence the model gave; `lead` tells whether somebody had applied anything."""
    return html.Div([html.B(f"{lead} "), sentence], className="notice is-refusal")


def both_sides(conflicts: Sequence[Conflict], kept: Any) -> html.Div:
    """Return what two people said at once, and the keys that choose.

    Args:
        kept: what the answer needs: the edits, the sequence that is shown, and where the sides differ.
    """
    lines = [html.Li(_one_side(c)) for c in conflicts[:_SIDES]]
    more = len(conflicts) - len(lines)
    buttons = [
        html.Button([f"{word} ", html.Kbd(key)], id=id_, type="button", className="button", n_clicks=0)
        for word, key, id_ in (("Mine", "M", MINE), ("Theirs", "T", THEIRS))
    ]
    return html.Div(
        [
            html.B("Two at once. Nothing was written."),
            html.Ul([*lines, html.Li(f"and {more} more") if more > 0 else None]),
            html.Div(buttons, className="actions"),
            dcc.Store(id=CONFLICT, data=kept),
        ],
        className="notice is-late both-sides",
    )


def _one_side(c: Conflict) -> list[Any]:
    where = f"run {c.run_number} {c.column} LS {text(canonical(c.ranges))}"
    return [f"{where}: {c.by} says ", html.B(c.theirs), ", you say ", html.B(c.yours)]


def why(clauses: Sequence[Why], title: str = "Why, in the golden JSON") -> html.Div:
    """Return the clauses that decided, each with the value it met."""
    mark = {True: ("✓", "holds"), False: ("✕", "fails"), None: ("?", "unknown")}
    return html.Div(
        [
            html.H3(title) if title else None,
            html.Ul(
                [
                    html.Li(
                        [
                            html.Span(mark[c.holds][0], className="why-mark", title=mark[c.holds][1]),
                            html.Code(c.clause),
                            html.Span(c.value, className="why-value"),
                        ],
                        className=f"is-{mark[c.holds][1]}",
                    )
                    for c in clauses
                ],
                className="why",
            ),
        ]
    )


def history(steps: Sequence[Step], sequence: int | None = None) -> html.Div:
    """Return what happened, newest first, each with its undo where this reader may."""
    version = html.Span(f"version {sequence:,}", className="dim") if sequence is not None else None
    items = [
        html.Li(
            [
                html.Time(step.at),
                html.Span([html.B(step.author), f" {step.what}"]),
                html.Q(step.comment) if step.comment else None,
                html.Button(
                    "undo", id=undo_id(step.sequence), className="link-button", type="button", n_clicks=0
                )
                if step.can_undo
                else None,
            ]
        )
        for step in steps
    ]
    empty = html.P("Nobody has certified anything here yet.", className="dim")
    return html.Div([html.H3(["History ", version]), html.Ol(items, className="history") if items else empty])
