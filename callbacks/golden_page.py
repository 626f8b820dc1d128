"""The golden JSON: the address is the question; whatever a hand changes is answered and put into it at once."""

from dataclasses import replace
from typing import Any

from dash import ALL, ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, no_update
from sqlalchemy import Connection

from callbacks.golden_question import completed, offered, question, versions
from components import golden as cards
from components import golden_page as page
from components import shell
from components.golden_question import Asked, asked_of, besides
from identity import here
from identity.address import Place, place, theme
from model.commands.rule_drafts import draft_rule, may_draft
from model.errors import RunRegistryError
from model.golden.choice import choices
from model.registry import registry
from model.rulebook.book import Rulebook, rulebook

_PARTS = {
    "title": Output(page.RULE_TITLE, "children"),
    "clauses": Output(page.CLAUSES, "children"),
    "draft": Output(page.RULE_DRAFT, "children"),
    "figure": Output(cards.WATERFALL, "figure"),
    "way": Output(page.WAY, "children"),
    "account": Output(page.ACCOUNT, "children"),
    "result": Output(cards.RESULT, "children"),
}


@callback(
    output={
        "parts": _PARTS,
        "losses": Output({"type": cards.LOSS, "key": ALL}, "children"),
        "hidden": Output(page.BODY, "hidden"),
        "notes": Output(page.NOTES, "children"),
        "options": {name: Output(page.FIELDS[name], "options") for name in page.OFFERED},
        "values": {name: Output(control, "value") for name, control in page.FIELDS.items()},
        "chosen": Output(page.CHOSEN, "data"),
        "search": Output(page.SEARCH, "data"),
    },
    inputs={
        "pathname": Input(shell.ADDRESS, "pathname"),
        "search": Input(shell.ADDRESS, "search"),
        "_version": Input(shell.VERSION, "data"),
        "values": {name: Input(control, "value") for name, control in page.FIELDS.items()},
        "hand": Input(page.HAND, "data"),
    },
    state={"before": State(page.CHOSEN, "data"), "places": State({"type": cards.LOSS, "key": ALL}, "id")},
)
def fill_golden(
    pathname: str, search: str | None, _version: Any, values: Any, hand: Any, before: Any, places: Any
) -> Any:
    """Show the golden list that is asked for, with what the rest was lost to."""
    if pathname != "/golden":
        return _nothing(places)
    told, stands, address = asked_of(search), False, search
    if before and not ctx.triggered_prop_ids.keys() & _ADDRESS:
        changed = {name: value or "" for name, value in values.items() if value != before.get(name)}
        moved = hand if f"{page.HAND}.data" in ctx.triggered_prop_ids else None
        told = told.with_hand(changed, moved)
        # where the browser shows the clauses as they are now, only what they cost is drawn
        stands = "rule" not in changed and (moved is None or moved["stands"])
        address = told.search(besides(search))
    with registry().reading() as connection:
        found = _answered(connection, place(connection, search), told)
    return {**_placed(found, places, stands=stands), "search": address if address != search else no_update}


# the answer it leads to is the one that is shown: a callback is not called again by what it led to
clientside_callback(
    "(search) => search",
    Output(shell.ADDRESS, "search", allow_duplicate=True),
    Input(page.SEARCH, "data"),
    prevent_initial_call=True,
)


clientside_callback(
    ClientsideFunction("rrGolden", "settled"),
    Output(page.SETTLED, "data"),
    Input(page.CHOSEN, "data"),
    prevent_initial_call=True,
)


@callback(
    Output(page.NOTES, "children", allow_duplicate=True),
    Output(shell.ADDRESS, "href", allow_duplicate=True),
    Input({"type": page.RULE_DRAFT, "rule": ALL}, "n_clicks"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def draft_golden(clicks: list[int | None], search: str | None) -> Any:
    """Keep the varied rule as a draft, and open it where it is back-tested."""
    if not any(clicks):
        return no_update, no_update
    try:
        with registry().writing() as tx:
            book = rulebook(tx.connection, tx.head.sequence)
            kept, varied = versions(book, completed(book, asked_of(search)))
            draft_rule(tx, kept.name, varied.text, here.asker(), seen=tx.head.sequence)
    except RunRegistryError as error:
        return page.notes([], refused=str(error)), no_update
    return no_update, f"/rules?name={kept.name}"


_ADDRESS = {f"{shell.ADDRESS}.pathname", f"{shell.ADDRESS}.search", f"{shell.VERSION}.data"}


def _placed(found: dict[str, Any], places: list[Any], *, stands: bool) -> dict[str, Any]:
    """Return an answer by its places: the clauses anew, or only what each costs where they stand."""
    drawn = dict(found["parts"])
    told = drawn.pop("losses", {})
    losses = [told.get(place["key"], no_update) if stands else no_update for place in places]
    clauses = no_update if stands and places else drawn["clauses"]
    return {**found, "parts": {**drawn, "clauses": clauses}, "losses": losses}


def _nothing(places: list[Any]) -> dict[str, Any]:
    fields = {"options": page.OFFERED, "values": page.FIELDS, "parts": _PARTS}
    nested: dict[str, Any] = {name: dict.fromkeys(each, no_update) for name, each in fields.items()}
    nested["losses"] = [no_update] * len(places)
    return nested | dict.fromkeys(("hidden", "notes", "chosen", "search"), no_update)


def _answered(connection: Connection, seen: Place, told: Asked) -> dict[str, Any]:
    """Return what every place of the page shows."""
    book = rulebook(connection, seen.at)
    asked = completed(book, told)
    kept = book.version(asked.rule).null_policy.value if asked.rule in book.names else ""
    shown = {
        "options": page.options(offered(book), kept, choices(connection, seen.at)),
        "values": asked.chosen(),
        "chosen": asked.chosen(),
    }
    try:
        answer = _answer(connection, book, seen, asked)
    except RunRegistryError as error:
        nothing = dict.fromkeys(_PARTS, no_update)
        refused = page.notes(asked.dropped, refused=str(error))
        return {**shown, "parts": nothing, "hidden": True, "notes": refused}
    is_mine = may_draft(here.asker(), answer.kept.text)
    parts = page.drawn(answer, asked, theme(), may_draft=is_mine)
    return {**shown, "parts": parts, "hidden": False, "notes": page.notes(asked.dropped)}


def _answer(connection: Connection, book: Rulebook, seen: Place, asked: Asked) -> page.Answer:
    kept, rule = versions(book, asked)
    now, room = question(kept, rule, asked, seen.at), registry().golden
    golden = room.golden(connection, now)
    other = None if rule.digest == kept.digest else room.golden(connection, replace(now, rule=kept))
    return page.Answer(now, golden, kept, other, seen.words)
