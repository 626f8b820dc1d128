"""The editor of a rule: rows and JSON are two views of one text, checked as it is typed, kept as a draft."""

import json
from typing import Any
from urllib.parse import urlencode

from dash import ALL, Input, Output, State, callback, ctx, no_update

from components import rule_answers, rule_editor, shell
from components.rule_clauses import Row, Rows, logic_of, rows_from, rows_of, text_of
from identity import here
from model.commands import again, rule_drafts
from model.errors import RunRegistryError
from model.registry import registry
from model.rulebook.book import rulebook
from model.rulebook.difference import Over, backtest
from model.rulebook.texts import RuleText, policy

Json = Any
_WORDS = {name: State(rule_editor.field(name), "value") for name in rule_editor.FIELDS}
_PARTS = ("variable", "operator", "value", "json")


def _cells(kind: Any) -> dict[str, Any]:
    return {part: kind({"type": rule_editor.CLAUSE, "part": part, "place": ALL}, "value") for part in _PARTS}


def _rows(cells: dict[str, list[Any]], root: str) -> Rows:
    return rows_from(list(zip(*(cells[part] for part in _PARTS), strict=True)), root)


@callback(
    output=Output(rule_editor.TEXT, "value"),
    inputs={
        "cells": _cells(Input),
        "add": Input(rule_editor.ADD, "n_clicks"),
        "remove": Input({"type": rule_editor.REMOVE, "place": ALL}, "n_clicks"),
    },
    state={"root": State(rule_editor.ROOT, "data"), "text": State(rule_editor.TEXT, "value")},
    prevent_initial_call=True,
)
def write_text(cells: Json, add: int, remove: list[int], root: str, text: str) -> Any:
    """Write the rows as JSON; a text that is no JSON stays until its writer has mended it."""
    rows = _rows(cells, root)
    try:
        before = json.loads(text)
        if ctx.triggered_id == rule_editor.ADD and add:
            rows = Rows((*rows.rows, Row(operator="=", value="true")))
        elif (
            isinstance(ctx.triggered_id, dict)
            and ctx.triggered_id["type"] == rule_editor.REMOVE
            and any(remove)
        ):
            place = ctx.triggered_id["place"]
            rows = Rows((*rows.rows[:place], *rows.rows[place + 1 :]))
        logic = logic_of(rows)
    except ValueError:
        return no_update
    return no_update if json.dumps(logic) == json.dumps(before) else text_of(logic)


@callback(
    Output(rule_editor.ROWS, "children"),
    Output(rule_editor.ROOT, "data"),
    Input(rule_editor.TEXT, "value"),
    State({"type": rule_editor.CLAUSE, "part": ALL, "place": ALL}, "value"),
    State({"type": rule_editor.CLAUSE, "part": ALL, "place": ALL}, "id"),
    State(rule_editor.ROOT, "data"),
    prevent_initial_call=True,
)
def draw_rows(text: str, values: list[Any], ids: list[Any], root: str) -> tuple[Any, Any]:
    """Draw the text's clauses as rows, unless they say the same already."""
    try:
        rows = rows_of(json.loads(text))
    except ValueError:
        return no_update, no_update
    shown: dict[str, list[Any]] = {part: [] for part in _PARTS}
    for name, each in zip(ids, values, strict=True):
        shown[name["part"]].append(each)
    return (no_update, no_update) if _rows(shown, root) == rows else (rule_editor.rows_drawn(rows), rows.root)


@callback(
    Output(rule_editor.FINDINGS, "children"),
    Input(rule_editor.TEXT, "value"),
    Input(rule_editor.field("null_policy"), "value"),
    Input(rule_editor.field("purpose"), "value"),
    State(rule_editor.SEEN, "data"),
)
def say_findings(text: str | None, null: str, purpose: str, seen: Json) -> Any:
    """Say what the checker finds in the text, as it is typed."""
    with registry().reading() as connection:
        schema = rulebook(connection, seen["at"]).schema(besides=seen["name"])
    return rule_editor.findings_drawn(rule_drafts.diagnosed(text or "", schema, policy(null), purpose))


