"""The golden JSON: the rule as clauses with the loss of each, the waterfall, the result."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
from dash import html

from components import theme

RULE = "golden-rule"
WATERFALL = "golden-waterfall"
RESULT = "golden-result"
DOWNLOAD = "golden-download"


@dataclass(frozen=True)
class Clause:
    """One clause as a person reads it; `loss_invpb` is None where it was not computed."""

    text: str
    loss_invpb: float | None = None


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall, in fb⁻¹ or pb⁻¹: a total, or a loss below zero."""

    label: str
    value: float
    is_total: bool = False


@dataclass(frozen=True)
class Golden:
    """A computed golden JSON."""

    golden_invpb: float
    recorded_invpb: float
    n_runs: int
    n_lumisections: int
    sha256: str
    sequence: int
    rule: str
    head: str
    download: str
    lumi_source: str = ""


def signed(value: float, digits: int = 1) -> str:
    """Return a number with its sign, and a real minus."""
    return f"{'−' if value < 0 else '+' if value > 0 else ''}{abs(value):.{digits}f}"


def _clause(clause: Clause) -> html.Li:
    loss = "" if clause.loss_invpb is None else f"{signed(-abs(clause.loss_invpb), 2)} pb⁻¹"
    weight = "loss" if clause.loss_invpb else "is-nothing"
    return html.Li(
        [html.Code(clause.text), html.Span(loss, className=f"num {weight}")],
    )


def rule(clauses: Sequence[Clause], name: str, actions: Sequence[Any] = ()) -> html.Section:
    """Return the rule as clauses, each with what it alone costs."""
    title = html.H2(["Rule ", html.Span(name, className="dim")])
    return html.Section(
        [
            title,
            html.Ul([_clause(c) for c in clauses], className="rule"),
            html.Div(actions, className="actions"),
        ],
        id=RULE,
        className="card-plain",
    )


def waterfall(bars: Sequence[Bar], name: theme.Theme = "dark", unit: str = "pb⁻¹") -> Any:
    """Return recorded → golden as a waterfall whose axis starts at 0."""
    token = theme.palette(name)
    base, at = [], 0.0
    for bar in bars:
        at = bar.value if bar.is_total else at + bar.value
        base.append(0.0 if bar.is_total else at)
    digits = 2 if max((abs(bar.value) for bar in bars), default=0) < 1000 else 0
    trace = go.Bar(
        x=[bar.label for bar in bars],
        y=[abs(bar.value) for bar in bars],
        base=base,
        marker={
            "color": [token["accent"] if bar.is_total else token["loss"] for bar in bars],
            "line": {"width": 0},
        },
        text=[f"{bar.value:.{digits}f}" if bar.is_total else signed(bar.value, digits) for bar in bars],
        textposition="outside",
        textfont={"color": token["ink"]},
        cliponaxis=False,
        width=0.7,
        hovertemplate=f"%{{x}}: %{{text}} {unit}<extra></extra>",
    )
    layout = {
        "template": theme.template(name),
        "autosize": True,
        "margin": {"l": 56, "r": 12, "t": 26, "b": 28},
        "showlegend": False,
        "yaxis": {"rangemode": "tozero", "title": {"text": unit}, "fixedrange": True},
        "xaxis": {"fixedrange": True, "type": "category", "automargin": True, "showgrid": False},
    }
    return go.Figure([trace], layout)


def losses(figure: Any, note: str = "") -> html.Section:
    """Return the waterfall in its card."""
    title = html.H2(["From recorded to golden ", html.Span(note, className="dim")])
    return html.Section(
        [title, theme.graph(figure, WATERFALL, style={"height": "340px"}, responsive=True)],
        className="card-plain",
    )


def result(golden: Golden, actions: Sequence[Any] = ()) -> html.Section:
    """Return what came out, its digest, and the way to have it."""
    share = f"{golden.golden_invpb / golden.recorded_invpb:.1%}" if golden.recorded_invpb else "no luminosity"
    facts = {"sha256": golden.sha256, "data version": f"{golden.sequence}", "rule": golden.rule}
    head = html.P(
        [
            html.Strong(f"{golden.golden_invpb:,.2f} pb⁻¹", className="golden-total"),
            f" of {golden.recorded_invpb:,.2f} recorded ({share})",
        ],
        title=f"source: {golden.lumi_source}",
    )
    link = html.A(
        "Download JSON", id=DOWNLOAD, href=golden.download, className="button is-primary", download=""
    )
    return html.Section(
        [
            html.H2("Result"),
            head,
            html.P(f"{golden.n_runs:,} runs · {golden.n_lumisections:,} lumisections", className="dim"),
            html.Dl(
                [html.Div([html.Dt(k), html.Dd(html.Code(v))]) for k, v in facts.items()], className="facts"
            ),
            html.Pre(golden.head),
            html.Div([link, *actions], className="actions"),
        ],
        id=RESULT,
        className="card-plain",
    )


def page(*cards: Any) -> html.Div:
    """Return the cards two by two."""
    return html.Div(list(cards), className="stack golden-grid")
