"""Runs, labels and the journal's place over HTTP."""

from typing import Any, Literal

from pydantic import Field

from api.noun import AsOf, RunPath, noun
from api.reads import reading
from model.filters.language import parse
from model.queries import datasets, documents, runs
from model.ranges import count
from model.run_table.choice import RunChoice, older
from model.run_table.choice import count as count_runs
from model.run_table.rows import rows

blueprint = noun("runs")


class RunsQuery(AsOf):
    """Which runs, and from where on."""

    where: str = Field("", description="filter as JSON, see model/filters/language.py")
    asked: Literal["online", "express", "prompt", "rereco", "any"] = Field(
        "online", description="stage of the datasets that the filter asks: one that answers is enough"
    )
    q: str = Field("", description="a run, a fill, an era or a class", max_length=60)
    before: int | None = Field(None, ge=0, le=999_999_999, description="only runs older than this one")
    limit: int = Field(100, ge=1, le=1_000)


@blueprint.get("/version")
def version() -> dict[str, int]:
    """Return the journal's last sequence; an unchanged one answers 304."""
    with reading() as (_, at):
        return {"sequence": at}


@blueprint.get("/labels")
def labels(query: AsOf) -> dict[str, int]:
    """Return the labels that `as_of` understands, with their sequences."""
    with reading(query.as_of) as (connection, at):
        found = documents.documents(connection, "label", at)
        return {name: int(document["sequence"]) for name, document in found.items()}


@blueprint.get("/rules")
def rules(query: AsOf) -> dict[str, Any]:
    """Return the kept rules as they held."""
    with reading(query.as_of) as (connection, at):
        return documents.documents(connection, "rule", at)


@blueprint.get("/runs")
def every_run(query: RunsQuery) -> dict[str, Any]:
    """Return runs, newest first; `next` is the `before` of the following page, null after the last one."""
    with reading(query.as_of) as (connection, at):
        choice = RunChoice(parse(query.where) if query.where else None, query.asked, query.q)
        numbers = older(connection, choice, at, query.before, query.limit)
        found = rows(connection, numbers, at)
        total = count_runs(connection, choice, at)
    following = numbers[-1] if len(numbers) == query.limit else None
    return {"sequence": at, "total": total, "runs": [row.text for row in found], "next": following}


@blueprint.get("/runs/<int:run_number>")
def one_run(path: RunPath, query: AsOf) -> dict[str, Any]:
    """Return a run: upstream's facts, the registry's words, its datasets and their states."""
    with reading(query.as_of, run_number=path.run_number) as (connection, at):
        run = runs.run(connection, path.run_number, at)
        lumisections = datasets.lumisections(connection, path.run_number, at)
        return {
            "run_number": run.run_number,
            "sequence": at,
            "upstream": dict(run.upstream),
            "assumed": sorted(run.assumed),
            "registry": dict(run.registry),
            "state": run.state,
            "lumisections": {"count": count(lumisections), "ranges": [list(r) for r in lumisections]},
            "datasets": [
                {"name": d.name, "states": dict(d.states), "in_gui": list(d.in_gui), "hidden": d.is_hidden}
                for d in datasets.datasets_of(connection, path.run_number, at)
            ],
        }
