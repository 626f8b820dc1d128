"""Accepted datasets over HTTP: read, change, and try patterns before they are kept."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from api.answers.common import Recorded
from api.answers.datasets import AcceptedDatasets, Trial
from api.contract.noun import ASKS, AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from identity.here import asker
from model.accepted import Accepted, accepted, of_run, try_patterns
from model.commands.accepted import set_accepted

blueprint = noun("accepted", "/accepted-datasets", tag="datasets")
#: names that one trial may hold
_MOST_NAMES = 20_000


class Asked(AsOf):
    """As of when; and of one run only, where a run is named."""

    run_number: int | None = Field(None, description="only what this run would get")
    run_class: str = Field("", description="class of that run")


class RowBody(Sent):
    """Runs of a class in a range get the dataset."""

    patterns: list[str] = Field(description="RE2 expressions on whole sample names of the DQM GUI")
    run_from: int
    run_to: int
    run_class: str
    enabled: bool = True


class RowsBody(Sent):
    """All rows of one dataset name; none takes the name away."""

    name: str
    rows: list[RowBody]
    seen: int = Field(description="sequence the author was looking at")
    comment: str = ""


class TrialBody(Sent):
    """Patterns and the sample names to try them on."""

    patterns: list[str] = Field(max_length=50)
    names: list[str] = Field(max_length=_MOST_NAMES)


@blueprint.get("", responses={200: AcceptedDatasets})
def read(query: Asked) -> dict[str, Any]:
    """Return the rows; with a run and its class, the datasets it gets and their patterns."""
    with reading(query.as_of) as (connection, at):
        rows = accepted(connection, at)
    if query.run_number is not None:
        return {"sequence": at, "datasets": of_run(rows, query.run_number, query.run_class)}
    return {"sequence": at, "rows": [asdict(row) for row in rows]}


@blueprint.post("", responses={200: Recorded})
def change(body: RowsBody) -> dict[str, Any]:
    """Keep the rows of a dataset name."""
    rows = [
        Accepted(body.name, tuple(r.patterns), r.run_from, r.run_to, r.run_class, r.enabled) for r in body.rows
    ]
    return write(
        lambda tx: {
            "sequence": set_accepted(tx, body.name, rows, asker(), seen=body.seen, comment=body.comment)
        }
    )


@blueprint.post("/test", openapi_extensions=ASKS, responses={200: Trial})
def test(body: TrialBody) -> dict[str, Any]:
    """Say which names the patterns match, each with the first that does, and which none matches."""
    return asdict(try_patterns(body.patterns, body.names))
