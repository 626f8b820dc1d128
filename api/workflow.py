"""The workflow over HTTP: a run's own words, its state, the states of its datasets."""

from typing import Any

from pydantic import Field

from api.noun import RunPath, Sent, noun
from identity.here import asker
from model.commands.datasets import hide_dataset, move_dataset, move_everywhere
from model.commands.feeds import want_again
from model.commands.runs import move_run, reset_run, set_run_attributes
from model.registry import registry

blueprint = noun("workflow", "/runs")


class Words(Sent):
    """What the registry itself says about a run."""

    attributes: dict[str, Any] = Field(description="class, significant, stop_reason")
    comment: str = ""


class Move(Sent):
    """From one state to another: refused where the run or dataset is not in the first."""

    from_state: str
    to_state: str
    comment: str = Field("", description="needed on the way back")


class DatasetMove(Move):
    """The same for a dataset in one workspace."""

    dataset: str
    workspace: str


class EverywhereMove(Sent):
    """A dataset in all of its workspaces at once."""

    dataset: str
    to_state: str
    too: list[str] = Field(
        default_factory=list, description="move those too that are in: waiting dqm gui, not significant for …"
    )
    comment: str = Field("", description="needed on the way back")


class Reset(Sent):
    """Why a run is decided again."""

    comment: str = ""


class Hiding(Sent):
    """A dataset to hide, or to bring back."""

    dataset: str
    hidden: bool = True
    comment: str = Field("", description="needed to hide")


@blueprint.post("/<int:run_number>/hidden")
def hide(path: RunPath, body: Hiding) -> dict[str, int]:
    """Hide a dataset, or bring it back."""
    with registry().writing() as tx:
        return {
            "sequence": hide_dataset(
                tx, path.run_number, body.dataset, asker(), hidden=body.hidden, comment=body.comment
            )
        }


@blueprint.post("/<int:run_number>/attributes")
def say(path: RunPath, body: Words) -> dict[str, int]:
    """Set class, significance or stop reason of a run."""
    with registry().writing() as tx:
        sequence = set_run_attributes(tx, path.run_number, body.attributes, asker(), comment=body.comment)
        return {"sequence": sequence}


@blueprint.post("/<int:run_number>/reset")
def reset(path: RunPath, body: Reset) -> dict[str, int]:
    """Forget what persons said of class and significance, and let the rules decide again."""
    with registry().writing() as tx:
        return {"sequence": reset_run(tx, path.run_number, asker(), comment=body.comment)}


@blueprint.post("/<int:run_number>/refresh")
def refresh(path: RunPath) -> dict[str, int]:
    """Ask for the run to be read from OMS once more; the worker does so at its next turn."""
    with registry().writing() as tx:
        want_again(tx, path.run_number, asker())
        return {"sequence": tx.head.sequence}


@blueprint.post("/<int:run_number>/state")
def move(path: RunPath, body: Move) -> dict[str, int]:
    """Sign a run off, complete it, or move it back; undecided lumisections are named."""
    with registry().writing() as tx:
        states = (body.from_state, body.to_state)
        return {"sequence": move_run(tx, path.run_number, *states, asker(), comment=body.comment)}


@blueprint.post("/<int:run_number>/dataset-state")
def move_one_dataset(path: RunPath, body: DatasetMove) -> dict[str, int]:
    """Move a dataset in one workspace."""
    with registry().writing() as tx:
        states = (body.from_state, body.to_state)
        sequence = move_dataset(
            tx, path.run_number, body.dataset, body.workspace, states, asker(), comment=body.comment
        )
        return {"sequence": sequence}


@blueprint.post("/<int:run_number>/everywhere")
def move_in_all_workspaces(path: RunPath, body: EverywhereMove) -> dict[str, int]:
    """Move a dataset in all workspaces; those that wait or for which it is no work stay, unless asked."""
    with registry().writing() as tx:
        said = (path.run_number, body.dataset, body.to_state)
        return {"sequence": move_everywhere(tx, *said, asker(), too=body.too, comment=body.comment)}
