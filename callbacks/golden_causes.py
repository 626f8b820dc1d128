"""What differs from the list that the address compares with; what a hand chooses goes into the address."""

from typing import Any

from dash import Input, Output, State, callback, no_update
from sqlalchemy import Connection

from callbacks.golden_question import completed, question_of
from components import golden_causes as card
from components import golden_page as page
from components import shell
from components.golden_question import AS_KEPT, asked_of, besides
from identity.address import place, value
from model.errors import RunRegistryError
from model.golden.against import Against, compared, offered
from model.golden.golden import Question
from model.registry import registry
from model.rulebook.book import rule_version, rulebook

Json = Any


@callback(
    Output(card.BODY, "children"),
    Output(card.OFFERED, "children"),
    Output(card.AGAINST, "value"),
    Input(page.SETTLED, "data"),
    State(shell.ADDRESS, "pathname"),
    State(shell.ADDRESS, "search"),
)
def fill_causes(_settled: Json, pathname: str, search: str | None) -> tuple[Json, Json, Json]:
    """Show what differs from the list that the address names; the newest unless it names one."""
    if pathname != "/golden":
        return no_update, no_update, no_update
    with registry().reading() as connection:
        seen = place(connection, search)
        names = _offered(connection, search, seen.at)
        against = value(search, "against") or next(iter(names), "")
        if not against:
            return [], [], ""
        try:
            question = question_of(connection, search)
            found = compared(connection, registry().golden, Against(against), question)
            kept = rule_version(connection, question.rule.name, seen.at)
        except RunRegistryError as error:
            return card.refused(str(error)), card.choices(names), against
    is_kept = kept.closure == question.rule.closure
    shown = card.body(found, _asked(question, search, against), is_kept=is_kept)
    return shown, card.choices(names), against


@callback(
    Output(shell.ADDRESS, "search", allow_duplicate=True),
    Input(card.AGAINST, "value"),
    State(shell.ADDRESS, "search"),
    State(shell.ADDRESS, "pathname"),
    prevent_initial_call=True,
)
def choose_against(against: str | None, search: str | None, pathname: str) -> Json:
    """Put into the address what to compare with."""
    with registry().reading() as connection:
        first = next(iter(_offered(connection, search, place(connection, search).at)), "")
    wanted, now = (against or "").strip(), value(search, "against")
    if pathname != "/golden" or wanted == (now or first):
        return no_update
    kept = {name: word for name, word in besides(search).items() if name != "against"}
    return asked_of(search).search({**kept, "against": wanted} if wanted else kept)


def _offered(connection: Connection, search: str | None, at: int) -> list[str]:
    """Return what can be compared with, the products of the rule that is asked first."""
    return offered(connection, at, completed(rulebook(connection, at), asked_of(search)).rule)


def _asked(question: Question, search: str | None, against: str) -> dict[str, str]:
    """Return the question as the API takes it."""
    asked = asked_of(search)
    null = "" if asked.null_policy == AS_KEPT else asked.null_policy
    said = {"rule": question.rule.name, "dataset": question.pattern, "several": question.several}
    said |= {**asked.conditions(), "null_policy": null, "as_of": value(search, "as_of"), "against": against}
    return {name: word for name, word in said.items() if word}
