"""Certify what is selected: preview on a key, record on Enter, take back with undo."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from dash import ALL, Input, Output, State, callback, ctx, html, no_update

from components import certify_panel as panel
from components import lumisection_strip as strip
from components import shell, why
from identity import here
from model.commands.undo import undo
from model.commands.verdicts import VerdictEdit, certify, leaving_theirs
from model.errors import Conflict, RunRegistryError, Stale
from model.golden.effect import effect
from model.journal import sequence_now
from model.queries.history import last_action
from model.queries.workspaces import causes_of, every_cause
from model.registry import registry
from model.rulebook.book import golden_rule
from model.rulebook.why import explain_at
from model.vocabulary import GLOBAL

Json = Any
_DRY = "(dry run)"


def _edits(selection: Json, status: str, cause: str | None, comment: str | None) -> list[VerdictEdit]:
    grouped: dict[tuple[str, tuple[tuple[int, int], ...]], list[str]] = {}
    per_row: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for cell in selection["cells"]:
        per_row.setdefault((cell["dataset"], cell["column"]), []).append((cell["first"], cell["last"]))
    for (dataset, column), ranges in per_row.items():
        grouped.setdefault((dataset, tuple(sorted(ranges))), []).append(column)
    return [
        VerdictEdit(
            selection["run_number"], dataset, tuple(columns), ranges, status, cause or "", comment or ""
        )
        for (dataset, ranges), columns in grouped.items()
    ]


@callback(
    Output(panel.CAUSE, "options"),
    Input(shell.ADDRESS, "pathname"),
    Input(shell.VERSION, "data"),
)
def offer_causes(pathname: str, _version: Json) -> Json:
    """Offer the causes of the workspace of the address; where it names none, those of all."""
    room, _, workspace = (pathname or "").strip("/").partition("/")
    is_own = room == "certify" and workspace not in ("", GLOBAL)
    with registry().reading() as connection:
        return panel.causes_offered(causes_of(connection, workspace) if is_own else every_cause(connection))


@callback(
    Output(panel.IMPACT, "children"),
    Output(panel.WHY, "children"),
    Output(panel.REFUSAL, "children"),
    Input(strip.INTENT, "data", allow_optional=True),
    State(strip.SELECTION, "data", allow_optional=True),
    prevent_initial_call=True,
)
def preview(intent: Json, selection: Json) -> tuple[Json, Json, Json]:
    """Show what the pressed status would do to the golden JSON, and why it is as it is."""
    if not intent or not intent.get("status") or not selection or not selection.get("cells"):
        return no_update, no_update, no_update
    if intent.get("apply"):
        return no_update, no_update, no_update  # it is being recorded: there is no "if applied"
    edits = _edits(selection, intent["status"], _DRY, _DRY)
    try:
        with registry().trying() as tx:
            found = effect(tx, edits, here.asker(), seen=selection["sequence"])
        cell = selection["cells"][0]
        with registry().reading() as connection:
            at = selection["sequence"]
            golden = golden_rule(connection, at)
            where = (selection["run_number"], cell["dataset"], cell["first"])
            told = explain_at(connection, golden, where, at) if golden else None
    except RunRegistryError as error:
        return None, no_update, _refused(error, edits, panel.WOULD_BE)
    # what Enter was answered meanwhile stays: only `apply_verdict` takes a refusal away
    reads = found is None or found.reads
    return _impact(found), why.of_golden(told, cell["dataset"], reads=reads) if told else None, no_update


def _impact(found: Json) -> html.Div | None:
    if found is None:
        return None
    note = "" if found.reads else f"as if {found.rule} read this dataset; it does not"
    return panel.impact(panel.Impact(found.change_invpb, abs(found.lumisections), note))


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(panel.REFUSAL, "children", allow_duplicate=True),
    Input(strip.INTENT, "data", allow_optional=True),
    Input(panel.APPLY, "n_clicks", allow_optional=True),
    State(strip.SELECTION, "data", allow_optional=True),
    State(panel.CAUSE, "value"),
    State(panel.COMMENT, "value"),
    prevent_initial_call=True,
)
def apply_verdict(
    intent: Json, clicks: int, selection: Json, cause: str | None, comment: str | None
) -> tuple[Json, Json, Json]:
    """Record the verdict, or say why not; `u` takes back the last one."""
    # a quick hand presses b and Enter before the first request leaves: Dash then sends both as one
    told_by = ctx.triggered_prop_ids.values()
    pressed = panel.APPLY in told_by and bool(clicks)
    # a panel that is drawn again, for somebody else or in another state, asks for nothing
    if not intent or not (pressed or strip.INTENT in told_by):
        return no_update, no_update, no_update
    if not (pressed or intent.get("apply") or intent.get("undo")):
        return no_update, no_update, None
    if intent.get("undo") and not pressed:
        return _undone(None, intent.get("run_number"))
    if not selection or not selection.get("cells") or not intent.get("status"):
        return no_update, no_update, panel.refusal("Select lumisections and choose a status first.")
    edits = _edits(selection, intent["status"], cause if pressed else "", comment if pressed else "")
    try:
        with registry().writing() as tx:
            sequence = certify(tx, edits, here.asker(), seen=selection["sequence"])
    except RunRegistryError as error:
        return no_update, no_update, _refused(error, edits)
    words = f"{intent['status']} on {selection['n_ls']} lumisections recorded."
    return {"sequence": sequence}, shell.toast(f"{words} u takes it back."), None


def _refused(error: RunRegistryError, edits: Sequence[VerdictEdit], lead: str = panel.WAS) -> html.Div:
    """Return a refusal; of two who said something at once, both sides with the keys that choose."""
    if not (isinstance(error, Stale) and error.conflicts):
        return panel.refusal(str(error), lead)
    with registry().reading() as connection:
        seen = sequence_now(connection)
    kept = {"edits": [asdict(edit) for edit in edits], "seen": seen}
    return panel.both_sides(error.conflicts, {**kept, "theirs": [asdict(c) for c in error.conflicts]})


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(panel.REFUSAL, "children", allow_duplicate=True),
    Input(panel.MINE, "n_clicks", allow_optional=True),
    Input(panel.THEIRS, "n_clicks", allow_optional=True),
    State(panel.CONFLICT, "data", allow_optional=True),
    State(panel.CAUSE, "value"),
    State(panel.COMMENT, "value"),
    prevent_initial_call=True,
)
def choose_side(
    mine: int | None, theirs: int | None, kept: Json, cause: str | None, comment: str | None
) -> tuple[Json, Json, Json]:
    """Say mine again, having seen theirs; or leave theirs, and say mine where nobody else spoke."""
    if not kept or not (mine or theirs):
        return no_update, no_update, no_update
    edits = [VerdictEdit(**{**e, "cause": cause or "", "comment": comment or ""}) for e in kept["edits"]]
    if not mine and not (edits := leaving_theirs(edits, [Conflict(**c) for c in kept["theirs"]])):
        return no_update, shell.toast("Theirs stays: nothing of yours is left to write."), None
    try:
        with registry().writing() as tx:
            sequence = certify(tx, edits, here.asker(), seen=kept["seen"])
    except RunRegistryError as error:
        return no_update, no_update, _refused(error, edits)
    words = "Yours counts now." if mine else "Theirs stays; what nobody else touched is yours."
    return {"sequence": sequence}, shell.toast(f"{words} u takes it back."), None


@callback(
    Output(shell.VERSION, "data", allow_duplicate=True),
    Output(shell.TOASTS, "children", allow_duplicate=True),
    Output(panel.REFUSAL, "children", allow_duplicate=True),
    Input({"type": "certify-panel-undo", "sequence": ALL}, "n_clicks"),
    prevent_initial_call=True,
)
def take_back(clicks: Sequence[int]) -> tuple[Json, Json, Json]:
    """Take back one action of the history."""
    if not any(clicks) or not isinstance(ctx.triggered_id, dict):
        return no_update, no_update, no_update
    return _undone(int(ctx.triggered_id["sequence"]), None)


def _undone(action: int | None, run_number: int | None) -> tuple[Json, Json, Json]:
    by = here.asker()
    try:
        with registry().writing() as tx:
            if action is None and run_number:
                action = last_action(tx.connection, run_number, by.name, tx.head.sequence)
            if action is None:
                return no_update, no_update, panel.refusal("There is nothing of yours to take back here.")
            sequence = undo(tx, action, by)
    except RunRegistryError as error:
        return no_update, no_update, panel.refusal(str(error))
    return {"sequence": sequence}, shell.toast("Taken back: what it replaced holds again."), None
