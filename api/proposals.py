"""Proposals of outside programs over HTTP: make, read, answer, and how far people agree."""

from dataclasses import asdict
from typing import Any

from pydantic import Field

from api.answers.common import Recorded, RecordedAction
from api.answers.proposals import Agreements, Proposals
from api.contract.noun import AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from identity.here import asker
from model.commands.proposals import answer_proposals, propose
from model.events import ProposalsMade
from model.journal import Transaction
from model.queries import proposals

blueprint = noun("proposals", "/proposals")


class Said(Sent):
    """One status on lumisections of one column."""

    column: str = Field(description="workspace-column")
    ranges: list[tuple[int, int]] = Field(description="[first, last], both included")
    status: str = Field(description="GOOD, BAD, STANDBY, EXCLUDED or NOTSET")
    score: float | None = Field(None, description="how sure the program is, in its own scale")
    reason: str = ""


class OfDataset(Sent):
    """What a program proposes for one dataset; what it proposed there before is replaced."""

    run_number: int
    dataset: str
    program: str
    version: str = Field(description="of the program or its model")
    proposals: list[Said]


class Made(Sent):
    """Proposals for one or more datasets: all are recorded, or none."""

    datasets: list[OfDataset] = Field(min_length=1, max_length=1000)


class Where(AsOf):
    """Which proposals, as of when."""

    run_number: int | None = None
    dataset: str | None = None
    program: str | None = None


class ProposalsAnswer(Sent):
    """Proposals to accept or reject, all or none."""

    ids: list[int] = Field(min_length=1, max_length=10_000)
    accepted: bool
    seen: int = Field(description="sequence the author was looking at")
    comment: str = ""


@blueprint.post("", responses={200: Recorded})
def make(body: Made) -> dict[str, Any]:
    """Propose; nothing becomes effective before a person accepts it. The same once more changes nothing."""

    def deed(tx: Transaction) -> dict[str, Any]:
        for each in body.datasets:
            said = tuple(one.model_dump() for one in each.proposals)
            event = ProposalsMade(each.run_number, each.dataset, each.program, each.version, said)
            sequence = propose(tx, event, asker())
        return {"sequence": sequence}

    return write(deed)


@blueprint.get("", responses={200: Proposals})
def read(query: Where) -> dict[str, Any]:
    """Return the proposals that wait for an answer."""
    with reading(query.as_of) as (connection, at):
        found = proposals.proposals(
            connection,
            at,
            run_number=query.run_number,
            dataset_name=query.dataset,
            program=query.program,
        )
    return {"sequence": at, "proposals": [_plain(each) for each in found]}


@blueprint.post("/answer", responses={200: RecordedAction})
def answer(body: ProposalsAnswer) -> dict[str, Any]:
    """Accept or reject proposals; accepted ones become verdicts of whoever answers."""

    def deed(tx: Transaction) -> dict[str, Any]:
        sequence = answer_proposals(
            tx, body.ids, asker(), accepted=body.accepted, seen=body.seen, comment=body.comment
        )
        return {"sequence": sequence, "action": tx.action or 0}

    return write(deed)


@blueprint.get("/agreement", responses={200: Agreements})
def agreement(query: AsOf) -> dict[str, Any]:
    """Return how people answered each program."""
    with reading(query.as_of) as (connection, at):
        found = proposals.agreement(connection, at)
    return {"sequence": at, "programs": [{**asdict(each), "share": each.share} for each in found]}


def _plain(each: proposals.Proposal) -> dict[str, Any]:
    return {**asdict(each), "span": list(each.span), "status": each.status.name}
