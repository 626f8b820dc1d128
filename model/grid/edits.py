"""What leaves a grid: groups of edits, each a command of its own, each answered for itself."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from model.authors import Author
from model.commands.datasets import hide_dataset, move_dataset, move_everywhere
from model.commands.undo import undo
from model.commands.verdicts import VerdictEdit, certify
from model.errors import Conflict, Invalid, RunRegistryError, Stale
from model.journal import Transaction
from model.once import Once
from model.queries import datasets, verdicts
from model.ranges import Ranges, canonical, intersect, subtract
from model.registry import Registry
from model.vocabulary import Status

#: stands for every workspace of a dataset that neither waits nor has nothing to do
ALL = "all workspaces"


@dataclass(frozen=True)
class CellEdit:
    """Columns of one dataset; without ranges every lumisection of the run is meant."""

    run_number: int
    dataset: str
    columns: tuple[str, ...]
    ranges: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Group:
    """One press of a key: a status on cells, a move of datasets, or the undoing of an action.

    Args:
        key: made by the browser; the answer carries it.
        seen: sequence at which the cells were read.
        status: to give; empty where the group is no verdict.
        move: (workspace, from state, to state), where datasets move; `ALL` workspaces at once move from any.
        hidden: whether datasets go out of sight (true) or come back (false), where they do.
        action: to take back.
        only_open: the status is for lumisections on which nobody decided yet.
        within: the status is for these lumisections only, first and last; all where None.
    """

    key: str
    seen: int
    edits: tuple[CellEdit, ...] = ()
    status: str = ""
    cause: str = ""
    comment: str = ""
    move: tuple[str, str, str] | None = None
    hidden: bool | None = None
    action: int | None = None
    only_open: bool = False
    within: tuple[int, int] | None = None


@dataclass(frozen=True)
class Answer:
    """What became of a group: the action it is in the journal, or why it was refused, both sides named."""

    key: str
    action: int | None = None
    code: str = ""
    message: str = ""
    conflicts: tuple[Conflict, ...] = ()


def carry_out(
    registry: Registry, groups: Sequence[Group], by: Author, once: Once | None = None
) -> list[Answer]:
    """Carry out groups in order; a refused one changes nothing and does not stop the next.

    Args:
        once: a key under which each group, by its own key, is carried out once.
    """
    asked = once or Once(by)
    return [_one(registry, group, by, asked.part(group.key, repr(group).encode())) for group in groups]


def _one(registry: Registry, group: Group, by: Author, once: Once) -> Answer:
    try:
        with registry.writing() as tx:
            if kept := once.answered(tx.connection):
                return Answer(group.key, kept["action"])
            _command(tx, group, by)
            once.keep(tx, {"action": tx.action})
            return Answer(group.key, tx.action)
    except RunRegistryError as error:
        conflicts = error.conflicts if isinstance(error, Stale) else ()
        return Answer(group.key, None, error.code, str(error), conflicts)


def _command(tx: Transaction, group: Group, by: Author) -> int:
    if group.action is not None:
        return undo(tx, group.action, by)
    if group.move is not None or group.hidden is not None:
        if not group.edits:
            raise Invalid("There is nothing to move: no dataset was selected.")
        return [_step(tx, group, edit, by) for edit in group.edits][-1]
    edits = [verdict for edit in group.edits for verdict in _verdicts(tx, group, edit)]
    return certify(tx, cut(edits, group.within), by, seen=group.seen)


def cut(edits: Sequence[VerdictEdit], within: tuple[int, int] | None) -> list[VerdictEdit]:
    """Return edits of a span of lumisections only; what has none of them falls away.

    Raises:
        Invalid: the span is reversed, or begins before 1.
    """
    if within is None:
        return list(edits)
    first, last = within
    if not 1 <= first <= last:
        raise Invalid(f"[{first}, {last}] is no lumisection range: it is reversed or begins before 1.")
    span = canonical([within])
    parts = ((edit, intersect(canonical(edit.ranges), span)) for edit in edits)
    return [replace(edit, ranges=tuple((a, b) for a, b in part)) for edit, part in parts if part]


def _step(tx: Transaction, group: Group, edit: CellEdit, by: Author) -> int:
    where = (edit.run_number, edit.dataset)
    if group.hidden is not None:
        return hide_dataset(tx, *where, by, hidden=group.hidden, comment=group.comment)
    workspace, from_state, to_state = group.move or ("", "", "")
    if workspace == ALL:
        return move_everywhere(tx, *where, to_state, by, comment=group.comment)
    return move_dataset(tx, *where, workspace, (from_state, to_state), by, comment=group.comment)


def _verdicts(tx: Transaction, group: Group, edit: CellEdit) -> list[VerdictEdit]:
    said = (group.status, group.cause, group.comment)
    if not group.only_open:
        ranges = edit.ranges or whole_run(tx.connection, edit.run_number)
        return [VerdictEdit(edit.run_number, edit.dataset, edit.columns, ranges, *said)]
    found = verdicts.of_dataset(
        tx.connection, edit.run_number, edit.dataset, tx.head.sequence, list(edit.columns)
    )
    lumisections = datasets.lumisections(tx.connection, edit.run_number)
    by_ranges: dict[Ranges, list[str]] = defaultdict(list)
    for column in edit.columns:
        decided = canonical(v.span for v in found[column] if v.status != Status.NOTSET)
        if left := subtract(lumisections, decided):
            by_ranges[left].append(column)
    return [
        VerdictEdit(edit.run_number, edit.dataset, tuple(columns), tuple(left), *said)
        for left, columns in by_ranges.items()
    ]


def whole_run(connection: Connection, run_number: int) -> tuple[tuple[int, int], ...]:
    """Return every lumisection of a run as ranges."""
    return tuple((first, last) for first, last in datasets.lumisections(connection, run_number))
