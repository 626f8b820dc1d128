"""Delivered → recorded → processed → certified, by run, fill, day, week or era."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import fsum

import numpy as np
from sqlalchemy import Connection

from model.accounting.ledger import LOW_LUMI_INVPB, Account, Ledger, ledger
from model.accounting.question import By, Question, sources
from model.errors import NotFound
from model.frames import FrameStore
from model.queries.datasets import lumisections_of_runs
from model.queries.luminosities import luminosity_of_runs
from model.queries.runs import Run
from model.ranges import numbers
from model.vocabulary import DEFAULT_SOURCE

#: where a run has no fill, era or start time
NONE = "not known"


@dataclass(frozen=True)
class Line:
    """What became of the luminosity of some runs, in 1/pb of one calibration.

    Args:
        key: run or fill number, `2024-05-01`, `2024-W18`, or era.
        recorded_invpb: the sum of low, unprocessed and processed.
        low_invpb: of runs with less than 0.08 /pb of which nothing is certified.
        unprocessed_invpb: of runs without a dataset to certify.
        processed_invpb: on lumisections of runs whose dataset exists and that are not low.
        certified_invpb: on lumisections that the rule selects.
        assumed: share of the recorded luminosity whose time nobody measured (of the runs, where it is 0).
        unmeasured: lumisections of which the calibration has no luminosity.
    """

    key: str
    runs: int
    first_run: int
    last_run: int
    lumisections: int
    delivered_invpb: float
    recorded_invpb: float
    low_invpb: float
    unprocessed_invpb: float
    processed_invpb: float
    certified_invpb: float
    assumed: float
    unmeasured: int

    @property
    def lost_invpb(self) -> float:
        """Return what was processed and not certified."""
        return self.processed_invpb - self.certified_invpb

    def share(self, of: str) -> float | None:
        """Return the certified share of what was `recorded` or `processed`; None where that is nothing."""
        whole: float = getattr(self, f"{of}_invpb")
        return self.certified_invpb / whole if whole > 0 else None


@dataclass(frozen=True)
class Flow:
    """An account by groups of runs, its total, and what has to be said beside it.

    Args:
        source: the calibration of every number in it.
        elsewhere_invpb: what OMS recorded on lumisections that another calibration lacks; added to nothing.
    """

    by: By
    lines: tuple[Line, ...]
    total: Line
    source: str
    elsewhere_invpb: float
    notes: tuple[str, ...]


def flow(connection: Connection, store: FrameStore, asked: Question, by: By) -> Flow:
    """Return the account of a question by groups of runs, in the order of the runs.

    A run belongs whole to the day and the week (ISO 8601, UTC) in which it began.

    Raises:
        NotFound: no run is asked about, or none of them has luminosity of the calibration.
        Ambiguous: a run has several datasets that match.
    """
    found = ledger(connection, store, asked)
    return flow_of(found, by, elsewhere(connection, found))


def flow_of(
    found: Ledger, by: By, elsewhere_invpb: float = 0.0, shown: Sequence[Account] | None = None
) -> Flow:
    """Return the account of a ledger by groups of runs.

    Args:
        shown: accounts that get a line, where not all do; the total is that of all.
    """
    total = line("all", found.accounts)
    notes = tuple(_notes(found, total, elsewhere_invpb))
    lines = grouped(found.accounts if shown is None else shown, by)
    return Flow(by, lines, total, found.question.source, elsewhere_invpb, notes)


def grouped(accounts: Iterable[Account], by: By) -> tuple[Line, ...]:
    """Return a line for each group of runs, in the order of their first run."""
    groups: dict[str, list[Account]] = {}
    for account in accounts:
        groups.setdefault(key_of(account.run, by), []).append(account)
    return tuple(line(key, members) for key, members in groups.items())


def key_of(run: Run, by: By) -> str:
    """Return the group that a run belongs to."""
    if by is By.RUN:
        return str(run.run_number)
    if by is By.FILL:
        return str(run.fill_number) if run.fill_number is not None else NONE
    if by is By.ERA:
        return run.era or NONE
    began = began_at(run)
    if began is None:
        return NONE
    year, week, _ = began.isocalendar()
    return f"{year}-W{week:02d}" if by is By.WEEK else began.date().isoformat()


def began_at(run: Run) -> datetime | None:
    """Return when a run began, in UTC; None where nobody said so, not even as an assumption."""
    said = run.upstream.get("start_time")
    return datetime.fromisoformat(said).astimezone(UTC) if isinstance(said, str) and said else None


def line(key: str, accounts: Sequence[Account]) -> Line:
    """Return the sum of the accounts of some runs."""
    amounts = [(a.delivered, a.recorded, a.low, a.unprocessed, a.processed, a.certified) for a in accounts]
    sums = [fsum(each) for each in zip(*amounts, strict=True)] or [0.0] * 6
    delivered, recorded, low, unprocessed, processed, certified = sums
    weighs = recorded > 0
    assumed = fsum(a.recorded if weighs else 1.0 for a in accounts if "start_time" in a.run.assumed)
    numbers = [a.run.run_number for a in accounts]
    return Line(
        key,
        len(accounts),
        min(numbers, default=0),
        max(numbers, default=0),
        sum(a.lumisections for a in accounts),
        delivered,
        recorded,
        low,
        unprocessed,
        processed,
        certified,
        assumed / (recorded if weighs else len(accounts) or 1.0),
        sum(a.lumisections - a.measured for a in accounts),
    )


def side_by_side(connection: Connection, store: FrameStore, asked: Question) -> dict[str, Flow]:
    """Return the same account in each calibration that has luminosity of it; they are never added up."""
    found = {}
    for source in sources(connection, asked.at):
        try:
            found[source] = flow(connection, store, replace(asked, source=source), By.ERA)
        except NotFound:
            # this calibration knows nothing of these runs: it has no column
            continue
    return found


def elsewhere(connection: Connection, found: Ledger) -> float:
    """Return what OMS recorded on lumisections that the calibration asked for lacks, in OMS's own 1/pb."""
    asked = found.question
    lacking = [each.run.run_number for each in found.accounts if each.measured < each.lumisections]
    if asked.source == DEFAULT_SOURCE or not lacking:
        return 0.0
    mine = luminosity_of_runs(connection, lacking, asked.source, asked.at)
    theirs = luminosity_of_runs(connection, lacking, DEFAULT_SOURCE, asked.at)
    known = lumisections_of_runs(connection, list(theirs), asked.at)
    missed = []
    for number, spans in known.items():
        recorded = theirs[number].recorded_invpb
        lacks = np.ones(len(recorded), dtype=bool)
        if number in mine:
            has = ~np.isnan(mine[number].recorded_invpb[: len(recorded)])
            lacks[: len(has)] = ~has
        exists = np.zeros(len(recorded), dtype=bool)
        exists[[n - 1 for n in numbers(spans) if n <= len(recorded)]] = True
        missed.append(float(np.nansum(recorded[lacks & exists])))
    return fsum(missed)


def _notes(found: Ledger, total: Line, elsewhere_invpb: float) -> Iterable[str]:
    asked = found.question
    if found.replays:
        many = "1 run that plays another again is" if found.replays == 1 else f"{found.replays} replays are"
        yield f"{many} left out."
    if total.unmeasured:
        also = f"; OMS has {elsewhere_invpb:,.3f} /pb there, which is not added" if elsewhere_invpb else ""
        yield f"{asked.source} has no luminosity of {total.unmeasured:,} lumisections{also}."
    if not any(each.is_processed for each in found.accounts):
        if any(each.dataset for each in found.accounts):
            low = f"recorded less than {LOW_LUMI_INVPB} /pb of {asked.source}"
            yield f"Every run of {asked.words} with a dataset {asked.pattern} {low}: nothing is processed."
        else:
            nothing = f"No run of {asked.words} has a dataset {asked.pattern}"
            yield f"{nothing}: nothing is processed. Name another dataset."
    elif found.lost.any() and not total.certified_invpb:
        yield (
            f"The rule {asked.rule.name} selects nothing of {asked.words}: its losses say why; "
            "or choose another rule."
        )
