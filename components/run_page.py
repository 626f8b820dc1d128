"""The run page, drawn from what the model says of a run."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from dash import html

from components import certify_panel, late_change, strip_figure
from components.lumisection_strip import Span, StripData, StripRow, blank, tall
from components.markup import attributes
from components.run_actions import run_actions
from components.run_header import Completeness, Fact, outside_link, run_header
from components.theme import Theme
from model.authors import Author
from model.queries.bits import Override
from model.queries.datasets import Dataset
from model.queries.history import Happening
from model.queries.proposals import Proposal
from model.queries.run_view import RunView
from model.queries.verdicts import Verdict
from model.ranges import LumisectionRange, canonical, count, subtract
from model.rights import Action, may
from model.vocabulary import ONLINE, WORST_FIRST, State, Status, workspace_of

BODY = "run-body"
MISSING = "run-missing"
WHOLE = "run-whole"
HEAD = "run-head"
NAMES = "run-names"
GRAPH = "run-graph"
PANEL = "run-panel"
PAST = "run-past"
_RANK = {status: rank for rank, status in enumerate(WORST_FIRST)}


def run_body() -> html.Div:
    """Return the page of a run with nothing in it yet; a callback fills its parts."""
    left = html.Section(
        [
            html.H2(["Lumisections ", html.Span(id=NAMES, className="dim")]),
            blank(GRAPH),
            html.P(
                "Verdicts of the demo year are illustrative; runs, lumisections, bits and luminosities are "
                "OMS's. Lighter: said by a rule.",
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
            html.Div("Reading …", id=MISSING, className="stack dim"),
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


def names(view: RunView) -> str:
    """Return which stages of a run the strip shows."""
    return f"{' · '.join(d.stage.value for d in view.datasets)} · drag to certify"


def strip_data(
    view: RunView,
    by: Author,
    *,
    is_past: bool,
    hints: Sequence[Proposal] = (),
    overridden: Sequence[Override] = (),
) -> StripData:
    """Return a run as the strip draws it; rows that this reader may not edit say so.

    Args:
        hints: what programs propose for datasets of the run.
        overridden: what persons said of the bits of the one dataset that is drawn.
    """
    last = view.lumisections[-1].last if view.lumisections else 1

    def row(dataset: Dataset, column: str, said: Sequence[Verdict]) -> StripRow:
        may = not is_past and _may_edit(dataset, column, by)
        offered = tuple(_hint(h) for h in hints if (h.dataset, h.column) == (dataset.name, column))
        return StripRow(column, column, spans(said), "column", dataset.name, may, offered)

    bits = {bit: (values, [o for o in overridden if o.bit == bit]) for bit, values in view.bits.items()}
    return StripData(
        run_number=view.run.run_number,
        first=1,
        last=last,
        lumisections=view.lumisections,
        recorded_lumi_invpb=recorded(view, last),
        lumi_source=view.lumi.source if view.lumi else "no luminosity",
        rows=tuple(
            row(d, column, said) for d in view.datasets for column, said in view.verdicts[d.name].items()
        ),
        sequence=view.sequence,
        bits=tuple(
            StripRow(bit, bit.removesuffix("_ready"), _bit(values, over), "bit", "bits", False)
            for bit, (values, over) in bits.items()
            if values or over
        ),
    )


def spans(said: Sequence[Verdict]) -> tuple[Span, ...]:
    """Return verdicts as spans of a strip."""
    return tuple(
        Span(v.span.first, v.span.last, int(v.status), v.author, v.is_person, v.cause, v.comment) for v in said
    )


def recorded(view: RunView, last: int) -> tuple[float, ...]:
    """Return recorded luminosity per lumisection from 1 to `last`, 0 where there is none, in 1/pb."""
    values = np.zeros(last)
    if view.lumi is not None:
        known = view.lumi.recorded_invpb[:last]
        values[: len(known)] = np.nan_to_num(known)
    return tuple(values.tolist())


def worst_spans(view: RunView, dataset: str = ONLINE) -> tuple[Span, ...]:
    """Return the worst status over all columns, per lumisection range."""
    last = view.lumisections[-1].last if view.lumisections else 0
    ranks = np.full((max(len(view.verdicts[dataset]), 1), last + 2), _RANK[Status.EMPTY], dtype=np.int8)
    for row, said in zip(ranks, view.verdicts[dataset].values(), strict=False):
        for v in said:
            row[v.span.first : v.span.last + 1] = _RANK[v.status]
    worst = ranks.min(axis=0)
    found = []
    for first, end in view.lumisections:
        edges = np.flatnonzero(np.diff(worst[first : end + 1])) + first + 1
        for a, b in pairwise([first, *edges.tolist(), end + 1]):
            found.append(Span(a, b - 1, int(WORST_FIRST[worst[a]])))
    return tuple(found)


def facts(view: RunView) -> list[Fact]:
    """Return the facts of a run with their sources; assumed ones are marked."""
    run, total = view.run, view.lumi
    recorded_invpb = float(np.nansum(total.recorded_invpb)) if total else None
    delivered_invpb = float(np.nansum(total.delivered_invpb)) if total else None
    source = f"recorded / delivered, {total.source}" if total else "no luminosity"
    both = "–" if recorded_invpb is None else f"{recorded_invpb:.1f} / {delivered_invpb:.1f}"
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


def _bit(values: Sequence[tuple[int, int, Any]], over: Sequence[Override] = ()) -> tuple[Span, ...]:
    covered = canonical(o.span for o in over)
    raw = [
        Span(part.first, part.last, 1 if value else 2, "OMS", False)
        for first, last, value in values
        for part in subtract((LumisectionRange(first, last),), covered)
    ]
    return tuple(sorted([*raw, *map(_said_otherwise, over)], key=lambda span: span.first))


def _said_otherwise(o: Override) -> Span:
    raw = "unknown" if o.raw is None else str(o.raw).lower()
    words = f"{o.comment}; OMS says {raw}"
    return Span(o.span.first, o.span.last, 1 if o.value else 2, o.author, comment=words)


def _hint(said: Proposal) -> Span:
    by = f"{said.program} {said.version}"
    return Span(said.span.first, said.span.last, int(said.status), by, False, "", said.reason)


def _may_edit(dataset: Dataset, column: str, by: Author) -> bool:
    workspace = workspace_of(column)
    action = Action.EDIT_ONLINE if dataset.name == ONLINE else Action.EDIT_OFFLINE
    return dataset.state_of(workspace) == State.OPEN and may(by, action, workspace)


def _why_closed(view: RunView, by: Author, *, is_past: bool) -> str:
    if is_past:
        return "This is the registry as it was: the past cannot be edited."
    if not by.groups:
        return f"{by.full_name or by.name} reads only: no group of theirs may certify."
    states = ", ".join(
        f"{d.stage.value} {'/'.join(sorted({*d.states.values()} or {d.run_state}))}" for d in view.datasets
    )
    return f"Nothing here is OPEN for {by.full_name or by.name} ({states})."
