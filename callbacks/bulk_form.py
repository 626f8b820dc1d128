"""Show the form of a verb, say which datasets are chosen, and read the form as a wish."""

from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl

from dash import Input, Output, callback, dcc, html, no_update
from sqlalchemy import Connection

from components import bulk_form, shell
from components.certify_panel import causes_offered, refusal
from identity.address import place, value
from model.bulk.cells import Cells
from model.bulk.deeds import Duplicates, Moves
from model.bulk.lists import Listed, Words
from model.bulk.plan import Copy, Sheet
from model.bulk.which import pairs
from model.bulk.wish import Wish
from model.errors import Invalid, RunRegistryError
from model.filters.language import Every, Filter, Leaf, parse
from model.filters.language import runs as runs_of
from model.filters.words import words as in_words
from model.grid.choice import Choice
from model.journal import sequence_now
from model.queries import datasets
from model.queries.workspaces import every_cause
from model.registry import registry
from model.vocabulary import Stage

Json = Any


def wish_of(connection: Connection, given: Json) -> Wish:
    """Return what a form asks for; `given` holds its values by their names.

    Raises:
        Invalid: a filter or a range of runs that is none, or no column is chosen.
    """
    verb, stage = given["verb"], Stage(given["stage"])
    columns = tuple(given["columns"] or ())
    if verb == "rows":
        return Sheet(given["rows"] or "", stage, replaces=given["replaces"])
    if verb in ("list", "set", "copy") and not columns:
        raise Invalid("Choose the columns first.")
    words = Words(given["status"], given["cause"] or "", given["comment"] or "")
    if verb == "list":
        outside = Words(given["outside"], given["outside_cause"] or "", words.comment)
        there = outside if given["outside"] else None
        return Listed(given["rows"] or "", stage, columns, words, there, replaces=given["replaces"])
    chosen = pairs(connection, choice_of(given), sequence_now(connection))
    if verb == "set":
        said = (words.status, words.cause, words.comment)
        return Cells(chosen, columns, *said, replaces=given["replaces"])
    if verb == "copy":
        numbers = tuple(dict.fromkeys(run for run, _ in chosen))
        return Copy(numbers, Stage(given["source"]), stage, columns, replaces=given["replaces"])
    if verb == "move":
        is_every = given["workspace"] == bulk_form.EVERY
        there_ = datasets.workspaces(connection) if is_every else (given["workspace"],)
        return Moves(chosen, there_, given["from"], given["to"], words.comment)
    return Duplicates(chosen, (given["name"] or "").strip(), words.comment)


def choice_of(given: Json) -> Choice:
    """Return which datasets a form is about: stage and runs as typed, cycle and filter of the address.

    Raises:
        Invalid: a filter or a range of runs that is none.
    """
    where, typed = value(given["search"], "where"), (given["runs"] or "").strip()
    parts: list[Filter] = [parse(where)] if where else []
    if typed:
        if not runs_of(typed):
            raise Invalid(f"“{typed[:60]}” names no runs such as 379415-379420, 379430.")
        parts.append(Leaf("runs", (typed,)))
    wanted = Choice(Stage(given["stage"]), cycle=value(given["search"], "cycle"))
    return replace(wanted, where=Every(tuple(parts))) if parts else wanted


@callback(
    *(Output(bulk_form.part(name), "hidden") for name in bulk_form.PARTS),
    Output(bulk_form.HINT, "children"),
    Input(bulk_form.VERB, "value"),
    prevent_initial_call=True,
)
def show_verb(verb: str) -> tuple[Json, ...]:
    """Show what a verb asks for, and hide the rest."""
    return *bulk_form.hidden(verb), bulk_form.VERBS[verb][1]


@callback(
    Output(bulk_form.VERB, "value"),
    Output(bulk_form.STAGE, "value"),
    Output(bulk_form.RUNS, "value"),
    Output(bulk_form.WORKSPACE, "options"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
)
def take_address(pathname: str, search: str | None) -> tuple[Json, Json, Json, Json]:
    """Begin with what the address asks for, such as the datasets of a grid; offer the workspaces there are."""
    if pathname != "/bulk":
        return (no_update,) * 4
    with registry().reading() as connection:
        there = bulk_form.workspaces(datasets.workspaces(connection))
    said = dict(parse_qsl((search or "").lstrip("?")))
    verb = said["do"] if said.get("do") in bulk_form.VERBS else no_update
    stages = {s.value for s in Stage if s is not Stage.ONLINE}
    stage = said["stage"] if said.get("stage") in stages else no_update
    return verb, stage, said.get("runs", no_update), there


@callback(
    Output(bulk_form.CAUSE, "options"),
    Output(bulk_form.OUTSIDE_CAUSE, "options"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.VERSION, "data"),
)
def offer_causes(pathname: str, _version: Json) -> tuple[Json, Json]:
    """Offer the causes of all workspaces: columns of several can be set at once."""
    if pathname != "/bulk":
        return no_update, no_update
    with registry().reading() as connection:
        offered = causes_offered(every_cause(connection))
    return offered, offered


@callback(
    Output(bulk_form.CHOSEN, "children"),
    Input(bulk_form.STAGE, "value"),
    Input(bulk_form.RUNS, "value"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def count_chosen(stage: str, runs: str | None, search: str | None, _version: Json) -> Json:
    """Say how many datasets are chosen, and by what."""
    given = {"stage": stage, "runs": runs, "search": search}
    try:
        with registry().reading() as connection:
            choice = choice_of(given)
            found = pairs(connection, choice, place(connection, search).at)
    except RunRegistryError as error:
        return refusal(str(error))
    by = [f"cycle {choice.cycle}"] if choice.cycle else []
    by += [in_words(choice.where)] if choice.where else []
    which = f": {', '.join(by)}" if by else ""
    address = f"/certify?{(search or '').lstrip('?')}" if search else f"/certify?stage={stage}"
    return [
        html.B(f"{len(found):,}"),
        f" {stage} datasets are chosen{which}. ",
        dcc.Link("choose in the grid", href=address),
    ]