@callback(
    output=[
        Output(shell.VERSION, "data", allow_duplicate=True),
        Output(shell.ADDRESS, "search", allow_duplicate=True),
        Output(rule_editor.REFUSAL, "children"),
        Output(shell.TOASTS, "children", allow_duplicate=True),
    ],
    inputs={
        "_save": Input(rule_editor.SAVE, "n_clicks"),
        "_activate": Input(rule_editor.ACTIVATE, "n_clicks"),
        "_withdraw": Input(rule_editor.WITHDRAW, "n_clicks"),
    },
    state={
        "name": State(rule_editor.NAME, "value"),
        "text": State(rule_editor.TEXT, "value"),
        "words": _WORDS,
        "comment": State(rule_editor.COMMENT, "value"),
        "seen": State(rule_editor.SEEN, "data"),
    },
    prevent_initial_call=True,
)
def keep(name: str, text: str, words: Json, comment: str | None, seen: Json, **clicks: int) -> Any:
    """Save the draft, make it active or withdraw it; a refusal loses nothing of what was typed."""
    if not any(clicks.values()):
        return no_update, no_update, no_update, no_update
    by, said, toast = here.asker(), comment or "", no_update
    try:
        with registry().writing() as tx:
            if ctx.triggered_id == rule_editor.SAVE:
                proposed = _text(text, words)
                sequence = rule_drafts.draft_rule(tx, name or "", proposed, by, seen=seen["at"], comment=said)
            elif ctx.triggered_id == rule_editor.ACTIVATE:
                sequence = rule_drafts.activate_rule(tx, seen["name"], seen["digest"], by, comment=said)
            else:
                sequence = rule_drafts.withdraw_draft(tx, seen["name"], by, comment=said)
        if ctx.triggered_id == rule_editor.ACTIVATE:
            toast = _decided_again(seen["name"])
    except RunRegistryError as error:
        return no_update, no_update, shell.notice(str(error), "refusal"), no_update
    address = no_update if seen["name"] else f"?{urlencode({'name': name})}"
    return {"sequence": sequence}, address, None, toast


@callback(
    output=[
        Output(rule_answers.TESTED, "children"),
        Output(shell.VERSION, "data", allow_duplicate=True),
    ],
    inputs={"clicks": Input(rule_answers.TEST, "n_clicks")},
    state={
        "pattern": State(rule_answers.PATTERN, "value"),
        "era": State(rule_answers.ERA, "value"),
        "text": State(rule_editor.TEXT, "value"),
        "words": _WORDS,
        "seen": State(rule_editor.SEEN, "data"),
    },
    prevent_initial_call=True,
)
def test_rule(clicks: int, pattern: str | None, era: str, text: str, words: Json, seen: Json) -> Any:
    """Say what the text in the editor would change; where it is the saved draft, the draft keeps the result."""
    if not clicks:
        return no_update, no_update
    try:
        proposed = _text(text, words)
        name = seen["name"] or "new"
        over = Over(pattern or "", seen["at"], "" if era == rule_answers.EVERY_ERA else era)
        with registry().reading() as connection:
            found = backtest(connection, registry().golden.frames, name, proposed, over)
            is_kept = rule_drafts.is_draft(connection, name, proposed)
        if is_kept:
            with registry().writing() as tx:
                rule_drafts.record_backtest(tx, name, found.closure, found.document(), here.asker())
    except RunRegistryError as error:
        return shell.notice(str(error), "refusal"), no_update
    return rule_answers.tested(found), {"tested": clicks} if is_kept else no_update


def _decided_again(name: str) -> Any:
    found = again.follow(registry().database, registry().clock, name)
    return shell.toast(f"{name} is active. {found.sentence}")


def _text(text: str, words: Json) -> RuleText:
    priority = str(words["priority"] or "").strip()
    number = int(priority) if priority.isdecimal() and len(priority) < 9 else -1
    plain = {name: words[name] or "" for name in ("description", "target", "value", "null_policy")}
    purpose = "" if words["purpose"] == rule_editor.SELECTION else words["purpose"] or ""
    return RuleText(
        text,
        **plain,
        purpose=purpose,
        datasets=words["datasets"] or "%",
        priority=number,
        enabled=bool(words["enabled"]),
    )
