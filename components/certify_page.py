"""`/certify/<workspace>`: tabs of workspaces and stages, the grid, and the panel beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from dash import dcc, html

from components import certify_grid, certify_panel, filter_builder, status_key
from components.glossary import known
from components.markup import attributes, page_title
from model.vocabulary import GLOBAL, Level, Stage

WORKSPACES = "certify-workspaces"
HEAD = "certify-head"
_STAGES = {Stage.EXPRESS: "Express", Stage.PROMPT: "Prompt", Stage.RERECO: "ReReco"}
_LEVELS = (Level.DPG, Level.POG, Level.PAG, Level.COORDINATION)
#: filters of the address that say more than their name
_CHIPS = {"hidden": "hidden ones", "ls": "edits only LS"}


@dataclass(frozen=True)
class Head:
    """What stands above the grid: which one it is, how much of it, and how far it is."""

    workspace: str
    stage: Stage
    kept: Mapping[str, str]
    datasets: int
    recorded_invpb: float
    undecided: int
    states: Mapping[str, int]
    cycles: Sequence[str] = ()
    notes: Sequence[str] = ()


def certify_body() -> html.Div:
    """Return the page; callbacks fill tabs, head and grid."""
    left = html.Section(
        [certify_grid.grid(), status_key.of_grid(), certify_grid.keys()],
        className="card-plain certify-left",
    )
    return html.Div(
        [
            page_title("Certify"),
            html.Nav(id=WORKSPACES, className="certify-tabs waits", **attributes({"aria-label": "workspaces"})),
            html.Div(id=HEAD, className="certify-head waits"),
            filter_builder.bar(),
            html.Div([left, certify_panel.panel(more=certify_grid.tasks())], className="certify-body"),
        ],
        className="stack certify-page",
    )


def workspaces(levels: Mapping[str, Level], here: str, mine: Sequence[str], search: str) -> list[Any]:
    """Return the workspaces by level, the reader's own marked; `global` has the columns of all."""
    found: list[Any] = [_tab(GLOBAL, here, mine, search)]
    for level in _LEVELS:
        of_level = [name for name, its in levels.items() if its is level and name != GLOBAL]
        if of_level:
            found.append(html.Span(known(level.value), className="certify-level dim"))
            found += [_tab(name, here, mine, search) for name in of_level]
    return found


def _tab(name: str, here: str, mine: Sequence[str], search: str) -> dcc.Link:
    look = " ".join(word for word, is_so in (("is-active", name == here), ("is-mine", name in mine)) if is_so)
    title = "yours to certify" if name in mine else "you may look"
    return dcc.Link(name, href=f"/certify/{name}{search}", className=look or "tab-link", title=title)


def head(found: Head) -> list[Any]:
    """Return stage tabs, cycle, progress and totals."""
    stages = [
        dcc.Link(
            label,
            href=_address(found, {**found.kept, "stage": stage.value}),
            className="is-active" if stage is found.stage else "tab-link",
        )
        for stage, label in _STAGES.items()
    ]
    chips = [
        dcc.Link(
            [f"{_CHIPS.get(name, name)} {'' if name == 'hidden' else value} ", html.Span("✕")],
            href=_address(found, {k: v for k, v in found.kept.items() if k != name}),
            className="chip",
            title=f"take {name} away",
        )
        for name, value in found.kept.items()
        if name not in ("stage", "where", "sort")
    ]
    cycles = [
        dcc.Link(name, href=_address(found, {**found.kept, "cycle": name}), className="chip")
        for name in found.cycles
        if found.kept.get("cycle") != name
    ]
    return [
        html.Nav(stages, className="certify-tabs", **attributes({"aria-label": "stages"})),
        html.Div([*chips, *cycles, *_hidden(found)], className="chips"),
        *_onward(found),
        dcc.Link("accepted datasets, programs", href="/datasets", className="chip is-offer"),
        html.Span(_sum(found), className="certify-sum", id="certify-sum"),
        _progress(found.states, found.datasets),
        html.Span(id=certify_grid.OTHERS, className="certify-others"),
        html.Span(id=certify_grid.OUTBOX, className="certify-outbox", role="status"),
        *[html.Div(note, className="notice is-late") for note in found.notes],
    ]


def _hidden(found: Head) -> list[Any]:
    if "hidden" in found.kept:
        return []
    return [
        dcc.Link("+ hidden", href=_address(found, {**found.kept, "hidden": "1"}), className="chip is-offer")
    ]


def _onward(found: Head) -> list[Any]:
    """Return what can be done with all that is shown, or with the rows that are selected."""
    kept = {name: value for name, value in found.kept.items() if name not in ("sort", "ls")}
    ways = (("bulk", f"/bulk?{urlencode({'do': 'set', **kept})}"), ("new cycle", f"/cycles?{urlencode(kept)}"))
    title = "with the selected rows, or with all of them"
    return [
        dcc.Link(f"{label} …", href=there, className="chip is-offer takes-selection", title=title)
        for label, there in ways
    ]


def _sum(found: Head) -> list[Any]:
    lumi = (
        f"{found.recorded_invpb / 1000:.2f} fb⁻¹"
        if found.recorded_invpb > 1000
        else (f"{found.recorded_invpb:,.1f} pb⁻¹")
    )
    return [
        html.B(f"{found.datasets:,}"),
        " datasets · ",
        html.Span(lumi, title="recorded luminosity, OMS"),
        " · ",
        html.B(f"{found.undecided:,}"),
        " cells open",
    ]


def _progress(states: Mapping[str, int], total: int) -> html.Div:
    done = sum(n for state, n in states.items() if state in ("SIGNOFF", "COMPLETED"))
    words = ", ".join(f"{n} {state}" for state, n in states.items()) or "none"
    return html.Div(
        html.I(style={"width": f"{100 * done / total:.1f}%" if total else "0"}),
        className="certify-progress",
        title=f"signed off: {done} of {total} ({words})",
        role="img",
        **attributes({"aria-label": f"{done} of {total} signed off"}),
    )


def _address(found: Head, kept: Mapping[str, str]) -> str:
    return f"/certify/{found.workspace}?{urlencode(kept)}" if kept else f"/certify/{found.workspace}"
