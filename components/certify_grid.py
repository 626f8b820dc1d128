"""The grid of the offline shift, datasets × columns; `assets/certify_grid*.js` is the hand on it.

What a hand does stays in the browser until it is said; edits leave it through an outbox to
`/api/v1/grid/edits`, and `QUESTION` tells the browser which grid it holds.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dash_ag_grid as dag
from dash import dcc, html

from components import shell, strip_figure
from components.lumisection_strip import StripData, strip
from components.markup import attributes
from components.theme import Theme

GRID = "certify-grid"
#: what the browser holds: workspace, stage, columns, sequence, who may edit, why not
QUESTION = "certify-grid-question"
#: what the browser asks the server to tell: {"preview": …} or {"why": …}
ASKED = "certify-grid-asked"
SAYS = "certify-grid-says"
OUTBOX = "certify-grid-outbox"
OTHERS = "certify-grid-others"
SIGN_OFF = "certify-grid-sign-off"
#: where the lumisections of a row are drawn, under it
STRIP = "certify-grid-strip"

KEYS: tuple[tuple[str, str], ...] = (
    ("←↑→↓", "move"),
    ("space", "select"),
    ("G B S E ⌫", "set"),
    ("A", "all others GOOD"),
    ("L", "lumisections"),
    ("D", "fill"),
    ("C", "comment"),
    ("W", "why"),
    ("P X", "proposal"),
    ("U", "undo"),
    ("⇧↵", "sign off"),
    ("?", "all keys"),
)
#: what is done with whole datasets: its name, the words on its button, its key
TASKS: tuple[tuple[str, str, str], ...] = (
    ("sign-off", "Sign off", "⇧↵"),
    ("back", "Back to OPEN", "⇧⌫"),
    ("hide", "Hide", "H"),
    ("bits", "Override a bit", "O"),
)

#: so many columns leave room for whole names of datasets
_FEW = 8


def grid() -> html.Div:
    """Return the grid, empty until a callback fills it, with all that stands around it."""
    return html.Div(
        [
            dag.AgGrid(
                id=GRID,
                columnDefs=[],
                rowData=[],
                getRowId="params.data.i + ''",
                className="certify-grid",
                dashGridOptions={
                    "theme": {"function": "rrGrid.theme(themeQuartz)"},
                    "rowHeight": 27,
                    "headerHeight": 44,
                    "animateRows": False,
                    "suppressCellFocus": True,
                    # the arrows move in the head too; Tab leaves it
                    "tabToNextHeader": {"function": "rrGrid.leave()"},
                    "suppressColumnMoveAnimation": True,
                    "suppressRowHoverHighlight": True,
                    "suppressMovableColumns": True,
                    "rowBuffer": 0,
                    "tooltipShowDelay": 350,
                },
                style={"height": None, "width": "100%"},
                dangerously_allow_code=False,
            ),
            html.Div(id=SIGN_OFF, className="certify-sign-off", hidden=True, role="region", **_SIGN),
            html.Div(html.Div(id=STRIP), className="certify-strip", hidden=True, **_STRIP),
            html.Div(id=SAYS, className="visually-hidden", **attributes({"aria-live": "polite"})),
            dcc.Store(id=QUESTION),
            dcc.Store(id=ASKED),
        ],
        className="certify-grid-place",
        tabIndex=0,
        role="application",
        **attributes(
            {
                "aria-label": "Datasets and columns: arrows move, Shift extends, Space selects, G B S E set",
                "data-grid": GRID,
                "data-question": QUESTION,
                "data-asked": ASKED,
                "data-says": SAYS,
                "data-outbox": OUTBOX,
                "data-others": OTHERS,
                "data-sign-off": SIGN_OFF,
                "data-version": shell.VERSION,
            }
        ),
    )


_SIGN = attributes({"aria-label": "sign off"})
_STRIP = attributes({"aria-label": "lumisections of the row"})


def column_defs(columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return AG Grid's columns: the frozen run, its facts, and one per column of the workspace."""
    fixed: list[dict[str, Any]] = [
        {"field": "r", "headerName": "run", "pinned": "left", "width": 62, **_RUN},
        {
            "field": "d",
            "headerName": "dataset",
            "width": 240 if len(columns) <= _FEW else 122,
            "cellClass": "certify-name",
            "tooltipField": "d",
            "valueFormatter": {"function": "rrGrid.name(params)"},
        },
        _number("l", "pb⁻¹", "recorded luminosity of the run, OMS", 52),
        _number("w", "at stake", "largest undecided luminosity of one column, pb⁻¹, OMS", 56),
        {
            "field": "s",
            "headerName": "state",
            "width": 80,
            "cellClassRules": {
                "certify-state is-open": "params.value == 'OPEN'",
                "certify-state is-signoff": "params.value == 'SIGNOFF'",
                "certify-state": "params.value != 'OPEN' && params.value != 'SIGNOFF'",
            },
        },
    ]
    return [*({**each, "sortable": True} for each in fixed), *(_cell(n, c) for n, c in enumerate(columns))]


