"""Fill the row of decisions, show one at a time, and record the answer."""

from contextlib import suppress
from dataclasses import asdict
from typing import Any

from dash import Input, Output, State, callback, ctx, no_update
from sqlalchemy import Connection

from components import decide_item, decide_page, late_change, shell
from components.certify_panel import causes_offered, refusal
from components.empty import empty
from identity import here
from identity.address import one_of, place, value
from model.authors import Author
from model.commands.late_changes import answer_late_change
from model.commands.proposals import answer_proposals
from model.commands.undo import undo
from model.commands.verdicts import VerdictEdit, certify
from model.errors import Invalid, NotFound, RunRegistryError
from model.journal import Transaction
from model.queries import late_changes, proposals
from model.queries.decisions import Kind, queue
from model.queries.scope import workspaces
from model.queries.sides import sides
from model.queries.workspaces import every_cause
from model.ranges import LumisectionRange, intersect
from model.registry import registry

Json = Any
LIMIT = 200
#: so many things are drawn before somebody comes to them
_AHEAD = 3
_KINDS = [kind.value for kind in Kind]


@callback(
    Output(decide_page.CAUSE, "options"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.VERSION, "data"),
)
def offer_every_cause(pathname: str, _version: Json) -> Json:
    """Offer the causes of all workspaces: what waits is of any."""
    if pathname != "/decide":
        return no_update
    with registry().reading() as connection:
        return causes_offered(every_cause(connection))


