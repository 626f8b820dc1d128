"""`/cycles`: cycles with their deadline and progress, a burn-down, and what would make the next one."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import dash_bootstrap_components as dbc
import plotly.graph_objects as go
from dash import dcc, html

from components import theme
from components.amounts import invpb
from components.empty import empty
from components.glossary import known
from components.markup import attributes, labelled, page_title, unseen
from components.written import written
from model.queries.cycles import Cycle, Progress
from model.queries.next_cycle import Candidate
from model.vocabulary import GLOBAL

BODY = "cycles-body"
NEXT = "cycles-next"
NAME = "cycles-name"
DEADLINE = "cycles-deadline"
LEAST_INVPB = "cycles-least-invpb"
LEAST_GOOD = "cycles-least-good"
CREATE = "cycles-create"
REFUSAL = "cycles-refusal"
SOURCE = "cycles-source"
#: types of the ids of a cycle's buttons, its fields, and of the place of its refusals
DO = "cycles-do"
NEW_DEADLINE = "cycles-new-deadline"
REASON = "cycles-reason"
SAID = "cycles-said"
#: as many lines as a browser draws at once without making anybody wait
SHOWN = 200
#: a burn-down begins so long before its deadline at the earliest
_SHOWN_DAYS = 60


def cycles_body() -> html.Div:
    """Return the places that callbacks fill, and the form of the next cycle."""
    form = [
        labelled("Name", dbc.Input(id=NAME, size="sm", type="text", maxLength=80, placeholder="2024 call 7")),
        labelled("Deadline", dbc.Input(id=DEADLINE, size="sm", type="date")),
        labelled("At least, pb⁻¹", _number(LEAST_INVPB, 0.1, 0.1)),
        labelled("DCS-good share at least", _number(LEAST_GOOD, 0.1, 0.05)),
        html.Button("Create", id=CREATE, type="button", className="button is-primary", n_clicks=0),
    ]
    following = html.Section(
        [
            html.H2(["The next cycle ", html.Span(id=SOURCE, className="dim")]),
            html.Div(form, className="cycles-form"),
            html.Div(id=REFUSAL, role="alert"),
            dcc.Loading(html.Div(id=NEXT, className="cycles-next waits"), delay_show=400, type="dot"),
        ],
        className="card-plain",
    )
    there = dcc.Loading(html.Div(id=BODY, className="cycles-place waits"), delay_show=400, type="dot")
    return html.Div([page_title("Cycles"), there, following], className="stack")


def _number(name: str, value: float, step: float) -> dbc.Input:
    return dbc.Input(id=name, size="sm", type="number", min=0, step=step, value=value, debounce=True)


def cycles(found: Sequence[tuple[Cycle, Sequence[Progress]]], today: date, look: theme.Theme) -> Any:
    """Return the cycles, the next deadline first."""
    if not found:
        return empty("No cycle yet", "Choose what the next one asks for, give it a name and a deadline.")
    return html.Div([_cycle(cycle, told, today, look) for cycle, told in found], className="cycles-all")


def _cycle(cycle: Cycle, told: Sequence[Progress], today: date, look: theme.Theme) -> html.Section:
    # what has most luminosity left comes first
    work = sorted((p for p in told if p.work), key=lambda p: (p.workspace != GLOBAL, -p.left_invpb))
    title = html.H2(
        [
            dcc.Link(cycle.name, href=f"/certify/{GLOBAL}?{urlencode({'cycle': cycle.name})}"),
            html.Span(_deadline(cycle, today), className="dim"),
            html.Span("CLOSED" if cycle.is_closed else "OPEN", className=_state(cycle)),
        ]
    )
    bars = html.Div([_bar(cycle, p) for p in work], className="cycles-bars")
    said = html.Div(id={"type": SAID, "cycle": cycle.name}, role="alert")
    drawn = theme.graph(
        burn_down(work, cycle.deadline, today, look),
        f"cycles-burn-down-{cycle.name}",
        style={"height": "190px"},
    )
    two = html.Div([bars, drawn], className="cycles-two")
    return html.Section([title, two, _changes(cycle), said], className="card-plain")


def _changes(cycle: Cycle) -> html.Div:
    """Return what can be changed of a cycle; whoever may not is told so."""
    name = {"cycle": cycle.name}
    when = dbc.Input(id={"type": NEW_DEADLINE, **name}, size="sm", type="date", value=cycle.deadline)
    why = dbc.Input(
        id={"type": REASON, **name}, size="sm", type="text", maxLength=2_000, placeholder="to reopen anything"
    )
    buttons = (
        [_do("Reopen the cycle", cycle, GLOBAL, "open")]
        if cycle.is_closed
        else [_do("Change deadline", cycle, GLOBAL, "deadline"), _do("Close", cycle, GLOBAL, "close")]
    )
    return html.Div([labelled("Deadline", when), labelled("Reason", why), *buttons], className="cycles-form")


def _do(label: str, cycle: Cycle, workspace: str, do: str, look: str = "button") -> html.Button:
    name = {"type": DO, "cycle": cycle.name, "workspace": workspace, "do": do}
    words = attributes({"aria-label": f"{label}: {workspace}, {cycle.name}"})
    return html.Button(label, id=name, type="button", className=look, n_clicks=0, **words)


def _state(cycle: Cycle) -> str:
    return f"state {'' if cycle.is_closed else 'is-open'}"


def _deadline(cycle: Cycle, today: date) -> str:
    days = (date.fromisoformat(cycle.deadline) - today).days
    left = f"{days} days left" if days > 1 else {1: "1 day left", 0: "today"}.get(days, f"{-days} days over")
    return f" {len(cycle.datasets):,} datasets until {cycle.deadline}{'' if cycle.is_closed else f', {left}'} "


def _bar(cycle: Cycle, p: Progress) -> html.Div:
    said = cycle.completed.get(p.workspace)
    words = f"{p.done} of {p.work}" + (f", completed by {said}" if said else "")
    return html.Div(
        [
            dcc.Link(p.workspace, href=f"/certify/{p.workspace}?{urlencode({'cycle': cycle.name})}"),
            html.Div(
                html.I(style={"width": f"{100 * p.done / p.work:.1f}%"}),
                className="certify-progress",
                role="img",
                **attributes({"aria-label": f"{p.workspace}: {words} signed off"}),
            ),
            html.Span(words, className="num"),
            html.Span(f"{p.left_invpb:,.1f} pb⁻¹ left" if p.done < p.work else "✓", className="num dim"),
            _completing(cycle, p),
        ],
        className="cycles-bar",
    )


def _completing(cycle: Cycle, p: Progress) -> Any:
    """Return the button that says that a workspace is done, where it can be, or that takes it back."""
    if cycle.is_closed or p.workspace == GLOBAL:
        return html.Span()
    if p.workspace in cycle.completed:
        return _do("reopen", cycle, p.workspace, "reopen", "link-button")
    is_done = p.done == p.work
    return _do("complete", cycle, p.workspace, "complete", "link-button") if is_done else html.Span()


def burn_down(work: Sequence[Progress], deadline: str, today: date, look: theme.Theme) -> go.Figure:
    """Return how many datasets each workspace had left until today, and the deadline as a dashed line.

    What was signed off long before the deadline is no more seen than that it was.
    """
    until = min(today.isoformat(), deadline)
    earliest = min((p.burn_down[0][0] for p in work if p.burn_down), default=deadline)
    since = max(earliest[:10], (date.fromisoformat(deadline) - timedelta(days=_SHOWN_DAYS)).isoformat())
    figure = go.Figure(layout={"template": theme.template(look), "showlegend": False})
    for p in work:
        # where nothing was signed off yet, all of it was left from the start
        points = [*(p.burn_down or ((since, p.work - p.done),))]
        if points[-1][0][:10] < until:
            points.append((until, points[-1][1]))
        figure.add_trace(
            go.Scatter(
                x=[time for time, _ in points],
                y=[left for _, left in points],
                name=p.workspace,
                mode="lines+markers",
                line={"shape": "hv", "width": 2.5 if p.workspace == GLOBAL else 1.2},
                marker={"size": 4},
                hovertemplate="%{x|%Y-%m-%d %H:%M} UTC: %{y} left<extra>%{fullData.name}</extra>",
            )
        )
    figure.update_layout(
        margin={"l": 40, "r": 10, "t": 22, "b": 28}, title={"text": "datasets left", "font": {"size": 11}}
    )
    figure.update_yaxes(rangemode="tozero", tickformat="d")
    figure.update_xaxes(
        range=[since, (date.fromisoformat(deadline) + timedelta(days=3)).isoformat()], type="date"
    )
    line = {"dash": "dash", "width": 1.5, "color": theme.palette(look)["ink"]}
    figure.add_shape(type="line", x0=deadline, x1=deadline, y0=0, y1=1, yref="paper", line=line)
    figure.add_annotation(x=deadline, y=1, yref="paper", text="deadline", showarrow=False, yanchor="bottom")
    return figure


def source(chosen: str) -> list[Any]:
    """Return of what the next cycle would be made: of what the address chooses, or of the proposal."""
    if not chosen:
        return ["open prompt datasets in no open cycle; or ", dcc.Link("choose in the grid", href="/certify")]
    return [f"{chosen}; or ", dcc.Link("the proposal", href="/cycles")]


def candidates(found: Sequence[Candidate], every: str) -> Any:
    """Return what would be in the next cycle, and what is left out with its reason.

    Args:
        every: the address that shows all of them; empty where they are asked for.
    """
    taken = [c for c in found if not c.reason]
    left = [c for c in found if c.reason]
    total = sum(c.recorded_invpb or 0.0 for c in taken)
    summary = html.P(
        [
            html.B(f"{len(taken):,}"),
            f" datasets, {total:,.1f} pb⁻¹ (OMS); {len(left):,} left out, named first."
            if left
            else f" datasets, {total:,.1f} pb⁻¹ (OMS); none left out.",
        ]
    )
    # what is left out is what somebody has to look at
    rows = [_row(c) for c in [*left, *taken][: SHOWN if every else None]]
    names = (("run", "num"), ("dataset", ""), ("pb⁻¹", "num"), ("LS", "num"), (unseen("taken or not"), ""))
    head = html.Thead(html.Tr([html.Th(known(name), className=look) for name, look in names]))
    more = len(found) - len(rows)
    note = dcc.Link(f"and {more:,} more: show all", href=every, className="link-button") if more else None
    table = html.Table([head, written(html.Tbody(rows))])
    return html.Div([summary, html.Div(table, className="cycles-table"), note])


def _row(c: Candidate) -> html.Tr:
    recorded = "–" if c.recorded_invpb is None else invpb(c.recorded_invpb)
    return html.Tr(
        [
            html.Td(dcc.Link(str(c.run_number), href=f"/runs/{c.run_number}"), className="num"),
            html.Td(c.name),
            html.Td(recorded, className="num"),
            html.Td(f"{c.lumisections:,}", className="num"),
            html.Td(f"left out: {c.reason}" if c.reason else "taken", className="dim" if c.reason else ""),
        ]
    )
