"""Work in the background: how far it is, and the button that calls it off; it stands on every page."""

from typing import Any

from dash import dcc, html

from components.markup import attributes

WORK = "work"
SAYS = "work-says"
CANCEL = "work-cancel"
#: name of the work that is being done
ORDER = "work-order"
#: how the last one ended: {"refused": a sentence, or empty}
DONE = "work-done"
#: what a long dry run found: {"said": how it is shown, "asked": what writes it, or null}
FOUND = "work-found"
#: orders: of a long dry run, of writing what was tried, of a report. They stand here and not on their pages:
#: Dash calls whoever reads what it inserts, and each of these calls would start a process
TRY, WRITE, REPORT = "work-try", "work-write", "work-report"


def work() -> html.Div:
    """Return the place of it, out of sight while nothing is done."""
    button = html.Button("Cancel", id=CANCEL, type="button", className="button", n_clicks=0)
    shown = html.Div(
        [html.Div(id=SAYS, className="work-says"), button],
        id=WORK,
        className="work",
        hidden=True,
        role="status",
        **attributes({"aria-label": "work in the background"}),
    )
    return html.Div([shown, *(dcc.Store(id=name) for name in (ORDER, DONE, FOUND, TRY, WRITE, REPORT))])


def progress(what: str, done: int, of: int, unit: str) -> list[Any]:
    """Return how far it is, in words and as a bar."""
    return [
        html.Span(f"{what} {done:,} of {of:,} {unit}"),
        html.Progress(value=str(done), max=str(max(of, 1)), **attributes({"aria-label": what})),
    ]
