"""The algebra of lists, as CMS users know it from LumiList: and, or, minus, filter, compare.

Source: FWCore.PythonUtilities (LumiList, compareJSON, mergeJSON, filterJSON).
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from sqlalchemy import Connection, select

from model.errors import Invalid, NotFound
from model.golden.lists import RunRanges, size
from model.queries.luminosities import luminosity_of_runs
from model.ranges import LumisectionRange, Ranges, intersect, subtract, union
from model.tables import luminosity, term
from model.vocabulary import DEFAULT_SOURCE

Lists = dict[int, Ranges]
_SEVERAL = re.compile(r"[,;+&]| and ")


@dataclass(frozen=True)
class Block:
    """Lumisections of one run that are in one list only; luminosity in 1/pb, None where there is none."""

    run_number: int
    first: int
    last: int
    is_added: bool
    recorded_invpb: float | None


@dataclass(frozen=True)
class Change:
    """Recorded luminosity of what was added and removed, 1/pb of one source.

    Args:
        unknown: lumisections that were added or removed and have no luminosity in this source.
    """

    source: str
    gained_invpb: float
    lost_invpb: float
    unknown: int

    @property
    def recorded_invpb(self) -> float:
        """What the second list has more."""
        return self.gained_invpb - self.lost_invpb


@dataclass(frozen=True)
class Comparison:
    """How list `b` differs from list `a`; luminosity in the one source that was asked for."""

    ls_added: int
    ls_removed: int
    added: tuple[int, ...]
    removed: tuple[int, ...]
    changed: tuple[int, ...]
    change: Change
    blocks: tuple[Block, ...]

    @property
    def runs(self) -> int:
        """In how many runs they differ."""
        return len(self.added) + len(self.removed) + len(self.changed)


def both(a: RunRanges, b: RunRanges) -> Lists:
    """Return what is in both."""
    return _kept({run: intersect(a[run], b[run]) for run in a.keys() & b.keys()})


def either(a: RunRanges, b: RunRanges) -> Lists:
    """Return what is in either."""
    return _kept({run: union(a.get(run, ()), b.get(run, ())) for run in a.keys() | b.keys()})


def minus(a: RunRanges, b: RunRanges) -> Lists:
    """Return what is in the first and not in the second."""
    return _kept({run: subtract(spans, b.get(run, ())) for run, spans in a.items()})


def filtered(a: RunRanges, first_run: int | None = None, last_run: int | None = None) -> Lists:
    """Return the runs of a list from `first_run` to `last_run`.

    Raises:
        Invalid: the first lies behind the last.
    """
    first, last = first_run or 0, last_run or math.inf
    if first > last:
        raise Invalid(f"Runs {first_run} to {last_run} are in the wrong order.")
    return {run: spans for run, spans in sorted(a.items()) if first <= run <= last}


OPERATIONS: Mapping[str, Callable[[RunRanges, RunRanges], Lists]] = MappingProxyType(
    {"and": both, "or": either, "minus": minus}
)


def compare(connection: Connection, a: RunRanges, b: RunRanges, source: str, at: int) -> Comparison:
    """Return what `b` has more and less than `a`, with luminosity of one source as of a sequence."""
    added, removed = minus(b, a), minus(a, b)
    recorded = _recorded(connection, added.keys() | removed.keys(), source, at)
    gained, lost = (_sum(part, recorded) for part in (added, removed))
    return Comparison(
        size(added),
        size(removed),
        tuple(sorted(b.keys() - a.keys())),
        tuple(sorted(a.keys() - b.keys())),
        tuple(sorted(run for run in a.keys() & b.keys() if a[run] != b[run])),
        Change(source, gained[0], lost[0], gained[1] + lost[1]),
        _blocks(added, removed, recorded),
    )


def recorded(connection: Connection, lists: RunRanges, source: str, at: int) -> tuple[float | None, int]:
    """Return the recorded luminosity of a list, 1/pb of one source, and how many lumisections have none."""
    total, unknown = _sum(lists, _recorded(connection, lists.keys(), source, at))
    return (None if unknown == size(lists) else total), unknown


def differing_runs(a: RunRanges, b: RunRanges) -> list[int]:
    """Return the runs in which two lists differ."""
    return sorted(run for run in a.keys() | b.keys() if a.get(run, ()) != b.get(run, ()))


def sources(connection: Connection) -> list[str]:
    """Return every source that ever gave luminosity, by name."""
    used = select(luminosity.c.source_id).distinct().scalar_subquery()
    query = select(term.c.text).where(term.c.id.in_(used)).order_by(term.c.text)
    return [row.text for row in connection.execute(query)]


def require_source(connection: Connection, source: str) -> None:
    """Let through one source that gave luminosity.

    Raises:
        Invalid: several are named at once.
        NotFound: it never gave any.
    """
    known = sources(connection)
    if source in known or source == DEFAULT_SOURCE:
        return
    if _SEVERAL.search(source):
        raise Invalid("Two luminosity sources are never added up: ask once for each of them.")
    raise NotFound(f"There is no luminosity of {source}; there is of {', '.join(known) or 'no source yet'}.")


def _recorded(connection: Connection, runs: Iterable[int], source: str, at: int) -> dict[int, np.ndarray]:
    known = luminosity_of_runs(connection, sorted(runs), source, at)
    return {run: arrays.recorded_invpb for run, arrays in known.items()}


def _kept(lists: Lists) -> Lists:
    return {run: lists[run] for run in sorted(lists) if lists[run]}


def _sum(part: RunRanges, recorded: Mapping[int, np.ndarray]) -> tuple[float, int]:
    """Return recorded luminosity, and the lumisections that have none."""
    numbers, unknown = [], 0
    for run, spans in part.items():
        for span in spans:
            there = _known(span, recorded.get(run))
            numbers.extend(there.tolist())
            unknown += span.last - span.first + 1 - len(there)
    return math.fsum(numbers), unknown


def _known(span: LumisectionRange, recorded: np.ndarray | None) -> np.ndarray:
    there = np.empty(0) if recorded is None else recorded[span.first - 1 : span.last]
    return there[~np.isnan(there)]


def _blocks(added: Lists, removed: Lists, recorded: Mapping[int, np.ndarray]) -> tuple[Block, ...]:
    found = []
    for part, is_added in ((added, True), (removed, False)):
        for run, spans in part.items():
            for span in spans:
                there = _known(span, recorded.get(run))
                said = math.fsum(there.tolist()) if len(there) else None
                found.append(Block(run, span.first, span.last, is_added, said))
    return tuple(sorted(found, key=lambda block: (block.run_number, block.first, block.last)))
