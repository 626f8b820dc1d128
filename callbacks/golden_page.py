"""The golden JSON: offer the rules, compute the answer."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from components import golden_page, shell
from identity.address import place, theme
from model.errors import RunRegistryError
from model.golden.golden import Question
from model.registry import registry
from model.rulebook.book import rule_version, rulebook
from model.rulebook.texts import Purpose


@callback(
    Output(golden_page.RULE_NAME, "options"),
    Output(golden_page.RULE_NAME, "value"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
)
def offer_rules(pathname: str, search: str | None) -> tuple[Any, Any]:
    """Offer the rules that were kept then."""
    if pathname != "/golden":
        return no_update, no_update
    with registry().reading() as connection:
        book = rulebook(connection, place(connection, search).at)
    golden, others = book.purpose(Purpose.GOLDEN), book.purpose(Purpose.SELECTION)
    kept = [*golden, *others]
    return [{"label": f"{r.name} v{r.version}", "value": r.name} for r in kept], kept[0].name if kept else ""


@callback(
    Output(golden_page.BODY, "children", allow_duplicate=True),
    Output(golden_page.PATTERN, "value"),
    Input(golden_page.RULE_NAME, "value"),
    State(golden_page.SEVERAL, "value"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def switch_rule(name: str | None, several: str, search: str | None) -> tuple[Any, str]:
    """Show the golden list of another rule, over the datasets it is meant for."""
    with registry().reading() as connection:
        book = rulebook(connection, place(connection, search).at)
    pattern = book.version(name).text.datasets if name in book.names else "%"
    return fill_golden(pattern, several, name, search), pattern


@callback(
    output=Output(golden_page.BODY, "children"),
    inputs={
        "_clicks": Input(golden_page.ASK, "n_clicks"),
        "_submit": Input(golden_page.PATTERN, "n_submit"),
        "several": Input(golden_page.SEVERAL, "value"),
        "_version": Input(shell.VERSION, "data"),
    },
    state={
        "pattern": State(golden_page.PATTERN, "value"),
        "name": State(golden_page.RULE_NAME, "value"),
        "search": State(shell.ADDRESS, "search"),
    },
    prevent_initial_call=True,
)
def fill_golden(pattern: str | None, several: str, name: str | None, search: str | None, **_asked: Any) -> Any:
    """Show the golden list of a rule over datasets, with what the rest was lost to."""
    if not name or pattern is None:
        return no_update
    with registry().reading() as connection:
        seen = place(connection, search)
        try:
            rule = rule_version(connection, name, seen.at)
            question = Question(rule, pattern, seen.at, several)
            golden = registry().golden.golden(connection, question)
        except RunRegistryError as error:
            return golden_page.refused(str(error))
    return golden_page.body(question, golden, seen.words, theme())
