"""The last runs, each as a strip of its worst status."""

from collections.abc import Sequence

import numpy as np
from dash import dcc, html

from components import board, run_page
from components.empty import empty
from model.queries.run_view import RunView

BODY = "runs-body"


def runs_body() -> html.Div:
    """Return the place that a callback fills."""
    return html.Div(dcc.Loading(html.Div(id=BODY), delay_show=400, type="dot"))


def body(views: Sequence[RunView], asked: str = "") -> html.Div:
    """Return the runs, newest first; `asked` is what somebody looked for and did not find."""
    older = html.Div(
        dcc.Link("older runs", href=f"/runs?before={views[-1].run.run_number}", className="button")
        if views
        else None,
        className="actions",
    )
    missing = empty("Nothing found", f"No run, fill or era is called “{asked}”.") if asked else None
    return html.Div([missing, board.recent_runs([recent(v) for v in views]), older], className="stack")


def recent(view: RunView) -> board.RecentRun:
    """Return a run as one line."""
    return board.RecentRun(
        view.run.run_number,
        view.run.run_class,
        run_page.worst_spans(view),
        view.lumisections[-1].last if view.lumisections else 1,
        float(np.nansum(view.lumi.recorded_invpb)) if view.lumi else None,
        view.lumi.source if view.lumi else "no luminosity",
        view.run.state,
        view.run.replay,
    )
