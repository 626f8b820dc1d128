"""The hand-over of the shift: what the last one left, and room for what this one leaves."""

from collections.abc import Sequence

import dash_bootstrap_components as dbc
from dash import html

from model.queries.handover import Note

NOTES = "handover-notes"
WORDS = "handover-words"
LEAVE = "handover-leave"
REFUSAL = "handover-refusal"


def handover() -> html.Section:
    """Return the card; what is being written in it stays when notes come in."""
    return html.Section(
        [
            html.H2(["Hand-over ", html.Span("from shift to shift", className="dim")]),
            html.Div(id=NOTES, className="handover-notes"),
            html.Details(
                [
                    html.Summary("Leave a note"),
                    html.Label("note for the next shift", htmlFor=WORDS, className="visually-hidden"),
                    dbc.Textarea(id=WORDS, rows=3, size="sm", placeholder="what the next shift must know"),
                    html.Div(id=REFUSAL, role="alert"),
                    html.Button("Hand over", id=LEAVE, type="button", className="button", n_clicks=0),
                ]
            ),
        ],
        className="card-plain handover",
    )


def notes(found: Sequence[Note]) -> list[html.Div]:
    """Return the notes, the newest in full, the others behind a word."""
    if not found:
        return [html.Div("No shift has left a note yet.", className="dim")]
    newest, *older = found
    drawn = [_note(newest)]
    if older:
        drawn.append(html.Div(html.Details([html.Summary("earlier notes"), *map(_note, older)])))
    return drawn


def _note(note: Note) -> html.Div:
    return html.Div(
        [
            html.Div([html.B(note.author), " ", html.Time(f"{note.at} UTC")], className="dim"),
            html.P(note.words),
        ],
        className="handover-note",
    )
