"""The run page: fill it for the run in the address, and draw the runs beside it before somebody goes there."""

from contextlib import suppress
from typing import Any

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update
from sqlalchemy import Connection

from components import run_page, shell, strip_figure, strip_rows
from components.certify_panel import held
from components.certify_panel import history as history_of
from components.empty import empty, way
from components.markup import page_title
from identity import here
from identity.address import Place, is_touched, place, run_of, theme
from model.errors import NotFound
from model.queries import run_views, runs
from model.queries.history import history
from model.registry import registry

Json = Any
_BESIDE = 2
_OUTPUTS = {
    "missing": Output(run_page.MISSING, "children"),
    "is_missing": Output(run_page.WHOLE, "hidden"),
    **{part: Output(*where) for part, where in run_page.PLACES.items()},
}


@callback(
    output=_OUTPUTS,
    inputs={
        "pathname": Input(shell.ADDRESS, "pathname"),
        "search": Input(shell.ADDRESS, "search"),
        "_version": Input(shell.VERSION, "data"),
        "_followed": Input(shell.FOLLOWED, "data"),
    },
    state={
        "drawn_for": State(held(run_page.PANEL), "data"),
        "shown": State(run_page.SHOWN, "data"),
    },
)
def fill_run(
    pathname: str, search: str | None, _version: Json, _followed: Json, drawn_for: str | None, shown: Json
) -> Json:
    """Show the run of the address as it is, or as it was; one that the browser had drawn ahead stays."""
    nothing, number = dict.fromkeys(_OUTPUTS, no_update), run_of(pathname)
    if "/runs/" not in (pathname or ""):
        return nothing
    with registry().reading() as connection:
        seen = place(connection, search)
        try:
            known = _known(connection, number or 0, seen)
            if shown == known and _has_walked():
                return nothing
            parts = _parts(connection, number or 0, seen, known)
        except NotFound as error:
            return {**nothing, "missing": _missing(str(error), number), "is_missing": True, "shown": None}
    if parts["held"] == drawn_for:
        parts["panel"] = no_update
    return {"missing": None, "is_missing": False, **parts}


def _has_walked() -> bool:
    return set(ctx.triggered_prop_ids) == {f"{shell.ADDRESS}.pathname"}


def _missing(sentence: str, number: int | None) -> list[Any]:
    words = sentence if number is not None else "A run's address ends in its number."
    return [page_title("Run"), empty("No such run", words, way("All runs", "/runs"))]


def _known(connection: Connection, number: int, seen: Place) -> list[Any]:
    """Return what a drawn run is known by: where this is the same, so is all that is drawn."""
    by, beside = here.asker(), runs.neighbours(connection, number, seen.at)
    what = run_views.version(connection, number, seen.at)
    return [number, *what, *beside, seen.words, by.name, *sorted(by.groups), theme(), is_touched()]


def _parts(connection: Connection, number: int, seen: Place, known: list[Any]) -> dict[str, Any]:
    by = here.asker()
    view = registry().views.view(connection, number, seen.at)
    happened = history(connection, number, seen.at)
    data = strip_rows.strip_data(view, by, is_past=seen.is_past)
    look = strip_figure.look_for(is_touched=is_touched())
    strip = run_page.drawn(view, data, by, is_past=seen.is_past, theme=theme(), look=look)
    return {
        "head": run_page.header(view),
        "names": run_page.names(view),
        "figure": strip.figure,
        "style": strip.style,
        "past": history_of(run_page.steps(happened, by), seen.at),
        "panel": strip.panel,
        # what the panel says of one run is nothing that it says of the next
        "held": f"{number} {strip.panel_for}",
        "shown": known,
    }


@callback(Output(run_page.AHEAD, "data"), Input(run_page.WANTED, "data"), prevent_initial_call=True)
def draw_ahead(wanted: Json) -> Json:
    """Draw the runs that one may go to next; of those that the browser has, what is another by now."""
    if not wanted:
        return no_update
    drawn: Json = {}
    with registry().reading() as connection:
        now = place(connection, None)
        for path, has in list(wanted.items())[:_BESIDE]:
            # one that is not there says so when somebody comes to it
            with suppress(NotFound):
                number = run_of(path) or 0
                known = _known(connection, number, now)
                if has != known:
                    drawn[path] = run_page.placed(_parts(connection, number, now, known))
    return {"sequence": now.at, "of": [*wanted], "runs": drawn}


clientside_callback(
    ClientsideFunction("rrRunAhead", "want"), Input(run_page.SHOWN, "data"), prevent_initial_call=True
)

clientside_callback(
    ClientsideFunction("rrRunAhead", "take"), Input(run_page.AHEAD, "data"), prevent_initial_call=True
)
