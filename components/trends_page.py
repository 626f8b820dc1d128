"""`/trends`: what stands out, what it was lost to, how long it took, who said it; each bar opens its runs."""

from collections.abc import Mapping, Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import skeleton, theme, trends_bars
from components.empty import empty, way
from components.markup import attributes, labelled, page_title
from components.trends_address import PICKS, Shown
from components.trends_figures import STEPS
from components.trends_runs import span
from model.accounting.ledger import LOW_LUMI_INVPB
from model.accounting.parts import Of
from model.accounting.question import By
from model.trends.trends import Trends
from model.vocabulary import Stage

HEAD, WHOLE, CHOSEN = "trends-head", "trends-whole", "trends-chosen"
GOOD, FLOW = "trends-good", "trends-flow"
GOOD_NOTE, LOSSES_NOTE, LATENCY_NOTE = "trends-good-note", "trends-losses-note", "trends-latency-note"
FLOW_NOTE = "trends-flow-note"
LOSSES, CAUSES, LATENCY, VOICES = "trends-losses", "trends-causes", "trends-latency", "trends-voices"
AGREEMENT, OPENED, SOURCES, OUTLIERS = "trends-agreement", "trends-opened", "trends-sources", "trends-outliers"
ERA, RUNS, BY, SOURCE = "trends-era", "trends-runs", "trends-by", "trends-source"
RULE, OF, HOW, K = "trends-rule", "trends-of", "trends-how", "trends-k"
CONTROLS = (ERA, RUNS, BY, SOURCE, RULE, OF, HOW, K)
EVERY_ERA = "all"
_STAGES = {Stage.EXPRESS: "Express", Stage.PROMPT: "Prompt", Stage.RERECO: "ReReco"}


def trends_body() -> html.Div:
    """Return the page as it stands before its first answer."""
    cards = [
        _card("Good luminosity", GOOD_NOTE, [_graph(GOOD), html.Div(id=OUTLIERS)], "is-tall"),
        _card("Luminosity lost", LOSSES_NOTE, html.Div(skeleton.lines(), id=LOSSES)),
        _card("Runs and lumisections", "", html.Div(skeleton.lines(), id=OPENED)),
        _card(
            "Causes", "", html.Div(skeleton.lines(), id=CAUSES), note="exclusive in front of inclusive, pb⁻¹"
        ),
        _card(
            "Delivered → recorded → processed → certified",
            FLOW_NOTE,
            [_steps(), _graph(FLOW), html.Div(id=SOURCES)],
        ),
        _card("Time to certify", LATENCY_NOTE, html.Div(skeleton.lines(), id=LATENCY)),
        _card(
            "Automatic against person", "", html.Div(skeleton.lines(), id=VOICES), note="share of luminosity"
        ),
        _card(
            "Agreement of stages", "", html.Div(skeleton.lines(), id=AGREEMENT), note="lumisections that differ"
        ),
    ]
    return html.Div(
        [
            page_title("Trends"),
            dcc.Store(id=CHOSEN),
            html.Div(_controls({}, [], [], []), id=HEAD, className="trends-head"),
            html.Div(cards, id=WHOLE, className="trends-grid"),
        ],
        className="stack trends-page",
    )


def _card(title: str, note_id: str, inside: Any, css: str = "", note: str = "") -> html.Section:
    named = attributes({"id": note_id} if note_id else {})
    head = html.H2([f"{title} ", html.Span(note, className="dim", **named)])
    return html.Section(
        [head, *(inside if isinstance(inside, list) else [inside])], className=f"card-plain {css}"
    )


def _steps() -> html.Ul:
    key = [html.Li([html.I(style={"background": f"var(--{token})"}), step]) for step, token in STEPS.items()]
    return html.Ul(key, className="trends-key")


def _graph(name: str) -> Any:
    return theme.graph({}, name, style={"height": "270px"}, responsive=True)


def head(shown: Shown, found: Trends | None) -> list[Any]:
    """Return stage tabs, the controls, what was picked, and what has to be said."""
    tabs = [
        html.A(
            label,
            href=shown.href(stage=stage.value, **dict.fromkeys(PICKS, "")),
            className="is-active" if stage is shown.stage else "tab-link",
            **attributes({"data-stay": "yes"}),
        )
        for stage, label in _STAGES.items()
    ]
    return [
        html.Nav(tabs, className="certify-tabs", **attributes({"aria-label": "stages"})),
        _controls(shown.chosen, shown.eras, shown.sources, shown.rules),
        _summary(found) if found else None,
        _picks(shown),
        _notes(shown.notes),
    ]


def _notes(notes: Sequence[str]) -> html.Div | None:
    told = html.Ul([html.Li(note) for note in notes], className="notice is-late")
    return html.Div(told, role="status") if notes else None


