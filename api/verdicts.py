"""Verdicts over HTTP: read what holds, certify, take back."""

from typing import Any

from pydantic import BaseModel, Field

from api.answers.common import Recorded, RecordedAction
from api.answers.datasets import VerdictsOfDataset
from api.contract.noun import AsOf, RunPath, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from identity.here import asker
from model.commands.undo import undo
from model.commands.verdicts import VerdictEdit, certify
from model.queries import datasets, verdicts

blueprint = noun("verdicts")


class VerdictsQuery(AsOf):
    """Which dataset, as of when."""

    dataset: str = Field("online", description="dataset name")


class Edit(Sent):
    """One status on columns and lumisections of one dataset."""

    run_number: int
    dataset: str
    columns: list[str]
    ranges: list[tuple[int, int]] = Field(description="[first, last], both included")
    status: str = Field(description="GOOD, BAD, STANDBY, EXCLUDED or NOTSET")
    cause: str = ""
    comment: str = ""


class CertifyBody(Sent):
    """One action: all of the edits or none."""

    edits: list[Edit]
    seen: int = Field(description="sequence the author was looking at")


class ActionPath(BaseModel):
    """Which action."""

    action: int = Field(description="sequence of the first event of the action")


@blueprint.get("/runs/<int:run_number>/verdicts", responses={200: VerdictsOfDataset})
def read(path: RunPath, query: VerdictsQuery) -> dict[str, Any]:
    """Return what counts on every lumisection, per column, with author and reason."""
    with reading(query.as_of, run_number=path.run_number) as (connection, at):
        datasets.dataset(connection, path.run_number, query.dataset, at)
        found = verdicts.of_dataset(connection, path.run_number, query.dataset, at)
        return {
            "run_number": path.run_number,
            "dataset": query.dataset,
            "sequence": at,
            "columns": {column: [_plain(v) for v in said] for column, said in found.items()},
        }


@blueprint.post("/verdicts", responses={200: RecordedAction})
def give(body: CertifyBody) -> dict[str, Any]:
    """Certify: returns the new sequence."""
    edits = [
        VerdictEdit(e.run_number, e.dataset, tuple(e.columns), tuple(e.ranges), e.status, e.cause, e.comment)
        for e in body.edits
    ]
    return write(lambda tx: {"sequence": certify(tx, edits, asker(), seen=body.seen), "action": tx.action or 0})


@blueprint.post("/actions/<int:action>/undo", responses={200: Recorded})
def take_back(path: ActionPath) -> dict[str, Any]:
    """Take back one action as a unit: verdicts, moves, duplicates, or the answer to late changes."""
    return write(lambda tx: {"sequence": undo(tx, path.action, asker())})


def _plain(verdict: verdicts.Verdict) -> dict[str, Any]:
    return {
        "first": verdict.span.first,
        "last": verdict.span.last,
        "status": verdict.status.name,
        "cause": verdict.cause,
        "comment": verdict.comment,
        "author": verdict.author,
        "is_person": verdict.is_person,
        "since": verdict.since,
    }
