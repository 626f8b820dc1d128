"""Since when a finding holds: its beginning in the journal, found by going back and then halving."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial

from model.sentinel.finding import Finding, Kind
from model.sentinel.known import Known
from model.sentinel.read import Rows

Checks = Mapping[Kind, Callable[[Known], Iterable[Finding]]]


def beginnings(rows: Rows, found: Collection[Finding], at: int, checks: Checks) -> dict[str, int]:
    """Return by key the sequence at which each finding of a run began to hold, on and on until `at`.

    One that went away and came back between two looks may be told as older: it did hold at what is returned,
    and not just before that.

    Args:
        rows: of the run, with its past.
    """
    points = [sequence for sequence in rows.changes() if sequence <= at]
    then: dict[int, Known | None] = {}

    def holds(place: int, finding: Finding) -> bool:
        if place not in then:
            then[place] = rows.known(points[place])
        known = then[place]
        return known is not None and any(each.key == finding.key for each in checks[finding.kind](known))

    return {each.key: points[_first(len(points), partial(_with, holds, each))] for each in found}


def _with(holds: Callable[[int, Finding], bool], finding: Finding, place: int) -> bool:
    return holds(place, finding)


def _first(length: int, holds: Callable[[int], bool]) -> int:
    """Return where something began that holds at the last of so many places."""
    known, step = length - 1, 1
    while known - step >= 0 and holds(known - step):
        known, step = known - step, step * 2
    absent = max(known - step, -1)
    while known - absent > 1:
        middle = (known + absent) // 2
        known, absent = (middle, absent) if holds(middle) else (known, middle)
    return known