def _controls(
    now: Mapping[str, str], eras: Sequence[str], sources: Sequence[str], rules: Sequence[str]
) -> html.Div:
    era = [{"label": "every era", "value": EVERY_ERA}, *_same(eras)]
    by = [{"label": f"by {each.value}", "value": each.value} for each in By]
    of = [{"label": f"by {each.value}", "value": each.value} for each in Of]
    how = [{"label": "exclusive", "value": "exclusive"}, {"label": "inclusive", "value": "inclusive"}]
    ks = [{"label": f"± {k} MAD", "value": k} for k in ("2", "3", "5")]
    offered = ((ERA, "Era", era), (BY, "Grouped", by), (SOURCE, "Luminosity", _same(sources)))
    more = ((RULE, "Rule", _same(rules)), (OF, "Losses", of), (HOW, "Counted", how), (K, "Band", ks))
    selects = [
        labelled(label, dbc.Select(id=name, options=options, value=now.get(name), size="sm"))
        for name, label, options in (*offered, *more)
    ]
    runs = dbc.Input(
        id=RUNS, value=now.get(RUNS, ""), size="sm", debounce=True, placeholder="379415-380000", type="text"
    )
    return html.Div([*selects[:1], labelled("Runs", runs), *selects[1:]], className="trends-controls")


def _same(names: Sequence[str]) -> list[dict[str, str]]:
    return [{"label": name, "value": name} for name in names]


def _summary(found: Trends) -> html.P:
    total = found.total
    share = total.share("processed")
    good = f", {share:.2%} of what was processed" if share is not None else ""
    words = f"{total.runs:,} runs · {total.recorded_invpb:,.2f} pb⁻¹ recorded · "
    certified = f"{total.certified_invpb:,.2f} certified{good} · version {found.view.question.at:,}"
    told = " · ".join([words + certified, *found.flow.notes])
    return html.P(told, className="dim trends-summary", title=f"source: {found.flow.source}")


def _picks(shown: Shown) -> Any:
    labels = {"brush": "runs", "lost": "lost to", "cause": "cause", "time": "certified in"}
    chips = [
        html.A(
            [f"{labels[name]} {shown.kept[name]} ", html.Span("✕", **attributes({"aria-hidden": "true"}))],
            href=shown.href(**{name: ""}),
            className="chip",
            title="no longer picked",
            **attributes({"data-stay": "yes"}),
        )
        for name in PICKS
        if shown.kept.get(name)
    ]
    hint = html.Span("Nothing is picked: drag over the points, or press a point or a bar.", className="dim")
    return html.Div(chips or hint, className="chips trends-picks", role="group", **_PICKED)


_PICKED = attributes({"aria-label": "picked"})


def nothing(sentence: str) -> html.Div:
    """Return what stands where there is nothing to show, and what to do about it."""
    return empty("No trends to show", sentence, way("To the rules", "/rules"))


def good_note(found: Trends) -> str:
    """Return what the points and the band are."""
    by = f"by {found.view.by.value}"
    if found.band is None:
        return f"{by}; nothing was processed"
    low, high = f"{found.band.low:.1%}", f"{found.band.high:.1%}"
    width = f"median {found.band.median:.1%} ± {found.band.k:g} MAD by luminosity: {low} to {high}"
    return f"{by}, share of processed; {width}; ▼ lies below the axis"


def outliers(shown: Shown, found: Trends) -> Any:
    """Return the outliers by name, each to be picked by a press or a key."""
    if not found.outliers:
        return None
    items = [
        html.A(
            f"{each.key} {each.good:.0%} −{trends_bars.short(each.lost_invpb)}",
            href=shown.href(brush=span(each.first_run, each.last_run)),
            className="chip",
            title=f"{each.good:.1%} good; lost {each.lost_invpb:,.2f} pb⁻¹, most to {each.cause or 'nothing'}",
            **attributes({"data-stay": "yes"}),
        )
        for each in found.outliers
    ]
    return html.Div([html.Span("outside: ", className="dim"), *items], className="chips trends-outliers")


def losses_note(found: Trends) -> str:
    """Return what the bars are."""
    first, behind = ("exclusive", "inclusive") if found.view.how == "exclusive" else ("inclusive", "exclusive")
    low = found.total.low_invpb
    # they are in what a golden JSON leaves out, and in no bar
    more = f"; {low:,.2f} more in runs of less than {LOW_LUMI_INVPB:g} pb⁻¹" if low >= 0.005 else ""
    lost = f"{found.losses.lost_invpb:,.2f} lost of what was processed{more}"
    return f"by {found.view.of.value}, {first} / {behind}, pb⁻¹; {lost}"


def flow_note(found: Trends) -> str:
    """Return how runs are grouped, and where days and weeks rest on assumed times, how far."""
    by = found.view.by
    rests = f"; {found.total.assumed:.0%} of it at assumed times, ≈ over each bar"
    assumed = rests if by in (By.DAY, By.WEEK) else ""
    return f"by {by.value}, pb⁻¹{assumed}"


def latency_note(found: Trends) -> str:
    """Return what the bars count, and their median."""
    half = "" if found.median_h is None else f"; half took longer than {_long(found.median_h)}"
    return f"end of run to the last sign-off, datasets{half}"


def _long(hours: float) -> str:
    return f"{hours / 24:.1f} d" if hours >= 48 else f"{hours:.1f} h"
