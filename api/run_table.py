"""The run table over HTTP, in any order and from any row on; and the runs that the board shows."""

from typing import Any, Literal

from pydantic import Field

from api.answers.runs import RecentRuns, RunTable
from api.contract.noun import AsOf, noun
from api.contract.reads import reading
from model.filters.language import parse
from model.queries.recent import newest
from model.run_table.choice import FIELDS, RunChoice, window
from model.run_table.rows import rows

blueprint = noun("run_table", tag="runs")
Field_ = Literal[FIELDS]  # type: ignore[valid-type]  # the fields are told once, in the model


class TableQuery(AsOf):
    """Which runs, in which order, and which rows of the table."""

    where: str = Field("", description="filter as JSON, see model/filters/language.py")
    stage: Literal["online", "express", "prompt", "rereco", "any"] = Field(
        "online", description="stage of the datasets that the filter asks: one that answers is enough"
    )
    q: str = Field("", description="a run, a fill, an era or a class", max_length=60)
    order: Field_ = Field("run_number", description="runs that are alike in it stand newest first")
    descending: bool = True
    first: int = Field(0, ge=0, le=10_000_000, description="rows to leave out")
    limit: int = Field(100, ge=1, le=1_000)


class RecentQuery(AsOf):
    """How many of the last runs, as of when."""

    limit: int = Field(9, ge=1, le=50)


@blueprint.get("/run-table", responses={200: RunTable})
def read(query: TableQuery) -> dict[str, Any]:
    """Return rows of the run table and how many there are; what nobody knows stands last in any order."""
    where = parse(query.where) if query.where else None
    choice = RunChoice(where, query.stage, query.q, query.order, query.descending)
    with reading(query.as_of) as (connection, at):
        numbers, total = window(connection, choice, at, query.first, query.limit)
        found = rows(connection, numbers, at)
    return {"sequence": at, "total": total, "runs": [row.text for row in found]}


@blueprint.get("/recent-runs", responses={200: RecentRuns})
def recent(query: RecentQuery) -> dict[str, Any]:
    """Return the newest significant runs, newest first; any runs where none is significant."""
    with reading(query.as_of) as (connection, at):
        found = rows(connection, [run.run_number for run in newest(connection, query.limit, at)], at)
    return {"sequence": at, "runs": [row.text for row in found]}
