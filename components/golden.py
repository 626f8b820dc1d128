"""The golden JSON: the rule as clauses with switches and the loss of each, the waterfall, the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dash_bootstrap_components as dbc
import plotly.graph_objects as go
from dash import html

from components import theme
from components.markup import attributes

RULE = "golden-rule"
WATERFALL = "golden-waterfall"
RESULT = "golden-result"
DOWNLOAD = "golden-download"
#: the type of the places that say what a clause costs
LOSS = "golden-loss"
#: the type of the switches of clauses; the browser reads them
SWITCH = "golden-switch"
_SHOWN_BARS = 9
#: share of what was recorded from which on losses are seen on an axis that starts at 0
_SEEN = 0.3


@dataclass(frozen=True)
class Clause:
    """One clause as a person reads it; `loss_invpb` is None where it is switched off.

    Args:
        numbers: each constant as the rule has it, and as it is now.
    """

    key: str
    text: str
    loss_invpb: float | None = None
    numbers: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Bar:
    """One step of the waterfall in pb⁻¹: a total, or a loss below zero."""

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
    """Return a number with its sign, and a real minus; what is not nothing is never shown as nothing."""
    sign, least = "−" if value < 0 else "+" if value > 0 else "", 10.0**-digits
    if value and abs(value) < least / 2:
        return f"{'<' if value > 0 else '>'} {sign}{least:.{digits}f}"
    return f"{sign}{abs(value):,.{digits}f}"


def _words(clause: Clause) -> list[Any]:
    """Return a clause with its numbers as fields, each where it stands in the text."""
    words: list[Any] = []
    rest = clause.text
    for place, (kept, now) in enumerate(clause.numbers):
        before, found, after = rest.partition(f"{kept:g}" if isinstance(kept, float) else str(kept))
        words.append(html.Code(before if found else ""))
        words.append(_number(f"{clause.key}~{place}", kept, now, clause.text))
        rest = after if found else rest
    return [*words, html.Code(rest)] if rest else words


def _number(name: str, kept: float, now: float, text: str) -> html.Label:
    said = html.Span(f"number in {text}", className="visually-hidden")
    field = dbc.Input(type="number", value=now, step="any", size="sm", className="rule-number")
    return html.Label([said, field], **attributes({"data-number": name, "data-kept": str(kept)}))


def loss(loss_invpb: float | None) -> html.Span:
    """Return what a clause costs, in words."""
    if loss_invpb is None:
        return html.Span("off", className="is-nothing")
    weight = "loss" if loss_invpb else "is-nothing"
    return html.Span(f"{signed(-abs(loss_invpb), 2)} pb⁻¹", className=weight)


def _clause(clause: Clause) -> html.Li:
    grip = html.Button(
        "⠿",
        type="button",
        className="grip",
        title="Drag, or Alt ↑ ↓: the order in which losses are counted",
        **attributes({"aria-label": f"move {clause.text}"}),
    )
    switch = dbc.Checkbox(
        id={"type": SWITCH, "key": clause.key},
        value=clause.loss_invpb is not None,
        label=clause.text,
        label_class_name="visually-hidden",
    )
    named = html.Div(_words(clause), className="rule-words", title=clause.text)
    cost = html.Span(loss(clause.loss_invpb), id={"type": LOSS, "key": clause.key}, className="num")
    return html.Li([grip, switch, named, cost], **attributes({"data-key": clause.key}))


def clauses(shown: Sequence[Clause], order: Sequence[str]) -> html.Ul:
    """Return the rule as clauses, each with its switch, its numbers and what it costs.

    Args:
        order: the keys as the rule has them.
    """
    words = {"data-order": ",".join(order)}
    return html.Ul([_clause(each) for each in shown], className="rule", **attributes(words))


def waterfall(
    bars: Sequence[Bar], name: theme.Theme = "dark", unit: str = "pb⁻¹", *, stacked: bool = True
) -> Any:
    """Return recorded → golden as bars; the axis starts at 0, or says where it is broken.

    Args:
        stacked: each loss hangs where the one before ended; inclusive losses overlap and must not.
    """
    token = theme.palette(name)
    base, at = [], 0.0
    for bar in bars:
        at = bar.value if bar.is_total else at + bar.value
        base.append(0.0 if bar.is_total or not stacked else at)
    digits = 2 if max((abs(bar.value) for bar in bars), default=0) < 1000 else 0
    trace = go.Bar(
        x=[bar.label for bar in bars],
        y=[abs(bar.value) for bar in bars],
        base=base,
        marker={
            "color": [token["accent"] if bar.is_total else token["loss"] for bar in bars],
            "line": {"width": 0},
        },
        text=[f"{bar.value:,.{digits}f}" if bar.is_total else signed(bar.value, digits) for bar in bars],
        textposition="outside",
        textfont={"color": token["ink"]},
        cliponaxis=False,
        # a number that is wider than its bar, as on a telephone, is smaller, and below 9 px not there
        constraintext="both",
        width=0.7,
        hovertemplate=f"%{{x}}: %{{text}} {unit}<extra></extra>",
    )
    layout: dict[str, Any] = {
        "template": theme.template(name),
        "autosize": True,
        "margin": {"l": 56, "r": 12, "t": 26, "b": 28},
        "showlegend": False,
        "uniformtext": {"minsize": 9, "mode": "hide"},
        "yaxis": {"rangemode": "tozero", "title": {"text": unit}, "fixedrange": True},
        "xaxis": {"fixedrange": True, "type": "category", "automargin": True, "showgrid": False},
    }
    floor = _floor(bars) if stacked else 0.0
    if floor:
        top = max(bar.value for bar in bars)
        layout["yaxis"] |= {"range": [floor, top + 0.1 * (top - floor)]}
        layout["annotations"] = [_break(place, floor, token) for place, bar in enumerate(bars) if bar.is_total]
    return go.Figure([trace], layout)


def _floor(bars: Sequence[Bar]) -> float:
    """Return where the axis is broken so that losses can be seen: 0 where they can be seen without."""
    totals = [bar.value for bar in bars if bar.is_total]
    top, bottom = max(totals, default=0.0), min(totals, default=0.0)
    return bottom - 0.7 * (top - bottom) if 0 < top - bottom < _SEEN * top else 0.0


def _break(place: int, floor: float, token: Mapping[str, str]) -> dict[str, Any]:
    """Return the mark of a broken bar."""
    at = {"x": place, "y": floor, "yanchor": "bottom", "yshift": 12, "showarrow": False}
    return {
        **at,
        "text": "≈",
        "font": {"size": 20, "color": token["ink"]},
        "bgcolor": token["card"],
        "height": 12,
    }


def steps(
    recorded: float, golden: float, losses: Sequence[tuple[str, float]], rest: Sequence[Bar]
) -> list[Bar]:
    """Return the bars from recorded to golden: the largest losses by name, in their order, then the others.

    Args:
        losses: (label, pb⁻¹ lost) of each clause.
        rest: what is no clause's loss.
    """
    largest = sorted(range(len(losses)), key=lambda place: -losses[place][1])[:_SHOWN_BARS]
    named = {place for place in largest if losses[place][1] > 0}
    bars = [Bar("recorded", recorded, is_total=True)]
    bars += [Bar(label, -lost) for place, (label, lost) in enumerate(losses) if place in named]
    others = sum(lost for place, (_, lost) in enumerate(losses) if place not in named)
    bars += [Bar("others", -others)] if others > 0 else []
    return [*bars, *(bar for bar in rest if bar.value), Bar("golden", golden, is_total=True)]


def result(golden: Golden, actions: Sequence[Any] = (), notes: Sequence[Any] = ()) -> list[Any]:
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
    counts = f"{golden.n_runs:,} runs · {golden.n_lumisections:,} lumisections"
    return [
        html.H2("Result"),
        head,
        html.P(counts, className="dim"),
        *notes,
        html.Dl([html.Div([html.Dt(k), html.Dd(html.Code(v))]) for k, v in facts.items()], className="facts"),
        html.Pre(golden.head, tabIndex=0),
        html.Div([link, *actions], className="actions"),
    ]
