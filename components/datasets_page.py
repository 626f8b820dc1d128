"""`/datasets`: which datasets a run gets, patterns tried on names, how far people agree with programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

from components.empty import empty
from components.markup import attributes, labelled, page_title, unseen
from model.accepted import Accepted, Tried
from model.queries.proposals import Agreement

FIND = "datasets-find"
ROWS = "datasets-rows"
PATTERNS = "datasets-patterns"
NAMES = "datasets-names"
TRY = "datasets-try"
TRIED = "datasets-tried"
PROGRAMS = "datasets-programs"
#: the rows that are shown, and the sequence they were read at
SHOWN = "datasets-shown"
#: the row that is changed, and the sequence it was read at; nothing where one is added
CHANGED = "datasets-changed"
NAME = "datasets-name"
CLASS = "datasets-class"
FROM = "datasets-from"
TO = "datasets-to"
ENABLED = "datasets-enabled"
REASON = "datasets-reason"
NEW = "datasets-new"
KEEP = "datasets-keep"
DROP = "datasets-drop"
WHICH = "datasets-which"
SAID = "datasets-said"
_SHOWN = 200
_EXAMPLE = r"/(ZeroBias|Muon0)/Run2024C-PromptReco-v.*?/DQMIO"
_SAMPLES = "/ZeroBias/Run2024C-PromptReco-v1/DQMIO\n/Muon0/Run2024D-PromptReco-v1/DQMIO"


def datasets_body() -> html.Div:
    """Return the places that callbacks fill, and the form of the pattern tester."""
    find = dbc.Input(
        id=FIND, size="sm", type="search", debounce=True, placeholder="381543, Collisions24, Express…"
    )
    accepted = html.Section(
        [
            html.H2(["Accepted datasets ", html.Span("made when a run is signed off", className="dim")]),
            labelled("Find by run, class, name or pattern", find),
            html.Div(id=ROWS, className="datasets-table waits"),
        ],
        className="card-plain",
    )
    live = attributes({"aria-live": "polite"})
    programs = html.Section(
        [html.H2("Programs that propose"), html.Div(id=PROGRAMS, className="waits")], className="card-plain"
    )
    beside = html.Div([_tester(live), programs], className="stack")
    return html.Div(
        [page_title("Datasets"), html.Div([accepted, beside], className="datasets-two")], className="stack"
    )


def _tester(live: dict[str, Any]) -> html.Section:
    return html.Section(
        [
            html.H2("Try patterns"),
            html.P("RE2 expressions, one a line, on whole sample names of the DQM GUI.", className="dim"),
            labelled("Patterns", dbc.Textarea(id=PATTERNS, rows=4, value=_EXAMPLE, className="datasets-words")),
            labelled(
                "Sample names", dbc.Textarea(id=NAMES, rows=6, value=_SAMPLES, className="datasets-words")
            ),
            html.Button("Try", id=TRY, type="button", className="button is-primary", n_clicks=0),
            html.Div(id=TRIED, **live),
            *_row_form(live),
        ],
        className="card-plain",
    )


def _row_form(live: dict[str, Any]) -> list[Any]:
    """Return what makes a row of the patterns that were tried."""
    whole = {"size": "sm", "type": "number", "step": 1}
    return [
        html.H3("Keep these patterns as a row"),
        html.P(new_row(), id=WHICH, className="dim"),
        labelled("Dataset", dbc.Input(id=NAME, size="sm", placeholder="/PromptReco/Collisions2024C/DQM")),
        labelled("Run class", dbc.Input(id=CLASS, size="sm", placeholder="Collisions24")),
        html.Div(
            [labelled("From run", dbc.Input(id=FROM, **whole)), labelled("To run", dbc.Input(id=TO, **whole))],
            className="datasets-runs",
        ),
        dbc.Checkbox(id=ENABLED, label="switched on", value=True),
        labelled("Why", dbc.Input(id=REASON, size="sm")),
        html.Div(
            [
                html.Button("Keep", id=KEEP, type="button", className="button is-primary", n_clicks=0),
                html.Button("Take away", id=DROP, type="button", className="button", n_clicks=0),
                html.Button("New row", id=NEW, type="button", className="button", n_clicks=0),
            ],
            className="actions",
        ),
        html.Div(id=SAID, **live),
        dcc.Store(id=CHANGED),
    ]


def change_id(place: int) -> dict[str, Any]:
    """Return the id of the button that takes a shown row into the form."""
    return {"type": "datasets-change", "place": place}


def new_row() -> str:
    """Say that the form adds a row."""
    return "A new row; press Change beside a row to change that one."


def changed_row(row: Accepted) -> str:
    """Say which row the form changes."""
    return f"Changes {row.name} for {row.run_class}, runs {row.run_from}–{row.run_to}."


def in_order(found: Sequence[Accepted]) -> list[Accepted]:
    """Return the rows that are shown, latest runs first."""
    return sorted(found, key=lambda row: (-row.run_from, row.name))[:_SHOWN]


def accepted_rows(found: Sequence[Accepted], run_number: int | None, seen: int) -> Any:
    """Return the rows in order, each with what changes it; those of one run, where a run was asked for."""
    if not found:
        return empty("No accepted dataset", "No row fits. Look for less, or keep a first one beside.")
    head = [
        html.Th(name) for name in ("dataset", "class", "runs", "patterns", unseen("switched"), unseen("change"))
    ]
    shown = in_order(found)
    rows = [
        html.Tr(
            [
                html.Td(row.name),
                html.Td(row.run_class),
                html.Td(f"{row.run_from}–{row.run_to}", className="num"),
                html.Td([html.Code(pattern) for pattern in row.patterns]),
                html.Td("" if row.enabled else "switched off", className="dim"),
                html.Td(
                    html.Button("Change", id=change_id(n), type="button", className="link-button", n_clicks=0)
                ),
            ]
        )
        for n, row in enumerate(shown)
    ]
    of_run = f" for runs of its class like {run_number}" if run_number else ""
    more = f", {_SHOWN} shown" if len(found) > _SHOWN else ""
    words = html.P(f"{len(found):,} row{'s' if len(found) != 1 else ''}{of_run}{more}.", className="dim")
    kept = {"rows": [asdict(row) for row in shown], "seen": seen}
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)])
    return html.Div([words, table, dcc.Store(id=SHOWN, data=kept)])


def tried(found: Tried) -> html.Div:
    """Return which names match, each with the pattern that does, and which none matches."""
    matching = [html.Li([html.Span("✓ "), name, html.Code(hit)]) for name, hit in found.matching.items()]
    others = [html.Li([html.Span("✕ "), name]) for name in found.others]
    words = f"{len(found.matching):,} of {len(found.matching) + len(found.others):,} names match."
    return html.Div([html.P(html.B(words)), html.Ul([*matching, *others][:_SHOWN], className="datasets-tried")])


def programs(found: Sequence[Agreement]) -> Any:
    """Return how people answered each program."""
    if not found:
        return html.P("No program has proposed anything yet.", className="dim")
    numbers = ("accepted", "rejected", "waiting", "agreement")
    head = [html.Th("program"), *(html.Th(name, className="num") for name in numbers)]
    rows = [
        html.Tr(
            [
                html.Td(dcc.Link(each.program, href='/certify/global?where=["proposed"]')),
                *(html.Td(f"{n:,}", className="num") for n in (each.accepted, each.rejected, each.open)),
                html.Td("–" if each.share is None else f"{each.share:.0%}", className="num"),
            ]
        )
        for each in found
    ]
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)])