_RUN = {"cellClass": "certify-run", "cellAriaRole": "rowheader"}


def _number(field: str, name: str, tip: str, width: int) -> dict[str, Any]:
    return {
        "field": field,
        "headerName": name,
        "headerTooltip": tip,
        "width": width,
        "cellClass": "certify-number",
        "valueFormatter": {"function": "rrGrid.number(params)"},
    }


def _cell(index: int, column: str) -> dict[str, Any]:
    is_ = {
        name: f"rrGrid.is(params, '{letter}')"
        for name, letter in (
            ("is-good", "G"),
            ("is-bad", "B"),
            ("is-standby", "S"),
            ("is-excluded", "E"),
            ("is-notset", "?"),
            ("is-empty", "·"),
        )
    }
    return {
        "colId": column,
        "headerName": _short(column),
        "headerTooltip": column,
        "flex": 1,
        "minWidth": 38,
        "sortable": False,
        "wrapHeaderText": True,
        "context": {"index": index},
        "cellClass": "certify-cell",
        "valueGetter": {"function": f"rrGrid.value(params, {index})"},
        "valueFormatter": {"function": "rrGrid.letter(params)"},
        "tooltipValueGetter": {"function": "rrGrid.tip(params)"},
        "cellStyle": {"function": "rrGrid.style(params)"},
        "cellClassRules": {
            **is_,
            "is-closed": "rrGrid.isClosed(params)",
            "has-proposal": "rrGrid.hasProposal(params)",
            "is-rule": "rrGrid.isRule(params)",
            "has-reason": "rrGrid.hasReason(params)",
            "is-selected": "rrGrid.isSelected(params)",
            "is-cursor": "rrGrid.isCursor(params)",
            "is-waiting": "rrGrid.isWaiting(params)",
            "is-refused": "rrGrid.isRefused(params)",
        },
    }


def _short(column: str) -> str:
    """Return `btag` for btag-btag; a name of two words may be cut between them."""
    workspace, name = column.split("-", 1)
    return name if name == workspace else f"{workspace}-\u200b{name}"


def strip_of(data: StripData, dataset: str, columns: Sequence[str], theme: Theme) -> html.Div:
    """Return the strip of one dataset, of the columns of the grid only, with the run's bits under it."""
    rows = tuple(r for r in data.rows if r.key in columns)
    few = replace(data, rows=rows)
    title = html.H2([f"{data.run_number} ", html.Span(f"{dataset} · drag, or arrows and Shift; L closes")])
    return html.Div([title, strip(strip_figure.figure(few, theme), strip_figure.height_px(few))])


def tasks() -> html.Div:
    """Return the buttons for what is done with the datasets of the selection."""
    buttons = [
        html.Button(
            [f"{words} ", html.Kbd(key)], className="button", type="button", **attributes({"data-task": name})
        )
        for name, words, key in TASKS
    ]
    return html.Div(
        [html.H3("These datasets"), html.Div(buttons, className="actions")], className="certify-tasks"
    )


def keys() -> html.Div:
    """Return the line of keys under the grid."""
    pairs = [html.Span([html.Kbd(key), f" {what}"]) for key, what in KEYS]
    return html.Div(pairs, className="certify-keys dim", **attributes({"aria-hidden": "true"}))
