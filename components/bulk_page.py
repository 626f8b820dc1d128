"""`/bulk`: rows pasted or uploaded, their dry run, and the button that writes all of them."""

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.markup import attributes, labelled
from model.bulk.plan import Plan
from model.bulk.rows import FIELDS
from model.vocabulary import Stage

ROWS = "bulk-rows"
FILE = "bulk-file"
STAGE = "bulk-stage"
TRY = "bulk-try"
APPLY = "bulk-apply"
PLAN = "bulk-plan"
#: the last sound dry run: its token, and the name of the work that writes it
TOKEN = "bulk-token"  # noqa: S105  an element's name, nobody's secret
#: what the steps of its writing count
UNITS = {"checking": "rows", "writing": "datasets"}
_SHOWN = 30


def bulk_body() -> html.Div:
    """Return the form and the place of its answer."""
    form = html.Section(
        [
            html.H2("Rows of verdicts"),
            html.P(f"{', '.join(FIELDS)}; without lumisections the whole run is meant.", className="dim"),
            labelled("Rows", dbc.Textarea(id=ROWS, rows=12, className="bulk-rows", placeholder=_EXAMPLE)),
            html.Div(
                [
                    labelled("Datasets of stage", _stages()),
                    dcc.Upload(html.Button("Read a file", type="button", className="button"), id=FILE),
                    html.Button("Dry run", id=TRY, type="button", className="button is-primary", n_clicks=0),
                    html.Button(
                        "Write all", id=APPLY, type="button", className="button", disabled=True, n_clicks=0
                    ),
                ],
                className="bulk-actions",
            ),
        ],
        className="card-plain",
    )
    words = attributes({"aria-live": "polite"})
    answer = html.Section(dcc.Loading(html.Div(id=PLAN, **words), delay_show=300, type="dot"))
    return html.Div([form, answer, dcc.Store(id=TOKEN)], className="stack")


_EXAMPLE = "381543, 100, 120, tracker-pixel, BAD, HV trip, FPix sector 3"


def _stages() -> dbc.Select:
    options = [{"label": s.value, "value": s.value} for s in Stage if s is not Stage.ONLINE]
    return dbc.Select(id=STAGE, size="sm", value=Stage.PROMPT.value, options=options)


def plan(found: Plan) -> html.Div:
    """Return what a dry run found: counts, and each line that stands in the way."""
    counts = html.P(
        [
            html.B(f"{found.datasets:,}"),
            " datasets · ",
            html.B(f"{found.cells:,}"),
            " cells · ",
            html.B(f"{found.lumisections:,}"),
            " LS · ",
            html.B(f"{found.recorded_invpb:,.1f}"),
            " pb⁻¹ recorded (OMS)",
        ]
    )
    problems = [html.Li([html.B(f"line {p.line} "), p.sentence]) for p in found.problems[:_SHOWN]]
    sides = [
        html.Li(f"Run {c.run_number} {c.column}: {c.by} set {c.theirs} meanwhile, you want {c.yours}")
        for c in found.conflicts[:_SHOWN]
    ]
    more = len(found.problems) + len(found.conflicts) - len(problems) - len(sides)
    if found.is_sound:
        verdict = html.P(
            "Nothing stands in the way. “Write all” records it as one action that can be taken back."
        )
    else:
        verdict = html.P("Nothing can be written as long as these stand in the way:", className="loss")
    last = html.Li(f"and {more:,} more") if more > 0 else None
    return html.Div(
        [html.H2("Dry run"), counts, verdict, html.Ul([*problems, *sides, last])],
        className="card-plain bulk-plan",
    )
