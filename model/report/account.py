"""What became of the luminosity of a scope: by day, fill and run class, what was lost to whom, and where."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection

from model.accounting.flow import Line, flow_of, key_of, line
from model.accounting.ledger import Account, Ledger, ledger
from model.accounting.losses import MIXED, UNKNOWN, Split, losses
from model.accounting.parts import Of
from model.accounting.question import By, Question
from model.errors import NotFound
from model.frames import FrameStore
from model.ranges import Ranges, short_text
from model.report.report import LS, Row, Table, count, invpb, percent, share, table, words
from model.report.shift import summary

_NOTABLE = 20
_REASONS = 3
#: what would be told as 0.000
_LEAST = 0.0005
NONE = "not known"
_FLOW = (
    count("runs", "runs"),
    count("lumisections", "lumisections", LS),
    invpb("delivered", "delivered"),
    invpb("recorded", "recorded"),
    invpb("low", "low luminosity"),
    invpb("unprocessed", "not processed"),
    invpb("processed", "processed"),
    invpb("certified", "certified"),
    percent("efficiency", "certified of recorded"),
)
_LOSSES = (
    invpb("exclusive", "it alone"),
    invpb("inclusive", "it among others"),
    count("lumisections", "lumisections, it among others", LS),
    percent("share", "it alone, of all lost"),
)


@dataclass(frozen=True)
class Book:
    """The ledger of the runs of a scope, and its lost segments by subsystem and by cause."""

    found: Ledger
    subsystems: Split
    causes: Split

    @property
    def total(self) -> Line:
        """Return the account of all runs together."""
        return line("all", self.found.accounts)


def book(connection: Connection, store: FrameStore, asked: Question, numbers: Collection[int]) -> Book:
    """Return the account of some runs.

    Args:
        asked: with the first and the last of them.

    Raises:
        NotFound: none of them has luminosity of the calibration.
        Ambiguous: a run has several datasets that match.
    """
    whole, inside = ledger(connection, store, asked), set(numbers)
    accounts = tuple(each for each in whole.accounts if each.run.run_number in inside)
    if not any(each.measured for each in accounts):
        raise NotFound(
            f"No run of it has luminosity of {asked.source} ({len(accounts):,} runs): ask for another source, "
            "or import it first (python -m ingest brilcalc FILE)."
        )
    units = np.array([unit.run.run_number in inside for unit in whole.frames.units], dtype=np.bool_)
    owner = whole.frames.unit_of_segment
    within = whole.within & units[owner] if len(owner) else whole.within
    found = replace(whole, accounts=accounts, within=within, replays=0)
    return Book(found, Split(found, Of.SUBSYSTEM), Split(found, Of.CAUSE))


def notes(found: Book) -> tuple[str, ...]:
    """Return what has to be said of the whole account: what is not measured, or a rule that selects nothing."""
    return flow_of(found.found, By.ERA).notes


def figures(found: Book) -> Table:
    """Return the totals that stand on top."""
    total, source = found.total, found.found.question.source
    lost = losses(found.subsystems)
    return summary(
        (
            ("runs", total.runs, "", "registry"),
            ("lumisections", total.lumisections, LS, "registry"),
            ("delivered", total.delivered_invpb, "pb⁻¹", source),
            ("recorded", total.recorded_invpb, "pb⁻¹", source),
            ("low luminosity", total.low_invpb, "pb⁻¹", source),
            ("not processed", total.unprocessed_invpb, "pb⁻¹", source),
            ("processed", total.processed_invpb, "pb⁻¹", source),
            ("certified", total.certified_invpb, "pb⁻¹", source),
            ("lost", total.lost_invpb, "pb⁻¹", source),
            ("lost to UNKNOWN", found.subsystems.invpb(found.subsystems.unknown), "pb⁻¹", source),
            ("lumisections lost", lost.lost, LS, "registry"),
            ("recorded of delivered", share(total.recorded_invpb, total.delivered_invpb), "%", source),
            ("certified of recorded", share(total.certified_invpb, total.recorded_invpb), "%", source),
            ("certified of processed", share(total.certified_invpb, total.processed_invpb), "%", source),
        )
    )


def by_day(found: Book) -> Table:
    """Return the account by day, UTC, with the share of times that nobody measured."""
    grouped = _grouped(found, lambda each: key_of(each.run, By.DAY))
    rows = ((*_flow(each), share(each.assumed, 1.0)) for each in sorted(grouped, key=lambda each: each.key))
    columns = (words("day", "day, UTC"), *_FLOW, percent("assumed", "times assumed"))
    note = "A run belongs whole to the day on which it began."
    return table("by_day", "Luminosity by day", columns, rows, found.found.question.source, note)


def by_fill(found: Book) -> Table:
    """Return the account by LHC fill; fills without luminosity as one."""
    grouped = _grouped(found, _fill)
    columns = (words("fill", "fill"), *_FLOW)
    note = "Fills with less than 0.001 pb⁻¹ delivered stand together."
    rows = _with_small(grouped)
    return table("by_fill", "Luminosity by fill", columns, rows, found.found.question.source, note)


def by_class(found: Book) -> Table:
    """Return the account by run class."""
    grouped = _grouped(found, lambda each: each.run.run_class or NONE)
    rows = map(_flow, sorted(grouped, key=lambda each: (-each.recorded_invpb, each.key)))
    columns = (words("run_class", "run class"), *_FLOW)
    return table("by_class", "Luminosity by run class", columns, rows, found.found.question.source)


def _fill(each: Account) -> str:
    return NONE if each.run.fill_number is None else str(each.run.fill_number)


def _with_small(grouped: Iterable[Line]) -> list[Row]:
    ordered = sorted(grouped, key=lambda each: (each.first_run, each.key))
    large = [each for each in ordered if each.delivered_invpb >= 0.001]
    small = [each for each in ordered if each.delivered_invpb < 0.001]
    rows = [_flow(each) for each in large]
    return [*rows, *([_flow(_joined(f"{len(small):,} others", small))] if small else [])]


def _joined(key: str, lines: Sequence[Line]) -> Line:
    added = {
        name: sum(getattr(each, name) for each in lines)
        for name in (
            "runs",
            "lumisections",
            "unmeasured",
            *(c.name for c in _FLOW if c.name.endswith("_invpb")),
        )
    }
    return replace(lines[0], key=key, **added)


def _grouped(found: Book, key: Callable[[Account], str]) -> list[Line]:
    groups: dict[str, list[Account]] = {}
    for each in found.found.accounts:
        groups.setdefault(key(each), []).append(each)
    return [line(name, members) for name, members in groups.items()]


def _flow(each: Line) -> Row:
    return (
        each.key,
        each.runs,
        each.lumisections,
        each.delivered_invpb,
        each.recorded_invpb,
        each.low_invpb,
        each.unprocessed_invpb,
        each.processed_invpb,
        each.certified_invpb,
        share(each.certified_invpb, each.recorded_invpb),
    )


def by_subsystem(found: Book) -> Table:
    """Return what each subsystem is to blame for, mixed and unknown as bars of their own."""
    note = (
        "“It alone” and mixed add up to all that was lost; “it among others” is never added up. "
        "L1T or HLT alone count as mixed; tracker_hv is a strip and a pixel bit false together."
    )
    return _lost(found, found.subsystems, "losses", "Losses by subsystem", "subsystem", note)


def by_cause(found: Book) -> Table:
    """Return what each cause is to blame for."""
    note = "A cause is what the verdict says that refuses; bits that are false have theirs by their sort."
    return _lost(found, found.causes, "causes", "Losses by cause", "cause", note)


def _lost(found: Book, split: Split, name: str, title: str, what: str, note: str) -> Table:
    told = losses(split)
    rows: list[Row] = [
        (
            each.name,
            each.exclusive_invpb,
            None if each.name == UNKNOWN else each.inclusive_invpb,
            each.inclusive,
            share(each.exclusive_invpb, told.lost_invpb),
        )
        for each in told.parts
        if each.inclusive
    ]
    if told.mixed:
        rows.append((MIXED, told.mixed_invpb, None, told.mixed, share(told.mixed_invpb, told.lost_invpb)))
    rows.sort(key=lambda row: (-float(row[1] or 0), -float(row[2] or 0), str(row[0])))
    nothing = "" if rows else "Nothing was lost. "
    return table(
        name, title, (words(what, what), *_LOSSES), rows, found.found.question.source, f"{nothing}{note}"
    )


def notable_runs(found: Book) -> Table:
    """Return the runs that lost most, with whom their loss is blamed on and why."""
    lost = [each for each in found.found.accounts if each.lost > 0]
    lost.sort(key=lambda each: (-each.lost, each.run.run_number))
    columns = (
        count("run_number", "run"),
        count("fill_number", "fill"),
        invpb("processed", "processed"),
        invpb("certified", "certified"),
        invpb("lost", "lost"),
        count("lumisections", "lumisections lost", LS),
        words("where", "lumisections"),
        words("subsystems", "lost to (it among others, pb⁻¹)"),
        words("causes", "causes (pb⁻¹)"),
    )
    rows = [_notable(found, each) for each in lost[:_NOTABLE]]
    more = len(lost) - _NOTABLE
    note = f"The {_NOTABLE} runs with most luminosity lost; {more:,} more lost some." if more > 0 else ""
    return table("notable_runs", "Notable runs", columns, rows, found.found.question.source, note)


def _notable(found: Book, each: Account) -> Row:
    run, frames = each.run, found.found.frames
    unit = next(place for place, one in enumerate(frames.units) if one.run.run_number == run.run_number)
    mine = found.found.lost & (frames.unit_of_segment == unit)
    spans: Ranges = frames.ranges(mine).get(unit, ())
    return (
        run.run_number,
        run.fill_number,
        each.processed,
        each.certified,
        each.lost,
        found.subsystems.count(mine),
        short_text(spans),
        _blamed(found.subsystems, mine),
        _blamed(found.causes, mine),
    )


def _blamed(split: Split, mine: np.ndarray) -> str:
    """Return the parts that are to blame for most of some segments."""
    worth = [(split.invpb(split.inclusive(name) & mine), name) for name in split.names]
    some = sorted((pair for pair in worth if pair[0] >= _LEAST), key=lambda pair: (-pair[0], pair[1]))
    said = [f"{name} {value:,.3f}" for value, name in some[:_REASONS]]
    more = f" and {len(some) - _REASONS} more" if len(some) > _REASONS else ""
    return ", ".join(said) + more