@callback(
    Output(decide_page.QUEUE, "data"),
    Output(decide_page.LIST, "children"),
    Output(decide_page.HEAD, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def fill_queue(pathname: str, search: str | None, version: Json) -> tuple[Json, Json, Json]:
    """Put what waits for this person in a row."""
    if pathname != "/decide":
        return no_update, no_update, no_update
    with registry().reading() as connection:
        seen = place(connection, search)
        mine = workspaces(connection, here.asker(), seen.at)
        asked, dropped = _filters(search, mine)
        found = queue(connection, here.asker(), seen.at, **asked, limit=LIMIT)
        others = late_change.of_others(len(late_changes.late_changes(connection, seen.at)), here.asker())
    notes = ["This is the registry as it was: the past cannot be decided.", *dropped, others]
    data: Json = {"sequence": seen.at, "mine": mine, "is_past": seen.is_past}
    data["items"] = [{**asdict(item), "key": item.key} for item in found]
    data["after"] = (version or {}).get("after") or {"key": value(search, "item")}
    kept = {name: str(word) for name, word in asked.items() if word}
    words = " ".join(notes if seen.is_past else notes[1:])
    as_of = {"as_of": seen.words} if seen.is_past else {}
    return data, decide_page.row(data["items"], LIMIT, seen.at), decide_page.head(mine, kept, as_of, words)


def _filters(search: str | None, mine: list[str]) -> tuple[Json, list[str]]:
    """Return what the address asks for, and in words what of it was dropped."""
    workspace, not_mine = one_of(search, "workspace", mine, "is no workspace of yours")
    kind, no_kind = one_of(search, "kind", _KINDS, "is no kind of decision")
    return {"workspace": workspace, "kind": Kind(kind) if kind else None}, [*not_mine, *no_kind]


@callback(
    Output(decide_page.ITEM, "children"),
    Input(decide_page.QUEUE, "data"),
    Input(decide_page.CHOSEN, "data"),
)
def show_item(data: Json, chosen: Json) -> Json:
    """Show one thing to decide with every side of it; after an answer the next one."""
    if not data:
        return no_update
    if not data["items"]:
        return decide_page.nothing(data["mine"])
    moved = decide_page.CHOSEN in ctx.triggered_prop_ids.values() and chosen
    after = chosen if moved else data["after"]
    index = _index([item["key"] for item in data["items"]], after)
    found = data["items"][index]
    try:
        with registry().reading() as connection:
            return _drawn(connection, found, data["sequence"], (index, len(data["items"]), after.get("n", 0)))
    except RunRegistryError as error:
        return empty("It is not there any more", str(error))


@callback(
    Output(decide_page.AHEAD, "data"),
    Input(decide_page.WANTED, "data"),
    State(decide_page.QUEUE, "data"),
    prevent_initial_call=True,
)
def draw_ahead(wanted: Json, data: Json) -> Json:
    """Draw what is near in the row before somebody comes to it; nothing for a row that is another by now."""
    if not wanted or not data or wanted["sequence"] != data["sequence"]:
        return no_update
    places = {item["key"]: index for index, item in enumerate(data["items"])}
    drawn: Json = {}
    with registry().reading() as connection:
        for key in [key for key in wanted["keys"] if key in places][:_AHEAD]:
            index = places[key]
            # what is not there any more says so when somebody comes to it
            with suppress(NotFound):
                where = (index, len(places), 0)
                drawn[key] = _drawn(connection, data["items"][index], data["sequence"], where)
    return {"sequence": data["sequence"], "items": drawn}


def _drawn(connection: Connection, found: Json, at: int, where: tuple[int, int, int]) -> Json:
    if found["kind"] == Kind.LATE:
        one = late_changes.late_change_of(connection, found["late_change"], at)
        return decide_item.late(found, one, len(late_changes.alike(connection, one, at)), where)
    cell = (found["run_number"], found["dataset"])
    return decide_item.item(found, sides(connection, cell, found["column"], at), where)


def _index(keys: list[str], after: Json) -> int:
    """Return which one comes next: the one asked for, or the one after what was just answered."""
    if after.get("key") in keys:
        found: int = keys.index(after["key"])
        # answered, and still to decide in part: it is not asked again at once
        return (found + 1) % len(keys) if after.get("answered") else found
    return min(int(after.get("index", 0)), len(keys) - 1)


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(decide_page.REFUSAL, "children"),
    Output(decide_page.DONE, "data"),
    Output(decide_page.CAUSE, "value"),
    Output(decide_page.COMMENT, "value"),
    Input(decide_page.INTENT, "data"),
    State(decide_page.QUEUE, "data"),
    State(decide_page.DONE, "data"),
    prevent_initial_call=True,
)
def answer_item(intent: Json, data: Json, done: Json) -> tuple[Json, ...]:
    """Record the answer to one thing, or take the last one back."""
    if not intent:
        return (no_update,) * 6
    done = done or []
    try:
        with registry().writing() as tx:
            if intent["do"] == "undo":
                key, words, left = _taken_back(tx, done, here.asker())
                after = {"key": key, "n": intent["n"]}
            else:
                item = _asked(data, intent)
                words = _answered(tx, item, intent, data["sequence"], here.asker())
                left = [*done, {"key": item["key"], "action": tx.action}]
                after = {"key": item["key"], "index": intent["index"], "answered": True, "n": intent["n"]}
            sequence = tx.head.sequence
    except RunRegistryError as error:
        return no_update, no_update, decide_page.refused(refusal(str(error)), intent["n"]), *[no_update] * 3
    return {"sequence": sequence, "after": after}, shell.toast(words), None, left, "", ""


def _asked(data: Json, intent: Json) -> Json:
    found = next((item for item in data["items"] if item["key"] == intent["key"]), None)
    if found is None:
        raise Invalid("This does not wait any more: somebody decided it.")
    if data["is_past"]:
        raise Invalid("This is the registry as it was: the past cannot be decided.")
    return found


def _answered(tx: Transaction, item: Json, intent: Json, seen: int, by: Author) -> str:
    if item["kind"] == Kind.LATE:
        return _answered_late(tx, item, intent, by)
    if intent["do"] == "alike":
        raise Invalid("Only late changes are accepted with all that are alike.")
    if intent["do"] == "status":
        edit = VerdictEdit(
            item["run_number"],
            item["dataset"],
            (item["column"],),
            tuple((first, last) for first, last in item["ranges"]),
            intent["status"],
            intent["cause"],
            intent["comment"],
        )
        certify(tx, [edit], by, seen=seen)
        return f"{item['run_number']} {item['column']}: {intent['status']} recorded. u takes it back."
    accepted = intent["do"] == "accept"
    ids = intent.get("ids") or _offered(tx.connection, item, seen)
    if not ids:
        raise Invalid("No program proposes anything here.")
    answer_proposals(tx, ids, by, accepted=accepted, seen=seen, comment=intent["comment"])
    return f"{item['run_number']} {item['column']}: {'accepted' if accepted else 'rejected'}."


def _answered_late(tx: Transaction, item: Json, intent: Json, by: Author) -> str:
    if intent["do"] == "status":
        raise Invalid("A late change is accepted with a or rejected with x: it takes no status.")
    how = {"accepted": intent["do"] != "reject", "alike": intent["do"] == "alike"}
    answer_late_change(tx, item["late_change"], by, **how, comment=intent["comment"])
    words = {"accept": "accepted", "reject": "rejected", "alike": "accepted, and all that are alike"}
    return f"Late change of {item['run_number']} {words[intent['do']]}. u takes it back."


def _offered(connection: Connection, item: Json, seen: int) -> list[int]:
    spans = tuple(LumisectionRange(first, last) for first, last in item["ranges"])
    found = proposals.proposals(connection, seen, run_number=item["run_number"], dataset_name=item["dataset"])
    return [p.id for p in found if p.column == item["column"] and intersect((p.span,), spans)]


def _taken_back(tx: Transaction, done: Json, by: Author) -> tuple[str, str, Json]:
    if not done:
        raise Invalid("There is nothing of this visit to take back.")
    last = done[-1]
    undo(tx, last["action"], by)
    return last["key"], "Taken back: it waits again.", done[:-1]
