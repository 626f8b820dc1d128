"""The board, drawn from what the model says of the last runs."""

from collections.abc import Sequence

from dash import dcc, html

from components import board, run_page, strip_figure
from components.lumisection_strip import strip
from components.runs_page import recent
from model.authors import Author
from model.queries.decisions import Waiting
from model.queries.run_view import RunView

BODY = "board-body"


def board_body() -> html.Div:
    """Return the place that a callback fills."""
    return html.Div(dcc.Loading(html.Div(id=BODY), delay_show=400, type="dot"))


def body(views: Sequence[RunView], waiting: Sequence[Waiting], by: Author, *, is_past: bool) -> html.Div:
    """Return the board: the newest run large, the others as strips."""
    view = views[0]
    data = run_page.strip_data(view, by, is_past=is_past)
    online = tuple(row for row in data.rows if row.dataset == "online")
    data = type(data)(**{**data.__dict__, "rows": online})
    return board.board(
        run_page.header(view),
        board.tiles(run_page.counts(view), href=f"/runs/{view.run.run_number}"),
        strip(strip_figure.figure(data), strip_figure.height_px(data)),
        board.recent_runs([recent(v) for v in views]),
        board.queue([_decision(w) for w in waiting]),
    )


def _decision(one: Waiting) -> board.Decision:
    kind = "conflict" if one.is_conflict else "open"
    return board.Decision(one.run_number, one.column, one.what, one.reason, one.at_stake_invpb, kind)  # type: ignore[arg-type]
