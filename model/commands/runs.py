"""The registry's own words about a run: class, significance, stop reason, state."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, cast

from model import accepted, rights
from model.authors import REGISTRY, Author
from model.commands import automatic
from model.commands.seen import require_unchanged
from model.errors import Invalid, NotOpen
from model.event import Event
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
#: what rules decide of a run
_DECIDED = ("class", "significant")


def set_run_attributes(
    tx: Transaction,
    run_number: int,
    attributes: Mapping[str, Any],
    by: Author,
    *,
    seen: int | None = None,
    comment: str = "",
) -> int:
    """Set class, significant or stop_reason of a run.

    Args:
        seen: sequence the author was looking at, where the door says it.

    Raises:
        Forbidden: the author may not.
        NotFound: no such run.
        Stale: somebody else said the same of it after `seen`.
        Invalid: another attribute, or a value of the wrong type.
    """
    for name in attributes:
        if name in _ACTION_OF:
            rights.require(by, _ACTION_OF[name])
    runs.run(tx.connection, run_number)
    _require_unchanged(tx, seen, run_number, attributes, by)
    for name, value in attributes.items():
        if name not in _ACTION_OF:
            raise Invalid(f"{name} cannot be set by hand; {', '.join(_ACTION_OF)} can.")
        if not isinstance(value, bool if name == "significant" else str):
            raise Invalid(f"{name} cannot be {value!r}.")
        if name == "stop_reason" and str(value).split(":", 1)[0].strip() not in ("", *STOP_REASONS):
            raise Invalid(f"“{value}” is no stop reason; {', '.join(STOP_REASONS)} are, more after a colon.")
    return tx.record(RunAttributesSet(run_number, dict(attributes)), by, comment=comment)


def reset_run(
    tx: Transaction, run_number: int, by: Author, *, seen: int | None = None, comment: str = ""
) -> int:
    """Forget what persons said of a run's class and significance, and let the rules decide again.

    What persons said of lumisections stays.

    Args:
        seen: sequence the author was looking at, where the door says it.

    Returns: the new sequence.

    Raises:
        Forbidden: the author may not.
        NotFound: no such run.
        Stale: somebody else said what it is after `seen`.
        NotOpen: the run was signed off.
    """
    rights.require(by, Action.EDIT_CLASS)
    run = runs.run(tx.connection, run_number)
    _require_unchanged(tx, seen, run_number, _DECIDED, by)
    if run.state != State.OPEN:
        raise NotOpen(f"Run {run_number} is {run.state}, not OPEN: what it is cannot be decided again.")
    tx.record(RunAttributesSet(run_number, dict.fromkeys(_DECIDED)), by, comment=comment)
    automatic.decide_run(tx, run_number, REGISTRY)
    return tx.head.sequence


def move_run(
    tx: Transaction,
    run_number: int,
    from_state: str,
    to_state: str,
    by: Author,
    *,
    seen: int | None = None,
    comment: str = "",
) -> int:
    """Move a run to another state; one that is signed off gets the datasets that are accepted for its class.

    Args:
        seen: sequence the author was looking at, where the door says it.

    Raises:
        Forbidden: the author may not.
        NotFound: no such run.
        Stale: somebody else moved it after `seen`.
        Invalid: unknown state, or back without a reason.
        NotOpen: the run is not in `from_state`, goes on, or lumisections are still undecided.
    """
    forward = require_mover(by, from_state, to_state)
    run = runs.run(tx.connection, run_number)
    _require_unchanged(tx, seen, run_number, ("state",), by)
    if to_state not in _FORWARD or run.state not in _FORWARD:
        raise Invalid(f"“{to_state}” is no state of a run; {', '.join(_FORWARD)} are.")
    if run.state != from_state:
        raise NotOpen(f"Run {run_number} is {run.state}, not {from_state}.")
    if not forward and len(comment.strip()) < 3:
        raise Invalid("Moving a run back needs a reason of at least 3 characters.")
    if forward and run.goes_on:
        raise NotOpen(f"Run {run_number} cannot be signed off: it is still going on.")
    if forward and (missing := completeness.undecided(tx.connection, run_number)):
        words = f"Run {run_number} cannot be signed off: {completeness.sentence(missing)}"
        raise NotOpen(words, is_undecided=True)
    sequence = tx.record(RunAttributesSet(run_number, {"state": to_state}), by, comment=comment)
    return _accept(tx, run, sequence) if forward else sequence


def require_mover(by: Author, from_state: str, to_state: str) -> bool:
    """Let through who may move runs from one state to another; return whether that is forward.

    Raises:
        Forbidden: the author may not.
    """
    is_back = {from_state, to_state} <= set(_FORWARD) and _FORWARD.index(State(to_state)) <= _FORWARD.index(
        State(from_state)
    )
    rights.require(by, Action.MOVE_RUN_BACK if is_back else Action.MOVE_RUN)
    return not is_back


def _require_unchanged(
    tx: Transaction, seen: int | None, run_number: int, words: Collection[str], by: Author
) -> None:
    def is_same(event: Event) -> bool:
        return not set(words).isdisjoint(cast(RunAttributesSet, event).attributes)

    require_unchanged(tx, seen, by, RunAttributesSet, run_number=run_number, is_same=is_same)


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
