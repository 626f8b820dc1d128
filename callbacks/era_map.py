"""The era map: read its address, fill the picture, weigh what was picked."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update
from sqlalchemy import Connection

from components import era_map as page
from components import era_map_legend, shell
from components.era_map_legend import View
from identity.address import place
from model.era_map.era_map import EraMap, era_map
from model.era_map.picked import picked
from model.era_map.question import Question, Tells, eras
from model.errors import Invalid
from model.grid.grid import columns_of
from model.queries import datasets
from model.ranges import LumisectionRange
from model.registry import registry
from model.spans import LUMISECTIONS, RUNS, span
from model.vocabulary import BITS, GLOBAL, ONLINE, Stage, workspace_of

Json = Any
_KNOWN = ("era", "runs", "stage", "workspace", "column", "bit", "show", "axis", "selected", "ls", "as_of")


@callback(
    Output(page.HEAD, "children"),
    Output(page.LEGEND, "children"),
    Output(page.PICTURE, "data"),
    Output(page.CHOSEN, "data"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_map(pathname: str, search: str | None, _version: Json) -> tuple[Json, Json, Json, Json]:
    """Show the lumisections of an era as one picture."""
    if pathname != "/map":
        return no_update, no_update, no_update, no_update
    with registry().reading() as connection:
        view = view_of(connection, search)
        found = era_map(connection, registry().golden, view.question)
    view = _with_pick(view, found)
    return (
        page.head(view, found),
        era_map_legend.legend(view, found),
        era_map_legend.picture(view, found),
        page.chosen_of(view),
    )


clientside_callback(
    ClientsideFunction("rrEraMap", "take"), Input(page.PICTURE, "data"), prevent_initial_call=True
)


@callback(
    Output(shell.ADDRESS, "search", allow_duplicate=True),
    Input(page.ERA, "value"),
    Input(page.RUNS, "value"),
    Input(page.COLOUR, "value"),
    State(page.CHOSEN, "data"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def choose_map(era: str, runs: str | None, colour: str, chosen: Json, search: str | None) -> Any:
    """Put into the address what a hand chose."""
    said = {page.ERA: era, page.RUNS: (runs or "").strip(), page.COLOUR: colour}
    changed = ctx.triggered_id
    if changed not in said or not chosen or said[changed] == chosen[changed]:
        return no_update
    kept = {**_first(search), "selected": "", "ls": "", **_said(changed, said[changed])}
    return f"?{urlencode({name: each for name, each in kept.items() if each})}"


@callback(
    Output(page.WORTH, "children"),
    Input(page.PICKED, "data"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def weigh_picked(asked: Json, search: str | None) -> Any:
    """Tell the luminosity of what was picked."""
    if not (found := _picked(asked)):
        return None
    with registry().reading() as connection:
        worth = picked(connection, view_of(connection, search).question, *found)
    return page.worth(worth, "-".join(map(str, (*found[0], *found[1]))))


def _picked(asked: Json) -> tuple[tuple[int, int], LumisectionRange] | None:
    """Return runs and lumisections that make sense; a browser may send anything."""
    names = ("first_run", "last_run", "first", "last")
    if not isinstance(asked, dict) or any(type(asked.get(name)) is not int for name in names):
        return None
    first_run, last_run, first, last = (asked[name] for name in names)
    if not (0 < first_run <= last_run < 10**9 and 0 < first <= last < 10**9):
        return None
    return (first_run, last_run), LumisectionRange(first, last)


def _said(control: str, said: str) -> dict[str, str]:
    if control == page.ERA:
        return {"era": said, "runs": ""}
    if control == page.RUNS:
        return {"runs": said, "era": ""}
    tells, _, name = said.partition(" ")
    nothing = {"workspace": "", "column": "", "bit": "", "show": ""}
    if tells == Tells.GOLDEN:
        return {**nothing, "show": "golden"}
    return {**nothing, {"worst": "workspace"}.get(tells, tells): name}


def _first(search: str | None) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs((search or "").lstrip("?")).items()}


def view_of(connection: Connection, search: str | None) -> View:
    said, seen = _first(search), place(connection, search)
    notes = list(_strange(search))
    stage = _stage(said, notes)
    known = eras(connection, stage, seen.at)
    first, last = _runs(said, "runs", notes)
    era = _era(said, known, notes, has_runs=first is not None)
    all_columns = datasets.columns(connection, ONLINE if stage is Stage.ONLINE else "offline", seen.at)
    owners = dict.fromkeys((GLOBAL, *map(workspace_of, all_columns)))
    workspaces = [w for w in owners if columns_of(connection, w, stage, seen.at)]
    tells, name = _tells(said, all_columns, notes)
    workspace = said.get("workspace", "")
    if workspace and workspace not in workspaces:
        notes.append(f"“{workspace}” is no workspace with columns of {stage.value} datasets and was dropped.")
        workspace = ""
    workspace = workspace or (workspace_of(name) if tells is Tells.COLUMN else GLOBAL)
    asked = Question(seen.at, stage, era, first, last, tells, name, workspace)
    colours = (*(f"worst {w}" for w in workspaces), *(f"column {c}" for c in all_columns))
    if said.get("axis", "all") != "all":
        notes.append(f"“{said['axis']}” is no axis (all is one) and was dropped.")
    return View(asked, said, known, colours, said.get("axis") == "all", notes)


def _strange(search: str | None) -> Iterator[str]:
    for name, values in parse_qs((search or "").lstrip("?")).items():
        if name not in _KNOWN:
            yield f"“{name[:40]}” means nothing on this page and was dropped."
        elif len(values) > 1:
            yield f"“{name}” was said {len(values)} times; the first one counts, the others were dropped."


def _stage(said: Mapping[str, str], notes: list[str]) -> Stage:
    stage = said.get("stage", Stage.PROMPT.value)
    if stage in set(Stage):
        return Stage(stage)
    notes.append(f"“{stage[:40]}” is no stage and was dropped; {', '.join(Stage)} are.")
    return Stage.PROMPT


def _runs(said: Mapping[str, str], name: str, notes: list[str]) -> tuple[int | None, int | None]:
    try:
        return span(said.get(name, ""), LUMISECTIONS if name == "ls" else RUNS) or (None, None)
    except Invalid as error:
        notes.append(f"{name}: {error} It was dropped.")
        return None, None


def _era(said: Mapping[str, str], known: Mapping[str, int], notes: list[str], *, has_runs: bool) -> str:
    era = said.get("era", "")
    if era in known or era == page.EVERY_ERA:
        return "" if era == page.EVERY_ERA else era
    if era:
        notes.append(f"“{era[:40]}” is no era of these datasets and was dropped.")
    # the newest one, unless a range of runs says where to look
    return "" if has_runs else next(iter(known), "")


def _tells(said: Mapping[str, str], columns: tuple[str, ...], notes: list[str]) -> tuple[Tells, str]:
    offered = {"column": (Tells.COLUMN, columns), "bit": (Tells.BIT, BITS), "show": (Tells.GOLDEN, ("golden",))}
    found: list[tuple[Tells, str]] = []
    for key, (tells, known) in offered.items():
        name = said.get(key, "")
        if name in known and not found:
            found.append((tells, "" if tells is Tells.GOLDEN else name))
        elif name in known:
            notes.append(f"{key}={name} was dropped: the map shows {found[0][1] or 'golden'}.")
        elif name:
            notes.append(f"“{name[:40]}” is no {key} of these datasets and was dropped.")
    return found[0] if found else (Tells.WORST, "")


def _with_pick(view: View, found: EraMap) -> View:
    notes = list(view.notes)
    first, last = _runs(view.search, "selected", notes)
    _runs(view.search, "ls", notes)
    if first is not None and last is not None and not any(first <= n <= last for n in found.run_numbers):
        notes.append(f"No run of {first}-{last} is on this map: the selection was dropped.")
    return View(view.question, view.search, view.eras, view.colours, view.shows_all, notes)
