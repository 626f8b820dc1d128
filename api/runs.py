"""Runs, labels and the journal's place over HTTP."""

from dataclasses import fields
from typing import Any, Literal

from flask import Response
from pydantic import Field

from api.answers.rules import Rules
from api.answers.runs import Labels, RunsPage, Sequence, ToldRun
from api.contract.cursors import Paged, piece
from api.contract.noun import AsOf, RunPath, Sent, kinds, noun
from api.contract.reads import reading
from api.contract.tabular import CSV, streamed_csv
from model.filters.language import parse
from model.queries import datasets, documents, runs
from model.ranges import count
from model.registry import registry
from model.run_table.choice import RunChoice, older
from model.run_table.choice import count as count_runs
from model.run_table.rows import RunRow, rows

blueprint = noun("runs")
_SAID = tuple(field.name for field in fields(RunRow))


class Which(Sent):
    """Which runs."""

    where: str = Field("", description="filter as JSON, see model/filters/language.py")
    asked: Literal["online", "express", "prompt", "rereco", "any"] = Field(
        "online", description="stage of the datasets that the filter asks: one that answers is enough"
    )
    q: str = Field("", description="a run, a fill, an era or a class", max_length=60)

    def choice(self) -> RunChoice:
        """Return it in the words of the model."""
        return RunChoice(parse(self.where) if self.where else None, self.asked, self.q)


class RunsQuery(Which, Paged):
    """A page of runs."""


class RunLines(Which, AsOf):
    """All runs."""


@blueprint.get("/version", responses={200: Sequence})
def version() -> dict[str, int]:
    """Return the journal's last sequence; an unchanged one answers 304."""
    with reading() as (_, at):
        return {"sequence": at}


@blueprint.get("/labels", responses={200: Labels})
def labels(query: AsOf) -> dict[str, int]:
    """Return the labels that `as_of` understands, with their sequences."""
    with reading(query.as_of) as (connection, at):
        found = documents.documents(connection, "label", at)
        return {name: int(document["sequence"]) for name, document in found.items()}


@blueprint.get("/rules", responses={200: Rules})
def rules(query: AsOf) -> dict[str, Any]:
    """Return the kept rules as they held."""
    with reading(query.as_of) as (connection, at):
        return documents.documents(connection, "rule", at)


@blueprint.get("/runs", responses={200: RunsPage})
def every_run(query: RunsQuery) -> dict[str, Any]:
    """Return runs, newest first, page by page."""
    with reading(query.moment()) as (connection, at):
        choice = query.choice()
        numbers = older(connection, choice, at, query.place(), query.limit)
        found = rows(connection, numbers, at)
        total = count_runs(connection, choice, at)
    following = query.next_cursor(at, numbers[-1] if numbers else None, len(numbers))
    return {"sequence": at, "total": total, "runs": [row.text for row in found], "next_cursor": following}


@blueprint.get("/runs.csv", responses={200: kinds(CSV)})
def runs_csv(query: RunLines) -> Response:
    """Return all of them as CSV, however many there are."""
    with reading(query.as_of) as (_, at):
        choice = query.choice()

    def lines(after: int | None) -> tuple[list[list[Any]], int | None]:
        with registry().reading() as connection:
            numbers = older(connection, choice, at, after, piece())
            found = rows(connection, numbers, at)
        told = [[getattr(row, name) for name in _SAID] for row in found]
        return told, numbers[-1] if len(numbers) == piece() else None

    return streamed_csv(_SAID, lines, f"runs_{at}.csv")


@blueprint.get("/runs/<int:run_number>", responses={200: ToldRun})
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
