"""Runs, labels and the journal's place over HTTP."""

from typing import Any

from flask import Response, jsonify, request
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from model import asof, journal
from model.queries import datasets, documents, runs
from model.ranges import count
from model.registry import registry

blueprint = APIBlueprint("runs", __name__, url_prefix="/api/v1", abp_tags=[Tag(name="runs")])


class RunPath(BaseModel):
    """Which run."""

    run_number: int = Field(description="OMS run number")


class AsOf(BaseModel):
    """As of when."""

    as_of: str = Field("now", description="sequence, RFC 3339 time or label")


@blueprint.get("/version")
def version() -> Response:
    """Return the journal's last sequence; an unchanged one answers 304."""
    with registry().reading() as connection:
        response = jsonify({"sequence": journal.sequence_now(connection)})
    response.add_etag()
    response.make_conditional(request)
    return response


@blueprint.get("/labels")
def labels() -> dict[str, int]:
    """Return the labels that `as_of` understands, with their sequences."""
    with registry().reading() as connection:
        found = documents.documents(connection, "label")
        return {name: int(document["sequence"]) for name, document in found.items()}


@blueprint.get("/rules")
def rules(query: AsOf) -> dict[str, Any]:
    """Return the kept rules as they held."""
    with registry().reading() as connection:
        return documents.documents(connection, "rule", asof.resolve(connection, query.as_of))


@blueprint.get("/runs/<int:run_number>")
def one_run(path: RunPath, query: AsOf) -> dict[str, Any]:
    """Return a run: upstream's facts, the registry's words, its datasets and their states."""
    with registry().reading() as connection:
        at = asof.resolve(connection, query.as_of)
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
