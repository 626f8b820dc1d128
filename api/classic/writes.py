"""What the client writes: one command each, in the name of whoever asks; 200 with what was changed."""

from typing import Any

from flask import Response

from api.classic.answers import answer
from api.classic.blueprint import door
from api.classic.bodies import body, run_number, text, whole
from api.classic.runs import run_object
from identity.here import asker
from model.classic.objects import whole_dataset
from model.commands import client
from model.commands.verdicts import VerdictEdit, certify
from model.errors import Invalid
from model.journal import sequence_now
from model.registry import registry

_RANGE = ("start", "end", "status", "comment", "cause")


@door("POST", "/runs/mark_significant")
def mark_significant() -> Response:
    """Mark a run significant."""
    number = whole("run_number", body("run_number")["run_number"])
    with registry().writing() as tx:
        client.mark_significant(tx, number, asker())
        return answer(run_object(tx.connection, number))


@door("POST", "/runs/move_run/<from_state>/<to_state>")
def move_run(from_state: str, to_state: str) -> Response:
    """Move a run from one state to another."""
    number = whole("run_number", body("run_number")["run_number"])
    with registry().writing() as tx:
        client.move_run_without_reason(tx, number, from_state, to_state, asker())
        return answer(run_object(tx.connection, number))


@door("POST", "/runs/refresh_run/<number>")
def refresh(number: str) -> Response:
    """Ask for a run to be read from OMS once more; the rules speak again at once."""
    body()
    with registry().writing() as tx:
        client.refresh_run(tx, run_number(number), asker())
        return answer(run_object(tx.connection, run_number(number)))


@door("POST", "/runs/reset_and_refresh_run/<number>")
def reset_and_refresh(number: str) -> Response:
    """The same, and forget what persons said of class and significance."""
    body()
    with registry().writing() as tx:
        client.reset_and_refresh_run(tx, run_number(number), asker())
        return answer(run_object(tx.connection, run_number(number)))


@door("PUT", "/manual_run_edit/<number>/class")
def edit_class(number: str) -> Response:
    """Give a run another class."""
    run_class = text("class", body("class")["class"])
    with registry().writing() as tx:
        client.edit_class(tx, run_number(number), run_class, asker())
        return answer(run_object(tx.connection, run_number(number)))


@door("PUT", "/lumisections/edit_rr_lumisections")
def edit_lumisections() -> Response:
    """Set a status on a range of lumisections of one column."""
    edit = _edit(body("new_lumisection_range", "run_number", "dataset_name", "component"))
    # the client does not say what it saw: what there is when it asks
    with registry().reading() as connection:
        seen = sequence_now(connection)
    with registry().writing() as tx:
        sequence = certify(tx, [edit], asker(), seen=seen)
    named = {"run_number": edit.run_number, "name": edit.dataset}
    return answer({**named, "lumisection_metadata_id": sequence, "version": sequence, "manual_change": True})


@door("POST", "/datasets/<workspace>/move_dataset/<from_state>/<to_state>")
def move_dataset(workspace: str, from_state: str, to_state: str) -> Response:
    """Move a dataset from one state to another, in one workspace."""
    said = body("run_number", "dataset_name", "workspace")
    where = whole("run_number", said["run_number"]), text("dataset_name", said["dataset_name"])
    if said["workspace"] != workspace:
        raise Invalid(f"The path says {workspace[:40]}, the body another workspace.")
    with registry().writing() as tx:
        client.move_dataset_without_reason(tx, where, workspace, (from_state, to_state), asker())
        return answer(whole_dataset(tx.connection, where, sequence_now(tx.connection)))


def _edit(said: dict[str, Any]) -> VerdictEdit:
    span = said["new_lumisection_range"]
    if not isinstance(span, dict) or set(span) != set(_RANGE):
        raise Invalid(f"new_lumisection_range must be an object with {', '.join(_RANGE)}.")
    return VerdictEdit(
        whole("run_number", said["run_number"]),
        text("dataset_name", said["dataset_name"]),
        (text("component", said["component"]),),
        ((whole("start", span["start"]), whole("end", span["end"])),),
        text("status", span["status"]),
        text("cause", span["cause"]),
        text("comment", span["comment"]),
    )
