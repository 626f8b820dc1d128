"""The registry's own words about a run: class, significance, stop reason, state."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from model import accepted, rights
from model.authors import REGISTRY, Author
from model.commands import automatic
from model.errors import Invalid, NotOpen
from model.events import DatasetCreated, RunAttributesSet
from model.journal import Transaction
from model.queries import completeness, datasets, runs
from model.rights import Action
from model.vocabulary import GLOBAL, STOP_REASONS, State

_ACTION_OF = MappingProxyType(
    {
        "class": Action.EDIT_CLASS,
        "significant": Action.MARK_SIGNIFICANT,
        "stop_reason": Action.EDIT_STOP_REASON,
    }
)
_FORWARD = (State.OPEN, State.SIGNOFF, State.COMPLETED)


def set_run_attributes(
    tx: Transaction, run_number: int, attributes: Mapping[str, Any], by: Author, *, comment: str = ""
) -> int:
    """Set class, significant or stop_reason of a run.

    Raises:
        NotFound: no such run.
        Invalid: another attribute, or a value of the wrong type.
        Forbidden: the author may not.
    """
    runs.run(tx.connection, run_number)
    for name, value in attributes.items():
        if name not in _ACTION_OF:
            raise Invalid(f"{name} cannot be set by hand; {', '.join(_ACTION_OF)} can.")
        if not isinstance(value, bool if name == "significant" else str):
            raise Invalid(f"{name} cannot be {value!r}.")
        rights.require(by, _ACTION_OF[name])
        if name == "stop_reason" and str(value).split(":", 1)[0].strip() not in ("", *STOP_REASONS):
            raise Invalid(f"“{value}” is no stop reason; {', '.join(STOP_REASONS)} are, more after a colon.")
    return tx.record(RunAttributesSet(run_number, dict(attributes)), by, comment=comment)


def reset_run(tx: Transaction, run_number: int, by: Author, *, comment: str = "") -> int:
    """Forget what persons said of a run's class and significance, and let the rules decide again.

    What persons said of lumisections stays.

    Returns: the new sequence.

    Raises:
        NotFound: no such run.
        NotOpen: the run was signed off.
        Forbidden: the author may not.
    """
    run = runs.run(tx.connection, run_number)
    rights.require(by, Action.EDIT_CLASS)
    if run.state != State.OPEN:
        raise NotOpen(f"Run {run_number} is {run.state}, not OPEN: what it is cannot be decided again.")
    tx.record(RunAttributesSet(run_number, dict.fromkeys(("class", "significant"))), by, comment=comment)
    automatic.decide_run(tx, run_number, REGISTRY)
    return tx.head.sequence


def move_run(
    tx: Transaction, run_number: int, from_state: str, to_state: str, by: Author, *, comment: str = ""
) -> int:
    """Move a run to another state; one that is signed off gets the datasets that are accepted for its class.

    Raises:
        NotFound: no such run.
        Invalid: unknown state, or back without a reason.
        NotOpen: the run is not in `from_state`, goes on, or lumisections are still undecided.
        Forbidden: the author may not.
    """
    run = runs.run(tx.connection, run_number)
    if to_state not in _FORWARD or run.state not in _FORWARD:
        raise Invalid(f"“{to_state}” is no state of a run; {', '.join(_FORWARD)} are.")
    if run.state != from_state:
        raise NotOpen(f"Run {run_number} is {run.state}, not {from_state}.")
    forward = _FORWARD.index(State(to_state)) > _FORWARD.index(State(from_state))
    rights.require(by, Action.MOVE_RUN if forward else Action.MOVE_RUN_BACK)
    if not forward and len(comment.strip()) < 3:
        raise Invalid("Moving a run back needs a reason of at least 3 characters.")
    if forward and "end_time" in run.upstream and run.upstream["end_time"] is None:
        raise NotOpen(f"Run {run_number} cannot be signed off: it is still going on.")
    if forward and (missing := completeness.undecided(tx.connection, run_number)):
        raise NotOpen(f"Run {run_number} cannot be signed off: {completeness.sentence(missing)}")
    sequence = tx.record(RunAttributesSet(run_number, {"state": to_state}), by, comment=comment)
    return _accept(tx, run, sequence) if forward else sequence


def _accept(tx: Transaction, run: runs.Run, sequence: int) -> int:
    """Let the datasets of a significant run appear that it does not have yet; they wait for the DQM GUI."""
    if not run.registry.get("significant"):
        return sequence
    known = {d.name for d in datasets.datasets_of(tx.connection, run.run_number)}
    there = datasets.workspaces(tx.connection)
    for name in accepted.of_run(accepted.accepted(tx.connection), run.run_number, run.run_class):
        if name not in known:
            states = dict.fromkeys((GLOBAL, *there), State.WAITING.value)
            automatic.create_dataset(tx, DatasetCreated(run.run_number, name, states), REGISTRY)
    return tx.head.sequence


def import_run_attributes(
    tx: Transaction,
    run_number: int,
    attributes: Mapping[str, Any],
    by: Author,
    *,
    importer: Author,
    happened_at: datetime | None = None,
) -> int:
    """Record what another registry, or a rule, had said about a run, with its author and time.

    Raises:
        Forbidden: the importer does not ingest.
    """
    rights.require(importer, Action.INGEST)
    return tx.record(RunAttributesSet(run_number, dict(attributes)), by, happened_at=happened_at)
