"""Fill the lists side by side, after the answer that was asked for, and only where the choice is another."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from dash import Input, Output, State, callback, no_update
from sqlalchemy import Connection

from callbacks.golden_question import offered, question
from components import golden_beside as card
from components import golden_page as page
from components import shell
from components.golden_question import AS_KEPT, Asked, asked_of
from identity.address import Place, place
from model.errors import RunRegistryError
from model.golden.golden import Question, read_by
from model.registry import registry
from model.rulebook.book import RuleVersion, rulebook

Json = Any
_EVERY = "%"


@callback(
    Output(card.BODY, "children"),
    Output(card.ASKED, "data"),
    Input(page.SETTLED, "data"),
    State(page.CHOSEN, "data"),
    State(shell.ADDRESS, "search"),
    State(card.ASKED, "data"),
)
def fill_beside(_settled: Json, chosen: Json, search: str | None, before: Json) -> tuple[Json, Json]:
    """Show what every rule that makes lists selects of the choice."""
    if not chosen:
        return no_update, no_update
    with registry().reading() as connection:
        seen = place(connection, search)
        asked = asked_of(search).with_hand({name: chosen[name] for name in _CHOICE}, None)
        wanted = {name: chosen[name] for name in _CHOICE} | {"at": seen.at}
        if wanted == before:
            return no_update, no_update
        meant = [rule for rule in offered(rulebook(connection, seen.at)) if rule.text.datasets != _EVERY]
        return card.table(_lists(connection, meant, asked, seen)), wanted


_CHOICE = ("run_class", "era", "runs", "cycle", "several")


def _lists(connection: Connection, rules: list[RuleVersion], asked: Asked, seen: Place) -> list[card.Beside]:
    reads = read_by(rules)
    return [_one(connection, rule, asked, (seen, reads)) for rule in rules]


def _one(
    connection: Connection, rule: RuleVersion, asked: Asked, ready: tuple[Place, frozenset[str]]
) -> card.Beside:
    (seen, reads), pattern = ready, rule.text.datasets
    try:
        own = replace(asked, rule=rule.name, dataset=pattern, null_policy=AS_KEPT)
        found: Question = replace(question(rule, rule, own, seen.at), reads=reads)
        golden = registry().golden.golden(connection, found)
    except RunRegistryError as error:
        return card.Beside(rule.name, pattern, refused=str(error))
    said = {
        "rule": rule.name,
        "dataset": pattern,
        "several": own.several,
        **own.conditions(),
        "as_of": seen.words,
    }
    return card.Beside(
        rule.name,
        pattern,
        len(golden.lists),
        golden.lumisections,
        golden.recorded_invpb,
        golden.considered_invpb,
        f"/api/v1/golden-json?{urlencode({name: word for name, word in said.items() if word})}",
    )
