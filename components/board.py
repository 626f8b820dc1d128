"""The control room's board: tiles worst first, recent runs as strips, what needs a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dash import dcc, html

from components.amounts import invpb
from components.empty import empty
from components.lumisection_strip import Span
from components.markup import slashed
from components.mini_strip import mini_strip, status_tile, worst
from components.run_header import replayed, state
from model.vocabulary import SEVERITY, Status


@dataclass(frozen=True)
class RecentRun:
    """One line of the recent runs; `spans` are the worst status over all columns."""

    run_number: int
    run_class: str
    spans: tuple[Span, ...]
    last: int
    recorded_lumi_invpb: float | None
    lumi_source: str
    state: str
    replay: str = ""


@dataclass(frozen=True)
class Decision:
    """Something that waits for a person, with the luminosity at stake."""

    run_number: int
    column: str
    what: str
    reason: str
    at_stake_invpb: float | None
    kind: Literal["open", "conflict", "late"] = "open"
    href: str = ""


def tiles(counts: Mapping[str, Mapping[Status, int]], href: str = "") -> html.Div:
    """Return one tile per column, worst first; equally bad ones by name."""
    order = sorted(counts, key=lambda column: (SEVERITY.index(worst(counts[column])), column))
    return html.Div([status_tile(column, counts[column], href) for column in order], className="tiles")


def recent_runs(runs: Sequence[RecentRun]) -> html.Section:
    """Return the recent runs, each as a strip to the scale of the longest."""
    longest = max((run.last for run in runs), default=1)
    head = ["run", "class", "lumisections", "pb⁻¹", "state"]
    rows = [
        html.Tr(
            [
                html.Td(
                    [
                        dcc.Link(str(run.run_number), href=f"/runs/{run.run_number}", className="num"),
                        replayed(run.replay),
                    ]
                ),
                html.Td(run.run_class),
                html.Td(mini_strip(run.spans, 1, longest), className="is-wide"),
                html.Td(
                    invpb(run.recorded_lumi_invpb, 1), className="num", title=f"recorded, {run.lumi_source}"
                ),
                html.Td(state(run.state)),
            ]
        )
        for run in runs
    ]
    table = html.Table(
        [
            html.Thead(html.Tr([html.Th(h, className="num" if h == "pb⁻¹" else "") for h in head])),
            html.Tbody(rows),
        ]
    )
    body = (
        html.Div(table, className="scroll-x")
        if runs
        else empty("No run yet", "Recent runs stand here as strips.")
    )
    return html.Section([html.H2("Recent runs"), body], className="card-plain")


def _decision(item: Decision) -> html.Li:
    at_stake: list[Any] = [invpb(item.at_stake_invpb, 1), html.Small("pb⁻¹ at stake")]
    return html.Li(
        dcc.Link(
            [
                html.Div(
                    [
                        html.B(f"{item.run_number} · {item.column}"),
                        html.Span(item.what),
                        html.Small(slashed(item.reason)),
                    ]
                ),
                html.Strong(at_stake, className="num", title="recorded luminosity at stake"),
            ],
            href=item.href or f"/runs/{item.run_number}",
        ),
        className=f"is-{item.kind}",
    )


def queue(items: Sequence[Decision]) -> html.Section:
    """Return what needs a decision, by luminosity at stake; unknown luminosity first, as it may be all."""
    order = sorted(items, key=lambda d: -(float("inf") if d.at_stake_invpb is None else d.at_stake_invpb))
    body = (
        html.Ol([_decision(item) for item in order])
        if items
        else empty("Nothing waits", "Every decision is made.")
    )
    title = html.H2(
        [dcc.Link("Needs a decision", href="/decide"), html.Span(" by luminosity at stake", className="dim")]
    )
    return html.Section([title, body], className="card-plain queue")
