"""Bars of the trends as links: pressed, one is picked, and every other plot is about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from components.markup import attributes
from components.written import written
from model.accounting.losses import MIXED, Losses
from model.trends.agreement import COMMON_COLUMNS, Agreement
from model.trends.plots import Bin
from model.trends.trends import Trends
from model.trends.voices import KINDS, Voices

#: a bar of which nothing could be seen is left out, unless it was picked
_LEAST = 0.005
_MOST = 16


@dataclass(frozen=True)
class Bar:
    """One bar.

    Args:
        value: length of what is drawn full; `behind` the whole length, drawn lighter.
        href: where a press leads; none where it cannot be picked.
    """

    label: str
    value: float
    behind: float
    said: str
    title: str
    href: str = ""
    is_picked: bool = False


def bars(found: Sequence[Bar], kind: str, label: str) -> html.Ul:
    """Return bars to one scale, in the order they come in; nothing said where there is none."""
    if not found:
        return written(html.Ul(html.Li("Nothing here.", className="dim"), className="trends-bars"))
    longest = max((max(bar.value, bar.behind) for bar in found), default=0.0) or 1.0
    one_is_picked = any(bar.is_picked for bar in found)
    return written(
        html.Ul(
            [_item(bar, longest, one_is_picked=one_is_picked) for bar in found],
            className=f"trends-bars is-{kind}",
            **attributes({"aria-label": label}),
        )
    )


def _item(bar: Bar, longest: float, *, one_is_picked: bool) -> html.Li:
    inside = [
        html.Span(bar.label, className="trends-label"),
        html.Span(
            [
                html.I(className="is-behind", style={"width": f"{100 * bar.behind / longest:.2f}%"}),
                html.I(className="is-full", style={"width": f"{100 * bar.value / longest:.2f}%"}),
            ],
            className="trends-track",
            **attributes({"aria-hidden": "true"}),
        ),
        html.Span(bar.said, className="num trends-said"),
    ]
    state = "is-picked" if bar.is_picked else "is-not" if one_is_picked else ""
    if not bar.href:
        return html.Li(html.Div(inside, className=f"trends-bar {state}", title=bar.title))
    pressed = attributes({"aria-current": "true" if bar.is_picked else "false", "data-name": bar.label})
    if bar.href.startswith("/trends"):
        pressed |= attributes({"data-stay": "yes"})
    return html.Li(html.A(inside, href=bar.href, className=f"trends-bar {state}", title=bar.title, **pressed))


def of_losses(found: Losses, href: Any, picked: str, how: str) -> html.Ul:
    """Return what each part costs: exclusive full, inclusive behind it, and what is mixed."""
    chosen = [p for p in found.parts if p.inclusive_invpb > _LEAST or p.name == picked]
    made = [
        Bar(
            part.name,
            part.exclusive_invpb,
            part.inclusive_invpb,
            _pair(part.exclusive_invpb, part.inclusive_invpb, how),
            f"{part.name}: only it {part.exclusive_invpb:,.3f} pb⁻¹ ({part.exclusive:,} LS), "
            f"with others too {part.inclusive_invpb:,.3f} pb⁻¹ ({part.inclusive:,} LS); source {found.source}",
            href("" if part.name == picked else part.name),
            part.name == picked,
        )
        for part in chosen
    ]
    made.sort(key=lambda bar: -(bar.value if how == "exclusive" else bar.behind))
    made = made[:_MOST]
    if found.mixed_invpb > _LEAST or picked == MIXED:
        made.append(_mixed(found, href, is_picked=picked == MIXED))
    return bars(made, "loss", "losses")


def _pair(exclusive: float, inclusive: float, how: str) -> str:
    one, other = (exclusive, inclusive) if how == "exclusive" else (inclusive, exclusive)
    return short(one) if short(one) == short(other) else f"{short(one)} / {short(other)}"


def short(invpb: float) -> str:
    """Return a luminosity with about three digits; what is not nothing is never shown as nothing."""
    if invpb >= 100:
        return f"{invpb:,.0f}"
    return (
        f"{invpb:,.1f}" if invpb >= 9.95 else f"{invpb:,.2f}" if invpb >= 0.005 else "< 0.01" if invpb else "0"
    )


def _mixed(found: Losses, href: Any, *, is_picked: bool) -> Bar:
    worst = "; ".join(f"{' + '.join(each.names)} {each.invpb:,.2f} pb⁻¹" for each in found.combinations[:6])
    trigger = f", of it the trigger alone {found.trigger_invpb:,.2f}" if found.trigger_invpb > _LEAST else ""
    title = (
        f"mixed: {found.mixed_invpb:,.3f} pb⁻¹ ({found.mixed:,} LS){trigger}; {worst}; source {found.source}"
    )
    value = found.mixed_invpb
    return Bar(MIXED, value, value, short(value), title, href("" if is_picked else MIXED), is_picked)


def of_latency(found: Sequence[Bin], href: Any, picked: str) -> html.Ul:
    """Return how many datasets took how long."""
    made = [
        Bar(
            each.name,
            each.datasets,
            0,
            f"{each.datasets:,}",
            f"{each.name}: {each.datasets:,} datasets",
            href("" if each.name == picked else each.name) if each.datasets or each.name == picked else "",
            each.name == picked,
        )
        for each in found
        if each.datasets or each.name == picked or not each.name.startswith("not")
    ]
    return bars(made, "series", "time from the end of a run to its sign-off")


def of_voices(found: Sequence[Voices], href: Callable[[str], str]) -> html.Div:
    """Return by column whose word counts, as shares of the recorded luminosity; each leads to its grid."""
    lines = [html.Li(_voices(each, href(each.column))) for each in found if sum(each.invpb) > 0]
    if not lines:
        return html.Div("Nothing was recorded here.", className="dim")
    key = [html.Li([html.I(className=f"voice-{n}"), name]) for n, name in enumerate(KINDS)]
    shown = [html.Ul(key, className="trends-key"), html.Ul(lines, className="trends-bars is-voices")]
    return html.Div([written(each) for each in shown])


def _voices(each: Voices, href: str) -> html.A:
    whole = sum(each.invpb)
    shares = [value / whole for value in each.invpb]
    said = ", ".join(f"{name} {share:.1%}" for name, share in zip(KINDS, shares, strict=True) if share > 0)
    pieces = [
        html.I(className=f"voice-{n}", style={"width": f"{100 * share:.3f}%"})
        for n, share in enumerate(shares)
        if share > 0
    ]
    track = html.Span(
        pieces, className="trends-track is-stacked", role="img", **attributes({"aria-label": said})
    )
    words = html.Span(f"{shares[0]:.0%} auto", className="num trends-said")
    label = html.Span(each.column, className="trends-label")
    return html.A([label, track, words], href=href, className="trends-bar", title=f"{each.column}: {said}")


def of_agreement(found: Trends, href: Callable[[str, str], str]) -> html.Div:
    """Return by column on how many lumisections another stage says otherwise; each bar leads to these runs."""
    stages = [each for each in found.agreement if sum(each.compared)]
    if not stages:
        return html.Div("No other stage has spoken on these lumisections.", className="dim")
    whole = " · ".join(f"{each.stage.value} agrees on {each.share or 0:.2%}" for each in stages)
    return html.Div([html.P(whole), *(_stage(each, href) for each in stages)])


def _stage(each: Agreement, href: Callable[[str, str], str]) -> html.Div:
    named = zip(COMMON_COLUMNS, each.differing, each.compared, strict=True)
    ordered = sorted((line for line in named if line[1]), key=lambda line: -line[1])
    made = [
        Bar(
            column,
            differing,
            0,
            f"{differing:,} LS",
            f"{each.stage.value} says something else of {column} on {differing:,} of {compared:,} lumisections",
            href(column, each.stage.value),
        )
        for column, differing, compared in ordered[:8]
    ]
    title = html.H3(f"{each.stage.value} differs")
    drawn: Any = (
        bars(made, "series", f"{each.stage.value} differs") if made else html.P("nowhere", className="dim")
    )
    return html.Div([title, drawn])
