"""What waits for a person, over HTTP."""

from dataclasses import asdict
from typing import Any

from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from identity.here import asker
from model import asof
from model.queries.decisions import Item, Kind, queue
from model.registry import registry

blueprint = APIBlueprint(
    "decisions", __name__, url_prefix="/api/v1/decisions", abp_tags=[Tag(name="decisions")]
)


class Asked(BaseModel):
    """Which decisions, as of when; only those that whoever asks may take."""

    workspace: str = Field("", description="only its columns; empty for all")
    kind: Kind | None = Field(
        None, description="late, people, rule, proposal or undecided; all where not given"
    )
    limit: int = Field(200, ge=1, le=1_000)
    as_of: str = Field("now", description="sequence, RFC 3339 time or label")


@blueprint.get("")
def read(query: Asked) -> dict[str, Any]:
    """Return what waits for whoever asks, most luminosity at stake first."""
    with registry().reading() as connection:
        at = asof.resolve(connection, query.as_of)
        found = queue(connection, asker(), at, workspace=query.workspace, kind=query.kind, limit=query.limit)
    return {"sequence": at, "items": [plain(item) for item in found]}


def plain(item: Item) -> dict[str, Any]:
    """Return an item as JSON."""
    return {**asdict(item), "kind": item.kind.value, "ranges": [list(span) for span in item.ranges]}
