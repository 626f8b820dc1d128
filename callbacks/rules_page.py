"""The rules: list them, show the one of the address, answer for one lumisection."""

from typing import Any

from dash import Input, Output, State, callback, no_update
from sqlalchemy import Connection

from components import rule_answers, rule_editor, rules_page, shell
from components.empty import empty
from identity import here
from identity.address import place, value
from model.commands.rule_drafts import may_draft
from model.errors import RunRegistryError
from model.frames.refs import refs
from model.queries import rules as rule_queries
from model.queries.rules import DRAFT, Draft
from model.queries.runs import eras
from model.registry import registry
from model.rulebook.book import Rulebook, rulebook
from model.rulebook.texts import OF_RUNS, Purpose, RuleText
from model.rulebook.why import explain_at
from model.vocabulary import ONLINE

_EMPTY = RuleText({"and": []}, "unknown", "")


@callback(
    Output(rules_page.LIST, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(rules_page.FILTER, "value"),
    Input(shell.VERSION, "data"),
)
def list_rules(pathname: str, search: str | None, words: str | None, _version: Any) -> Any:
    """List the rules that were active or drafted then."""
    if pathname != "/rules":
        return no_update
    with registry().reading() as connection:
        seen = place(connection, search)
        book, drafts = rulebook(connection, seen.at), rule_queries.drafts(connection, seen.at)
    return rules_page.listed(book, drafts, _chosen(book, search), words or "", seen.words)


@callback(
    Output(rules_page.BODY, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_rule(pathname: str, search: str | None, _version: Any) -> Any:
    """Show the rule of the address: its draft, if there is one, in the editor."""
    if pathname != "/rules":
        return no_update
    with registry().reading() as connection:
        at = place(connection, search).at
        book, drafts = rulebook(connection, at), rule_queries.drafts(connection, at)
        name = _chosen(book, search)
        if name and name not in book.names and name not in drafts:
            return empty("No such rule", f"There was no rule {name} then.")
        return _drawn(connection, book, drafts.get(name), name, at)


def _drawn(connection: Connection, book: Rulebook, draft: Draft | None, name: str, at: int) -> Any:
    rule = book.version(name) if name in book.names else None
    text = draft.text if draft else rule.text if rule else _EMPTY
    where = _somewhere(connection, text, at)
    seen = {"at": at, "digest": draft.digest if draft else "", "name": name}
    left = [rule_editor.editor(name, text, book.schema(besides=name), seen, is_new=not name)]
    right = [
        rule_editor.checker(),
        rule_editor.actions(
            draft.state if draft else "", _sentence(draft, text), may_save=may_draft(here.asker(), text)
        ),
        rule_answers.test_card(
            ONLINE if text.purpose in OF_RUNS else text.datasets,
            eras(connection, at),
            draft.tested if draft else None,
        ),
        rule_answers.tree_card(*where),
        rule_answers.history(rule_queries.history(connection, name, at), name),
    ]
    return rules_page.page(rules_page.head(name, rule, book.dependents(name)), left, right)


@callback(
    Output(rule_answers.TREE, "children"),
    Input(rule_answers.TREE_RUN, "value"),
    Input(rule_answers.TREE_DATASET, "value"),
    Input(rule_answers.TREE_LUMISECTION, "value"),
    Input(rule_editor.TEXT, "value"),
    Input(rule_editor.field("null_policy"), "value"),
    State(rule_editor.SEEN, "data"),
)
def show_tree(*asked: Any) -> Any:
    """Show what the rule in the editor says of one lumisection."""
    run_number, dataset, number, text, null, seen = asked
    if not run_number or not number or not dataset:
        return empty("Which lumisection?", "Give a run, a dataset and a lumisection.")
    try:
        with registry().reading() as connection:
            rule = rulebook(connection, seen["at"]).given(RuleText(text, null, ""), seen["name"] or "new")
            found = explain_at(connection, rule, (run_number, dataset, number), seen["at"])
    except RunRegistryError as error:
        return empty("No answer", str(error))
    return rule_answers.tree(found)


def _chosen(book: Rulebook, search: str | None) -> str:
    if "name=" in (search or ""):
        return value(search, "name")
    golden = book.purpose(Purpose.GOLDEN)
    return golden[0].name if golden else next(iter(book.names), "")


def _sentence(draft: Draft | None, text: RuleText) -> str:
    if draft is None:
        may = "" if may_draft(here.asker(), text) else " You may look, not draft."
        return f"Nothing is drafted: what you save becomes a draft.{may}"
    if draft.tested is None or draft.state == DRAFT:
        return f"Drafted by {draft.by}; not back-tested yet. An untested draft cannot become active."
    official = "" if draft.text.purpose == Purpose.SELECTION else f", by somebody else than {draft.by}"
    return f"Drafted by {draft.by} and back-tested: it can be made active{official}."


def _somewhere(connection: Connection, text: RuleText, at: int) -> tuple[int, str, int]:
    found = refs(connection, at, text.datasets) or refs(connection, at, ONLINE)
    return (found[-1].run_number, found[-1].name, 1) if found else (1, ONLINE, 1)
