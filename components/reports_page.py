"""`/reports`: the frozen reports, one of them in full, and the form that makes another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

import dash_bootstrap_components as dbc
from dash import dcc, html

from components import skeleton
from components.empty import empty
from components.markup import attributes, labelled, page_title
from components.theme import Theme
from model.report.about import facts, title
from model.report.kept import Kept
from model.report.report import Report, Table
from model.report.scope import Kind
from model.report.shown import cells, heading, looks

LIST = "reports-list"
VIEW = "reports-view"
KIND = "reports-kind"
SCOPE = "reports-scope"
SCOPES = "reports-scopes"
RULE = "reports-rule"
MAKE = "reports-make"
HINT = "reports-hint"
REFUSAL = "reports-refusal"
#: the choice that leaves the rule to the registry; a choice cannot be empty
GOLDEN = "*"
_FORMS = {"html": "HTML", "pdf": "PDF", "csv": "CSV", "json": "JSON"}
_HINTS = {
    Kind.WEEK: "A week such as 2024-W20 (ISO 8601, UTC); empty: the last with runs that is over.",
    Kind.ERA: "An era such as 2024C; empty: the newest.",
    Kind.CYCLE: "The name of a cycle; empty: the newest.",
    Kind.SHIFT: "When it began, 2024-05-13T07:00Z, and perhaps /when it ended; empty: the last 8 hours.",
}
Json = Any


@dataclass(frozen=True)
class Picture:
    """A chart as SVG in the colours of each theme; `says` is for those who do not see it."""

    beside: str
    title: str
    says: str
    drawn: Mapping[Theme, str]


def reports_body() -> html.Div:
    """Return the places that callbacks fill, and the form."""
    kinds = [{"label": kind.value, "value": kind.value} for kind in Kind]
    scope = dbc.Input(id=SCOPE, size="sm", type="text", maxLength=100, list=SCOPES, autocomplete="off")
    fields = [
        labelled("Kind", dbc.Select(id=KIND, size="sm", value=Kind.WEEK.value, options=kinds)),
        labelled("Which", scope),
        labelled("Rule", dbc.Select(id=RULE, size="sm", value=GOLDEN, options=rule_options([]))),
        html.Button("Make report", id=MAKE, type="button", className="button is-primary", n_clicks=0),
    ]
    form = html.Section(
        [
            html.H2("A new report"),
            html.Div(fields, className="reports-form"),
            html.Datalist(id=SCOPES),
            html.P(_HINTS[Kind.WEEK], id=HINT, className="dim"),
            html.Div(id=REFUSAL, role="alert"),
        ],
        className="card-plain no-print reports-new",
    )
    live = attributes({"aria-live": "polite"})
    kept = html.Section(
        html.Div(skeleton.lines(), id=LIST, **live), className="card-plain no-print reports-kept"
    )
    view = dcc.Loading(
        html.Article(skeleton.cards((225, (1,)), (480, (1,))), id=VIEW, className="reports-view"),
        delay_show=300,
        type="dot",
    )
    side = html.Div([form, kept], className="reports-side")
    return html.Div([page_title("Reports"), side, view], className="reports-page")


def hint(kind: str) -> str:
    """Return how to say which one of a kind is meant."""
    return _HINTS[Kind(kind)]


def rule_options(names: Sequence[str]) -> list[dict[str, str]]:
    """Return the rules to choose from, the golden rule first."""
    return [{"label": "the golden rule", "value": GOLDEN}, *({"label": name, "value": name} for name in names)]


def address(**words: str) -> str:
    """Return the address of the page; what is empty is left out."""
    said = urlencode({name: value for name, value in words.items() if value})
    return f"/reports?{said}" if said else "/reports"


def listed(found: Sequence[Kept], kind: str, chosen: str, as_of: str) -> Json:
    """Return the reports of a kind, the newest first, with what they came to."""
    tabs = [_tab("all", "", kind, as_of), *(_tab(each.value, each.value, kind, as_of) for each in Kind)]
    shown = [each for each in found if kind in ("", each.kind)]
    lines = [_line(each, kind, chosen, as_of) for each in shown]
    nothing = empty("No report yet", "Choose what the first one is about, and make it.")
    return [
        html.H2(["Reports ", html.Span(f"{len(shown):,} frozen", className="dim")]),
        html.Nav(tabs, className="certify-tabs", **attributes({"aria-label": "kinds of reports"})),
        html.Ul(lines, className="reports-lines") if lines else nothing,
    ]


def _tab(label: str, kind: str, current: str, as_of: str) -> dcc.Link:
    css = "is-active" if kind == current else "tab-link"
    return dcc.Link(label, href=address(kind=kind, as_of=as_of), className=css)


def _line(each: Kept, kind: str, chosen: str, as_of: str) -> html.Li:
    is_chosen = each.name == chosen
    certified = each.figures.get("certified", each.figures.get("recorded"))
    what = "certified" if "certified" in each.figures else "recorded"
    worth = f"{certified:,.1f} pb⁻¹ {what}" if isinstance(certified, int | float) else ""
    inside = [
        html.B(each.title),
        html.Span(worth, className="num"),
        html.Small(
            f"{each.kind} · sequence {each.sequence:,} · {each.author} · {each.at[:16].replace('T', ' ')} UTC"
        ),
    ]
    href = address(kind=kind, report=each.name, as_of=as_of)
    link = dcc.Link(inside, href=href, className=f"reports-line {'is-current' if is_chosen else ''}")
    return html.Li(link, **attributes({"aria-current": "true"} if is_chosen else {}))


def view(kept: Kept, report: Report, pictures: Sequence[Picture]) -> list[Any]:
    """Return a report in full."""
    links = [
        html.A(label, href=f"/api/v1/reports/{kept.name}.{form}", className="button", target="_blank")
        for form, label in _FORMS.items()
    ]
    before = dcc.Link(report.since, href=address(report=report.since))
    told = ((name, before if said == report.since else said) for name, said in facts(report))
    lines = [part for name, said in told for part in (html.Dt(name), html.Dd(said))]
    frozen = f"by {kept.author}, {kept.at[:16].replace('T', ' ')} UTC, sequence {kept.frozen:,} of the journal"
    notes = html.Ul([html.Li(note) for note in report.notes], className="reports-notes")
    head = html.Section(
        [
            html.H2(title(report)),
            html.Div(links, className="reports-forms no-print"),
            html.Dl([*lines, html.Dt("Frozen"), html.Dd(frozen)]),
            notes if report.notes else None,
        ],
        className="card-plain",
    )
    drawn = [
        _section(table, report, [p for p in pictures if p.beside == table.name]) for table in report.tables
    ]
    return [head, *drawn]


def nothing(sentence: str = "") -> html.Div:
    """Return the place of a report while none is chosen, or why it is not there."""
    if sentence:
        return html.Div(empty("No such report", sentence), className="card-plain")
    said = "A line of the list shows it in full, as it was when it was frozen; the first one is made beside."
    return html.Div(empty("Choose a report", said), className="card-plain")


def _section(table: Table, report: Report, pictures: Sequence[Picture]) -> html.Section:
    said = " ".join(part for part in (table.note, f"Source: {table.source}.") if part)
    body: list[Any] = [html.Div(_table(table, report), className="reports-table")] if table.rows else []
    body.append(html.P(said, className="dim"))
    if pictures:
        figures = html.Div([_figure(picture) for picture in pictures])
        body = [html.Div([html.Div(body), figures], className="reports-two")]
    return html.Section([html.H3(table.title), *body], className="card-plain")


def _figure(picture: Picture) -> html.Figure:
    images = [
        html.Img(src=f"data:image/svg+xml,{quote(drawn)}", alt=picture.says, className=f"only-{theme}")
        for theme, drawn in picture.drawn.items()
    ]
    return html.Figure([html.Figcaption(picture.title), *images])


def _table(table: Table, report: Report) -> html.Table:
    css = list(looks(table))
    heads = [html.Th(heading(column), className=name) for column, name in zip(table.columns, css, strict=True)]
    runs = [column.name == "run_number" for column in table.columns]
    rows = [
        html.Tr(
            [
                html.Td(_run(text, report) if is_run else text, className=name)
                for text, name, is_run in zip(row, css, runs, strict=True)
            ]
        )
        for row in cells(table)
    ]
    return html.Table([html.Thead(html.Tr(heads)), html.Tbody(rows)])


def _run(number: str, report: Report) -> dcc.Link:
    return dcc.Link(number, href=f"/runs/{number}?as_of={report.sequence}", title="as it was for this report")
