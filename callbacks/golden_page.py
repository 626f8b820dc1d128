"""The golden JSON: offer the rules, compute the answer."""

from typing import Any

from dash import Input, Output, State, callback, no_update

from components import golden_page, shell
from identity.address import place, theme
from model.errors import RunRegistryError
from model.golden.golden import Question
from model.queries import documents
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


@callback(Output(golden_page.PATTERN, "value"), Input(golden_page.RULE_NAME, "value"))
def offer_datasets(name: str | None) -> str:
    """Offer the datasets a rule is meant for."""
    with registry().reading() as connection:
        kept = documents.document(connection, "rule", name or "")
    return str(kept["datasets"]) if kept else "%"


@callback(
    Output(golden_page.BODY, "children"),
    Input(golden_page.ASK, "n_clicks"),
    Input(golden_page.PATTERN, "value"),
    Input(golden_page.SEVERAL, "value"),
    Input(shell.VERSION, "data"),
    State(golden_page.RULE_NAME, "value"),
    State(shell.ADDRESS, "search"),
)
def fill_golden(
    _clicks: int, pattern: str | None, several: str, _version: Any, name: str | None, search: str | None
) -> Any:
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
