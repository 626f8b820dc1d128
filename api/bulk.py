"""Many verdicts, moves or duplicates over HTTP: a dry run first, then all or nothing, undoable as one."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from api.answers.bulk import BulkPlan
from api.answers.common import RecordedAction
from api.bulk_models import ApplyBody, Chosen, WishBody
from api.contract.noun import ASKS, noun
from api.contract.writes import once, repeated
from identity.here import asker
from model.bulk.cells import Cells
from model.bulk.deeds import Duplicates, Moves
from model.bulk.lists import Listed, Words
from model.bulk.plan import Copy, Plan, Sheet
from model.bulk.snapshot import Pair
from model.bulk.which import pairs
from model.bulk.wish import Wish, make_plan
from model.bulk.write import write
from model.errors import Invalid
from model.filters.language import parse
from model.grid.choice import Choice
from model.journal import sequence_now
from model.registry import registry

blueprint = noun("bulk", "/bulk", tag="verdicts")


@blueprint.post("/plan", openapi_extensions=ASKS, responses={200: BulkPlan})
def plan(body: WishBody) -> dict[str, Any]:
    """Say what would be written, how much of it, and what stands in its way; nothing is written."""
    with registry().reading() as connection:
        return told(make_plan(connection, _wish(connection, body), asker()))


@blueprint.post("/apply", responses={200: RecordedAction})
def apply(body: ApplyBody) -> dict[str, Any]:
    """Write what the dry run said, all or nothing."""
    asked = once()
    with registry().reading() as connection:
        if (kept := repeated(asked.answered(connection))) is not None:
            return kept
        wish = _wish(connection, body)
    sequence, action = write(registry(), wish, body.token, asker(), once=asked)
    return {"sequence": sequence, "action": action}


def told(found: Plan) -> dict[str, Any]:
    """Return a plan without its edits."""
    return {
        "is_sound": found.is_sound,
        "problems": [asdict(each) for each in found.problems],
        "conflicts": [asdict(each) for each in found.conflicts],
        "datasets": found.datasets,
        "cells": found.cells,
        "lumisections": found.lumisections,
        "recorded_invpb": round(found.recorded_invpb, 3),
        "kept": found.kept,
        "token": found.token,
    }


def _wish(connection: Connection, body: WishBody) -> Wish:
    given = body.given()
    if len(given) != 1:
        raise Invalid(f"Give one of {', '.join(body.verbs())}.")
    if body.set_cells is not None:
        asked = body.set_cells
        words = (tuple(asked.columns), asked.status, asked.cause, asked.comment)
        return Cells(_chosen(connection, asked.datasets), *words, replaces=asked.replaces)
    if body.move is not None:
        step = (tuple(body.move.workspaces), body.move.from_state, body.move.to_state, body.move.comment)
        return Moves(_chosen(connection, body.move.datasets), *step)
    if body.duplicate is not None:
        names = _chosen(connection, body.duplicate.datasets)
        return Duplicates(names, body.duplicate.to, body.duplicate.comment)
    return _of_text(body)


def _of_text(body: WishBody) -> Wish:
    if body.certification is not None:
        listed = body.certification
        outside = Words(**listed.outside.model_dump()) if listed.outside else None
        inside = Words(**listed.inside.model_dump())
        columns = tuple(listed.columns)
        return Listed(listed.text, body.stage, columns, inside, outside, replaces=listed.replaces)
    if body.copy_columns is not None:
        asked = body.copy_columns
        return Copy(tuple(asked.runs), asked.source, asked.target, tuple(asked.columns), asked.replaces)
    return Sheet(body.rows, body.stage, replaces=body.replaces)


def _chosen(connection: Connection, asked: Chosen) -> tuple[Pair, ...]:
    if asked.names:
        return tuple(dict.fromkeys(asked.names))
    where = parse(asked.where) if asked.where else None
    choice = Choice(asked.stage, asked.first_run, asked.last_run, asked.cycle, where)
    return pairs(connection, choice, sequence_now(connection))
