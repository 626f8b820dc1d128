"""Show the actions that the address asks for, one of them beside; try and do what takes it back."""

from dataclasses import dataclass
from typing import Any, Literal, cast

from dash import Input, Output, State, callback, no_update
from dash.exceptions import PreventUpdate
from sqlalchemy import Connection

from components import log_action, shell
from components import log_page as page
from components.certify_panel import refusal
from components.empty import empty
from identity import here
from identity.address import one_of, place, value
from model import asof
from model.commands.undo import undo, why_not
from model.commands.undo_effect import Reverting, reverting, too_long
from model.errors import RunRegistryError
from model.journal import sequence_now
from model.queries import actions, datasets, log_choices
from model.queries.action_facts import WORDS
from model.queries.event_feed import Choice
from model.registry import registry

Json = Any
LIMIT = 40
_NAMES = [name for name, _, _ in page.FILTERS]
_KEPT = (*_NAMES, "before", "after", "action", "as_of")
_LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the filters, where the page begins, what of it is kept, what was dropped."""

    wanted: actions.Wanted
    kept: dict[str, str]
    notes: list[str]

    def begins(self, name: str) -> int | None:
        """Return where the page begins or ends."""
        return int(self.kept[name]) if name in self.kept else None


@callback(
    output={
        "head": Output(page.HEAD, "children"),
        "rows": Output(page.ROWS, "children"),
        "said": {name: Output(page.filter_id(name), "value") for name in _NAMES},
    },
    inputs={
        "pathname": Input(shell.ADDRESS, "pathname"),
        "search": Input(shell.ADDRESS, "search"),
        "_version": Input(shell.VERSION, "data"),
    },
)
def fill_log(pathname: str, search: str | None, _version: Json) -> Json:
    """Show the actions, newest first, and say what was dropped from the address."""
    if pathname != "/log":
        raise PreventUpdate
    with registry().reading() as connection:
        at = place(connection, search).at
        asked = asked_of(connection, search, at)
        begins = {"before": asked.begins("before"), "after": asked.begins("after") or 0}
        found = actions.page(connection, asked.wanted, at, LIMIT, **begins)  # type: ignore[arg-type]  # `after` is no None
    said = {name: asked.kept.get(name, page.ANY if name in page.LISTS else "") for name in _NAMES}
    notes = shell.notice(" ".join(asked.notes), "late") if asked.notes else None
    return {
        "head": notes,
        "rows": page.rows(found, asked.kept, is_filtered=bool(asked.kept.keys() & set(_NAMES))),
        "said": said,
    }


def asked_of(connection: Connection, search: str | None, at: int) -> Asked:
    """Return what an address asks for; what it cannot mean is dropped, and said."""
    notes: list[str] = []
    kept = {name: said[:_LONGEST] for name in _KEPT if (said := value(search, name).strip())}
    known = {"voice": ("people", "programs"), "kind": WORDS, "workspace": datasets.workspaces(connection, at)}
    for name, words in known.items():
        said, dropped = one_of(search, name, words, f"is no {name} of the log")
        notes += dropped
        kept |= {name: said}
    for name in ("run", "before", "after", "action"):
        if (said := kept.get(name, "")) and not (said.isascii() and said.isdecimal() and len(said) < 10):
            notes.append(f"{name} “{kept.pop(name)[:60]}” is no number: it was dropped from the address.")
    since, until = (_sequence(connection, kept, name, notes) for name in ("since", "until"))
    choice = Choice(
        kinds=frozenset({kept["kind"]} - {""}),
        run_number=int(kept["run"]) if "run" in kept else None,
        dataset=kept.get("dataset", ""),
        author=kept.get("author", ""),
        workspace=kept["workspace"],
    )
    voice = cast(Literal["", "people", "programs"], kept["voice"])
    wanted = actions.Wanted(choice, voice, kept.get("says", ""), since or 0, until)
    return Asked(wanted, {name: said for name, said in kept.items() if said}, notes)


def _sequence(connection: Connection, kept: dict[str, str], name: str, notes: list[str]) -> int | None:
    reads = actions.since_sequence if name == "since" else asof.resolve
    try:
        return reads(connection, kept[name]) if name in kept else None
    except RunRegistryError as error:
        notes.append(f"{name} was dropped from the address: {error}")
        del kept[name]
        return None


@callback(
    output={
        "lists": {name: Output(page.filter_id(name), "options") for name in page.LISTS},
        "names": {name: Output(page.choices_id(name), "children") for name in page.OFFERED},
    },
    inputs={"pathname": Input(shell.ADDRESS, "pathname")},
)
def offer_choices(pathname: str) -> Json:
    """Offer what the filters can be."""
    if pathname != "/log":
        raise PreventUpdate
    with registry().reading() as connection:
        known = log_choices.offered(connection)
        workspaces = datasets.workspaces(connection)
    names = {"author": page.named(known.authors), "dataset": page.named(known.datasets)}
    return {"lists": {name: page.options(name, workspaces) for name in page.LISTS}, "names": names}


@callback(
    output=Output(shell.ADDRESS, "search", allow_duplicate=True),
    inputs={"said": {name: Input(page.filter_id(name), "value") for name in _NAMES}},
    state={"search": State(shell.ADDRESS, "search"), "pathname": State(shell.ADDRESS, "pathname")},
    prevent_initial_call=True,
)
def choose_actions(said: dict[str, str | None], search: str | None, pathname: str) -> Json:
    """Keep the filters in the address; other filters begin at the newest."""
    wanted = {name: "" if words == page.ANY else (words or "").strip() for name, words in said.items()}
    if pathname != "/log" or all(words == value(search, name) for name, words in wanted.items()):
        return no_update
    return _address(search, **wanted, before="", after="")


def _address(search: str | None, **other: str) -> str:
    kept = {name: said for name in _KEPT if (said := value(search, name))}
    return page.address(kept, **other).removeprefix("/log")


@callback(
    Output(page.SLIDER, "max"),
    Output(page.SLIDER, "value"),
    Output(page.MOMENT, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def show_moment(pathname: str, search: str | None, _version: Json) -> tuple[Json, Json, Json]:
    """Show when one looks, on the slider and in words."""
    if pathname != "/log":
        return no_update, no_update, no_update
    with registry().reading() as connection:
        head, at = sequence_now(connection), place(connection, search).at
        recorded = asof.recorded_at(connection, at)
    return head, at, page.moment(at, head, recorded)


@callback(
    Output(shell.ADDRESS, "search", allow_duplicate=True),
    Input(page.SLIDER, "value"),
    State(page.SLIDER, "max"),
    State(shell.ADDRESS, "search"),
    prevent_initial_call=True,
)
def travel_by_slider(at: float | str | None, head: int, search: str | None) -> Json:
    """Show the registry as it was where the slider stands."""
    with registry().reading() as connection:
        if at is None or int(at) == place(connection, search).at:
            return no_update
    return _address(search, as_of="" if int(at) >= head else str(int(at)), before="", after="")


@callback(
    Output(page.PANEL, "children"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.ADDRESS, "search"),
    Input(shell.VERSION, "data"),
)
def show_action(pathname: str, search: str | None, _version: Json) -> Json:
    """Show the action that the address names."""
    if pathname != "/log":
        return no_update
    said = value(search, "action")
    if not (said.isascii() and said.isdecimal() and len(said) < 10):
        return log_action.panel(None)
    try:
        with registry().reading() as connection:
            seen = place(connection, search)
            found = actions.one(connection, int(said), seen.at)
    except RunRegistryError as error:
        return empty("It is not there", str(error))
    return log_action.panel(found, why_not(found.told), is_past=seen.is_past)


@callback(
    Output(log_action.EFFECT, "children"),
    Input(log_action.TRY, "n_clicks"),
    State(log_action.SHOWN, "data"),
    prevent_initial_call=True,
)
def try_revert(clicks: int, action: int) -> Json:
    """Show what a revert would change, and the button that does it."""
    if not clicks:
        return no_update
    found: Reverting | None = None
    try:
        with registry().reading() as connection:
            note = too_long(connection, action)
        if not note:
            with registry().trying() as tx:
                found = reverting(tx, action, here.asker())
    except RunRegistryError as error:
        return refusal(str(error))
    return log_action.effect(found, note)


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(log_action.EFFECT, "children", allow_duplicate=True),
    Input(log_action.REVERT, "n_clicks"),
    State(log_action.SHOWN, "data"),
    prevent_initial_call=True,
)
def revert(clicks: int, action: int) -> tuple[Json, Json, Json]:
    """Take the action back as a unit."""
    if not clicks:
        return no_update, no_update, no_update
    try:
        with registry().writing() as tx:
            sequence = undo(tx, action, here.asker())
            done = actions.one(tx.connection, tx.action or sequence, sequence)
    except RunRegistryError as error:
        return no_update, no_update, refusal(str(error))
    button = None if why_not(done.told) else shell.undo_button(done.action)
    return {"sequence": sequence}, shell.toast("Reverted: what was so before holds again.", undo=button), None
