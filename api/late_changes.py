"""What upstream changed of runs that were signed off, over HTTP: read, accept, reject."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from api.answers.common import Recorded
from api.answers.decisions import LateChanges
from api.contract.noun import AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from identity.here import asker
from model.commands.late_changes import answer_late_change
from model.journal import Transaction
from model.queries.late_changes import LateChange, late_changes

blueprint = noun("late_changes", "/late-changes", tag="late changes")


class Asked(AsOf):
    """Which late changes, as of when."""

    run_number: int | None = Field(None, description="of one run; of all where not given")


class LateChangeAnswer(Sent):
    """Accept or reject one, or all that are alike."""

    late_change: int = Field(description="its id")
    accepted: bool
    alike: bool = Field(False, description="the same answer to all that change the same things")
    comment: str = ""


@blueprint.get("", responses={200: LateChanges})
def read(query: Asked) -> dict[str, Any]:
    """Return what waits for an answer, with what accepting it would do, most luminosity first."""
    with reading(query.as_of) as (connection, at):
        found = late_changes(connection, at, run_number=query.run_number)
    return {"sequence": at, "late_changes": [plain(each) for each in found]}


@blueprint.post("/answer", responses={200: Recorded})
def answer(body: LateChangeAnswer) -> dict[str, Any]:
    """Accept or reject, as one action; states stay as they are."""

    def deed(tx: Transaction) -> dict[str, Any]:
        how = {"accepted": body.accepted, "alike": body.alike}
        return {"sequence": answer_late_change(tx, body.late_change, asker(), **how, comment=body.comment)}

    return write(deed)


def plain(each: LateChange) -> dict[str, Any]:
    """Return a late change as JSON."""
    return {**asdict(each), "lumisections": [list(span) for span in each.lumisections]}
