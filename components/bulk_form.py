"""The form of a bulk action: what to do, to which datasets, with which words; one verb is in sight."""

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from components.file_drop import file_drop
from components.markup import attributes, labelled
from model.bulk.rows import FIELDS, LONGEST
from model.vocabulary import (
    CAUSES,
    GLOBAL,
    OFFLINE_COLUMNS,
    SETTABLE,
    Stage,
    State,
)

#: where the dry run is told
PLAN = "bulk-plan"
VERB = "bulk-form-verb"
HINT = "bulk-form-hint"
ROWS = "bulk-rows"
FILE = "bulk-file"
STAGE = "bulk-stage"
RUNS = "bulk-form-runs"
CHOSEN = "bulk-form-chosen"
COLUMNS = "bulk-form-columns"
STATUS = "bulk-form-status"
CAUSE = "bulk-form-cause"
COMMENT = "bulk-form-comment"
OUTSIDE = "bulk-form-outside"
OUTSIDE_CAUSE = "bulk-form-outside-cause"
SOURCE = "bulk-form-source"
WORKSPACE = "bulk-form-workspace"
FROM = "bulk-form-from"
TO = "bulk-form-to"
NAME = "bulk-form-name"
REPLACES = "bulk-form-replaces"
#: every workspace that certifies, as the one choice of them all
EVERY = "every workspace"

VERBS = {
    "rows": ("Rows", f"{', '.join(FIELDS)}; without lumisections the whole run is meant."),
    "list": (
        "Certification JSON",
        "One status on what it lists, perhaps another on the rest of its runs.",
    ),
    "set": ("Set", "One status on columns of the chosen datasets, whole runs."),
    "copy": (
        "Copy columns",
        "What counts on columns of one stage, taken over into another of the same runs.",
    ),
    "move": ("Change state", "Sign off, complete or reopen the chosen datasets, all or none."),
    "duplicate": ("Duplicate", "The chosen datasets once more, each in its run, with all that counts on them."),
}
#: which parts of the form a verb asks for
_PARTS = {
    "text": ("rows", "list"),
    "chosen": ("set", "copy", "move", "duplicate"),
    "runs": ("set", "copy", "move", "duplicate"),
    "columns": ("list", "set", "copy"),
    "words": ("list", "set"),
    "outside": ("list",),
    "source": ("copy",),
    "move": ("move",),
    "comment": ("list", "set", "move", "duplicate"),
    "name": ("duplicate",),
    "replaces": ("rows", "list", "set", "copy"),
}
PARTS = tuple(_PARTS)
_EXAMPLE = "381543, 100, 120, tracker-pixel, BAD, HV trip, FPix sector 3"


_POLITE = attributes({"aria-live": "polite"})


def part(name: str) -> str:
    """Return the id of a part of the form."""
    return f"bulk-form-part-{name}"


def hidden(verb: str) -> list[bool]:
    """Tell of each part whether a verb does without it."""
    return [verb not in verbs for verbs in _PARTS.values()]


def form(buttons: Sequence[Any]) -> html.Section:
    """Return the form with the buttons at its end."""
    options = [{"label": label, "value": verb} for verb, (label, _) in VERBS.items()]
    verbs = dbc.RadioItems(id=VERB, options=options, value="rows", inline=True, className="bulk-verbs")
    file = file_drop(FILE, "Read a file")
    rows = dbc.Textarea(id=ROWS, rows=12, className="bulk-rows", placeholder=_EXAMPLE, spellCheck=False)
    return html.Section(
        [
            html.Div(verbs, role="group", **attributes({"aria-label": "what to do"})),
            html.P(VERBS["rows"][1], id=HINT, className="dim"),
            _part("text", [labelled("Text", rows, is_hidden=True), html.Div(file, className="bulk-actions")]),
            html.Div([_stage(), *_fields()], className="bulk-actions"),
            _part(
                "chosen", html.Div(id=CHOSEN, className="bulk-chosen", **attributes({"aria-live": "polite"}))
            ),
            html.Div([*_last(), *buttons], className="bulk-actions"),
        ],
        className="card-plain bulk-form",
        **attributes({"data-longest": LONGEST, "data-plan": PLAN}),
    )


def _stage() -> html.Div:
    return labelled("Datasets of stage", _select(STAGE, _stages(), Stage.PROMPT.value))


def _fields() -> list[html.Div]:
    runs = dbc.Input(id=RUNS, size="sm", type="text", placeholder="381000-381594, 379415", debounce=True)
    columns = dbc.Checklist(list(OFFLINE_COLUMNS), value=[], id=COLUMNS, inline=True, className="bulk-ticks")
    causes = ["", *CAUSES]
    statuses = [s.name for s in SETTABLE]
    return [
        _part("runs", labelled("Runs", runs)),
        _part("source", labelled("Copied from stage", _select(SOURCE, _stages(), Stage.EXPRESS.value))),
        _part("columns", html.Fieldset([html.Legend("Columns"), columns]), "bulk-columns"),
        _part(
            "words",
            [
                labelled("Status", _select(STATUS, statuses, "GOOD")),
                labelled("Cause", _select(CAUSE, causes, "")),
            ],
        ),
        _part(
            "outside",
            [
                labelled("What is not listed", _select(OUTSIDE, ["", *statuses], "", "stays as it is")),
                labelled("Cause there", _select(OUTSIDE_CAUSE, causes, "")),
            ],
        ),
        _part("move", _moving()),
        _part("name", labelled("New name", dbc.Input(id=NAME, size="sm", placeholder="/ReReco/Run2024C/DQM"))),
        _part("comment", labelled("Comment", dbc.Input(id=COMMENT, size="sm", maxLength=2_000))),
    ]


def _moving() -> list[html.Div]:
    states = [s.value for s in State]
    return [
        # which there are is the registry's to say: a callback does
        labelled("Workspace", _select(WORKSPACE, [GLOBAL, EVERY], GLOBAL)),
        labelled("From", _select(FROM, states, State.OPEN.value)),
        labelled("To", _select(TO, states, State.SIGNOFF.value)),
    ]


def workspaces(there: Sequence[str]) -> list[dict[str, str]]:
    """Return the workspaces in which datasets can be moved."""
    return [{"label": each, "value": each} for each in (GLOBAL, *there, EVERY)]


def _last() -> list[Any]:
    replaces = dbc.Checkbox(id=REPLACES, label="also replace what was decided", value=False)
    return [_part("replaces", replaces)]


def _part(name: str, children: Any, css: str = "") -> html.Div:
    is_hidden = "rows" not in _PARTS[name]
    return html.Div(children, id=part(name), className=f"bulk-part {css}".strip(), hidden=is_hidden)


def _stages() -> list[str]:
    return [s.value for s in Stage if s is not Stage.ONLINE]


def _select(name: str, values: Sequence[str], value: str, nothing: str = "no cause") -> dbc.Select:
    options = [{"label": each or nothing, "value": each} for each in values]
    return dbc.Select(id=name, size="sm", value=value, options=options, placeholder=nothing)
