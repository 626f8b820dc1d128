"""The table of every run there is; `assets/runs_page.js` is the hand on it.

Rows come in blocks as one scrolls; filter and order stand in the address.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_ag_grid as dag
from dash import dcc, html

from components import filter_builder, shell
from components.markup import attributes
from model.glossary import says, term_of
from model.run_table.choice import ASKED, FIELDS

GRID = "runs-grid"
HEAD = "runs-head"
COUNT = "runs-count"
#: what the browser holds: a key of the filter, the order, the sequence
QUESTION = "runs-question"
BLOCK = 100
NEWEST_FIRST = "run_number-desc"


def runs_body(order: str = "") -> html.Div:
    """Return the page; callbacks fill head, chips and rows."""
    return html.Div(
        [
            html.Div(
                [html.H1("Runs"), html.Span(id=COUNT, className="dim", role="status"), html.Div(id=HEAD)],
                className="runs-head",
            ),
            filter_builder.bar(),
            html.Div(
                [_grid(order), dcc.Store(id=QUESTION)],
                className="card-plain runs-place",
                **attributes(
                    {
                        "data-follows": "1",
                        "data-grid": GRID,
                        "data-version": shell.VERSION,
                        "aria-label": "runs: arrows move, Enter opens",
                    }
                ),
                role="region",
            ),
        ],
        className="stack runs-page",
    )


def _grid(order: str) -> dag.AgGrid:
    return dag.AgGrid(
        id=GRID,
        columnDefs=column_defs(order),
        rowModelType="infinite",
        getRowId="params.data.run_number + ''",
        className="runs-grid",
        dashGridOptions={
            "theme": {"function": "rrGrid.theme(themeQuartz)"},
            "rowHeight": 28,
            "headerHeight": 34,
            "cacheBlockSize": BLOCK,
            "maxConcurrentDatasourceRequests": 1,
            "animateRows": False,
            "suppressMovableColumns": True,
            # the arrows move in the table; Tab leaves it
            "tabToNextCell": {"function": "rrRuns.leave()"},
            "tooltipShowDelay": 350,
            "localeText": {"noRowsToShow": "No run. Take a condition away; new runs come in by themselves."},
        },
        style={"height": None, "width": "100%"},
        dangerously_allow_code=False,
    )


def is_order(said: str) -> bool:
    """Tell whether this names a field and a way."""
    field, _, way = said.partition("-")
    return field in FIELDS and way in ("asc", "desc")


def column_defs(order: str) -> list[dict[str, Any]]:
    """Return AG Grid's columns with the one that the table is ordered by."""
    field, _, way = (order if is_order(order) else NEWEST_FIRST).partition("-")
    return [{**each, "sort": way if each["colId"] == field else None} for each in _COLUMNS]


def _column(field: str, name: str, width: int, key: str = "", **more: Any) -> dict[str, Any]:
    # as wide as its words at a desk, somewhat wider on a large screen; the strip takes the rest
    given = {"field": field, "colId": key or field, "headerName": name, "width": width}
    if "pinned" not in more:
        given |= {"minWidth": width, "flex": width}
    if field != "worst":
        given["maxWidth"] = round(1.35 * width)
    tip = {"headerTooltip": says(name)} if term_of(name) else {}
    return {**given, **tip, "sortable": (key or field) in FIELDS, "sortingOrder": ["desc", "asc"], **more}


def _function(name: str) -> dict[str, str]:
    return {"function": f"rrRuns.{name}(params)"}


_NUMBER = {"type": "rightAligned", "cellClass": "runs-number"}
_COLUMNS: tuple[dict[str, Any], ...] = (
    _column("run_number", "run", 84, pinned="left", cellRenderer="RunLink", cellClass="runs-run"),
    _column("fill_number", "fill", 66, **_NUMBER),
    _column("era", "era", 70),
    _column("run_class", "class", 132),
    _column(
        "start_time",
        "start, UTC",
        140,
        "start_us",
        valueFormatter=_function("start"),
        tooltipValueGetter=_function("startTip"),
        cellClassRules={"runs-assumed": "rrRuns.isAssumed(params, 'start_time')"},
    ),
    _column(
        "duration_s",
        "length",
        84,
        valueFormatter=_function("duration"),
        headerTooltip="h:mm",
        tooltipValueGetter=_function("durationTip"),
        cellClassRules={"runs-assumed": "rrRuns.isAssumed(params, 'duration')"},
        **_NUMBER,
    ),
    _column("lumisections", "LS", 66, valueFormatter=_function("whole"), **_NUMBER),
    _column(
        "recorded_lumi_invpb",
        "rec. pb⁻¹",
        86,
        "recorded_invpb",
        headerTooltip="recorded luminosity, pb⁻¹",
        valueFormatter=_function("invpb"),
        tooltipValueGetter=_function("lumiTip"),
        **_NUMBER,
    ),
    _column(
        "delivered_lumi_invpb",
        "del. pb⁻¹",
        86,
        "delivered_invpb",
        headerTooltip="delivered luminosity, pb⁻¹",
        valueFormatter=_function("invpb"),
        tooltipValueGetter=_function("lumiTip"),
        **_NUMBER,
    ),
    _column("state", "state", 104, "run_state", cellClassRules={"runs-open": "params.value == 'OPEN'"}),
    _column(
        "significant",
        "signif.",
        70,
        "is_significant",
        headerTooltip="significant",
        valueFormatter=_function("yes"),
    ),
    _column("stop_reason", "stop reason", 130, tooltipField="stop_reason"),
    _column(
        "worst",
        "worst, online",
        110,
        flex=900,
        headerTooltip="worst status of all online columns, along the run",
        valueFormatter=_function("letter"),
        cellStyle=_function("strip"),
        tooltipValueGetter=_function("worstTip"),
        cellClass="runs-strip",
    ),
    _column(
        "missing",
        "to decide",
        98,
        "undecided",
        headerTooltip="lumisections, over all columns, that keep an OPEN run from being signed off",
        valueFormatter=_function("missing"),
        tooltipValueGetter=_function("missingTip"),
        cellClassRules={"runs-missing": "!!params.value && params.value.length > 0"},
        **_NUMBER,
    ),
)


def head(kept: Mapping[str, str], asked: str, words: str, notes: Sequence[str]) -> list[Any]:
    """Return whose datasets the filter asks, what was looked for, and what was dropped from the address."""
    drawn: list[Any] = []
    if words:
        rest = {name: said for name, said in kept.items() if name != "q"}
        drawn.append(dcc.Link(f"called “{words}” ✕", href=_address(rest), className="chip"))
    if kept.get("where"):
        drawn.append(html.Span("the filter asks datasets that are", className="dim"))
        drawn += [
            dcc.Link(
                stage,
                href=_address({**kept, "stage": stage}),
                className=f"chip{'' if stage == asked else ' is-offer'}",
            )
            for stage in ASKED
        ]
    return [*drawn, *(shell.notice(note, "late") for note in notes)]


def total(shown: int, every: int) -> str:
    """Return how many runs stand in the table, of how many."""
    return f"{every:,} runs" if shown == every else f"{shown:,} of {every:,} runs"


def _address(kept: Mapping[str, str]) -> str:
    return f"/runs?{urlencode(kept)}" if kept else "/runs"
