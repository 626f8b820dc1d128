"""What rules say by themselves: class, significance and verdicts of a run, defaults of a new dataset.

Each verdict carries the rule and version that gave it. Nothing is recorded where the rules say what they
said before, so that it is safe to ask again; a person's word stays above theirs.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import select

from model import rights
from model.authors import Author
from model.commands import datasets as dataset_commands
from model.events import DatasetCreated, DatasetFound, DatasetStateMoved, RunAttributesSet, VerdictsGiven
from model.frames import FrameStore
from model.frames.store import ref
from model.journal import Transaction, entry
from model.queries import datasets as dataset_queries
from model.queries import runs, verdicts
from model.ranges import Ranges, canonical, intersect, subtract
from model.rulebook.book import RuleVersion, rulebook
from model.rulebook.deciding import NO_VALUE, OPEN, Said, say, wanted
from model.rulebook.texts import Purpose
from model.tables import journal
from model.vocabulary import ONLINE, State, Status

#: speaks where no rule of a list holds, or missing data leaves it open
NOBODY = "rule:none@0"


@dataclass(frozen=True)
class _Voice:
    author: str
    status: str
    cause: str
    comment: str


def classify_run(tx: Transaction, run_number: int, by: Author, *, happened_at: datetime | None = None) -> int:
    """Let the rules that hold now decide a run's class, and then its significance.

    Returns: how many events were recorded.

    Raises:
        NotFound: no such run.
        Forbidden: the author does not ingest.
    """
    if not _is_open(tx, run_number, by):
        return 0
    return sum(_attribute(tx, run_number, p, happened_at) for p in (Purpose.CLASS, Purpose.SIGNIFICANCE))


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
    lists = rulebook(tx.connection, tx.head.sequence).lists(Purpose.ONLINE_VERDICT)
    if columns is not None:
        lists = {column: rules for column, rules in lists.items() if column in columns}
    return _verdicts(tx, (run_number, ONLINE), lists, happened_at)


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
    book = rulebook(tx.connection, tx.head.sequence)
    states: dict[str, str] = {}
    for workspace, rules in book.lists(Purpose.WORKSPACE_SIGNIFICANCE).items():
        value, _ = _of_run(tx, event.run_number, rules)
        if value not in (NO_VALUE, OPEN):
            states[workspace] = value
    named = DatasetCreated(
        event.run_number, event.dataset, {**states, **event.states}, event.in_gui, event.hidden
    )
    dataset_commands.create_dataset(tx, named, by, happened_at=happened_at)
    where = (event.run_number, event.dataset)
    return 1 + _verdicts(tx, where, book.lists(Purpose.OFFLINE_DEFAULT), happened_at)


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
    book = rulebook(tx.connection, tx.head.sequence)
    ruled = book.lists(Purpose.WORKSPACE_SIGNIFICANCE)
    states = {
        workspace: _state_of(tx, where[0], ruled.get(workspace, ()))
        for workspace, state in found.states.items()
        if state == State.WAITING
    }
    if not states:
        return 1
    tx.record(DatasetStateMoved(*where, states), by, happened_at=happened_at)
    return 2


def _state_of(tx: Transaction, run_number: int, rules: Sequence[RuleVersion]) -> str:
    value = _of_run(tx, run_number, rules)[0] if rules else NO_VALUE
    return State.OPEN.value if value in (NO_VALUE, OPEN) else value


def _is_open(tx: Transaction, run_number: int, by: Author) -> bool:
    rights.require(by, rights.Action.INGEST)
    return runs.run(tx.connection, run_number).state == State.OPEN


def _attribute(tx: Transaction, run_number: int, purpose: Purpose, happened_at: datetime | None) -> int:
    book = rulebook(tx.connection, tx.head.sequence)
    for target, rules in book.lists(purpose).items():
        value, rule = _of_run(tx, run_number, rules)
        if rule is None or _said_by_person(tx, run_number, target):
            continue
        said: Any = value == "true" if purpose is Purpose.SIGNIFICANCE else value
        if runs.run(tx.connection, run_number).registry.get(target) == said:
            continue
        author = Author(rule.author, is_person=False)
        tx.record(RunAttributesSet(run_number, {target: said}), author, happened_at=happened_at)
        return 1
    return 0


def _of_run(tx: Transaction, run_number: int, rules: Sequence[RuleVersion]) -> tuple[str, RuleVersion | None]:
    said = _say(tx, run_number, rules, (FrameStore(), wanted(rules)))
    if not len(said.decisions.codes):
        return NO_VALUE, None
    decider = int(said.decisions.deciders[0])
    return said.decisions[0], rules[decider] if decider >= 0 else None


def _say(
    tx: Transaction, run_number: int, rules: Sequence[RuleVersion], read: tuple[FrameStore, frozenset[str]]
) -> Said:
    at = tx.head.sequence
    online = ref(tx.connection, at, run_number, ONLINE)
    return say(tx.connection, read[0], rules, [online], (at, read[1]))


def _said_by_person(tx: Transaction, run_number: int, name: str) -> bool:
    query = (
        select(journal)
        .where(journal.c.run_number == run_number, journal.c.kind == RunAttributesSet.kind)
        .where(journal.c.is_person)
    )
    return any(name in entry(row).event.payload()["attributes"] for row in tx.connection.execute(query))


def _verdicts(
    tx: Transaction,
    where: tuple[int, str],
    lists: Mapping[str, Sequence[RuleVersion]],
    happened_at: datetime | None,
) -> int:
    if not lists:
        return 0
    columns, at = sorted(lists), tx.head.sequence
    effective = verdicts.of_dataset(tx.connection, *where, at, columns)
    under = verdicts.overruled(tx.connection, *where, at, columns)
    by_author: dict[str, dict[_Voice, dict[str, Ranges]]] = {}
    variables, store = wanted(*lists.values()), FrameStore()
    for column in columns:
        before = [v for v in (*effective[column], *under[column]) if not v.is_person]
        for voice, spans in _spoken(
            _say(tx, where[0], lists[column], (store, variables)), lists[column]
        ).items():
            said = canonical(v.span for v in before if _same(v, voice))
            if fresh := subtract(spans, intersect(spans, said)):
                by_author.setdefault(voice.author, {}).setdefault(voice, {})[column] = fresh
    for author, voices in sorted(by_author.items()):
        event = VerdictsGiven(*where, tuple(_payload(voices)))
        tx.record(event, Author(author, is_person=False), happened_at=happened_at)
    return len(by_author)


def _spoken(said: Said, rules: Sequence[RuleVersion]) -> dict[_Voice, Ranges]:
    """Return who says what where; a lumisection that no rule decides is NOTSET, with the reason."""
    found: dict[_Voice, Ranges] = {}
    deciders, codes = said.decisions.deciders, said.decisions.codes
    for decider, code in np.unique(np.stack([deciders, codes]), axis=1).T.tolist():
        where = (deciders == decider) & (codes == code) & said.frames.exists
        for spans in said.frames.ranges(where).values():
            found[_voice(rules, decider, said.decisions.values[code])] = spans
    return found


def _voice(rules: Sequence[RuleVersion], decider: int, value: str) -> _Voice:
    if decider < 0:
        reason = "data is missing that the rules read" if value == OPEN else "no rule of the list holds"
        return _Voice(NOBODY, Status.NOTSET.name, "", f"{value}: {reason}")
    rule = rules[decider]
    return _Voice(rule.author, value, "", "" if value == Status.GOOD.name else rule.text.description)


def _same(verdict: verdicts.Verdict, voice: _Voice) -> bool:
    mine = (verdict.author, verdict.status.name, verdict.cause, verdict.comment)
    return mine == (voice.author, voice.status, voice.cause, voice.comment)


def _payload(voices: Mapping[_Voice, Mapping[str, Ranges]]) -> list[dict[str, Any]]:
    grouped: dict[tuple[_Voice, Ranges], list[str]] = {}
    for voice, columns in voices.items():
        for column, spans in columns.items():
            grouped.setdefault((voice, spans), []).append(column)
    return [
        {
            "columns": columns,
            "ranges": [list(span) for span in spans],
            "status": voice.status,
            "cause": voice.cause,
            "comment": voice.comment,
        }
        for (voice, spans), columns in grouped.items()
    ]
