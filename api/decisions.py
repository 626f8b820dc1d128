"""What waits for a person, over HTTP."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from api.answers.decisions import Decisions
from api.contract.noun import AsOf, noun
from api.contract.reads import reading
from identity.here import asker
from model.queries.decisions import Item, Kind, queue

blueprint = noun("decisions", "/decisions")


class Asked(AsOf):
    """Which decisions, as of when; only those that whoever asks may take."""

    workspace: str = Field("", description="only its columns; empty for all")
    kind: Kind | None = Field(
        None, description="late, people, rule, proposal or undecided; all where not given"
    )
    limit: int = Field(200, ge=1, le=1_000)


@blueprint.get("", responses={200: Decisions})
def read(query: Asked) -> dict[str, Any]:
    """Return what waits for whoever asks, most luminosity at stake first."""
    with reading(query.as_of, is_own=True) as (connection, at):
        found = queue(connection, asker(), at, workspace=query.workspace, kind=query.kind, limit=query.limit)
    return {"sequence": at, "items": [plain(item) for item in found]}


def plain(item: Item) -> dict[str, Any]:
    """Return an item as JSON."""
    return {**asdict(item), "kind": item.kind.value, "ranges": [list(span) for span in item.ranges]}
