"""The era map over HTTP: what each lumisection of an era tells, as ranges."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field
from sqlalchemy import Connection

from api.answers.era_map import MapOfEra
from api.contract.noun import AsOf, noun
from api.contract.reads import reading
from model.era_map.era_map import EraMap, Line, era_map
from model.era_map.question import Question, Tells
from model.errors import Invalid
from model.grid.grid import columns_of
from model.registry import registry
from model.vocabulary import BITS, GLOBAL, Stage

blueprint = noun("era_map", tag="lumisections")


class MapQuery(AsOf):
    """Which datasets, and what their lumisections tell."""

    stage: Stage = Stage.PROMPT
    era: str = Field("", description="such as 2024C; every era where not given", max_length=40)
    first_run: int | None = Field(None, ge=1, le=999_999_999)
    last_run: int | None = Field(None, ge=1, le=999_999_999)
    tells: Tells = Field(Tells.WORST, description="the worst status, a column, a bit, or the golden rule")
    name: str = Field("", description="of the column or the bit", max_length=80)
    workspace: str = Field(GLOBAL, description="whose columns the worst status is of", max_length=40)


@blueprint.get("/era-map", responses={200: MapOfEra})
def read(query: MapQuery) -> dict[str, Any]:
    """Return ranges [first, last, kind] of each dataset, newest run first; `kinds` says what a kind is."""
    words = query.model_dump(exclude={"as_of"})
    with reading(query.as_of) as (connection, at):
        asked = Question(at, **words)
        _require_sense(connection, asked)
        found = era_map(connection, registry().golden, asked)
    # the last kind stands for a lumisection that is not there
    groups, hole = [line.group for line in found.legend], len(found.kinds) - 1
    return {
        "sequence": asked.at,
        "kinds": [{"group": groups[k.group].label, "says": k.words} for k in found.kinds[:hole]],
        "legend": [_line(line, found.source) for line in found.legend],
        "rows": list(_rows(found, hole)),
        "rule": found.rule,
        "left_out": found.left_out,
    }


def _require_sense(connection: Connection, asked: Question) -> None:
    """Refuse a column, bit or workspace that the datasets of this stage do not have.

    Raises:
        Invalid: there is none of this name, or the runs are reversed.
    """
    known = {
        Tells.COLUMN: columns_of(connection, GLOBAL, asked.stage, asked.at),
        Tells.BIT: BITS,
    }.get(asked.tells, ("",))
    if asked.name not in known:
        raise Invalid(f"“{asked.name}” is no {asked.tells.value} of {asked.stage.value} datasets to tell of.")
    if not columns_of(connection, asked.workspace, asked.stage, asked.at):
        raise Invalid(f"{asked.workspace} is no workspace with columns of {asked.stage.value} datasets.")
    if asked.first_run and asked.last_run and asked.first_run > asked.last_run:
        raise Invalid(f"Runs {asked.first_run}-{asked.last_run} are reversed.")


def _line(line: Line, source: str) -> dict[str, Any]:
    told = {"label": line.group.label, "look": line.group.look, "lumisections": line.lumisections}
    return {**told, "recorded_invpb": line.recorded_invpb, "source": source}


def _rows(found: EraMap, hole: int) -> Iterator[dict[str, Any]]:
    codes, place = np.frombuffer(found.codes, dtype=np.uint8), 0
    for run_number, dataset, length in zip(found.run_numbers, found.datasets, found.lengths, strict=True):
        own, place = codes[place : place + length], place + length
        firsts = np.flatnonzero(np.diff(own, prepend=-1))
        ranges = zip(firsts + 1, [*firsts[1:], length], own[firsts], strict=True)
        told = [[int(first), int(last), int(kind)] for first, last, kind in ranges if kind != hole]
        yield {"run_number": run_number, "dataset": dataset, "ranges": told}
