"""Datasets over HTTP: a list with the filters of the grid, all of it in a file, and who signed them off."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any

from flask import Response
from pydantic import Field

from api.answers.common import Told
from api.contract.cursors import NDJSON, Paged, piece, streamed
from api.contract.noun import AsOf, Sent, kinds, noun
from api.contract.reads import reading
from api.contract.tabular import CSV, streamed_csv
from model.filters.language import parse
from model.queries.dataset_list import DatasetRow, Listing, SignOff, dataset_rows, sign_offs, stated
from model.registry import registry
from model.vocabulary import Stage

blueprint = noun("datasets")
#: columns of the file before those of the workspaces
_SAID = tuple(field.name for field in fields(DatasetRow) if field.name != "states")


class Which(Sent):
    """Which datasets; hidden ones only where asked for."""

    stage: Stage | None = Field(None, description="online, express, prompt or rereco; all where not given")
    first_run: int | None = Field(None, ge=1)
    last_run: int | None = Field(None, ge=1)
    cycle: str = Field("", description="name of a cycle")
    hidden: bool = Field(False, description="also the datasets that somebody hid")
    where: str = Field("", description="filter as JSON, see model/filters/language.py")

    def listing(self) -> Listing:
        """Return it in the words of the model."""
        where = parse(self.where) if self.where else None
        return Listing(self.stage, self.first_run, self.last_run, self.cycle, where, self.hidden)


class DatasetsQuery(Which, Paged):
    """A page of datasets."""


class DatasetLines(Which, AsOf):
    """All datasets."""


class SignOffsQuery(Paged):
    """Whose sign-offs."""

    workspace: str = Field("", description="of one workspace; of all where not given", max_length=60)
    run_number: int | None = Field(None, ge=1)


class DatasetsPage(Told):
    """Datasets, newest runs first."""

    datasets: list[DatasetRow]
    next_cursor: str | None = Field(description="of the following page; null after the last one")


class SignOffs(Told):
    """What is signed off or completed, the last first."""

    sign_offs: list[SignOff]
    next_cursor: str | None = Field(description="of the following page; null after the last one")


@blueprint.get("/datasets", responses={200: DatasetsPage})
def page(query: DatasetsQuery) -> dict[str, Any]:
    """Return datasets with their states, newest runs first."""
    with reading(query.moment()) as (connection, at):
        found = dataset_rows(connection, query.listing(), at, query.place(), query.limit)
    following = query.next_cursor(at, _place(found), len(found))
    return {"sequence": at, "datasets": [asdict(each) for each in found], "next_cursor": following}


@blueprint.get("/datasets.ndjson", responses={200: kinds(NDJSON)})
def lines(query: DatasetLines) -> Response:
    """Return all of them, one JSON object a line, however many there are."""
    with reading(query.as_of) as (_, at):
        listing = query.listing()

    def rows(after: Any) -> tuple[list[dict[str, Any]], Any]:
        with registry().reading() as connection:
            found = dataset_rows(connection, listing, at, after, piece())
        return [asdict(each) for each in found], _place(found) if len(found) == piece() else None

    return streamed(rows)


@blueprint.get("/datasets.csv", responses={200: kinds(CSV)})
def datasets_csv(query: DatasetLines) -> Response:
    """Return all of them as CSV, the state in each workspace in a column of its own."""
    with reading(query.as_of) as (connection, at):
        listing, workspaces = query.listing(), stated(connection, at)

    def rows(after: Any) -> tuple[list[list[Any]], Any]:
        with registry().reading() as connection:
            found = dataset_rows(connection, listing, at, after, piece())
        told = [
            [*(getattr(each, name) for name in _SAID), *(each.states.get(name) for name in workspaces)]
            for each in found
        ]
        return told, _place(found) if len(found) == piece() else None

    return streamed_csv((*_SAID, *workspaces), rows, f"datasets_{at}.csv")


@blueprint.get("/sign-offs", responses={200: SignOffs})
def signed_off(query: SignOffsQuery) -> dict[str, Any]:
    """Return which workspaces signed datasets off or completed them, by whom and when."""
    with reading(query.moment()) as (connection, at):
        found = sign_offs(
            connection, at, query.place(), query.limit, workspace=query.workspace, run=query.run_number
        )
    steps = len({each.sequence for each in found})
    following = query.next_cursor(at, found[-1].sequence if found else None, steps)
    return {"sequence": at, "sign_offs": [asdict(each) for each in found], "next_cursor": following}


def _place(found: Sequence[DatasetRow]) -> tuple[int, str] | None:
    return (found[-1].run_number, found[-1].name) if found else None
