"""The run page, drawn from what the model says of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from dash import dcc, html

from components import certify_panel, late_change, skeleton, status_key, strip_figure
from components.lumisection_strip import StripData, blank, tall
from components.markup import attributes, page_title
from components.run_actions import run_actions
from components.run_header import Completeness, Fact, outside_link, run_header
from components.theme import Theme
from model.authors import Author
from model.queries.history import Happening
from model.queries.run_view import RunView
from model.ranges import count
from model.rights import Action, may, why_not
from model.vocabulary import ONLINE, Status, workspace_of

BODY = "run-body"
MISSING = "run-missing"
WHOLE = "run-whole"
HEAD = "run-head"
NAMES = "run-names"
GRAPH = "run-graph"
PANEL = "run-panel"
PAST = "run-past"
#: what is shown, as the server knows it again: run, its version, for whom
SHOWN = "run-shown"
#: runs beside it that the browser wants before somebody goes there, and those, drawn
WANTED = "run-wanted"
AHEAD = "run-ahead"
#: where each part of a run stands
PLACES = {
    "head": (HEAD, "children"),
    "names": (NAMES, "children"),
    "figure": (GRAPH, "figure"),
    "style": (GRAPH, "style"),
    "past": (PAST, "children"),
    "panel": (PANEL, "children"),
    "held": (certify_panel.held(PANEL), "data"),
    "shown": (SHOWN, "data"),
}

#: header, acts, strip and panel while the run is being read
_READING = ((74, (1,)), (62, (1,)), (720, (3, 1)))


def run_body() -> html.Div:
    """Return the page of a run with nothing in it yet; a callback fills its parts."""
    left = html.Section(
        [
            html.H2(["Lumisections ", html.Span(id=NAMES, className="dim")]),
            blank(GRAPH),
            status_key.of_strip(),
            html.P(
                "Verdicts of the demo year are illustrative; runs, lumisections, bits, luminosities are OMS's.",
                className="dim",
            ),
        ],
        className="card-plain",
    )
    past = html.Section(id=PAST, className="card-plain run-past")
    right = html.Div([certify_panel.place(PANEL), past], className="run-right")
    whole = [
        html.Div(id=HEAD),
        run_actions(),
        late_change.card(),
        html.Div([left, right], className="run-grid"),
    ]
    return html.Div(
        [
            *(dcc.Store(id=name) for name in (SHOWN, WANTED, AHEAD)),
            html.Div([page_title("Run"), skeleton.cards(*_READING)], id=MISSING, className="stack"),
            html.Div(whole, id=WHOLE, className="stack", hidden=True),
        ],
        id=BODY,
        **attributes({"data-follows": ""}),
    )


@dataclass(frozen=True)
class Drawn:
    """A run's strip as its graph takes it, and the panel beside it; `panel_for` says for whom it was drawn."""

    figure: Any
    style: dict[str, str]
    panel: html.Aside
    panel_for: str


def drawn(
    view: RunView,
    data: StripData,
    by: Author,
    *,
    is_past: bool,
    theme: Theme,
    look: strip_figure.Look = strip_figure.DESK,
) -> Drawn:
    """Return the strip of a run, and its panel."""
    editable = any(row.editable for row in data.rows)
    reason = "" if editable else _why_closed(view, by, is_past=is_past)
    return Drawn(
        strip_figure.figure(data, theme, look),
        tall(strip_figure.height_px(data, look)),
        certify_panel.panel(is_editor=editable, reason=reason),
        f"{by.name}: {reason}",
    )


