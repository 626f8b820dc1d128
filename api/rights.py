"""Who may do what, over HTTP: as of any time, changed by administrators, and what was denied."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from api.answers.rights import ChangedRights, Denied, Rights, ToldGrant
from api.contract.noun import AsOf, Seen, noun
from api.contract.reads import reading
from api.contract.writes import write
from identity.here import asker
from model import rights
from model.clock import rfc3339, to_us
from model.commands.rights import planned, set_rights
from model.denials import denials
from model.journal import Transaction, sequence_now
from model.policy import FIXED_ACTION, Action, Grant, Role
from model.queries.rights import changes, groups_document, matrix_document, policy
from model.registry import registry

blueprint = noun("rights", "/rights")


class RightsBody(Seen):
    """All of the rights as they shall be: a group that is left out has no role, and every action is said."""

    groups: list[ToldGrant] = Field(max_length=1_000)
    matrix: dict[Action, list[Role]] = Field(
        description=f"the roles that may, for every action but “{FIXED_ACTION}”, which nobody gives"
    )
    comment: str = ""
    dry_run: bool = Field(False, description="only say who would gain and lose what")


@blueprint.get("", responses={200: Rights})
def read(query: AsOf) -> dict[str, Any]:
    """Return which group is which role, and which role may do what."""
    with reading(query.as_of) as (connection, at):
        held = policy(connection, at)
    return {"sequence": at, "groups": groups_document(held.grants), "matrix": matrix_document(held)}


@blueprint.post("", responses={200: ChangedRights})
def change(body: RightsBody) -> dict[str, Any]:
    """Let these rights hold from now on, or say what that would change; it is taken back like any action."""
    grants = [Grant(each.group, each.role, each.workspace) for each in body.groups]

    def deed(tx: Transaction) -> dict[str, Any]:
        before = policy(tx.connection)
        sequence = set_rights(tx, grants, body.matrix, asker(), seen=body.seen, comment=body.comment.strip())
        told = changes(before, planned(grants, body.matrix))
        said: dict[str, int | None] = {"sequence": None, "action": None}
        if not body.dry_run:
            said = {"sequence": sequence, "action": tx.action or sequence}
        return {"changes": [asdict(each) for each in told], **said}

    if not body.dry_run:
        return write(deed)
    with registry().trying() as tx:
        return deed(tx)


@blueprint.get("/denied", responses={200: Denied})
def read_denied() -> dict[str, Any]:
    """Return what was denied to whom, the last 200 first, for administrators; it is no part of the journal."""
    with registry().reading() as connection:
        rights.require(asker(), Action.ADMINISTER)
        found = [asdict(each) for each in denials(connection)]
        at = sequence_now(connection)
    times = ("first_at", "last_at")
    return {
        "sequence": at,
        "denied": [{**each, **{name: rfc3339(to_us(each[name])) for name in times}} for each in found],
    }
