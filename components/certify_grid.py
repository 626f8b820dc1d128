"""The grid of the offline shift, datasets × columns; `assets/certify_grid*.js` is the hand on it.

What a hand does stays in the browser until it is said; edits leave it through an outbox to
`/api/v1/grid/edits`, and `QUESTION` tells the browser which grid it holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import dash_ag_grid as dag
import orjson
from dash import dcc, html

from components import shell, strip_figure
from components.lumisection_strip import INTENT, StripData, strip
from components.markup import attributes
from components.theme import Theme
from model.glossary import says, term_of


@dataclass(frozen=True)
class Names:
    """The ids of a grid: a page that uses it for something else has its own, and no callback mistakes it."""

    grid: str

    @property
    def question(self) -> str:
        """What the browser holds: workspace, stage, columns, sequence, who may edit, why not."""
        return f"{self.grid}-question"

    @property
    def asked(self) -> str:
        """What the browser asks the server to tell: {"preview": …}, {"why": …} or {"strip": …}."""
        return f"{self.grid}-asked"

    @property
    def outbox(self) -> str:
        """How many edits are not saved yet."""
        return f"{self.grid}-outbox"

    @property
    def others(self) -> str:
        """Who else is here."""
        return f"{self.grid}-others"

    @property
    def strip(self) -> str:
        """Where the lumisections of a row are drawn, under it."""
        return f"{self.grid}-strip"


def sent(rows: Sequence[Any]) -> orjson.Fragment:
    """Return rows as they are sent: what sends an answer looks at each member of a list, and at this once."""
    return orjson.Fragment(orjson.dumps(rows))


GRID = "certify-grid"
OWN = Names(GRID)
QUESTION, ASKED, OUTBOX, OTHERS, STRIP = OWN.question, OWN.asked, OWN.outbox, OWN.others, OWN.strip

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

_NO_ROWS = "No dataset. Choose another stage or workspace above, or take a condition away."
#: so many columns leave room for whole names of datasets
_FEW = 8


def grid(names: Names = OWN) -> html.Div:
    """Return the grid, empty until a callback fills it, with all that stands around it."""
    return html.Div(
        [
            dag.AgGrid(
                id=names.grid,
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
                    "localeText": {"noRowsToShow": _NO_ROWS},
                },
                style={"height": None, "width": "100%"},
                dangerously_allow_code=False,
            ),
            html.Div(
                id=f"{names.grid}-sign-off", className="certify-sign-off", hidden=True, role="region", **_SIGN
            ),
            html.Div(html.Div(id=names.strip), className="certify-strip", hidden=True, **_STRIP),
            html.Div(
                id=f"{names.grid}-says", className="visually-hidden", **attributes({"aria-live": "polite"})
            ),
            dcc.Store(id=names.question),
            dcc.Store(id=names.asked),
        ],
        className="certify-grid-place",
        tabIndex=0,
        role="application",
        **attributes(
            {
                "aria-label": "Datasets and columns: arrows move, Shift extends, Space selects, G B S E set",
                "data-grid": names.grid,
                "data-question": names.question,
                "data-asked": names.asked,
                "data-says": f"{names.grid}-says",
                "data-outbox": names.outbox,
                "data-others": names.others,
                "data-sign-off": f"{names.grid}-sign-off",
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
            "minWidth": 240 if len(columns) <= _FEW else 108,
            "maxWidth": 240,
            "flex": 2,
            "cellClass": "certify-name",
            "tooltipField": "d",
            "valueFormatter": {"function": "rrGrid.name(params)"},
        },
        _number("l", "pb⁻¹", "recorded luminosity of the run, OMS", 52),
        _number("w", "at stake", "largest undecided luminosity of one column, pb⁻¹, OMS", 56),
        {
            "field": "s",
            "headerName": "state",
            "width": 88,
            "cellClassRules": {
                "certify-state is-open": "params.value == 'OPEN'",
                "certify-state is-signoff": "params.value == 'SIGNOFF'",
                "certify-state": "params.value != 'OPEN' && params.value != 'SIGNOFF'",
            },
        },
    ]
    # a word of the glossary tells itself where nothing nearer is said
    tips = ({"headerTooltip": says(name)} if term_of(name) else {} for name in (f["headerName"] for f in fixed))
    return [
        *({**tip, **each, "sortable": True} for tip, each in zip(tips, fixed, strict=True)),
        *(_cell(n, c) for n, c in enumerate(columns)),
    ]


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
        "minWidth": 43,
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


def strip_of(
    data: StripData,
    dataset: str,
    columns: Sequence[str],
    theme: Theme,
    intent: str = INTENT,
    *,
    is_touched: bool = False,
) -> html.Div:
    """Return the strip of one dataset, of the columns of the grid only, with the run's bits under it.

    Args:
        intent: where the browser writes what a key asked for.
        is_touched: by fingers, for which all rows are high.
    """
    rows = tuple(r for r in data.rows if r.key in columns)
    few = replace(data, rows=rows)
    title = html.H2([f"{data.run_number} ", html.Span(f"{dataset} · drag, or arrows and Shift; L closes")])
    look = strip_figure.look_for(is_touched=is_touched)
    figure, height = strip_figure.figure(few, theme, look), strip_figure.height_px(few, look)
    return html.Div([title, strip(figure, height, intent=intent)])


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


def keys(known: Sequence[tuple[str, str]] = KEYS) -> html.Div:
    """Return the line of keys under the grid."""
    pairs = [html.Span([html.Kbd(key), f" {what}"]) for key, what in known]
    return html.Div(pairs, className="certify-keys dim", **attributes({"aria-hidden": "true"}))
