"""The question of doors: which findings there are, what people said of them, and which of them one asks for."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Connection

from model.errors import Invalid, NotFound
from model.queries.acknowledgements import Acknowledgement, acknowledgements
from model.sentinel.finding import Finding, Kind
from model.sentinel.sentinel import Sentinel


@dataclass(frozen=True)
class Listed:
    """A finding, and who acknowledged it as it is."""

    finding: Finding
    acknowledged: Acknowledgement | None


@dataclass(frozen=True)
class Wanted:
    """Which findings: of a kind, an owner, a range of runs; acknowledged ones only if asked for."""

    kind: Kind | None = None
    owner: str = ""
    first_run: int | None = None
    last_run: int | None = None
    with_acknowledged: bool = False

    def __post_init__(self) -> None:
        if None not in (self.first_run, self.last_run) and (self.first_run or 0) > (self.last_run or 0):
            raise Invalid(f"The runs {self.first_run}–{self.last_run} are reversed.")

    def has(self, each: Listed) -> bool:
        """Tell whether a finding is one of them."""
        found = each.finding
        return (
            self.kind in (None, found.kind)
            and self.owner in ("", found.owner)
            and (self.first_run is None or self.first_run <= found.run_number)
            and (self.last_run is None or found.run_number <= self.last_run)
            and (self.with_acknowledged or each.acknowledged is None)
        )


@dataclass(frozen=True)
class Total:
    """Findings of one kind together; luminosity in 1/pb, each lumisection of it once."""

    kind: Kind
    findings: int
    runs: int
    lumisections: int
    at_stake_invpb: float


def listed(
    sentinel: Sentinel, connection: Connection, at: int, numbers: Iterable[int] | None = None
) -> list[Listed]:
    """Return every finding as of a sequence, most luminosity first, each with its acknowledgement."""
    said = acknowledgements(connection, at)
    found = sentinel.findings(connection, at, None if numbers is None else list(numbers))
    return [Listed(each, _still(said.get(each.key), each)) for each in found]


def one(sentinel: Sentinel, connection: Connection, at: int, key: str) -> Listed:
    """Return a finding by its key.

    Raises:
        NotFound: there is none of this key.
    """
    number = key.partition("/")[0]
    numbers = [int(number)] if number.isascii() and number.isdigit() and len(number) < 10 else []
    for each in listed(sentinel, connection, at, numbers):
        if each.finding.key == key:
            return each
    raise NotFound(f"There is no finding {key}: it was mended, or never was.")


def totals(found: Iterable[Listed]) -> list[Total]:
    """Return what each kind adds up to, most luminosity first."""
    ordered = sorted(found, key=lambda each: each.finding.kind)
    out = []
    for kind, group in groupby(ordered, key=lambda each: each.finding.kind):
        some = [each.finding for each in group]
        runs = {each.run_number for each in some}
        # findings of one kind in one run can share lumisections: the largest counts
        stake = {n: max(each.at_stake_invpb for each in some if each.run_number == n) for n in runs}
        lumisections = sum(each.lumisection_count for each in some)
        out.append(Total(kind, len(some), len(runs), lumisections, sum(stake.values())))
    return sorted(out, key=lambda each: (-each.at_stake_invpb, each.kind))


def _still(said: Acknowledgement | None, each: Finding) -> Acknowledgement | None:
    return said if said is not None and said.digest == each.digest else None
