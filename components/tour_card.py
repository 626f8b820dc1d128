"""What a tour is told on, and where one is offered; `assets/tour.js` shows it."""

import json
from collections.abc import Sequence
from dataclasses import asdict

from dash import html

from components.markup import attributes
from components.tour import TOURS

CARD = "tour"
OFFER = "tour-offer"
NEXT = "tour-next"


def offer() -> html.Section:
    """Return the offer to be shown around; the browser shows it until it was answered once."""
    later = html.Button("Not now", className="button tour-later", type="button")
    words = html.Span([html.B("New here? "), "A tour of the pages, a few minutes each: "])
    return html.Section(
        [words, html.Div([*_begin(), later], className="tour-choices")],
        id=OFFER,
        className="tour-offer",
        **attributes({"aria-label": "guided tours"}),
    )


def choices() -> html.Section:
    """Return the tours for the help."""
    return html.Section([html.H3("Guided tours"), html.Div([*_begin()], className="tour-choices")])


def _begin() -> Sequence[html.Button]:
    return [
        html.Button(tour.role, className="button", type="button", **attributes({"data-tour": name}))
        for name, tour in TOURS.items()
    ]


def card() -> html.Div:
    """Return what a tour is told on, out of sight until one begins."""
    told = json.dumps({name: asdict(tour) for name, tour in TOURS.items()}, ensure_ascii=False)
    end = html.Button(
        "✕", id="tour-end", className="icon-button", type="button", **attributes({"aria-label": "end the tour"})
    )
    words = [html.H2(id="tour-title"), html.P(id="tour-says"), html.P(id="tour-hint", className="dim")]
    ways = [
        html.Button("Back", id="tour-back", className="button", type="button"),
        html.Button("Next", id=NEXT, className="button is-primary", type="button"),
    ]
    shown = html.Div(
        [
            html.Header([html.Span(id="tour-of", className="dim"), end]),
            html.Div(words, **attributes({"aria-live": "polite"})),
            html.Footer(ways),
        ],
        id=CARD,
        className="tour",
        hidden=True,
        tabIndex=-1,
        role="dialog",
        **attributes({"aria-labelledby": "tour-title", "data-tours": told}),
    )
    ring = html.Div(id="tour-ring", className="tour-ring", hidden=True, **attributes({"aria-hidden": "true"}))
    return html.Div([ring, shown])
