"""Cycles: datasets to certify before a deadline, with what each workspace has completed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from model import rights
from model.authors import Author
from model.errors import Invalid, NotFound, NotOpen, Stale
from model.events import DocumentSet
from model.journal import Transaction
from model.queries import datasets, documents
from model.queries.cycles import KIND, undone
from model.rights import Action

#: as in the system in use
MOST_DATASETS = 1_000
_LONGEST_NAME = 80

Names = Sequence[tuple[int, str]]


def create_cycle(tx: Transaction, name: str, deadline: str, chosen: Names, by: Author) -> int:
    """Group datasets for certification.

    Args:
        deadline: a day, such as 2024-06-20.
        chosen: (run_number, dataset) of each.

    Raises:
        NotFound: no such run or dataset.
        Invalid: no name, a name that is taken, no day, no dataset or too many.
        Forbidden: the author may not.
    """
    rights.require(by, Action.MANAGE_CYCLES)
    if not name.strip() or len(name) > _LONGEST_NAME or name != name.strip():
        raise Invalid(f"A cycle needs a name of at most {_LONGEST_NAME} characters.")
    if documents.document(tx.connection, KIND, name) is not None:
        raise Invalid(f"There is a cycle {name} already.")
    document = {"deadline": _day(deadline), "datasets": _checked(tx, chosen), "completed": {}, "closed": False}
    return tx.record(DocumentSet(KIND, name, document), by)


def change_cycle(
    tx: Transaction, name: str, deadline: str, chosen: Names, by: Author, *, seen: int, comment: str = ""
) -> int:
    """Give a cycle another deadline, or other datasets.

    Raises:
        NotFound, Invalid, Forbidden: as when it is created.
        Stale: somebody else changed it after `seen`.
        NotOpen: it is closed.
    """
    rights.require(by, Action.MANAGE_CYCLES)
    document = _open(tx, name, seen)
    words = {"deadline": _day(deadline), "datasets": _checked(tx, chosen)}
    if {**document, **words} == document:
        raise Invalid(f"{name} is so already.")
    return tx.record(DocumentSet(KIND, name, {**document, **words}), by, comment=comment)


def complete_workspace(
    tx: Transaction, name: str, workspace: str, by: Author, *, is_done: bool = True, comment: str = ""
) -> int:
    """Say that a workspace has certified its part of a cycle, or take that back.

    Raises:
        NotFound: no such cycle.
        Invalid: no such workspace, it is so already, or taken back without a reason.
        NotOpen: the cycle is closed, or datasets of it are not signed off; the sentence names them.
        Forbidden: the author may not.
    """
    rights.require(by, Action.MOVE_DATASET, workspace)
    document = _open(tx, name, tx.head.sequence)
    there = datasets.workspaces(tx.connection)
    if workspace not in there:
        raise Invalid(f"{workspace} certifies no datasets; {', '.join(there)} do.")
    if (workspace in document["completed"]) == is_done:
        raise Invalid(f"{workspace} has {'' if is_done else 'not '}completed {name} already.")
    if not is_done and len(comment.strip()) < 3:
        raise Invalid("Reopening needs a reason of at least 3 characters.")
    left = undone(tx.connection, document["datasets"], workspace, tx.head.sequence) if is_done else []
    if left:
        raise NotOpen(f"{workspace} has not signed off {_named(left)}.")
    completed = {k: v for k, v in document["completed"].items() if k != workspace}
    if is_done:
        completed[workspace] = by.name
    return tx.record(DocumentSet(KIND, name, {**document, "completed": completed}), by, comment=comment)


def close_cycle(tx: Transaction, name: str, by: Author, *, closed: bool = True, comment: str = "") -> int:
    """Close a cycle, or open it again with a reason.

    Raises:
        NotFound: no such cycle.
        Invalid: it is so already, or reopened without a reason.
        Forbidden: the author may not.
    """
    rights.require(by, Action.MANAGE_CYCLES)
    document = _cycle(tx, name)
    if document["closed"] == closed:
        raise Invalid(f"{name} is {'closed' if closed else 'open'} already.")
    if not closed and len(comment.strip()) < 3:
        raise Invalid("Reopening needs a reason of at least 3 characters.")
    return tx.record(DocumentSet(KIND, name, {**document, "closed": closed}), by, comment=comment)


def _cycle(tx: Transaction, name: str, at: int | None = None) -> Mapping[str, Any]:
    found = documents.document(tx.connection, KIND, name, at)
    if found is None:
        raise NotFound(f"There is no cycle {name}.")
    return dict(found)


def _open(tx: Transaction, name: str, seen: int) -> Mapping[str, Any]:
    document = _cycle(tx, name)
    if seen != tx.head.sequence and documents.document(tx.connection, KIND, name, seen) != document:
        raise Stale(f"Somebody changed {name} meanwhile: look at it again.", [])
    if document["closed"]:
        raise NotOpen(f"{name} is closed.")
    return document


def _checked(tx: Transaction, chosen: Names) -> list[list[object]]:
    wanted = sorted(set(chosen))
    if not 0 < len(wanted) <= MOST_DATASETS:
        raise Invalid(f"A cycle has 1 to {MOST_DATASETS:,} datasets, not {len(wanted):,}.")
    for run_number in dict.fromkeys(run for run, _ in wanted):
        there = {d.name for d in datasets.datasets_of(tx.connection, run_number)}
        missing = [name for run, name in wanted if run == run_number and name not in there]
        if missing:
            raise NotFound(f"Run {run_number} has no dataset {missing[0]}.")
    return [[run, name] for run, name in wanted]


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Invalid(f"“{text}” is no day such as 2024-06-20.") from error


def _named(left: Iterable[tuple[int, str]]) -> str:
    names = [f"{run} {name}" for run, name in left]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
