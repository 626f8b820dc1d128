"""The board: fill it with the last run, the runs before it, and what waits for a person."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from components import board_page, shell, strip_figure
from components.certify_panel import held
from components.empty import empty, way
from components.markup import page_title
from identity import here
from identity.address import is_touched, place, theme, value
from model.queries.decisions import decisions
from model.queries.recent import recent_views
from model.registry import registry

RUNS = 9
_NOTHING = [
    page_title("Board"),
    empty(
        "No run yet",
        "Runs come from OMS or from files. “python -m ingest demo” loads a year to try everything on.",
        way("What the feeds say", "/health"),
    ),
]


@callback(
    Output(board_page.MISSING, "children"),
    Output(board_page.BOARD, "hidden"),
    Output(board_page.CURRENT, "children"),
    Output(board_page.TILES, "children"),
    Output(board_page.RECENT, "children"),
    Output(board_page.GRAPH, "figure"),
    Output(board_page.GRAPH, "style"),
    Output(board_page.PANEL, "children"),
    Output(held(board_page.PANEL), "data"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    Input(shell.FOLLOWED, "data"),
    State(held(board_page.PANEL), "data"),
    State(board_page.BOARD, "hidden"),
)
def fill_board(
    pathname: str, search: str | None, _version: Any, _followed: Any, drawn_for: str | None, is_hidden: bool
) -> tuple[Any, ...]:
    """Show the last run and what it needs."""
    if pathname != "/":
        return (no_update,) * 9
    with registry().reading() as connection:
        seen = place(connection, search)
        views = recent_views(connection, registry().views, RUNS, seen.at)
    if not views:
        return _NOTHING, True, *[no_update] * 7
    by = here.asker()
    look = strip_figure.look_for(is_wall=value(search, "wall") == "1", is_touched=is_touched())
    head, tiles, recent, strip = board_page.filled(views, by, is_past=seen.is_past, theme=theme(), look=look)
    panel = strip.panel if strip.panel_for != drawn_for else no_update
    shown = False if is_hidden else no_update
    return None, shown, head, tiles, recent, strip.figure, strip.style, panel, strip.panel_for


@callback(
    Output(board_page.QUEUE, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    Input(shell.CALM, "data"),
    Input(board_page.BOARD, "hidden"),
)
def fill_board_queue(
    pathname: str, search: str | None, _version: Any, _calm: Any, is_hidden: bool | None
) -> Any:
    """Show what waits for a person, after the board; it costs more than the rest, and may lag behind it."""
    if pathname != "/" or is_hidden:
        return no_update
    with registry().reading() as connection:
        at = place(connection, search).at
        known = registry().golden.frames.known
        # the same for everybody who looks, and what costs most of the board
        return board_page.waits(known.once("decisions", at, lambda: decisions(connection, at)))
