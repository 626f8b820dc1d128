"""Late changes: upstream corrects a run that was signed off; nothing of it changes until a person accepts."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from model import rights
from model.authors import IMPORTER, Author
from model.commands import automatic
from model.commands.differences import RUNNING_TOTALS, Arrival, Change, Difference
from model.commands.upstream import same
from model.events import (
    LateChangeAnswered,
    LateChangeProposed,
    LuminosityReported,
    LumisectionsChanged,
    RunReported,
)
from model.frames.refs import refs
from model.golden.effect import selected
from model.journal import Transaction
from model.queries import datasets, late_changes, luminosities, verdicts
from model.queries.late_changes import LateChange
from model.ranges import LumisectionRange, intersect, merge
from model.rights import Action
from model.rulebook.book import golden_rule
from model.vocabulary import DEFAULT_SOURCE, ONLINE

#: how a kind of change begins that is of the run as a whole
OF_RUN = "run: "
#: an attribute that says when, not what
_WHEN = frozenset({"last_update"})
_NOTHING: Mapping[str, Any] = {
    "kinds": (),
    "lumisections": [],
    "columns": [],
    "recorded_invpb": 0.0,
    "golden_invpb": None,
    "golden_lumisections": 0,
}


def propose(
    tx: Transaction, run_number: int, new: Difference, by: Author, *, source: str = DEFAULT_SOURCE
) -> int:
    """Keep what a source changed of a run aside, with its consequence; replaces what it had told before.

    What is kept already, or was rejected, is not kept again; where nothing differs any more, it is withdrawn.

    Returns: how many events were recorded.

    Raises:
        Forbidden: the author does not ingest.
    """
    rights.require(by, Action.INGEST)
    told = {name: value for name, value in new.attributes.items() if name not in _WHEN}
    fields = new.change.payload() if new.change is not None else {}
    if not told and not fields:
        return withdraw(tx, run_number, by, source=source)
    for before in (
        _open(tx, run_number, source),
        late_changes.last_rejected(tx.connection, run_number, source),
    ):
        if before is not None and same((before.attributes, before.change), (told, fields)):
            return 0
    kinds = new.kinds or tuple(f"run: {name}" for name in sorted(told))
    consequence = {"kinds": kinds, **_consequence(tx, run_number, told, new, source)}
    tx.record(LateChangeProposed(run_number, told, fields, consequence, source), by)
    return 1


def completed(tx: Transaction, arrival: Arrival, new: Difference) -> Difference:
    """Return what is new, together with what is kept aside of the run and this arrival says nothing of."""
    before = _open(tx, arrival.run_number, DEFAULT_SOURCE)
    if before is None:
        return new
    kept = {name: value for name, value in before.attributes.items() if name not in arrival.attributes}
    told, of_run = {**kept, **new.attributes}, f"{OF_RUN}%s"
    change, where, kinds = new.change, new.lumisections, new.kinds
    if not arrival.tells_lumisections:
        change, where, kinds = _change(before), before.lumisections, before.kinds
    named = [of_run % name for name in sorted(told) if name not in RUNNING_TOTALS]
    here = [kind for kind in kinds if not kind.startswith(OF_RUN)]
    return Difference(new.known, told, change, (*here, *named), where)


def withdraw(tx: Transaction, run_number: int, by: Author, *, source: str = DEFAULT_SOURCE) -> int:
    """Take back what is kept aside of a run: the source says again what the registry has, or the run is open.

    Returns: how many events were recorded.
    """
    if _open(tx, run_number, source) is None:
        return 0
    tx.record(LateChangeProposed(run_number, {}, {}, _NOTHING, source), by)
    return 1


def answer_late_change(
    tx: Transaction, late_change: int, by: Author, *, accepted: bool, alike: bool = False, comment: str = ""
) -> int:
    """Accept or reject a late change, or all that are alike, as one action; states stay as they are.

    An accepted one becomes the truth from now on, and rules speak on it below what persons said.

    Returns: the new sequence.

    Raises:
        NotFound: it is not open.
        Forbidden: the author may not.
    """
    rights.require(by, Action.ANSWER_LATE_CHANGE)
    one = late_changes.late_change_of(tx.connection, late_change, tx.head.sequence)
    chosen = late_changes.alike(tx.connection, one, tx.head.sequence) if alike else [one]
    for each in sorted(chosen, key=lambda each: each.run_number):
        tx.record(LateChangeAnswered(each.run_number, each.id, accepted), by, comment=comment)
        if accepted:
            _apply(tx, each.run_number, each.attributes, _change(each), each.source)
    return tx.head.sequence


def _open(tx: Transaction, run_number: int, source: str) -> LateChange | None:
    found = late_changes.late_changes(tx.connection, tx.head.sequence, run_number=run_number)
    return next((each for each in found if each.source == source), None)


def _change(kept: LateChange) -> Change | None:
    if not kept.change:
        return None
    is_of_lumisections = "lumisections" in kept.change
    return (LumisectionsChanged if is_of_lumisections else LuminosityReported)(**kept.change)


def _apply(
    tx: Transaction, run_number: int, attributes: Mapping[str, Any], change: Change | None, source: str
) -> None:
    if attributes:
        tx.record(RunReported(run_number, attributes, source=source), IMPORTER)
    if change is not None:
        tx.record(change, IMPORTER)
    automatic.decide_run(tx, run_number, IMPORTER)


@dataclass(frozen=True)
class _Shown:
    """What a run looks like: recorded luminosity, what the golden rule selects, statuses of online columns."""

    recorded_invpb: float
    golden: tuple[float, int] | None
    said: Mapping[str, list[tuple[LumisectionRange, str]]]


def _consequence(
    tx: Transaction, run_number: int, attributes: Mapping[str, Any], new: Difference, source: str
) -> dict[str, Any]:
    """Try out what accepting would do; nothing of it stays."""
    before = _shown(tx, run_number, source)
    with _rehearsing(tx) as trial:
        _apply(trial, run_number, attributes, new.change, source)
        after = _shown(trial, run_number, source)
    golden = (before.golden, after.golden) if before.golden and after.golden else None
    return {
        "lumisections": [list(span) for span in new.lumisections],
        "columns": sorted(c for c in after.said if after.said[c] != before.said[c]),
        "recorded_invpb": round(after.recorded_invpb - before.recorded_invpb, 6),
        "golden_invpb": round(golden[1][0] - golden[0][0], 6) if golden else None,
        "golden_lumisections": golden[1][1] - golden[0][1] if golden else 0,
    }


@contextmanager
def _rehearsing(tx: Transaction) -> Iterator[Transaction]:
    """Give a turn inside this one whose result is thrown away."""
    point = tx.connection.begin_nested()
    try:
        yield Transaction(tx.connection, tx.clock)
    finally:
        point.rollback()


def _shown(tx: Transaction, run_number: int, source: str) -> _Shown:
    connection, at = tx.connection, tx.head.sequence
    exist = datasets.lumisections(connection, run_number, at)
    recorded, _ = luminosities.integrated(connection, {run_number: exist}, source, at)
    rule = golden_rule(connection, at)
    read = (
        [each for each in refs(connection, at, rule.text.datasets) if each.run_number == run_number]
        if rule
        else []
    )
    golden = selected(connection, rule, read, at) if rule and read else None
    columns = datasets.certifiable(connection, ONLINE, at)
    said = {
        column: merge((part, v.status.name) for v in spoken for part in intersect((v.span,), exist))
        for column, spoken in verdicts.of_dataset(connection, run_number, ONLINE, at, columns).items()
    }
    return _Shown(recorded, golden, said)
