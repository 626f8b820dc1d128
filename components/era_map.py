"""`/map`: an era as one picture, what its colours mean, and what was picked on it."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import skeleton
from components.empty import empty, way
from components.era_map_legend import View
from components.markup import attributes, labelled, page_title
from model.era_map.era_map import EraMap
from model.era_map.picked import Picked
from model.era_map.question import Tells
from model.vocabulary import BITS, Stage

HEAD = "era-map-head"
PLACE = "era-map-place"
LEGEND = "era-map-legend"
PICTURE = "era-map-picture"
CHOSEN = "era-map-chosen"
PICKED = "era-map-picked"
WORTH = "era-map-worth"
ERA, RUNS, COLOUR = "era-map-era", "era-map-runs", "era-map-colour"
EVERY_ERA = "all"
_STAGES = {Stage.ONLINE: "Online", Stage.EXPRESS: "Express", Stage.PROMPT: "Prompt", Stage.RERECO: "ReReco"}


def era_map_body() -> html.Div:
    """Return the page; callbacks fill head, legend and picture."""
    words = {
        "aria-label": "era map: runs in rows, lumisections across; arrows move, Shift extends, Enter certifies",
        "aria-roledescription": "map",
        "aria-describedby": "era-map-says",
    }
    place = html.Div(
        [html.Canvas(id="era-map-image"), html.Canvas(id="era-map-hand"), html.Div(id="era-map-tip")],
        id=PLACE,
        tabIndex=0,
        role="application",
        **attributes(words),
    )
    return html.Div(
        [
            page_title("Era map"),
            *(dcc.Store(id=name) for name in (PICTURE, CHOSEN, PICKED)),
            html.Div(_controls([], []), id=HEAD, className="era-map-head"),
            skeleton.cards((560, (3, 1))),
            html.Div(
                [
                    html.Section([place, _keys()], className="card-plain era-map-left"),
                    html.Aside([_panel(), html.Div(id=LEGEND)], className="card-plain era-map-side"),
                ],
                id="era-map-body",
                className="era-map-body",
                hidden=True,
            ),
        ],
        className="stack era-map",
    )


def _keys() -> html.Div:
    keys = (("drag", "pick"), ("← → ↑ ↓", "move"), ("Alt ← →", "next change"), ("Shift", "extend"))
    more = (("Home End PgUp PgDn", "jump"), ("Enter", "certify"), ("Esc", "let go"))
    said = [html.Span([html.Kbd(key), f" {what}"]) for key, what in (*keys, *more)]
    return html.Div(said, className="era-map-keys dim")


def _panel() -> html.Div:
    says = html.Div(id="era-map-says", className="visually-hidden", **attributes({"aria-live": "polite"}))
    return html.Div(
        [
            html.H2("Picked"),
            html.Div("Nothing yet: drag over the map.", id="era-map-words"),
            html.Div(id=WORTH, className="num", **attributes({"aria-live": "polite"})),
            html.Ul(id="era-map-counts"),
            html.Div(
                [
                    html.A("Certify", id="era-map-certify", className="button is-primary"),
                    html.A("Open the run", id="era-map-run", className="button"),
                    html.A("Trends", id="era-map-trends", className="button"),
                    html.A("Only these runs", id="era-map-only", className="button"),
                ],
                id="era-map-actions",
                className="era-map-actions",
                hidden=True,
            ),
            says,
        ],
        className="era-map-panel",
    )


def head(view: View, found: EraMap) -> list[Any]:
    """Return stage tabs, the controls, and what has to be said before one looks."""
    tabs = [
        dcc.Link(
            label,
            href=_address(view, stage=stage.value, era="", column="", runs=""),
            className=_tab(view, stage),
        )
        for stage, label in _STAGES.items()
    ]
    options = [{"label": "every era", "value": EVERY_ERA}]
    options += [{"label": f"{era} · {many:,}", "value": era} for era, many in view.eras.items() if era]
    return [
        html.Nav(tabs, className="certify-tabs", **attributes({"aria-label": "stages"})),
        _controls(options, _colours(view), chosen_of(view)),
        _axis(view, found),
        _said(_notes(view, found)),
        None if found.lengths else _why_empty(view),
    ]


def _controls(eras: Any, colours: Any, chosen: Mapping[str, str] | None = None) -> html.Div:
    """Return the controls; before a callback has filled them they offer nothing."""
    now = chosen or dict.fromkeys((ERA, RUNS, COLOUR), "")
    runs = dbc.Input(
        id=RUNS, value=now[RUNS], size="sm", debounce=True, placeholder="379415-380000", type="text"
    )
    era = dbc.Select(id=ERA, options=eras, value=now[ERA], size="sm")
    colour = dbc.Select(id=COLOUR, options=colours, value=now[COLOUR], size="sm")
    named = (("Era", era), ("Runs", runs), ("Colour", colour))
    return html.Div([labelled(label, control) for label, control in named], className="era-map-controls")


def _said(notes: Sequence[Any]) -> Any:
    told = html.Ul([html.Li(note) for note in notes], className="notice is-late")
    return html.Div(told, role="status") if notes else None


def chosen_of(view: View) -> dict[str, str]:
    """Return what the controls show, by their id."""
    asked = view.question
    spans = [str(n) for n in (asked.first_run, asked.last_run) if n is not None]
    colour = {Tells.WORST: f"worst {asked.workspace}", Tells.GOLDEN: "golden"}
    named = colour.get(asked.tells, f"{asked.tells.value} {asked.name}")
    return {ERA: asked.era or EVERY_ERA, RUNS: "-".join(dict.fromkeys(spans)), COLOUR: named}


def _tab(view: View, stage: Stage) -> str:
    return "is-active" if view.question.stage is stage else "tab-link"


def _colours(view: View) -> list[dict[str, Any]]:
    columns = [colour for colour in view.colours if colour.startswith("column ")]
    worst = [colour for colour in view.colours if colour.startswith("worst ")]
    found: list[dict[str, Any]] = [{"label": f"worst of {c.split()[1]}", "value": c} for c in worst]
    found.append({"label": "why not golden", "value": "golden"})
    found += [{"label": c.split()[1], "value": c} for c in columns]
    return found + [{"label": f"bit {bit}", "value": f"bit {bit}"} for bit in BITS]


def _address(view: View, **changes: str) -> str:
    kept = {k: v for k, v in {**view.search, **changes}.items() if v}
    return f"/map?{urlencode(kept)}" if kept else "/map"


def _axis(view: View, found: EraMap) -> Any:
    if found.longest <= found.usual_last:
        return None
    cut = sum(length > found.usual_last for length in found.lengths)
    if view.shows_all:
        return dcc.Link(f"axis to LS {found.usual_last:,}", href=_address(view, axis=""), className="button")
    said = f"{cut:,} of {len(found.lengths):,} rows go on beyond LS {found.usual_last:,}, to {found.longest:,}."
    return html.Span(
        [said, " ", dcc.Link("show all", href=_address(view, axis="all"), className="link-button")]
    )


def _notes(view: View, found: EraMap) -> list[Any]:
    notes: list[Any] = list(view.notes)
    if found.left_out:
        which = "1 older dataset has" if found.left_out == 1 else f"{found.left_out:,} older datasets have"
        said = f"{which} no room here: choose an era or a range of runs."
        older = f"{view.question.first_run or 1}-{found.newest_left_out}"
        there = _address(view, runs=older, selected="", ls="")
        notes.append([said, dcc.Link("show them", href=there, className="link-button")])
    if found.rule and not found.is_read_by_rule:
        notes.append(f"As if {found.rule} read these datasets; it does not read all of them.")
    if found.lengths and not found.has_luminosity:
        notes.append(f"No luminosity of these runs has come from {found.source}.")
    if len(set(found.run_numbers)) < len(found.run_numbers):
        notes.append("Some runs stand here with several datasets; the legend counts each row.")
    return notes


def _why_empty(view: View) -> html.Div:
    asked = view.question
    if asked.tells is Tells.GOLDEN:
        return empty(
            "No map", "Nobody had kept a golden rule, or no dataset was chosen.", way("To the rules", "/rules")
        )
    which = " ".join(filter(None, (asked.stage.value, "datasets", f"of {asked.era}" if asked.era else "")))
    sentence = f"There are no {which} that fit, or {asked.workspace} certifies nothing there."
    return empty("No map", f"{sentence} Choose another stage or era above.", way("The last era", "/map"))


def worth(found: Picked, asked: str) -> html.Span:
    """Return the luminosity of what was picked; `asked` tells the browser which pick that was."""
    about = attributes({"data-for": asked})
    if not found.with_luminosity:
        return html.Span("no luminosity", className="dim", **about)
    title = f"recorded luminosity, {found.source}, of {found.with_luminosity} of {found.runs} runs"
    return html.Span([html.B(f"{found.recorded_invpb:,.2f} pb⁻¹"), " recorded"], title=title, **about)
