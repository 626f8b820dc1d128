"""Trends: the address is the whole state; what a hand picks goes into it, and every plot follows."""

from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import Input, Output, State, callback, ctx, no_update
from sqlalchemy import Connection

from callbacks.trends_address import read
from components import shell, trends_bars, trends_figures, trends_runs
from components import trends_page as page
from components.trends_address import KNOWN, PICKS, Shown
from identity.address import place, theme
from model.accounting.flow import Flow, side_by_side
from model.accounting.parts import Of
from model.errors import Invalid, RunRegistryError
from model.registry import registry
from model.trends.question import View
from model.trends.trends import Trends, trends

Json = Any
_PLACES = {
    "head": Output(page.HEAD, "children"),
    "whole": Output(page.WHOLE, "className"),
    "chosen": Output(page.CHOSEN, "data"),
    "good": Output(page.GOOD, "figure"),
    "flow": Output(page.FLOW, "figure"),
    "good_note": Output(page.GOOD_NOTE, "children"),
    "flow_note": Output(page.FLOW_NOTE, "children"),
    "losses_note": Output(page.LOSSES_NOTE, "children"),
    "latency_note": Output(page.LATENCY_NOTE, "children"),
    "outliers": Output(page.OUTLIERS, "children"),
    "losses": Output(page.LOSSES, "children"),
    "causes": Output(page.CAUSES, "children"),
    "latency": Output(page.LATENCY, "children"),
    "voices": Output(page.VOICES, "children"),
    "agreement": Output(page.AGREEMENT, "children"),
    "opened": Output(page.OPENED, "children"),
    "sources": Output(page.SOURCES, "children"),
}


@callback(
    output=_PLACES,
    inputs={
        "pathname": Input(shell.ADDRESS, "pathname"),
        "search": Input(shell.ADDRESS, "search"),
        "_version": Input(shell.VERSION, "data"),
    },
)
def fill_trends(pathname: str, search: str | None, _version: Json) -> Json:
    """Show the trends that the address asks for."""
    if pathname != "/trends":
        return dict.fromkeys(_PLACES, no_update)
    with registry().reading() as connection:
        shown, view, refusal = read(connection, search, place(connection, search))
        found: Trends | None = None
        sides: dict[str, Flow] = {}
        if view is not None:
            shown, found, sides, refusal = _found(connection, shown, view)
    if found is None:
        return _refused(shown, refusal)
    table = trends_runs.sources(sides, found.flow.source)
    file = trends_runs.csv(found, "luminosity", by=found.view.by.value)
    return {**_drawn(shown, found), "sources": [table, file]}


def _found(
    connection: Connection, shown: Shown, view: View
) -> tuple[Shown, Trends | None, dict[str, Flow], str]:
    """Return the plots, or the sentence that says why there are none."""
    store = registry().golden.frames
    try:
        try:
            found = trends(connection, store, view)
        except Invalid as error:
            # a bar that this rule does not have is no reason to show nothing
            shown, view = _without_picks(shown, view, str(error))
            found = trends(connection, store, view)
        several = len(shown.sources) > 1
        sides = side_by_side(connection, store, view.question) if several else {found.flow.source: found.flow}
    except RunRegistryError as error:
        return shown, None, {}, str(error)
    return shown, found, sides, ""


def _without_picks(shown: Shown, view: View, why: str) -> tuple[Shown, View]:
    kept = {name: said for name, said in shown.kept.items() if name not in ("lost", "cause", "time")}
    pick = view.pick.runs_alone()
    return shown.noted(kept, f"{why} What was picked was dropped."), view.picking(pick)


def _drawn(shown: Shown, found: Trends) -> dict[str, Json]:
    view, pick, name = found.view, found.view.pick, theme()

    leads = partial(trends_runs.certifying, shown, found)

    def bar(word: str) -> Any:
        return lambda chosen: shown.href(**{word: chosen})

    return {
        "head": page.head(shown, found),
        "whole": "trends-grid",
        "chosen": dict(shown.chosen),
        "good": trends_figures.good(found, name),
        "flow": trends_figures.flow(found, name),
        "good_note": page.good_note(found),
        "flow_note": page.flow_note(found),
        "losses_note": page.losses_note(found),
        "latency_note": page.latency_note(found),
        "outliers": page.outliers(shown, found),
        "losses": [
            trends_bars.of_losses(found.losses, bar("lost"), pick.part, view.how),
            trends_runs.csv(found, "losses", of=view.of.value),
        ],
        "causes": [
            trends_bars.of_losses(found.causes, bar("cause"), pick.cause, view.how),
            trends_runs.csv(found, "losses", of=Of.CAUSE.value),
        ],
        "latency": trends_bars.of_latency(found.latency, bar("time"), pick.latency),
        "voices": trends_bars.of_voices(found.voices, leads),
        "agreement": trends_bars.of_agreement(found, leads),
        "opened": trends_runs.opened(shown, found),
    }


def _refused(shown: Shown, refusal: str) -> dict[str, Json]:
    head = [*page.head(shown, None), page.nothing(refusal)]
    here = {"head": head, "whole": "trends-grid is-empty", "chosen": dict(shown.chosen)}
    return {**dict.fromkeys(_PLACES, no_update), **here}


@callback(
    Output(shell.ADDRESS, "search", allow_duplicate=True),
    *(Input(control, "value") for control in page.CONTROLS),
    State(page.CHOSEN, "data"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def choose_trends(*given: Any) -> Any:
    """Put into the address what a hand chose."""
    *values, chosen, search = given
    said = dict(zip(page.CONTROLS, values, strict=True))
    changed = ctx.triggered_id
    if changed not in said or not chosen or said[changed] == chosen.get(changed):
        return no_update
    word = changed.removeprefix("trends-")
    # what was picked means something else among other runs, and other bars have other names
    besides = {page.ERA: PICKS, page.RUNS: PICKS, page.RULE: PICKS, page.OF: ("lost",)}
    return _address(
        search, {**dict.fromkeys(besides.get(changed, ()), ""), word: (said[changed] or "").strip()}
    )


@callback(
    Output(shell.ADDRESS, "search", allow_duplicate=True),
    Input(page.GOOD, "selectedData"),
    Input(page.GOOD, "clickData"),
    Input(page.FLOW, "clickData"),
    State(shell.ADDRESS, "pathname"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def brush_trends(brushed: Json, pressed: Json, of_flow: Json, pathname: str, search: str | None) -> Any:
    """Let a brush over points, or a press on one, pick their runs."""
    given = {
        page.GOOD: brushed if ctx.triggered_prop_ids == {f"{page.GOOD}.selectedData": page.GOOD} else pressed
    }
    points = {**given, page.FLOW: of_flow}.get(ctx.triggered_id or "")
    span = _span(points)
    before = parse_qs((search or "").lstrip("?")).get("brush", [""])[0]
    if pathname != "/trends" or not span:
        return no_update
    return _address(search, {"brush": "" if span == before else span})


def _span(points: Json) -> str:
    """Return first and last run of some points; empty where a browser sent none."""
    held = points.get("points") if isinstance(points, dict) else None
    data = [each.get("customdata") for each in held or [] if isinstance(each, dict)]
    runs = [n for each in data if isinstance(each, list) for n in each[:2] if type(n) is int]
    return trends_runs.span(min(runs), max(runs)) if runs else ""


def _address(search: str | None, changes: dict[str, str]) -> str:
    kept = {name: said[0] for name, said in parse_qs((search or "").lstrip("?")).items() if name in KNOWN}
    words = {name: said for name, said in {**kept, **changes}.items() if said}
    return f"?{urlencode(words)}" if words else ""
