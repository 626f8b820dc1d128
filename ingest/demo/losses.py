"""Where lumisections were lost: what the bits say first, then columns that share the rest by luminosity."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from random import Random

import numpy as np

from ingest.demo import people
from ingest.demo.masks import Mask, Run, bridged, grown, spans_of
from model.ranges import LumisectionRange, Ranges, Valued, overlay
from model.vocabulary import COLUMN_OF_BIT, Status

#: a run below this has too few events for its histograms, 1/pb
LOW_RUN_INVPB = 1.0
#: gaps and stubs up to this many lumisections belong to their neighbour
SHORT = 4
#: shortest loss, where the published list has room for it
SIZE = 3
#: largest piece that one column loses at a time, 1/pb: where every bit is true, and elsewhere
PIECE_KNOWN_INVPB, PIECE_INVPB = 15.0, 120.0
#: how much a loss with every bit true weighs in the sharing: there is little of it
KNOWN_WEIGHT = 12.0
SIDE_CHANCE = 0.2


@dataclass(frozen=True)
class Mark:
    """What is said of a stretch."""

    status: Status
    cause: str
    comment: str


Cells = dict[str, list[Valued[Mark]]]
NOT_RUNNING = Mark(Status.STANDBY, "beam conditions", "no stable beams, CMS not active")
STANDBY = Mark(Status.STANDBY, "HV ramp", "no stable beams, high voltage not raised")


@dataclass
class Story:
    """The marks of one run per column: what rules see, what people add; elsewhere all is well."""

    by_rule: Cells = field(default_factory=dict)
    by_person: Cells = field(default_factory=dict)


def put(cells: Cells, column: str, spans: Ranges, mark: Mark | None) -> None:
    """Write a mark over a column; None clears the stretch."""
    cells[column] = overlay(cells.get(column, []), spans, mark)


def covered(run: Run, cells: Cells, columns: Sequence[str]) -> Mask:
    """Return where any of the columns carries a mark."""
    return run.mask(span for column in columns for span, _ in cells.get(column, []))


def seen_by_rule(run: Run, lost: Mask) -> Cells:
    """Return what a rule over bits and luminosity marks, within the lumisections that may be lost."""
    cells: Cells = {}
    for column, mask in _false_columns(run, lost).items():
        for span in spans_of(mask):
            for part, quiet in _halves(run, span):
                put(cells, column, (part,), _quiet_mark(column) if quiet else _bits_mark(run, column, part))
    for span in spans_of(unexplained(run, cells, lost)):
        for part, is_quiet in _halves(run, span):
            if is_quiet:
                mask = grown(run.mask([part]), lost, SIZE)
                for column in ("tracker-pixel", "tracker-strip"):
                    put(cells, column, spans_of(mask & ~covered(run, cells, [column])), STANDBY)
    return cells


def unexplained(run: Run, cells: Cells, lost: Mask) -> Mask:
    """Return what is lost with no false bit and no mark of a column that can cost luminosity."""
    return lost & ~run.any_false & ~covered(run, cells, people.LOSS_COLUMNS)


def _false_columns(run: Run, lost: Mask) -> dict[str, Mask]:
    """A column's mark covers its false bits, short gaps between them and short stubs beside them."""
    false: dict[str, Mask] = {}
    for bit in run.conditions.bits:
        if (column := COLUMN_OF_BIT.get(bit)) and (mask := run.is_false(bit)).any():
            false[column] = false[column] | mask if column in false else mask
    rest = lost & ~run.any_false
    for span in spans_of(rest):
        if span.last - span.first < SHORT:
            beside = (span.first - 1, min(span.last + 1, len(rest) - 1))
            for column, mask in false.items():
                if column in people.LOSS_COLUMNS and any(mask[n] for n in beside):
                    mask[span.first : span.last + 1] = True
                    break
    return {c: grown(bridged(mask, lost, SHORT), lost, SIZE) for c, mask in false.items()}


def _halves(run: Run, span: LumisectionRange) -> Iterator[tuple[LumisectionRange, bool]]:
    """Yield a stretch cut in quiet head, live middle and quiet tail; short ends join the middle."""
    live = np.flatnonzero(~run.is_quiet[span.first : span.last + 1]) + span.first
    if not live.size:
        yield span, True
        return
    first, last = int(live[0]), int(live[-1])
    first = first if first - span.first > SHORT else span.first
    last = last if span.last - last > SHORT else span.last
    last = max(last, min(first + SIZE - 1, span.last))
    first = min(first, max(last - SIZE + 1, span.first))
    if span.first < first:
        yield LumisectionRange(span.first, first - 1), True
    yield LumisectionRange(first, last), False
    if last < span.last:
        yield LumisectionRange(last + 1, span.last), True


