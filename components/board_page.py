"""The board, drawn from what the model says of the last runs."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from dash import dcc, html

from components import board, run_page, strip_figure
from components.lumisection_strip import strip
from components.runs_page import recent
from components.theme import Theme
from model.authors import Author
from model.queries.decisions import Waiting
from model.queries.run_view import RunView
from model.vocabulary import ONLINE

BODY = "board-body"


def board_body() -> html.Div:
    """Return the place that a callback fills."""
    return html.Div(dcc.Loading(html.Div(id=BODY), delay_show=400, type="dot"))


def body(
    views: Sequence[RunView], waiting: Sequence[Waiting], by: Author, *, is_past: bool, theme: Theme = "dark"
) -> html.Div:
    """Return the board: the newest run large, the others as strips."""
    view = views[0]
    data = run_page.strip_data(view, by, is_past=is_past)
    online = replace(data, rows=tuple(row for row in data.rows if row.dataset == ONLINE))
    return board.board(
        run_page.header(view),
        board.tiles(run_page.counts(view), href=f"/runs/{view.run.run_number}"),
        strip(strip_figure.figure(online, theme), strip_figure.height_px(online)),
        board.recent_runs([recent(v) for v in views]),
        [run_page.panel(view, online, by, (), is_past=is_past), board.queue([_decision(w) for w in waiting])],
    )


def _decision(one: Waiting) -> board.Decision:
    kind: Literal["open", "conflict"] = "conflict" if one.is_conflict else "open"
    return board.Decision(one.run_number, one.column, one.what, one.reason, one.at_stake_invpb, kind)
