"""The facts of a run in one row, each with its unit, its source, and a mark where it is assumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dash import dcc, html

from components.glossary import known
from components.markup import attributes

HEADER = "run-header"
ACTIONS = "run-header-actions"


@dataclass(frozen=True)
class Fact:
    """One fact: an assumed one was not said by its source, and `source` says why it is believed."""

    label: str
    value: str
    unit: str = ""
    source: str = ""
    is_assumed: bool = False


@dataclass(frozen=True)
class Completeness:
    """How many lumisections each source knows of this run."""

    oms: int
    registry: int
    luminosity: int


def _fact(fact: Fact) -> html.Div:
    words = [fact.value, html.Span(f" {fact.unit}", className="unit") if fact.unit else None]
    assumed = html.Span("assumed", className="assumed") if fact.is_assumed else None
    source = f"{'assumed; ' if fact.is_assumed else ''}{fact.source}"
    return html.Div(
        [html.Dt([known(fact.label), assumed]), html.Dd(words)],
        className="fact",
        title=f"source: {source}" if source else None,
    )


def replayed(words: str) -> html.Span | None:
    """Return the mark of a run that is played again, in these words; none where there are none."""
    return html.Span("replayed", className="replayed", title=words) if words else None


def state(name: str) -> html.Span:
    """Return the workflow state as a pill."""
    return html.Span(name, className=f"state is-{name.lower().replace(' ', '-')}")


def completeness(counts: Completeness) -> html.Span:
    """Return the three counts; a difference is named, not hidden."""
    named = {"OMS": counts.oms, "registry": counts.registry, "luminosity": counts.luminosity}
    agree = len(set(named.values())) == 1
    text = f"{counts.oms} LS everywhere" if agree else " · ".join(f"{k} {v}" for k, v in named.items())
    return html.Span(
        text, className="completeness" if agree else "completeness is-short", title="lumisections known"
    )


def _pill(name: str, said: html.Span) -> html.Div:
    return html.Div([html.Dt(known(name)), html.Dd(said)], className="fact")


def run_header(
    run_number: int,
    facts: Sequence[Fact],
    *,
    replay: str = "",
    state_name: str = "",
    counts: Completeness | None = None,
    previous_run: int | None = None,
    next_run: int | None = None,
    actions: Sequence[Any] = (),
) -> html.Section:
    """Return the header of a run; `actions` are links and buttons on its right."""
    steps = [
        dcc.Link(sign, href=f"/runs/{n}", className="button", title=f"{word} run {n}")
        for sign, word, n in (("‹", "previous", previous_run), ("›", "next", next_run))
        if n is not None
    ]
    number = html.Div(
        [html.Dt(["run", replayed(replay)]), html.Dd(html.H1(str(run_number)))], className="fact is-run"
    )
    pill = _pill("state", state(state_name)) if state_name else None
    counted = _pill("known", completeness(counts)) if counts else None
    return html.Section(
        [
            html.Dl([number, *(_fact(fact) for fact in facts), pill, counted]),
            html.Div([*steps, *actions], id=ACTIONS, className="run-actions"),
        ],
        id=HEADER,
        className="card-plain run-header",
        **attributes({"aria-label": f"run {run_number}"}),
    )


def outside_link(label: str, href: str) -> html.A:
    """Return a link that leaves the registry, as a button."""
    return html.A(f"{label} ↗", href=href, className="button", target="_blank", rel="noopener noreferrer")
