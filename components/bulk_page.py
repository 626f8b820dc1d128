"""`/bulk`: what to do to many datasets, its dry run, and the button that writes all of it."""

from dash import dcc, html

from components import bulk_form
from components.markup import attributes, page_title
from model.bulk.plan import Plan

TRY = "bulk-try"
APPLY = "bulk-apply"
PLAN = bulk_form.PLAN
#: the last sound dry run: its token, the form it was tried with, and the name of the work that writes it
TOKEN = "bulk-token"  # noqa: S105  an element's name, nobody's secret
#: what the steps of its writing count
UNITS = {"checking": "rows", "writing": "datasets"}
_SHOWN = 30


def bulk_body() -> html.Div:
    """Return the form and the place of its answer."""
    buttons = [
        html.Button("Dry run", id=TRY, type="button", className="button is-primary", n_clicks=0),
        html.Button("Write all", id=APPLY, type="button", className="button", disabled=True, n_clicks=0),
    ]
    form = bulk_form.form(buttons)
    words = attributes({"aria-live": "polite"})
    answer = html.Section(dcc.Loading(html.Div(id=PLAN, **words), delay_show=300, type="dot"))
    return html.Div([page_title("Bulk"), form, answer, dcc.Store(id=TOKEN)], className="stack")


def trying() -> html.P:
    """Say that a long form is being tried."""
    return html.P("This is much: it is being tried, and what it would do stands here then.", className="dim")


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
            f" · {found.kept:,} LS × columns stay as they are" if found.kept else "",
        ]
    )
    problems = [
        html.Li([html.B(f"line {p.line} "), p.sentence] if p.line else p.sentence)
        for p in found.problems[:_SHOWN]
    ]
    sides = [
        html.Li(f"Run {c.run_number} {c.column}: {c.by} set {c.theirs} meanwhile, you want {c.yours}")
        for c in found.conflicts[:_SHOWN]
    ]
    more = len(found.problems) + len(found.conflicts) - len(problems) - len(sides)
    if found.is_sound:
        verdict = html.P(
            "Nothing stands in the way. “Write all” records it as one action that can be taken back."
        )
    elif not (problems or sides):
        verdict = html.P("There is nothing to write: it is all so already, or decided and kept.")
    else:
        verdict = html.P("Nothing can be written as long as these stand in the way:", className="loss")
    last = html.Li(f"and {more:,} more") if more > 0 else None
    return html.Div(
        [html.H2("Dry run"), counts, verdict, html.Ul([*problems, *sides, last])],
        className="card-plain bulk-plan",
    )
