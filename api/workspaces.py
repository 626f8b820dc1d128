"""Workspaces over HTTP: who certifies what, as it is or was."""

from dataclasses import asdict
from typing import Any

from api.answers.workspaces import Workspaces
from api.contract.noun import AsOf, noun
from api.contract.reads import reading
from model.queries.workspaces import every_workspace

blueprint = noun("workspaces", "/workspaces", tag="datasets")


@blueprint.get("", responses={200: Workspaces})
def read(query: AsOf) -> dict[str, Any]:
    """Return every workspace with its level, its columns with where they stand, and causes of its own."""
    with reading(query.as_of) as (connection, at):
        return {"sequence": at, "workspaces": [asdict(each) for each in every_workspace(connection, at)]}
