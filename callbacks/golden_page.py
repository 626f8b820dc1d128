"""The golden JSON: the address is the question; what a hand chooses goes into it, and the answer follows."""

from typing import Any
from urllib.parse import parse_qs, urlencode

from dash import Input, Output, State, callback, no_update
from sqlalchemy import Connection

from components import golden_page as page
from components import shell
from identity.address import place, theme
from model.errors import RunRegistryError
from model.golden.golden import Question
from model.registry import registry
from model.rulebook.book import Rulebook, RuleVersion, rulebook
from model.rulebook.texts import Purpose


@callback(
    output={
        "body": Output(page.BODY, "children"),
        "options": Output(page.RULE_NAME, "options"),
        "rule": Output(page.RULE_NAME, "value"),
        "dataset": Output(page.PATTERN, "value"),
        "several": Output(page.SEVERAL, "value"),
        "null_policy": Output(page.NULL, "value"),
        "kept": Output(page.NULL, "options"),
        "chosen": Output(page.CHOSEN, "data"),
    },
    inputs={
        "pathname": Input(shell.ADDRESS, "pathname"),
        "search": Input(shell.ADDRESS, "search"),
        "_version": Input(shell.VERSION, "data"),
    },
)
def fill_golden(pathname: str, search: str | None, _version: Any) -> Any:
    """Show the golden list that the address asks for, with what the rest was lost to."""
    if pathname != "/golden":
        names = ("body", "options", "rule", "dataset", "several", "null_policy", "kept", "chosen")
        return dict.fromkeys(names, no_update)
    with registry().reading() as connection:
        at = place(connection, search).at
        book = rulebook(connection, at)
        asked = _asked(book, search)
        body = _answer(connection, book, asked, search)
    kept = book.version(asked["rule"]).null_policy.value if asked["rule"] in book.names else ""
    shown = {"options": page.rule_options(_offered(book)), "kept": page.null_options(kept)}
    return {"body": body, **shown, **asked, "chosen": asked}


@callback(
    output=Output(shell.ADDRESS, "search", allow_duplicate=True),
    inputs={
        "_clicks": Input(page.ASK, "n_clicks"),
        "chosen": {
            "rule": Input(page.RULE_NAME, "value"),
            "dataset": Input(page.PATTERN, "value"),
            "several": Input(page.SEVERAL, "value"),
            "null_policy": Input(page.NULL, "value"),
        },
    },
    state={"before": State(page.CHOSEN, "data"), "search": State(shell.ADDRESS, "search")},
    prevent_initial_call=True,
)
def choose_golden(_clicks: int, chosen: dict[str, str], before: Any, search: str | None) -> Any:
    """Put into the address what a hand chose; another rule brings its own datasets and null policy."""
    changed = {
        name: (value or "").strip() for name, value in chosen.items() if value != (before or {}).get(name)
    }
    if not before or not changed:
        return no_update
    kept = _first(search)
    if "rule" in changed:
        kept |= {"dataset": "", "null_policy": ""}
    kept |= changed
    if kept.get("null_policy") == page.AS_KEPT:
        kept["null_policy"] = ""
    said = urlencode({name: value for name, value in kept.items() if value})
    return f"?{said}" if said else ""


def _asked(book: Rulebook, search: str | None) -> dict[str, str]:
    """Return the question of the address; what it does not say is the first golden rule's."""
    said, offered = _first(search), _offered(book)
    name = said.get("rule") or (offered[0].name if offered else "")
    datasets = book.version(name).text.datasets if name in book.names else "%"
    return {
        "rule": name,
        "dataset": said.get("dataset") or datasets,
        "several": said.get("several") or "refuse",
        "null_policy": said.get("null_policy") or page.AS_KEPT,
    }


def _answer(connection: Connection, book: Rulebook, asked: dict[str, str], search: str | None) -> Any:
    seen, null = place(connection, search), asked["null_policy"]
    try:
        kept = book.version(asked["rule"])
        rule = kept if null == page.AS_KEPT else kept.under(null)
        question = Question(rule, asked["dataset"], seen.at, asked["several"])
        golden = registry().golden.golden(connection, question)
    except RunRegistryError as error:
        return page.refused(str(error))
    return page.body(question, golden, seen.words, kept=kept.null_policy, theme=theme())


def _offered(book: Rulebook) -> list[RuleVersion]:
    return [*book.purpose(Purpose.GOLDEN), *book.purpose(Purpose.SELECTION)]


def _first(search: str | None) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs((search or "").lstrip("?")).items()}
