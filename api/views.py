"""Saved views over HTTP: one's own and the shared ones."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from api.answers.common import Recorded
from api.answers.views import Views
from api.contract.noun import AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from identity.here import asker
from model.commands.views import remove_view, save_view
from model.journal import Transaction
from model.queries.views import views

blueprint = noun("views", "/views")


class ViewBody(Sent):
    """An address to keep under a name."""

    name: str
    path: str = Field(description="page, such as /certify/tracker")
    search: dict[str, str] = Field(
        {}, description="stage, runs, cycle, where, sort, hidden; of /query: sql, snapshot, plot, x, y"
    )
    is_shared: bool = False


class NamedView(Sent):
    """Which view."""

    owner: str
    name: str


@blueprint.get("", responses={200: Views})
def read(query: AsOf) -> dict[str, Any]:
    """Return the views that whoever asks sees, each with its address."""
    with reading(query.as_of, is_own=True) as (connection, at):
        found = views(connection, asker().name, at)
    return {"sequence": at, "views": [{**asdict(each), "address": each.address} for each in found]}


@blueprint.post("", responses={200: Recorded})
def save(body: ViewBody) -> dict[str, Any]:
    """Keep an address under a name."""

    def deed(tx: Transaction) -> dict[str, Any]:
        words = (body.name, body.path, body.search)
        return {"sequence": save_view(tx, *words, asker(), is_shared=body.is_shared)}

    return write(deed)


@blueprint.post("/removal", responses={200: Recorded})
def remove(body: NamedView) -> dict[str, Any]:
    """Take a view away."""
    return write(lambda tx: {"sequence": remove_view(tx, body.owner, body.name, asker())})
