"""List the frozen reports, show the one that the address names, and make another in the background."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html, no_update

from components import reports_page as page
from components import shell, work
from components.certify_panel import refusal
from components.theme import THEMES, palette
from identity import here
from identity.address import place, value
from model.errors import RunRegistryError
from model.orders import require_wanted
from model.registry import registry
from model.report.freeze import freeze
from model.report.kept import body_of, report_of, reports
from model.report.offered import due, offered
from model.report.report import Report, read
from model.report.scope import Asked, Kind, kind_of
from model.rulebook.book import rulebook
from model.rulebook.texts import Purpose
from reports.chart import charts
from reports.kept import kept_pdf
from reports.svg import svg

Json = Any
Tell = Callable[[tuple[Json, str]], None]
#: points; a picture is drawn for half a page
_WIDTH = 340.0


@callback(
    Output(page.LIST, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
    Input(work.DONE, "data"),
)
def fill_list(pathname: str, search: str | None, _version: Json, _done: Json) -> Json:
    """Show which reports there are."""
    if pathname != "/reports":
        return no_update
    with registry().reading() as connection:
        found = reports(connection, place(connection, search).at)
    kind = value(search, "kind")
    is_kind = kind in set(Kind)
    return page.listed(found, kind if is_kind else "", value(search, "report"), value(search, "as_of"))


@callback(
    Output(page.VIEW, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
)
def show_report(pathname: str, search: str | None) -> Json:
    """Show the report that the address names."""
    if pathname != "/reports":
        return no_update
    name = value(search, "report")
    if not name:
        return page.nothing()
    try:
        with registry().reading() as connection:
            kept = report_of(connection, name, place(connection, search).at)
            report = read(body_of(connection, kept))
    except RunRegistryError as error:
        return page.nothing(str(error))
    return page.view(kept, report, pictures(report))


def pictures(report: Report) -> list[page.Picture]:
    """Return the charts of a report in the colours of each theme."""
    return [
        page.Picture(
            chart.beside, chart.title, chart.says, {theme: svg(chart, palette(theme)) for theme in THEMES}
        )
        for chart in charts(report, _WIDTH)
    ]


@callback(
    Output(page.SCOPES, "children"),
    Output(page.HINT, "children"),
    Output(page.SCOPE, "placeholder"),
    Output(page.RULE, "options"),
    Input(shell.ADDRESS, "pathname"),
    Input(page.KIND, "value"),
)
def offer_scopes(pathname: str, kind: str) -> tuple[Json, ...]:
    """Offer what a report of the chosen kind can be about, and the rules."""
    if pathname != "/reports":
        return no_update, no_update, no_update, no_update
    with registry().reading() as connection:
        at = place(connection, None).at
        book = rulebook(connection, at)
        scopes = offered(connection, Kind(kind), at)
    newest = due(scopes, Kind(kind), registry().clock())
    rules = [rule.name for purpose in (Purpose.GOLDEN, Purpose.SELECTION) for rule in book.purpose(purpose)]
    return [html.Option(value=scope) for scope in scopes], page.hint(kind), newest, page.rule_options(rules)


@callback(
    Output(page.REFUSAL, "children", allow_duplicate=True),
    Input(page.KIND, "value"),
    Input(page.SCOPE, "value"),
    prevent_initial_call=True,
)
def forget_refusal(_kind: str, _scope: str | None) -> Json:
    """Take back what was refused of another question."""
    return None


clientside_callback(
    ClientsideFunction("rrWork", "ordered"),
    Output(work.REPORT, "data"),
    Input(page.MAKE, "n_clicks"),
    prevent_initial_call=True,
)


@callback(
    Output(work.DONE, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(page.REFUSAL, "children"),
    Input(work.REPORT, "data"),
    State(page.KIND, "value"),
    State(page.SCOPE, "value"),
    State(page.RULE, "value"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
    background=True,
    interval=300,
    progress=[Output(work.SAYS, "children"), Output(work.ORDER, "data")],
    running=[(Output(work.WORK, "hidden"), False, True), (Output(page.MAKE, "disabled"), True, False)],
)
def make_report(
    set_progress: Tell, clicks: int, kind: str, scope: str | None, rule: str | None, search: str | None
) -> tuple[Json, Json, Json]:
    """Make a report and freeze it, beside the web; the browser may be on another page."""
    if not clicks:
        return no_update, no_update, no_update
    registry_, order = registry(), uuid4().hex

    def tell(what: str, done: int, of: int) -> None:
        set_progress((work.progress(what, done, of, "parts"), order))
        require_wanted(registry_.golden.cache, order)

    named = "" if rule in (None, page.GOLDEN) else rule
    as_of = value(search, "as_of") or "now"
    try:
        asked = Asked(kind, scope or _due(kind, search), named or "", as_of=as_of)
        kept = freeze(registry_, asked, here.asker(), tell)
        with registry_.reading() as connection:
            kept_pdf(registry_.golden.cache, read(body_of(connection, kept)))
    except RunRegistryError as error:
        return {"refused": str(error)}, no_update, refusal(str(error))
    link = dcc.Link(kept.title, href=page.address(report=kept.name))
    return {"refused": "", "report": kept.name}, shell.toast(["Frozen: ", link]), None


def _due(kind: str, search: str | None) -> str:
    with registry().reading() as connection:
        scopes = offered(connection, kind_of(kind), place(connection, search).at)
    return due(scopes, kind_of(kind), registry().clock())


@callback(
    Output(shell.ADDRESS, "search", allow_duplicate=True),
    Input(work.DONE, "data"),
    State(shell.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def open_made(done: Json, pathname: str) -> Json:
    """Show the report that was made where it was asked for; who left for another page stays there."""
    if pathname != "/reports" or not (done or {}).get("report"):
        return no_update
    return page.address(report=done["report"]).removeprefix("/reports")