def _quiet_mark(column: str) -> Mark:
    return NOT_RUNNING if column == "cms-cms" else STANDBY


def _bits_mark(run: Run, column: str, span: LumisectionRange) -> Mark:
    names = [
        bit
        for bit in run.conditions.bits
        if COLUMN_OF_BIT.get(bit) == column and run.is_false(bit)[span.first : span.last + 1].any()
    ]
    cause = "DAQ error" if column == "cms-cms" else "DCS loss"
    return Mark(Status.BAD, cause, f"not true: {', '.join(names)}")


@dataclass
class Ledger:
    """Luminosity charged to each column so far: with every bit true, and in all."""

    known: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    total: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    def charge(self, run: Run, cells: Cells) -> None:
        """Charge the luminosity under every mark of a run."""
        for column in cells:
            under = covered(run, cells, [column])
            self.known[column] += float(run.lumi_invpb[under & run.all_true].sum())
            self.total[column] += float(run.lumi_invpb[under].sum())

    def lightest(self, rng: Random, *, is_known: bool) -> str:
        """Return a column that has lost little so far."""

        def weight(column: str) -> float:
            burden = self.total[column] + (KNOWN_WEIGHT * self.known[column] if is_known else 0.0)
            return (burden + rng.random()) * rng.uniform(0.7, 1.3)

        return min(people.LOSS_COLUMNS, key=weight)


def share_out(run: Run, story: Story, ledger: Ledger, rng: Random) -> None:
    """Give every lost stretch that nothing explains yet to a column, piece by piece."""
    if not run.kept and run.recorded_invpb < LOW_RUN_INVPB:
        put(story.by_person, "dc-lowlumi", run.conditions.lumisections, _low_statistics(run))
        return
    for span in spans_of(unexplained(run, story.by_rule, run.lost)):
        for piece in _pieces(run, span, rng):
            known = bool(run.all_true[piece.first : piece.last + 1].mean() > 0.5)
            column = ledger.lightest(rng, is_known=known)
            mask = grown(run.mask([piece]), run.lost, SIZE)
            cells: Cells = {}
            put(cells, column, spans_of(mask), _words(column, rng))
            ledger.charge(run, cells)
            for part, mark in cells[column]:
                put(story.by_person, column, (part,), mark)


def _low_statistics(run: Run) -> Mark:
    comment = f"{run.recorded_invpb:.3g} /pb in the run, too few events for the histograms"
    return Mark(Status.BAD, "low statistics", comment)


def _words(column: str, rng: Random) -> Mark:
    cause, comment = rng.choice(people.WORDS[column])
    return Mark(Status.BAD, cause, comment)


def _pieces(run: Run, span: LumisectionRange, rng: Random) -> Iterator[LumisectionRange]:
    """Cut a stretch that lost much luminosity into pieces that one incident could explain."""
    at = slice(span.first, span.last + 1)
    known = float(run.lumi_invpb[at][run.all_true[at]].sum())
    wanted = max(ceil(known / PIECE_KNOWN_INVPB), ceil(float(run.lumi_invpb[at].sum()) / PIECE_INVPB))
    length = span.last - span.first + 1
    count = max(1, min(wanted, length // (5 * SIZE)))
    cuts = [span.first + round(length * (i + rng.uniform(-0.15, 0.15)) / count) for i in range(1, count)]
    edges = [span.first, *cuts, span.last + 1]
    for first, after in zip(edges, edges[1:], strict=False):
        yield LumisectionRange(first, after - 1)


def side_losses(run: Run, story: Story, rng: Random) -> None:
    """Let columns that cost no luminosity have their incidents too."""
    for column in people.SIDE_COLUMNS:
        free = run.exists & ~covered(run, story.by_rule, [column])
        if rng.random() < SIDE_CHANCE and (span := some_span(free, rng, 20, 200)):
            put(story.by_person, column, (span,), _words(column, rng))


def some_span(allowed: Mask, rng: Random, shortest: int, longest: int) -> LumisectionRange | None:
    """Return a stretch of allowed lumisections of about a wished length; None if there is no room."""
    rooms = [span for span in spans_of(allowed) if span.last - span.first + 1 >= shortest]
    if not rooms:
        return None
    room = rng.choice(rooms)
    length = min(rng.randint(shortest, longest), room.last - room.first + 1)
    first = rng.randint(room.first, room.last - length + 1)
    return LumisectionRange(first, first + length - 1)


def alarm(run: Run, column: str, story: Story, rng: Random) -> LumisectionRange | None:
    """Mark a stretch that nobody else complains of; return it, or None if there is no room."""
    free = run.exists & ~covered(run, story.by_rule, [column]) & ~covered(run, story.by_person, [column])
    if span := some_span(free, rng, 5, 60):
        put(story.by_person, column, (span,), _words(column, rng))
    return span