def placed(parts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the parts of a run as the browser puts them, place by place: {"id", "props"}."""
    found: dict[str, dict[str, Any]] = {}
    for part, (name, prop) in PLACES.items():
        found.setdefault(name, {})[prop] = parts[part]
    return [{"id": name, "props": props} for name, props in found.items()]


def names(view: RunView) -> str:
    """Return which stages of a run the strip shows."""
    return f"{' · '.join(d.stage.value for d in view.datasets)} · drag to certify"


def facts(view: RunView) -> list[Fact]:
    """Return the facts of a run with their sources; assumed ones are marked."""
    run, total = view.run, view.lumi
    recorded_invpb = float(np.nansum(total.recorded_invpb)) if total else None
    delivered_invpb = float(np.nansum(total.delivered_invpb)) if total else None
    source = f"recorded / delivered, {total.source}" if total else "no luminosity"
    both = "–" if recorded_invpb is None else f"{recorded_invpb:,.1f} / {delivered_invpb:,.1f}"
    found = [
        Fact("fill", str(run.fill_number or "–"), source=f"OMS, era {run.era or 'unknown'}"),
        Fact("class", run.run_class or "–", source="the registry's class rule"),
        Fact(
            "started",
            str(run.upstream.get("start_time", "–"))[:16].replace("T", " "),
            "UTC",
            "OMS",
            "start_time" in run.assumed,
        ),
        Fact(
            "energy · field",
            f"{_number(run.upstream.get('energy'))} GeV · {_number(run.upstream.get('b_field'))} T",
            "",
            run.replay or "energy, field, tracker and pixel inclusion are not public for 2024",
            bool(run.replay or run.assumed & {"energy", "b_field"}),
        ),
        Fact("lumisections", f"{count(view.lumisections):,}", source="OMS"),
        Fact("recorded / delivered", both, "pb⁻¹", source),
    ]
    if recorded_invpb and delivered_invpb:
        found.append(Fact("efficiency", f"{recorded_invpb / delivered_invpb:.1%}", source=source))
    return found


def _number(value: Any) -> str:
    """Return a number without needless zeros, and a dash where nobody said one."""
    return f"{value:.10g}" if isinstance(value, int | float) else str(value or "–")


def header(view: RunView, *, as_of: str = "") -> html.Section:
    """Return the header of a run."""
    number = view.run.run_number
    n_lumi = int(np.count_nonzero(~np.isnan(view.lumi.recorded_invpb))) if view.lumi else 0
    known = count(view.lumisections)
    links = [
        outside_link("OMS", f"https://cmsoms.cern.ch/cms/runs/report?cms_run={number}"),
        outside_link("DQM GUI", f"https://cmsweb.cern.ch/dqm/offline/start?runnr={number}"),
    ]
    return run_header(
        number,
        facts(view),
        replay=view.run.replay,
        state_name=view.run.state,
        counts=None if known == n_lumi else Completeness(known, known, n_lumi),
        previous_run=view.before,
        next_run=view.after,
        actions=links,
    )


def steps(happened: Sequence[Happening], by: Author) -> list[certify_panel.Step]:
    """Return a history as the panel shows it."""
    return [
        certify_panel.Step(h.action, h.at, h.author, h.what, h.comment, h.is_undoable and bool(by.groups))
        for h in happened
    ]


def counts(view: RunView, dataset: str = ONLINE) -> dict[str, dict[Status, int]]:
    """Return how many lumisections have each status, per column; what nobody decided is EMPTY."""
    total = count(view.lumisections)
    found = {}
    for column, said in view.verdicts[dataset].items():
        n: dict[Status, int] = {}
        for v in said:
            n[v.status] = n.get(v.status, 0) + v.span.last - v.span.first + 1
        if (rest := total - sum(n.values())) > 0:
            n[Status.EMPTY] = rest
        found[column] = n
    return found


def _why_closed(view: RunView, by: Author, *, is_past: bool) -> str:
    if is_past:
        return "This is the registry as it was: the past cannot be edited."
    rights = [
        (Action.EDIT_ONLINE if d.name == ONLINE else Action.EDIT_OFFLINE, workspace_of(column))
        for d in view.datasets
        for column in view.verdicts[d.name]
    ]
    if rights and not any(may(by, *right) for right in rights):
        return f"{why_not(by, rights[0][0])} You may look."
    states = ", ".join(
        f"{d.stage.value} {'/'.join(sorted({*d.states.values()} or {d.run_state}))}" for d in view.datasets
    )
    return f"Nothing here is OPEN for {by.full_name or by.name} ({states})."
