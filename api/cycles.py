"""Cycles over HTTP: make, read, change, complete, and what would make the next one."""

from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, Field

from api.answers.common import Recorded
from api.answers.cycles import Candidates, CycleProgress, Cycles
from api.contract.noun import AsOf, Sent, noun
from api.contract.reads import reading
from api.contract.writes import write
from identity.here import asker
from model.commands.cycles import change_cycle, close_cycle, complete_workspace, create_cycle
from model.errors import NotFound
from model.journal import Transaction
from model.queries.cycles import cycles, progress
from model.queries.next_cycle import Limits, candidates
from model.vocabulary import Stage

blueprint = noun("cycles", "/cycles")


class CyclePath(BaseModel):
    """Which cycle."""

    name: str


class CycleBody(Sent):
    """A cycle as it shall be."""

    deadline: str = Field(description="a day, such as 2024-06-20")
    datasets: list[tuple[int, str]] = Field(description="run number and dataset name of each")
    comment: str = ""


class NewCycle(CycleBody):
    """A cycle that is not there yet."""

    name: str


class ChangedCycle(CycleBody):
    """A cycle that somebody looked at."""

    seen: int = Field(description="sequence the author was looking at")


class Completion(Sent):
    """A workspace has completed its part, or has not after all; without a workspace the cycle is closed."""

    workspace: str = ""
    done: bool = True
    comment: str = Field("", description="needed to reopen")


class NextQuery(AsOf):
    """What a dataset must pass to be in the next cycle."""

    stage: Stage = Stage.PROMPT
    first_run: int | None = None
    last_run: int | None = None
    run_class: str = ""
    least_invpb: float = 0.1
    least_good: float = 0.1


@blueprint.get("", responses={200: Cycles})
def read(query: AsOf) -> dict[str, Any]:
    """Return the cycles, the next deadline first."""
    with reading(query.as_of) as (connection, at):
        return {"sequence": at, "cycles": [asdict(each) for each in cycles(connection, at)]}


@blueprint.post("", responses={200: Recorded})
def create(body: NewCycle) -> dict[str, Any]:
    """Make a cycle of datasets."""
    return write(lambda tx: {"sequence": create_cycle(tx, body.name, body.deadline, body.datasets, asker())})


@blueprint.get("/next", responses={200: Candidates})
def following(query: NextQuery) -> dict[str, Any]:
    """Propose the next cycle: every open dataset, taken or left out with the reason."""
    limits = Limits(
        query.stage,
        query.first_run,
        query.last_run,
        query.run_class,
        query.least_invpb,
        query.least_good,
    )
    with reading(query.as_of) as (connection, at):
        return {"sequence": at, "candidates": [asdict(each) for each in candidates(connection, limits, at)]}


@blueprint.get("/<string:name>", responses={200: CycleProgress})
def one(path: CyclePath, query: AsOf) -> dict[str, Any]:
    """Return a cycle with how far each workspace is."""
    with reading(query.as_of) as (connection, at):
        found = next((each for each in cycles(connection, at) if each.name == path.name), None)
        if found is None:
            raise NotFound(f"There is no cycle {path.name}.")
        told = [asdict(each) for each in progress(connection, found, at)]
        return {"sequence": at, **asdict(found), "progress": told}


@blueprint.post("/<string:name>", responses={200: Recorded})
def change(path: CyclePath, body: ChangedCycle) -> dict[str, Any]:
    """Give a cycle another deadline, or other datasets."""

    def deed(tx: Transaction) -> dict[str, Any]:
        words = (path.name, body.deadline, body.datasets)
        return {"sequence": change_cycle(tx, *words, asker(), seen=body.seen, comment=body.comment)}

    return write(deed)


@blueprint.post("/<string:name>/completion", responses={200: Recorded})
def complete(path: CyclePath, body: Completion) -> dict[str, Any]:
    """Complete or reopen a workspace's part of a cycle, or the cycle itself."""

    def deed(tx: Transaction) -> dict[str, Any]:
        if not body.workspace:
            sequence = close_cycle(tx, path.name, asker(), closed=body.done, comment=body.comment)
        else:
            words = (path.name, body.workspace)
            sequence = complete_workspace(tx, *words, asker(), is_done=body.done, comment=body.comment)
        return {"sequence": sequence}

    return write(deed)
