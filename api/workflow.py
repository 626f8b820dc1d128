"""The workflow over HTTP: a run's own words, its state, the states of its datasets."""

from typing import Any

from pydantic import Field

from api.answers.common import Recorded
from api.contract.noun import RunPath, Seen, noun
from api.contract.writes import write
from identity.here import asker
from model.commands.datasets import hide_dataset, move_dataset, move_everywhere
from model.commands.feeds import want_again
from model.commands.runs import move_run, reset_run, set_run_attributes
from model.journal import Transaction

blueprint = noun("workflow", "/runs")


class Words(Seen):
    """What the registry itself says about a run."""

    attributes: dict[str, Any] = Field(description="class, significant, stop_reason")
    comment: str = ""


class Move(Seen):
    """From one state to another: refused where the run or dataset is not in the first."""

    from_state: str
    to_state: str
    comment: str = Field("", description="needed on the way back")


class DatasetMove(Move):
    """The same for a dataset in one workspace."""

    dataset: str
    workspace: str


class EverywhereMove(Seen):
    """A dataset in all of its workspaces at once."""

    dataset: str
    to_state: str
    too: list[str] = Field(
        default_factory=list, description="move those too that are in: waiting dqm gui, not significant for …"
    )
    comment: str = Field("", description="needed on the way back")


class Reset(Seen):
    """Why a run is decided again."""

    comment: str = ""


class Hiding(Seen):
    """A dataset to hide, or to bring back."""

    dataset: str
    hidden: bool = True
    comment: str = Field("", description="needed to hide")


@blueprint.post("/<int:run_number>/hidden", responses={200: Recorded})
def hide(path: RunPath, body: Hiding) -> dict[str, Any]:
    """Hide a dataset, or bring it back."""

    def deed(tx: Transaction) -> dict[str, int]:
        what = (path.run_number, body.dataset, asker())
        return {"sequence": hide_dataset(tx, *what, hidden=body.hidden, seen=body.seen, comment=body.comment)}

    return write(deed)


@blueprint.post("/<int:run_number>/attributes", responses={200: Recorded})
def say(path: RunPath, body: Words) -> dict[str, Any]:
    """Set class, significance or stop reason of a run."""

    def deed(tx: Transaction) -> dict[str, int]:
        words = (path.run_number, body.attributes, asker())
        return {"sequence": set_run_attributes(tx, *words, seen=body.seen, comment=body.comment)}

    return write(deed)


@blueprint.post("/<int:run_number>/reset", responses={200: Recorded})
def reset(path: RunPath, body: Reset) -> dict[str, Any]:
    """Forget what persons said of class and significance, and let the rules decide again."""

    def deed(tx: Transaction) -> dict[str, int]:
        return {"sequence": reset_run(tx, path.run_number, asker(), seen=body.seen, comment=body.comment)}

    return write(deed)


@blueprint.post("/<int:run_number>/refresh", responses={200: Recorded})
def refresh(path: RunPath) -> dict[str, Any]:
    """Ask for the run to be read from OMS once more; the worker does so at its next turn."""

    def deed(tx: Transaction) -> dict[str, int]:
        want_again(tx, path.run_number, asker())
        return {"sequence": tx.head.sequence}

    return write(deed)


@blueprint.post("/<int:run_number>/state", responses={200: Recorded})
def move(path: RunPath, body: Move) -> dict[str, Any]:
    """Sign a run off, complete it, or move it back; undecided lumisections are named."""

    def deed(tx: Transaction) -> dict[str, int]:
        step = (path.run_number, body.from_state, body.to_state, asker())
        return {"sequence": move_run(tx, *step, seen=body.seen, comment=body.comment)}

    return write(deed)


@blueprint.post("/<int:run_number>/dataset-state", responses={200: Recorded})
def move_one_dataset(path: RunPath, body: DatasetMove) -> dict[str, Any]:
    """Move a dataset in one workspace."""

    def deed(tx: Transaction) -> dict[str, int]:
        states = (body.from_state, body.to_state)
        step = (path.run_number, body.dataset, body.workspace, states, asker())
        return {"sequence": move_dataset(tx, *step, seen=body.seen, comment=body.comment)}

    return write(deed)


@blueprint.post("/<int:run_number>/everywhere", responses={200: Recorded})
def move_in_all_workspaces(path: RunPath, body: EverywhereMove) -> dict[str, Any]:
    """Move a dataset in all workspaces; those that wait or for which it is no work stay, unless asked."""

    def deed(tx: Transaction) -> dict[str, int]:
        step = (path.run_number, body.dataset, body.to_state, asker())
        return {"sequence": move_everywhere(tx, *step, too=body.too, seen=body.seen, comment=body.comment)}

    return write(deed)
