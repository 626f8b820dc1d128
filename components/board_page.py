"""The board: drawn once, and its parts filled again as the run goes on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from dash import html

from components import board, certify_panel, run_page, skeleton, status_key, strip_figure, strip_rows
from components.handover import handover
from components.lumisection_strip import StripRow, blank
from components.markup import attributes, page_title
from components.run_actions import run_actions
from components.theme import Theme
from model.authors import Author
from model.queries.decisions import Waiting
from model.queries.run_view import RunView
from model.vocabulary import ONLINE

BODY = "board-body"
MISSING = "board-missing"
BOARD = "board"
CURRENT = "board-current"
TILES = "board-tiles"
GRAPH = "board-graph"
PANEL = "board-panel"
RECENT = "board-recent"
QUEUE = "board-queue"
SOUND = "board-sound"

#: header, acts, tiles, strip and panel while the run is being read
_READING = ((74, (1,)), (62, (1,)), (106, (1,)), (620, (3, 1)))


def board_body() -> html.Div:
    """Return the board with nothing in it yet; callbacks fill its parts."""
    strip_card = html.Section(
        [
            html.Header(
                [
                    html.H2(["Lumisections of this run ", html.Span("drag to certify", className="dim")]),
                    html.Button("sound on", id=SOUND, type="button", className="link-button board-sound"),
                ]
            ),
            blank(GRAPH),
            status_key.of_strip(),
        ],
        className="card-plain",
    )
    left = html.Div([strip_card, html.Div(id=RECENT)], className="board-left")
    right = html.Div([certify_panel.place(PANEL), html.Div(id=QUEUE), handover()], className="board-right")
    whole = html.Div(
        [
            html.Div(id=CURRENT),
            run_actions(),
            html.Div(id=TILES),
            html.Div([left, right], className="board-grid"),
        ],
        id=BOARD,
        className="stack board",
        hidden=True,
    )
    return html.Div(
        [html.Div([page_title("Board"), skeleton.cards(*_READING)], id=MISSING, className="stack"), whole],
        id=BODY,
        **attributes({"data-follows": ""}),
    )


def filled(
    views: Sequence[RunView],
    by: Author,
    *,
    is_past: bool,
    theme: Theme = "dark",
    look: strip_figure.Look = strip_figure.DESK,
) -> tuple[html.Section, html.Div, html.Section, run_page.Drawn]:
    """Return header, tiles and recent runs of the board, and the strip of the newest run.

    A wall is read from afar: its strip is large, and tells of no bit that is as it should be.
    """
    view = views[0]
    data = strip_rows.strip_data(view, by, is_past=is_past)
    online = replace(data, rows=tuple(row for row in data.rows if row.dataset == ONLINE))
    if look is strip_figure.WALL:
        online = replace(online, bits=tuple(bit for bit in data.bits if _is_told_on_a_wall(bit)))
    return (
        run_page.header(view),
        board.tiles(run_page.counts(view), href=f"/runs/{view.run.run_number}"),
        board.recent_runs([recent(v) for v in views]),
        run_page.drawn(view, online, by, is_past=is_past, theme=theme, look=look),
    )


def _is_told_on_a_wall(bit: StripRow) -> bool:
    return bool(bit.otherwise) or any(span.status != 1 for span in bit.spans)


def waits(waiting: Sequence[Waiting]) -> html.Section:
    """Return what needs a decision."""
    return board.queue([_decision(w) for w in waiting])


def _decision(one: Waiting) -> board.Decision:
    kind: Literal["open", "conflict", "late"] = (
        "late" if one.is_late else "conflict" if one.is_conflict else "open"
    )
    return board.Decision(one.run_number, one.column, one.what, one.reason, one.at_stake_invpb, kind)


def recent(view: RunView) -> board.RecentRun:
    """Return a run as one line."""
    return board.RecentRun(
        view.run.run_number,
        view.run.run_class,
        strip_rows.worst_spans(view),
        view.lumisections[-1].last if view.lumisections else 1,
        float(np.nansum(view.lumi.recorded_invpb)) if view.lumi else None,
        view.lumi.source if view.lumi else "no luminosity",
        view.run.state,
        view.run.replay,
    )
