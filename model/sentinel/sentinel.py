"""Findings of all runs, each run's kept in the process until something is recorded about it."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from threading import Lock
from types import MappingProxyType

from sqlalchemy import Connection

from model.asof import recorded_us
from model.clock import from_us
from model.queries import runs
from model.sentinel import checks, conditions
from model.sentinel.finding import Finding, Kind
from model.sentinel.known import Known
from model.sentinel.read import read
from model.sentinel.since import beginnings

CHECKS: Mapping[Kind, Callable[[Known], Iterator[Finding]]] = MappingProxyType(
    {
        Kind.BEAM: checks.beam,
        Kind.PHYSICS: checks.physics,
        Kind.ACTIVE: checks.active,
        Kind.NOTHING: checks.nothing_recorded,
        Kind.QUIET: checks.no_luminosity,
        Kind.GAP: checks.bits_blank,
        Kind.HOLES: checks.holes,
        Kind.GONE: checks.gone,
        Kind.COUNT: checks.count_differs,
        Kind.OUTSIDE: checks.outside,
        Kind.MISSING: checks.missing,
        Kind.TOTAL: checks.total,
        Kind.NEGATIVE: checks.negative,
        Kind.EXCESS: checks.excess,
        Kind.CLASS: conditions.run_class,
    }
)
#: versions of runs whose findings are kept: some years of runs
_MOST_KEPT = 40_000
Findings = tuple[Finding, ...]


def findings_of(known: Known) -> Findings:
    """Return what every check finds."""
    return tuple(each for check in CHECKS.values() for each in check(known))


class Sentinel:
    """Looks at runs; a run that did not change is not looked at again."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, int], Findings] = OrderedDict()
        self._lock = Lock()

    def findings(
        self, connection: Connection, at: int, numbers: Collection[int] | None = None
    ) -> list[Finding]:
        """Return the findings of all runs or of some, as of a sequence, most luminosity first."""
        versions = list(runs.sequences(connection, at, numbers).items())
        with self._lock:
            kept = {number: self._kept.get((number, version)) for number, version in versions}
        fresh = {number for number, found in kept.items() if found is None}
        if fresh:
            looked = _look(connection, at, fresh if len(fresh) < len(versions) or numbers is not None else None)
            kept.update({number: looked.get(number, ()) for number in fresh})
            self._keep([(name, kept[name[0]] or ()) for name in versions if name[0] in fresh])
        every = [each for found in kept.values() for each in found or ()]
        return sorted(every, key=lambda each: (-each.at_stake_invpb, -each.run_number, each.kind))

    def _keep(self, found: Sequence[tuple[tuple[int, int], Findings]]) -> None:
        with self._lock:
            self._kept.update(found)
            while len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)


def _look(connection: Connection, at: int, numbers: Collection[int] | None) -> dict[int, Findings]:
    found: dict[int, Findings] = {}
    for number, rows in read(connection, at, numbers).items():
        known = rows.known(at)
        if known is not None and (some := findings_of(known)):
            found[number] = some
    past = read(connection, at, list(found), with_past=True)
    since = {n: beginnings(past[n], some, at, CHECKS) for n, some in found.items()}
    times = recorded_us(connection, {sequence for told in since.values() for sequence in told.values()})
    return {
        n: tuple(replace(f, since=since[n][f.key], since_at=from_us(times[since[n][f.key]])) for f in some)
        for n, some in found.items()
    }
