"""Derived columns: what rules say of a column from other columns and bits of the same dataset.

They follow what is recorded about their dataset in the same turn of the journal's lock, under the name and
version of the rule; a person's word stays above theirs. Where their workspace has signed off, they stay.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager

from model import journal
from model.authors import RULES
from model.bulk.snapshot import Pair, Snapshot
from model.clock import Clock, system_clock
from model.commands.voices import news, spoken
from model.db import Database
from model.errors import Invalid
from model.events import (
    BitsOverridden,
    DatasetCreated,
    DatasetStateMoved,
    Event,
    LumisectionsChanged,
    LumisectionsReported,
    RulesDecided,
    RunAttributesSet,
    RunReported,
    Verdicts,
    VerdictsRestored,
)
from model.frames import FrameStore
from model.frames.refs import DatasetRef
from model.frames.variables import VERDICT
from model.journal import Transaction
from model.queries.datasets import Dataset
from model.rulebook.book import RuleVersion, rulebook
from model.rulebook.deciding import say_on, wanted
from model.rulebook.texts import Purpose
from model.vocabulary import State, workspace_of
from rules.errors import RulesError

_Lists = dict[str, tuple[RuleVersion, ...]]
#: states of a workspace in which its rules still speak
_SPEAKS = (State.OPEN, State.WAITING)
#: facts about one dataset, or all of a run, that a rule may read
_OF_DATASET = DatasetCreated | DatasetStateMoved | BitsOverridden
_OF_RUN = RunReported | RunAttributesSet | LumisectionsReported | LumisectionsChanged


@contextmanager
def writing(
    database: Database, clock: Clock = system_clock, action: int | None = None
) -> Iterator[Transaction]:
    """Open a transaction that holds the journal's lock; derived columns follow before it ends."""
    with journal.writing(database, clock, action) as tx:
        yield tx
        derive(tx)


def derive(tx: Transaction, runs: Collection[int] = ()) -> int:
    """Let rules decide the derived columns again of what was recorded in this transaction.

    Args:
        runs: further runs, all of whose datasets are decided.

    Returns: on how many datasets they say something new.

    Raises:
        Invalid: a rule cannot be evaluated; nothing is written.
    """
    facts, tx.facts = tx.facts, []
    if not facts and not runs:
        return 0
    lists = rulebook(tx.connection, tx.head.sequence).lists(Purpose.DERIVED_VERDICT)
    read = wanted(*lists.values())
    wholly, pairs = _touched(facts, read)
    wholly |= set(runs)
    if not lists or not (wholly or pairs):
        return 0
    now = Snapshot(tx.connection, tx.head.sequence)
    now.load(wholly | {run for run, _ in pairs})
    found = [d for d in now.datasets() if d.run_number in wholly or (d.run_number, d.name) in pairs]
    asked = [(d, columns) for d in found if (columns := _columns(now, d, lists))]
    decided = _decided(now, asked, lists, read)
    if decided:
        tx.record_verdicts(decided, RULES)
        tx.facts = []
    return len(decided)


def _touched(facts: Iterable[Event], read: Collection[str]) -> tuple[set[int], set[Pair]]:
    """Return the runs all of whose datasets may get something else, and single datasets that may."""
    runs: set[int] = set()
    pairs: set[Pair] = set()
    for fact in facts:
        if isinstance(fact, _OF_RUN):
            runs.add(fact.run_number)
        elif isinstance(fact, _OF_DATASET) or (isinstance(fact, Verdicts) and _says(fact, read)):
            pairs.add((fact.run_number, fact.dataset))
    return runs, pairs


def _says(fact: Verdicts, read: Collection[str]) -> bool:
    """Tell whether verdicts are about a column that some derived one reads."""
    if isinstance(fact, VerdictsRestored):
        return any(VERDICT + layer["column"] in read for layer in fact.layers)
    return any(VERDICT + column in read for verdict in fact.verdicts for column in verdict["columns"])


def _columns(now: Snapshot, dataset: Dataset, lists: _Lists) -> tuple[str, ...]:
    if not now.lumisections(dataset.run_number):
        return ()
    known = now.columns(dataset.name)
    return tuple(c for c in lists if c in known and dataset.state_of(workspace_of(c)) in _SPEAKS)


def _decided(
    now: Snapshot, asked: Sequence[tuple[Dataset, tuple[str, ...]]], lists: _Lists, read: frozenset[str]
) -> list[RulesDecided]:
    if not asked:
        return []
    columns = sorted({column for _, of in asked for column in of})
    refs = [DatasetRef(d.id, d.run_number, d.name) for d, _ in asked]
    frames = FrameStore().frames(now.connection, refs, read, now.at)
    try:
        said = {c: spoken(say_on(frames, lists[c]), lists[c]) for c in columns}
    except RulesError as error:
        raise Invalid(f"The rules of a derived column cannot be evaluated: {error}") from error
    pairs = [(d.run_number, d.name) for d, _ in asked]
    effective, under = now.said(pairs, columns), now.overruled(pairs, columns)
    found: list[RulesDecided] = []
    for unit, (pair, (_, of)) in enumerate(zip(pairs, asked, strict=True)):
        before = {c: [*effective[pair].get(c, ()), *under[pair].get(c, ())] for c in of}
        if new := news(before, {c: said[c].get(unit, {}) for c in of}):
            found.append(RulesDecided(*pair, new))
    return found
