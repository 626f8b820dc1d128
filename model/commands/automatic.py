"""What rules say by themselves: class, significance and verdicts of a run, defaults of a new dataset.

Each verdict carries the rule and version that gave it. Nothing is recorded where the rules say what they
said before, so that it is safe to ask again; a person's word stays above theirs.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from model import rights
from model.authors import RULES, Author
from model.commands import datasets as dataset_commands
from model.commands.voices import news, spoken
from model.events import DatasetCreated, DatasetFound, DatasetStateMoved, RulesDecided, RunAttributesSet
from model.frames import FrameStore
from model.frames.frames import Frames
from model.frames.refs import ref
from model.journal import Transaction, entry
from model.queries import datasets as dataset_queries
from model.queries import runs, verdicts
from model.rulebook.book import RuleVersion, rulebook
from model.rulebook.deciding import NO_VALUE, OPEN, Said, say_on, wanted
from model.rulebook.texts import Purpose
from model.tables import journal
from model.vocabulary import ONLINE, State

#: what rules say of a run as a whole, in this order: whether it is significant may follow from its class
_OF_THE_RUN = (Purpose.CLASS, Purpose.SIGNIFICANCE)


def decide_run(tx: Transaction, run_number: int, by: Author, *, happened_at: datetime | None = None) -> int:
    """Let the rules decide class, significance and online verdicts of a run, whatever state it is in.

    Returns: how many events were recorded.

    Raises:
        NotFound: no such run.
        Forbidden: the author does not ingest.
    """
    rights.require(by, rights.Action.INGEST)
    reading = _Reading(tx, run_number, *_OF_THE_RUN, Purpose.ONLINE_VERDICT)
    count = sum(_attribute(reading, purpose, happened_at) for purpose in _OF_THE_RUN)
    return count + _verdicts(reading, ONLINE, Purpose.ONLINE_VERDICT, happened_at)


def classify_run(tx: Transaction, run_number: int, by: Author, *, happened_at: datetime | None = None) -> int:
    """Let the rules that hold now decide a run's class, and then its significance.

    Returns: how many events were recorded.

    Raises:
        NotFound: no such run.
        Forbidden: the author does not ingest.
    """
    if not _is_open(tx, run_number, by):
        return 0
    reading = _Reading(tx, run_number, *_OF_THE_RUN)
    return sum(_attribute(reading, purpose, happened_at) for purpose in _OF_THE_RUN)


def certify_run(
    tx: Transaction,
    run_number: int,
    by: Author,
    *,
    columns: Collection[str] | None = None,
    happened_at: datetime | None = None,
) -> int:
    """Let the rules that hold now give the online verdicts of a run; one that was signed off keeps its own.

    Args:
        columns: only these; every column with a list where None.

    Returns: how many events were recorded.

    Raises:
        NotFound: no such run.
        Forbidden: the author does not ingest.
    """
    if not _is_open(tx, run_number, by):
        return 0
    reading = _Reading(tx, run_number, Purpose.ONLINE_VERDICT)
    return _verdicts(reading, ONLINE, Purpose.ONLINE_VERDICT, happened_at, columns)


def create_dataset(
    tx: Transaction, event: DatasetCreated, by: Author, *, happened_at: datetime | None = None
) -> int:
    """Record a dataset with the states and defaults that the rules give it.

    States that the event names stay; the defaults are decided on the online dataset of the run.

    Returns: how many events were recorded.

    Raises:
        NotFound: no such run.
        Invalid: no name, or a state that does not exist.
        Forbidden: the author does not ingest.
    """
    reading = _Reading(tx, event.run_number, Purpose.WORKSPACE_SIGNIFICANCE, Purpose.OFFLINE_DEFAULT)
    states: dict[str, str] = {}
    for workspace, rules in reading.lists(Purpose.WORKSPACE_SIGNIFICANCE).items():
        value, _ = _of_run(reading, rules)
        if value not in (NO_VALUE, OPEN):
            states[workspace] = value
    named = DatasetCreated(
        event.run_number, event.dataset, {**states, **event.states}, event.in_gui, event.hidden
    )
    dataset_commands.create_dataset(tx, named, by, happened_at=happened_at)
    return 1 + _verdicts(reading, event.dataset, Purpose.OFFLINE_DEFAULT, happened_at)


def open_dataset(
    tx: Transaction,
    where: tuple[int, str],
    samples: Sequence[str],
    by: Author,
    *,
    happened_at: datetime | None = None,
) -> int:
    """Record that the DQM GUI has samples of (run, dataset); workspaces that waited for it go to work.

    A workspace whose rules say that the dataset is not significant for it does not. Samples that were there
    before stay; a hidden dataset stays hidden.

    Returns: how many events were recorded.

    Raises:
        NotFound: no such run or dataset.
        Forbidden: the author does not ingest.
    """
    rights.require(by, rights.Action.INGEST)
    found = dataset_queries.dataset(tx.connection, *where)
    known = tuple(sorted({*found.in_gui, *samples}))
    if not samples or known == found.in_gui:
        return 0
    tx.record(DatasetFound(*where, known), by, happened_at=happened_at)
    reading = _Reading(tx, where[0], Purpose.WORKSPACE_SIGNIFICANCE)
    ruled = reading.lists(Purpose.WORKSPACE_SIGNIFICANCE)
    states = {
        workspace: _state_of(reading, ruled.get(workspace, ()))
        for workspace, state in found.states.items()
        if state == State.WAITING
    }
    if not states:
        return 1
    tx.record(DatasetStateMoved(*where, states), by, happened_at=happened_at)
    return 2


def _state_of(reading: "_Reading", rules: Sequence[RuleVersion]) -> str:
    value = _of_run(reading, rules)[0] if rules else NO_VALUE
    return State.OPEN.value if value in (NO_VALUE, OPEN) else value


def _is_open(tx: Transaction, run_number: int, by: Author) -> bool:
    rights.require(by, rights.Action.INGEST)
    return runs.run(tx.connection, run_number).state == State.OPEN


class _Reading:
    """The online dataset of a run as the lists of some purposes read it: loaded once for all of them."""

    def __init__(self, tx: Transaction, run_number: int, *purposes: Purpose) -> None:
        self.tx, self.run_number, self._purposes = tx, run_number, purposes
        self._book = rulebook(tx.connection, tx.head.sequence)
        self._loaded: tuple[int, Frames] | None = None

    def lists(self, purpose: Purpose) -> dict[str, tuple[RuleVersion, ...]]:
        return self._book.lists(purpose)

    def said(self, rules: Sequence[RuleVersion]) -> Said:
        at = self.tx.head.sequence
        if self._loaded is None:
            read = wanted(*(each for purpose in self._purposes for each in self.lists(purpose).values()))
            online = ref(self.tx.connection, at, self.run_number, ONLINE)
            self._loaded = (at, FrameStore().frames(self.tx.connection, [online], read, at))
        elif self._loaded[0] != at:
            # until its verdicts are decided, nothing else is recorded here than what is said of the run
            self._loaded = (at, self._loaded[1].with_run(runs.run(self.tx.connection, self.run_number, at)))
        return say_on(self._loaded[1], rules)


def _attribute(reading: _Reading, purpose: Purpose, happened_at: datetime | None) -> int:
    tx, run_number = reading.tx, reading.run_number
    for target, rules in reading.lists(purpose).items():
        value, rule = _of_run(reading, rules)
        if rule is None:
            continue
        said: Any = value == "true" if purpose is Purpose.SIGNIFICANCE else value
        # what a person set is looked for last: it means reading the journal of the run
        if runs.run(tx.connection, run_number).registry.get(target) == said:
            continue
        if _said_by_person(tx, run_number, target):
            continue
        author = Author(rule.author, is_person=False)
        tx.record(RunAttributesSet(run_number, {target: said}), author, happened_at=happened_at)
        return 1
    return 0


def _of_run(reading: _Reading, rules: Sequence[RuleVersion]) -> tuple[str, RuleVersion | None]:
    said = reading.said(rules)
    if not len(said.decisions.codes):
        return NO_VALUE, None
    decider = int(said.decisions.deciders[0])
    return said.decisions[0], rules[decider] if decider >= 0 else None


def _said_by_person(tx: Transaction, run_number: int, name: str) -> bool:
    """Tell whether a person's word on an attribute stands: the last one that is not a reset to nothing."""
    query = (
        select(journal)
        .where(journal.c.run_number == run_number, journal.c.kind == RunAttributesSet.kind)
        .where(journal.c.is_person)
        .order_by(journal.c.sequence.desc())
    )
    told = (entry(row).event.payload()["attributes"] for row in tx.connection.execute(query))
    return next((said[name] is not None for said in told if name in said), False)


def _verdicts(
    reading: _Reading,
    dataset: str,
    purpose: Purpose,
    happened_at: datetime | None,
    chosen: Collection[str] | None = None,
) -> int:
    lists = {c: rules for c, rules in reading.lists(purpose).items() if chosen is None or c in chosen}
    if not lists:
        return 0
    tx, columns, where = reading.tx, sorted(lists), (reading.run_number, dataset)
    effective = verdicts.of_dataset(tx.connection, *where, tx.head.sequence, columns)
    under = verdicts.overruled(tx.connection, *where, tx.head.sequence, columns)
    before = {column: [*effective[column], *under[column]] for column in columns}
    said = {column: spoken(reading.said(lists[column]), lists[column]).get(0, {}) for column in columns}
    if not (new := news(before, said)):
        return 0
    tx.record(RulesDecided(*where, new), RULES, happened_at=happened_at)
    return 1
