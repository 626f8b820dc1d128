"""`/query`: SQL over a snapshot; `assets/query_page*.js` are the hand, which asks the API itself.

The address holds the statement, the snapshot and the plot; what came back stays in the browser.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import dash_ag_grid as dag
import dash_bootstrap_components as dbc
from dash import dcc, html

from components import skeleton, theme
from components.empty import empty
from components.markup import attributes, labelled, page_title, unseen
from components.query_examples import EXAMPLES, Example
from model.queries.views import View

SQL, SNAPSHOT, LIMITS = "query-sql", "query-snapshot", "query-limits"
RUN, CANCEL, STATE = "query-run", "query-cancel", "query-state"
#: what the address asks for, for the hand to take
TOLD, TEMPLATE = "query-told", "query-template"
TABLES, NOTES, AGE = "query-tables", "query-notes", "query-age"
ANSWER, GRID, PLOT = "query-answer", "query-grid", "query-plot"
KIND, X, Y = "query-kind", "query-x", "query-y"
SAVED, NAME, SHARED, SAVE, REFUSAL = (
    "query-saved",
    "query-name",
    "query-shared",
    "query-save",
    "query-refusal",
)
#: type of the ids of buttons that take a kept query away
DROP = "query-drop"
KINDS = {"": "no plot", "bars": "bars", "line": "line", "scatter": "points"}
#: rows that a screen holds; a file has as many as the server gives
SHOWN = 5_000
_LONGEST = 60
Json = Any


def query_body() -> html.Div:
    """Return the page, which callbacks and the hand fill."""
    work = html.Div([_editor(), _answer()], className="query-work")
    return html.Div(
        [
            page_title("Query"),
            dcc.Store(id=TOLD),
            dcc.Store(id=TEMPLATE),
            html.Div(id=NOTES),
            html.Div([_browser(), work], className="query-grid-of-two"),
        ],
        className="stack query-page",
    )


def _browser() -> html.Section:
    narrow = dbc.Input(id="query-tables-filter", size="sm", type="search", placeholder="tracker, invpb, …")
    return html.Section(
        [
            html.H2("Tables"),
            labelled("Narrow tables and columns", narrow, is_hidden=True),
            html.Div(skeleton.lines(9, "query-waiting"), id=TABLES),
        ],
        className="card-plain query-browser",
        **attributes({"aria-label": "tables and columns"}),
    )


def _editor() -> html.Section:
    area = dcc.Textarea(id=SQL, value="", className="query-sql", spellCheck=False, rows=11)
    examples = html.Details(
        [html.Summary("Examples", className="button"), html.Ul([_example(each) for each in EXAMPLES])],
        className="query-menu",
    )
    buttons = [
        html.Button(["Run ", html.Kbd("Ctrl ⏎")], id=RUN, type="button", className="button is-primary"),
        html.Button("Cancel", id=CANCEL, type="button", className="button", hidden=True),
        examples,
        _kept(),
        html.Button("Copy link", id="query-link", type="button", className="button"),
    ]
    snapshot = labelled("Snapshot", dbc.Select(id=SNAPSHOT, size="sm", value="latest"))
    return html.Section(
        [
            html.Div([html.H2("SQL"), snapshot, html.Span(id=AGE, className="dim")], className="query-head"),
            html.Label("One SELECT over the tables", htmlFor=SQL, className="visually-hidden"),
            area,
            html.Div(buttons, className="query-actions"),
            html.P(id=LIMITS, className="dim query-limits"),
        ],
        className="card-plain query-editor",
    )


def _example(each: Example) -> html.Li:
    words = {"sql": each.sql, "plot": each.plot, "x": each.x, "y": each.y}
    return html.Li(dcc.Link(each.title, href=f"/query?{urlencode(words)}"))


def _kept() -> html.Details:
    saving = [
        labelled("Keep this query as", dbc.Input(id=NAME, size="sm", type="text", maxLength=_LONGEST)),
        dbc.Checkbox(id=SHARED, label="for everybody", value=False),
        html.Button("Save", id=SAVE, type="button", className="button", n_clicks=0),
    ]
    inside = [
        html.Div(id=SAVED),
        html.Div(saving, className="filter-saving"),
        html.Div(id=REFUSAL, role="alert"),
    ]
    return html.Details(
        [html.Summary("Saved", className="button"), html.Div(inside, className="query-kept")],
        className="query-menu",
    )


def _answer() -> html.Section:
    files = [
        html.Button(word, type="button", className="button", disabled=True, **attributes({"data-file": kind}))
        for word, kind in (("CSV", "csv"), ("Parquet", "parquet"))
    ]
    state = html.Div(
        empty("No answer yet", "Write a SELECT or take an example; Ctrl + Enter runs it."),
        id=STATE,
        className="query-state",
        **attributes({"aria-live": "polite"}),
    )
    choices = [
        # an empty value is shown by its placeholder alone
        labelled(
            "Plot", dbc.Select(id=KIND, size="sm", value="", options=_options(KINDS), placeholder=KINDS[""])
        ),
        labelled("x", dbc.Select(id=X, size="sm", options=[])),
        labelled("y", dbc.Select(id=Y, size="sm", options=[])),
    ]
    return html.Section(
        [
            html.Div([html.H2("Answer"), html.Div(files, className="query-files")], className="query-head"),
            state,
            html.Div(
                [
                    html.Div(choices, className="query-choices"),
                    html.Div(
                        theme.graph({}, PLOT, style={"height": "300px"}), id="query-plot-place", hidden=True
                    ),
                    _grid(),
                ],
                id=ANSWER,
                hidden=True,
            ),
        ],
        className="card-plain query-answer",
    )


def _options(names: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"value": value, "label": label} for value, label in names.items()]


def _grid() -> dag.AgGrid:
    return dag.AgGrid(
        id=GRID,
        columnDefs=[],
        rowData=[],
        className="query-rows",
        dashGridOptions={
            "theme": {"function": "rrGrid.theme(themeQuartz)"},
            "rowHeight": 28,
            "headerHeight": 34,
            "animateRows": False,
            "tooltipShowDelay": 350,
            "enableCellTextSelection": True,
            "suppressFieldDotNotation": True,
        },
        style={"height": "420px", "width": "100%"},
        dangerously_allow_code=False,
    )


def tables(found: Sequence[Mapping[str, Json]]) -> list[html.Div]:
    """Return the tables of a snapshot, each with its columns: type, unit and what it says."""
    return [_table(each) for each in found]


def _table(table: Mapping[str, Json]) -> html.Div:
    name = str(table["name"])
    # the name lies over its line, for a button may not stand inside of what opens
    line = [
        html.Span(name, className="query-room"),
        unseen(f"columns of {name}"),
        html.Span(f" {table['rows']:,} rows", className="dim"),
    ]
    columns = html.Ul([_column(each) for each in table["columns"]])
    opened = html.Details([html.Summary(line), html.P(table["description"], className="dim"), columns])
    return html.Div([_word(name, name), opened], className="query-table")


def _column(column: Mapping[str, Json]) -> html.Li:
    # that its words are kept once in the file is nothing to whoever writes SQL
    kind = column["type"].removesuffix(", repeated")
    unit = "" if column["unit"] in ("", "1") else f" · {column['unit']}"
    blank = " · can be null" if column.get("can_be_null") else ""
    about = [
        html.Span(f"{kind}{unit}{blank}", className="dim"),
        html.Small(column["description"], className="dim"),
    ]
    return html.Li([_word(str(column["name"]), quoted(str(column["name"]))), *about])


def _word(name: str, text: str) -> html.Button:
    """Return a name that a press puts into the statement."""
    said = attributes({"data-word": text})
    return html.Button(
        name, type="button", className="link-button query-word", title="into the statement", **said
    )


def quoted(name: str) -> str:
    """Return a name as SQL takes it."""
    is_plain = name.isidentifier() and name == name.lower() and name not in _RESERVED
    return name if is_plain else f'"{name}"'


#: names of columns that are words of SQL
_RESERVED = frozenset({"column", "table", "order", "group", "end", "all", "desc", "asc", "select", "from"})


def snapshot_options(known: Sequence[tuple[int, str]], asked: str) -> list[dict[str, str]]:
    """Return the choices of snapshots: sequence, and when it was recorded; what is asked for is one."""
    dated = {str(at): f"{at:,} · {when[:16].replace('T', ' ')} UTC" for at, when in known}
    newest = f"latest ({next(iter(dated.values()), 'none yet')})"
    return _options(
        {"latest": newest, asked: asked, **dated} if asked != "latest" else {"latest": newest, **dated}
    )


def age(sequence: int, old_s: float) -> str:
    """Return of which sequence a snapshot is, and how old."""
    minutes = max(0, int(old_s // 60))
    old = (
        f"{minutes} min"
        if minutes < 120
        else f"{minutes // 60} h"
        if minutes < 2880
        else f"{minutes // 1440} days"
    )
    return f"sequence {sequence:,}, recorded {old} ago; what came later is not in it"


def no_tables() -> html.Div:
    """Return what stands where there is no snapshot."""
    return empty("No tables", "Without a snapshot there is nothing to ask.")


def saved(found: Sequence[View], who: str) -> Any:
    """Return the queries that somebody sees, one's own with a button that takes it away."""
    if not found:
        return html.P("No query is kept yet.", className="dim")
    return html.Ul([_saved(each, who) for each in found])


def _saved(each: View, who: str) -> html.Li:
    is_mine = each.owner == who
    whose = ("shared" if each.is_shared else "mine") if is_mine else f"by {each.owner}"
    name = {"type": DROP, "owner": each.owner, "name": each.name}
    label = attributes({"aria-label": f"take the query {each.name} away"})
    away = html.Button("✕", id=name, type="button", className="filter-away", n_clicks=0, **label)
    words = [dcc.Link(each.name, href=each.address), html.Span(whose, className="dim")]
    return html.Li([*words, away if is_mine else None])


def limits(said: Mapping[str, float]) -> str:
    """Return the limits of a query in one line."""
    at_once = f"{said['at_once_each']} at once"
    file = f"{said['rows']:,} rows or {said['answer_mib']:,} MiB in a file"
    used = f"{said['time_s']:g} s, {said['memory_mib']:,} MiB of memory"
    return f"Read only. At most {used}, {SHOWN:,} rows on the screen, {file}, {at_once}."
