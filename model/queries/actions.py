"""The log: what was done, newest first; all facts of one action are one line."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from model import asof, events
from model.clock import rfc3339, to_us
from model.errors import NotFound
from model.journal import Entry, entry
from model.queries import luminosities
from model.queries.action_facts import Touched, touched, words
from model.queries.event_feed import Choice, told
from model.tables import journal as table
from model.vocabulary import DEFAULT_SOURCE

#: so far back one page looks, and so many facts it reads where their contents decide
_SPAN = 50_000
_MOST_LOOKED_AT = 3_000
#: facts that one page reads to say what was done; an action of more is told in part, and says so
_MOST_READ = 6_000
_LEAST_READ = 20
_OF_DATASETS = frozenset(kind for kind, cls in events.KINDS.items() if "dataset" in cls.__dataclass_fields__)
_OF_WORKSPACES = frozenset(
    kind
    for kind, cls in events.KINDS.items()
    if {"states", "verdicts", "proposals", "layers"} & set(cls.__dataclass_fields__)
)


@dataclass(frozen=True)
class Wanted:
    """Which actions: those with a fact that is all of this; what is empty asks nothing.

    Args:
        says: part of the comment.
        since, until: sequences, both included.
    """

    choice: Choice = field(default_factory=Choice)
    voice: Literal["", "people", "programs"] = ""
    says: str = ""
    since: int = 0
    until: int | None = None

    def clauses(self) -> list[ColumnElement[bool]]:
        """Return what the store can choose by itself."""
        found = self.choice.clauses()
        if self.voice:
            found.append(table.c.is_person.is_(self.voice == "people"))
        if self.says:
            found.append(func.lower(table.c.comment).contains(self.says.lower(), autoescape=True))
        if self.since:
            found.append(table.c.sequence >= self.since)
        if self.until is not None:
            found.append(table.c.sequence <= self.until)
        if self.choice.dataset:
            found.append(table.c.kind.in_(_OF_DATASETS))
        if self.choice.workspace:
            found.append(table.c.kind.in_(_OF_WORKSPACES))
        return found


@dataclass(frozen=True)
class Act:
    """One action: the facts that were recorded together, told as one.

    Args:
        action: the sequence of its first fact; `last` that of its last.
        recorded_invpb: recorded luminosity of its lumisections, each counted once, by `DEFAULT_SOURCE`; None
            where it speaks of none.
        is_whole: all facts were read; else what is counted is the least.
        taken_back_by: the action that took its verdicts back.
    """

    action: int
    last: int
    facts: int
    recorded_at: str
    happened_at: str
    author: str
    is_person: bool
    what: str
    comment: str
    touched: Touched
    recorded_invpb: float | None
    is_whole: bool
    taken_back_by: int | None
    told: tuple[Entry, ...] = field(repr=False)

    @property
    def source(self) -> str:
        """Where its luminosity comes from."""
        return DEFAULT_SOURCE


@dataclass(frozen=True)
class Page:
    """Some actions, newest first; `older` and `newer` are where the pages beside this one begin."""

    acts: tuple[Act, ...]
    older: int | None
    newer: int | None


def page(
    connection: Connection, wanted: Wanted, at: int, limit: int, *, before: int | None = None, after: int = 0
) -> Page:
    """Return at most `limit` actions as of a sequence: the newest, those before an action, or those after one.

    A page may be short and have older ones: it looks at so much of the journal and no further.
    """
    if after:
        found, _ = _chosen(connection, wanted, at, limit, after, is_upwards=True)
        if len(found) == limit:
            found.reverse()
            return Page(_acts(connection, found, at), found[-1], found[0])
    begins = at + 1 if before is None or after else before
    found, older = _chosen(connection, wanted, at, limit, begins, is_upwards=False)
    newer = None if begins > at else begins - 1
    return Page(_acts(connection, found, at), older, newer)


def one(connection: Connection, action: int, at: int) -> Act:
    """Return one action as of a sequence.

    Raises:
        NotFound: there is none.
    """
    if action > at or not (found := _acts(connection, [action], at)):
        raise NotFound(f"There is no action {action} in the journal as of sequence {at}.")
    return found[0]


def since_sequence(connection: Connection, text: str) -> int:
    """Return the first sequence of a time, a sequence or a label.

    Raises:
        RunRegistryError: it is none of them.
    """
    found = asof.resolve(connection, text)
    return found if text.strip().isdecimal() else found + 1


def _chosen(
    connection: Connection, wanted: Wanted, at: int, limit: int, edge: int, *, is_upwards: bool
) -> tuple[list[int], int | None]:
    """Return actions from an edge on, the edge left out, and where the next ones begin."""
    by = table.c.action
    far = edge + _SPAN if is_upwards else edge - _SPAN
    window = (by > edge, by <= far) if is_upwards else (by < edge, by >= far)
    order = by.asc() if is_upwards else by.desc()
    where = (*window, table.c.sequence <= at, *wanted.clauses())
    ends = far if not is_upwards and far > 1 else None
    if wanted.choice.dataset or wanted.choice.workspace:
        return _looked_at(connection, wanted.choice, select(table).where(*where).order_by(order), limit, ends)
    query = select(by).where(*where).distinct().order_by(order).limit(limit + 1)
    found = list(connection.execute(query).scalars())
    return found[:limit], found[limit - 1] if len(found) > limit else ends


def _looked_at(
    connection: Connection, choice: Choice, query: Select[tuple[object, ...]], limit: int, ends: int | None
) -> tuple[list[int], int | None]:
    """Return actions with a fact whose contents are wanted, and where the next ones begin."""
    rows: Iterable[Row[tuple[object, ...]]] = connection.execution_options(yield_per=200).execute(query)
    found: list[int] = []
    last = 0
    for many, row in enumerate(rows):
        if row.action == last and found[-1:] == [last]:
            continue
        if row.action != last and (len(found) == limit or many > _MOST_LOOKED_AT):
            return found, last
        last = row.action
        if choice.takes(told(entry(row), has_payload=False)):
            found.append(last)
    return found, ends


def _acts(connection: Connection, actions: Sequence[int], at: int) -> tuple[Act, ...]:
    if not actions:
        return ()
    by = table.c.action
    query = select(by, func.count(), func.max(table.c.sequence)).where(by.in_(actions), table.c.sequence <= at)
    counts = {row[0]: (row[1], row[2]) for row in connection.execute(query.group_by(by))}
    entries = _entries(connection, {action: counts[action][0] for action in actions if action in counts}, at)
    about = {action: touched(of) for action, of in entries.items()}
    recorded = _recorded(connection, about.values(), at)
    undone = _taken_back(connection, about, at)
    return tuple(
        _act(entries[action], counts[action], about[action], recorded, undone.get(action))
        for action in actions
        if action in counts
    )


def _entries(connection: Connection, counts: Mapping[int, int], at: int) -> dict[int, list[Entry]]:
    """Return the facts of actions, of long ones the first."""
    left, whole, cut = _MOST_READ, [], {}
    for action, many in counts.items():
        takes = min(many, max(left, _LEAST_READ))
        left -= takes
        if takes == many:
            whole.append(action)
        else:
            cut[action] = takes
    found: dict[int, list[Entry]] = {action: [] for action in counts}
    query = select(table).where(table.c.sequence <= at).order_by(table.c.sequence)
    for row in connection.execute(query.where(table.c.action.in_(whole))):
        found[row.action].append(entry(row))
    for action, takes in cut.items():
        rows = connection.execute(query.where(table.c.action == action).limit(takes))
        found[action] = [entry(row) for row in rows]
    return found


def _recorded(connection: Connection, about: Iterable[Touched], at: int) -> dict[int, luminosities.LumiArrays]:
    runs = sorted({number for each in about for number in each.lumisections})
    return luminosities.luminosity_of_runs(connection, runs, at=at) if runs else {}


def _taken_back(connection: Connection, about: Mapping[int, Touched], at: int) -> dict[int, int]:
    """Return which actions of verdicts were taken back, by which action: it says so of each of their runs."""
    runs = {of.datasets[0][0] for of in about.values() if of.columns}
    query = select(table).where(
        table.c.run_number.in_(sorted(runs)),
        table.c.kind == events.VerdictsRestored.kind,
        table.c.sequence > min(about),
        table.c.sequence <= at,
    )
    found = (entry(row) for row in connection.execute(query)) if runs else ()
    return {e.event.undone_action: e.action for e in found if isinstance(e.event, events.VerdictsRestored)}


def _act(
    entries: Sequence[Entry],
    counted: tuple[int, int],
    of: Touched,
    recorded: Mapping[int, luminosities.LumiArrays],
    taken_back_by: int | None,
) -> Act:
    first = next((e for e in entries if e.is_person), entries[0])
    many, last = counted
    return Act(
        action=first.action,
        last=last,
        facts=many,
        recorded_at=rfc3339(to_us(first.recorded_at)),
        happened_at=rfc3339(to_us(first.happened_at)),
        author=first.author,
        is_person=bool(first.is_person),
        what=words(entries),
        comment=first.comment,
        touched=of,
        recorded_invpb=_luminosity(of, recorded) if of.lumisections else None,
        is_whole=len(entries) == many,
        taken_back_by=taken_back_by,
        told=tuple(entries),
    )


def _luminosity(of: Touched, recorded: Mapping[int, luminosities.LumiArrays]) -> float:
    """Return recorded luminosity of what was touched, 1/pb."""
    parts = []
    for number, spans in of.lumisections.items():
        if number in recorded:
            values = recorded[number].recorded_invpb
            parts += [float(np.nansum(values[first - 1 : last])) for first, last in spans]
    return math.fsum(parts)
