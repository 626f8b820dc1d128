"""Many verdicts at once over HTTP: a dry run first, then all or nothing, undoable as one action."""

from dataclasses import asdict
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from identity.here import asker
from model.bulk.plan import Copy, Plan, Sheet, Wish, make_plan
from model.bulk.write import write
from model.errors import Invalid
from model.registry import registry
from model.vocabulary import Stage

blueprint = APIBlueprint("bulk", __name__, url_prefix="/api/v1/bulk", abp_tags=[Tag(name="verdicts")])


class CopyBody(BaseModel):
    """Columns to copy between two stages of the same runs."""

    runs: list[int] = Field(min_length=1, max_length=1_000)
    source: Stage
    target: Stage
    columns: list[str] = Field(min_length=1, max_length=100)
    replaces: bool = Field(False, description="also where somebody decided; else only what is open")


class WishBody(BaseModel):
    """Rows as pasted, or columns to copy: one of the two."""

    rows: str = Field("", description="run, first, last, column, status, cause, comment; a line each")
    stage: Stage = Field(Stage.PROMPT, description="of the datasets that the rows are about")
    copy_columns: CopyBody | None = None


class ApplyBody(WishBody):
    """The same once more, with the token of its dry run."""

    token: str


@blueprint.post("/plan")
def plan(body: WishBody) -> dict[str, Any]:
    """Say what would be written, how much of it, and what stands in its way; nothing is written."""
    with registry().reading() as connection:
        return told(make_plan(connection, _wish(body), asker()))


@blueprint.post("/apply")
def apply(body: ApplyBody) -> dict[str, int]:
    """Write what the dry run said, all or nothing."""
    sequence, action = write(registry(), _wish(body), body.token, asker())
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
        "token": found.token,
    }


def _wish(body: WishBody) -> Wish:
    asked = body.copy_columns
    if (asked is None) == (not body.rows):
        raise Invalid("Give either rows or copy_columns.")
    if asked is None:
        return Sheet(body.rows, body.stage)
    return Copy(tuple(asked.runs), asked.source, asked.target, tuple(asked.columns), asked.replaces)
