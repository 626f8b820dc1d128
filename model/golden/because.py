"""Causes in words: what turned a lumisection, from an event of the journal or from what was asked otherwise."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from model import events
from model.clock import rfc3339, to_us
from model.frames.frames import Bools
from model.frames.rows import IntArray
from model.frames.variables import OMS, RUN_OMS, RUN_RR, VERDICT
from model.golden import terms
from model.golden.attributed import Cause, Kind
from model.golden.terms import Terms
from model.golden.walk import Walk
from model.journal import Entry, entry
from model.ranges import LumisectionRange
from model.rulebook.book import RuleVersion, rulebook
from model.tables import journal
from rules.engine import AtomCache, truths
from rules.explain import clause

_KINDS: Mapping[type[events.Event], Kind] = {
    events.VerdictsGiven: Kind.DECISION,
    events.RulesDecided: Kind.DECISION,
    events.VerdictsRestored: Kind.DECISION,
    events.RunAttributesSet: Kind.DECISION,
    events.RunReported: Kind.UPSTREAM,
    events.LumisectionsReported: Kind.UPSTREAM,
    events.LumisectionsChanged: Kind.UPSTREAM,
    events.BitsOverridden: Kind.UPSTREAM,
    events.DatasetCreated: Kind.RULE,
    events.DatasetHidden: Kind.RULE,
    events.DocumentSet: Kind.RULE,
}
_PREFIXES = (VERDICT, OMS, RUN_OMS, RUN_RR, "run.", "dataset.")
_NAMED = 3
#: variable → what it held before and after
Changes = dict[str, tuple[Any, Any]]


class Because:
    """Says of each segment of a walk why it turned."""

    def __init__(self, connection: Connection, walk: Walk) -> None:
        self._connection, self._walk = connection, walk
        self._cut, self._now = walk.cells.cut, walk.turns
        self._since = self._cut.since[self._now]
        self._gained = walk.listed[self._now]
        self._atoms = AtomCache()
        self._failing: dict[str, IntArray] = {}

    def causes(self) -> list[Cause]:
        """Return the cause of each segment."""
        changes = self._changes()
        return [self._cause(segment, changes[segment]) for segment in range(len(self._now))]

    def _cause(self, segment: int, changes: Changes) -> Cause:
        sequence = int(self._since[segment])
        step = self._walk.terms[self._walk.of_cell[self._now[segment]]]
        if (found := self._entries.get(sequence)) is None:
            return Cause(Kind.RULE, self._otherwise(segment, step))
        at = rfc3339(to_us(found.recorded_at))
        if step.since == sequence and step.changed:
            words = self._kept_anew(segment, step)
            return Cause(Kind.RULE, words, sequence, at, found.author, found.is_person, found.comment)
        author, said = found.author, found.comment
        event = found.event
        if isinstance(event, events.VerdictsGiven | events.RulesDecided):
            authors, reasons = _reasons(event, self._span(segment), changes)
            author, said = ", ".join(authors) or author, "; ".join(reasons) or said
        kind, words = _KINDS[type(event)], _words(event, changes)
        return Cause(kind, words, sequence, at, author, found.is_person, said)

    def _span(self, segment: int) -> LumisectionRange:
        return LumisectionRange(int(self._cut.first[segment]), int(self._cut.last[segment]))

    @cached_property
    def _entries(self) -> dict[int, Entry]:
        wanted = np.unique(self._since).tolist()
        rows = self._connection.execute(select(journal).where(journal.c.sequence.in_(wanted)))
        found = {row.sequence: entry(row) for row in rows}
        last = self._walk.cells.window.until
        return {sequence: each for sequence, each in found.items() if sequence <= last}

    def _changes(self) -> list[Changes]:
        """Return for each segment what changed where it turned, in datasets that were asked for."""
        cells, now = self._walk.cells, self._now
        asked = self._walk.chosen[:, now] | self._walk.chosen[:, now - 1]
        found: list[Changes] = [{} for _ in now]
        for path, column in sorted(cells.table.columns.items()):
            codes = column.codes.reshape(cells.exists.shape)
            for segment, slot in _differing(codes, now, asked):
                old, new = codes[slot, now[segment] - 1], codes[slot, now[segment]]
                found[segment].setdefault(path, (column.values[old], column.values[new]))
        for segment, slot in _differing(cells.exists, now, asked):
            here = bool(cells.exists[slot, now[segment]])
            found[segment].setdefault("exists", (not here, here))
        return found

    def _otherwise(self, segment: int, step: Terms) -> str:
        """Return in words what the second question asks otherwise than the first."""
        old = self._walk.terms[self._walk.terms.index(step) - 1]
        if step.changed == terms.DATASETS:
            return f"datasets {_choice(old)} → {_choice(step)}"
        if step.changed == terms.SEVERAL:
            return f"{terms.SEVERAL}: {old.several} → {step.several}"
        if step.changed == terms.NULL:
            policies = f"{old.rule.null_policy.value} → {step.rule.null_policy.value}"
            return f"null is {policies}: {self._clause(segment, old, step)}"
        return f"rule {_versions(old.rule, step.rule)}: {self._clause(segment, old, step)}"

    def _kept_anew(self, segment: int, step: Terms) -> str:
        old = self._walk.terms[self._walk.terms.index(step) - 1]
        if step.changed == step.rule.name:
            named = f"rule {_versions(old.rule, step.rule)}"
        else:
            was, now = (rulebook(self._connection, at) for at in (step.since - 1, step.since))
            versions = (book.version(step.changed) for book in (was, now) if step.changed in book.names)
            named = f"flag {_versions(*versions)}"
        return f"{named}: {self._clause(segment, old, step)}"

    def _clause(self, segment: int, old: Terms, new: Terms) -> str:
        """Return the clause that lets the segment in no more, or did not let it in before."""
        cell = self._now[segment] - int(self._gained[segment])
        rule = (old if self._gained[segment] else new).rule
        first = self._first_failing(rule)[:, cell]
        here = np.flatnonzero(self._walk.chosen[:, cell] & (first >= 0))
        if not len(here):
            return "its datasets"
        named = clause(rule.plan.clauses[first[here[0]]])
        flag, _ = rulebook(self._connection, new.since).flags.locate(rule.rule, named.pointer)
        return f"{named.text} (flag {flag})" if flag else named.text

    def _first_failing(self, rule: RuleVersion) -> IntArray:
        """Return by slot and cell the first clause that is not passed, -1 where all are."""
        if rule.digest not in self._failing:
            table = self._walk.cells.table
            said = truths(rule.plan, rule.plan.clauses, table, rule.null_policy, self._atoms)
            first = np.full(table.rows, -1, dtype=np.int64)
            for place, answer in reversed(list(enumerate(said))):
                first[answer != 2] = place
            self._failing[rule.digest] = first.reshape(self._walk.cells.exists.shape)
        return self._failing[rule.digest]


def _choice(step: Terms) -> str:
    said = step.within.document()
    return " ".join([step.pattern, *(f"{name} {value}" for name, value in said.items())])


def _differing(held: np.ndarray, now: IntArray, asked: Bools) -> Iterator[tuple[int, int]]:
    slots, segments = np.nonzero((held[:, now] != held[:, now - 1]) & asked)
    yield from zip(segments.tolist(), slots.tolist(), strict=True)


def _versions(old: RuleVersion, new: RuleVersion | None = None) -> str:
    if new is None:
        return f"{old.name} v{old.version}" if old.version else old.name
    if old.name == new.name:
        last = f"v{new.version}" if new.version else "as asked"
        return f"{old.name} v{old.version} → {last}" if old.version != new.version else old.name
    return f"{_versions(old)} → {_versions(new)}"


def _words(event: events.Event, changes: Changes) -> str:
    told = _told(changes) or _chooses(event)
    if isinstance(event, events.DatasetCreated):
        return f"{event.dataset} came to be"
    if isinstance(event, events.DocumentSet):
        return f"{event.category} {event.name} was kept anew"
    if isinstance(event, events.DatasetHidden):
        return f"{event.dataset} was {'hidden' if event.hidden else 'brought back'}"
    if isinstance(event, events.VerdictsRestored):
        return f"{told}, action {event.undone_action} taken back"
    if isinstance(event, events.BitsOverridden):
        return f"override: {told}"
    if isinstance(event, events.RunReported | events.LumisectionsChanged):
        return f"{event.source}: {told}"
    return f"OMS: {told}" if isinstance(event, events.LumisectionsReported) else told


def _chooses(event: events.Event) -> str:
    """Return in words what an event said that no rule reads, and the choice of datasets does."""
    if isinstance(event, events.RunAttributesSet | events.RunReported):
        said = [f"{name} {_value(value)}" for name, value in event.attributes.items()]
        return f"{_list(said)} (datasets asked for)"
    return "datasets asked for"


def _told(changes: Changes) -> str:
    """Return in words what changed, what changed alike together."""
    if "exists" in changes:
        # its bits came or went with it
        return f"lumisections {'reported' if changes['exists'][1] else 'removed'}"
    alike: dict[str, list[str]] = {}
    for path, (old, new) in changes.items():
        alike.setdefault(f"{_value(old)} → {_value(new)}", []).append(_short(path))
    return "; ".join(f"{_list(names)} {change}" for change, names in alike.items())


def _list(names: list[str]) -> str:
    return ", ".join(names) if len(names) <= _NAMED else f"{', '.join(names[:2])} and {len(names) - 2} more"


def _value(value: Any) -> str:
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _short(path: str) -> str:
    return next((path.removeprefix(prefix) for prefix in _PREFIXES if path.startswith(prefix)), path)


def _reasons(
    event: events.VerdictsGiven | events.RulesDecided, span: LumisectionRange, changes: Changes
) -> tuple[list[str], list[str]]:
    """Return who is named in the verdicts that changed something on a segment, and the reasons they gave."""
    columns = {path.removeprefix(VERDICT) for path in changes if path.startswith(VERDICT)}
    authors: dict[str, None] = {}
    reasons: dict[str, None] = {}
    for verdict in event.verdicts:
        touched = any(first <= span.last and span.first <= last for first, last in verdict["ranges"])
        if touched and not columns.isdisjoint(verdict["columns"]):
            authors |= dict.fromkeys(filter(None, [verdict.get("author", "")]))
            reasons |= dict.fromkeys(filter(None, [verdict.get("cause", ""), verdict.get("comment", "")]))
    return list(authors), list(reasons)
