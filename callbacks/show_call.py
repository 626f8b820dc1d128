"""Show the call that answers the screen: from the address, and from what a screen chooses by itself."""

from typing import Any
from urllib.parse import parse_qsl

from dash import Input, Output, State, callback, no_update
from flask import request
from sqlalchemy import Connection

from callbacks import board_page, decide_page, era_map, golden_question, trends_address
from components import shell, show_call
from components.calls.call import Address
from components.calls.pages import calls_of
from components.golden_question import AS_KEPT, asked_of
from identity import here
from identity.address import Place, place, run_of
from model.errors import RunRegistryError
from model.queries import datasets, recent, scope
from model.registry import registry
from model.rights import Action, may
from model.rulebook.book import rulebook

Facts = dict[str, Any]


@callback(
    Output(show_call.BODY, "children"),
    Input(show_call.OPEN, "n_clicks"),
    State(shell.ADDRESS, "pathname"),
    State(shell.ADDRESS, "search"),
    running=[(Output(show_call.BODY, "className"), "is-asking", "")],
    prevent_initial_call=True,
)
def write_calls(clicks: int, pathname: str | None, search: str | None) -> Any:
    """Write the calls of the screen that one looks at."""
    if not clicks:
        return no_update
    try:
        with registry().reading() as connection:
            address = address_of(connection, pathname or "/", search)
        found = calls_of(address)
    except RunRegistryError as error:
        return shell.notice(str(error), "refusal")
    who = here.asker().name if here.is_local() else None
    return show_call.shown(found, request.host_url.rstrip("/"), address.at, who)


def address_of(connection: Connection, pathname: str, search: str | None) -> Address:
    """Return where a screen is, with what it chose by itself.

    Raises:
        RunRegistryError: it shows why it cannot be shown.
    """
    seen = place(connection, search)
    said = dict(reversed(parse_qsl((search or "").lstrip("?"))))
    facts = _FACTS.get(pathname.strip("/").partition("/")[0], _no_facts)(connection, pathname, search, seen)
    return Address(pathname, said, seen.at, seen.words if seen.is_past else "", facts)


def _no_facts(_connection: Connection, _pathname: str, _search: str | None, _seen: Place) -> Facts:
    return {}


def _of_board(connection: Connection, _pathname: str, _search: str | None, seen: Place) -> Facts:
    last = recent.newest(connection, 1, seen.at)
    return {"runs": board_page.RUNS, **({"run": last[0].run_number} if last else {})}


def _of_run(connection: Connection, pathname: str, _search: str | None, seen: Place) -> Facts:
    number = run_of(pathname)
    if number is None:
        return {}
    return {"datasets": [d.name for d in datasets.datasets_of(connection, number, seen.at) if not d.is_hidden]}


def _of_certify(connection: Connection, pathname: str, _search: str | None, seen: Place) -> Facts:
    named = pathname.strip("/").partition("/")[2]
    mine = [n for n in scope.certifying(connection, seen.at) if may(here.asker(), Action.EDIT_OFFLINE, n)]
    return {"workspace": named or scope.own(mine)}


def _of_decide(_connection: Connection, _pathname: str, _search: str | None, _seen: Place) -> Facts:
    return {"limit": decide_page.LIMIT}


def _of_map(connection: Connection, _pathname: str, search: str | None, _seen: Place) -> Facts:
    asked = era_map.view_of(connection, search).question
    words = {"stage": asked.stage.value, "era": asked.era, "tells": asked.tells.value, "name": asked.name}
    return {**words, "first_run": asked.first_run, "last_run": asked.last_run, "workspace": asked.workspace}


def _of_trends(connection: Connection, _pathname: str, search: str | None, seen: Place) -> Facts:
    shown, view, _ = trends_address.read(connection, search, seen)
    if view is None:
        return {}
    asked, pick = view.question, view.pick
    brush = f"{pick.first_run}-{pick.last_run}" if pick.first_run and pick.last_run else ""
    words = {"rule": asked.rule.name, "dataset": asked.pattern, "source": asked.source, "era": asked.era}
    more = {"null_policy": shown.kept.get("null_policy", ""), "by": view.by.value, "of": view.of.value}
    runs = f"{asked.first_run}-{asked.last_run}" if asked.first_run and asked.last_run else ""
    return {**words, **more, "runs": runs, "brush": brush}


def _of_golden(connection: Connection, _pathname: str, search: str | None, seen: Place) -> Facts:
    book = rulebook(connection, seen.at)
    asked = golden_question.completed(book, asked_of(search))
    kept, varied = golden_question.versions(book, asked)
    policy = "" if asked.null_policy == AS_KEPT else asked.null_policy
    words = {**asked.conditions(), "rule": asked.rule, "dataset": asked.dataset, "null_policy": policy}
    words["several"] = "" if asked.several == "refuse" else asked.several
    return words if varied.text.logic == kept.text.logic else {**words, "logic": varied.text.logic}


def _of_rights(_connection: Connection, _pathname: str, _search: str | None, _seen: Place) -> Facts:
    return {"administers": may(here.asker(), Action.ADMINISTER)}


_FACTS = {
    "": _of_board,
    "bulk": _of_board,
    "runs": _of_run,
    "certify": _of_certify,
    "decide": _of_decide,
    "map": _of_map,
    "trends": _of_trends,
    "golden": _of_golden,
    "rights": _of_rights,
}
