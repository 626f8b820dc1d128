"""What would make the next cycle: open datasets in no open cycle, and why the others are left out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, select

from model.asof import held
from model.pieces import pieces
from model.queries import datasets, luminosities, upstream
from model.queries.cycles import cycles, undone
from model.ranges import count
from model.tables import dataset_summary
from model.vocabulary import BEAM_BITS, COLUMN_OF_BIT, DEFAULT_SOURCE, GLOBAL, Stage

_TRACKER_BITS = tuple(bit for bit, column in COLUMN_OF_BIT.items() if column.startswith("tracker-"))


@dataclass(frozen=True)
class Limits:
    """What a dataset must pass; `least_good` is the share of lumisections with no false beam or tracker bit."""

    stage: Stage = Stage.PROMPT
    first_run: int | None = None
    last_run: int | None = None
    run_class: str = ""
    least_invpb: float = 0.1
    least_good: float = 0.1


@dataclass(frozen=True)
class Candidate:
    """A dataset that could be in the next cycle; `reason` says why it is not, empty where it is."""

    run_number: int
    name: str
    recorded_invpb: float | None
    lumisections: int
    reason: str = ""


def candidates(connection: Connection, limits: Limits, at: int) -> list[Candidate]:
    """Return every open dataset of a stage, taken or left out with its reason; nothing is left out silently."""
    taken = {pair: c.name for c in cycles(connection, at) if not c.is_closed for pair in c.datasets}
    s = dataset_summary
    query = select(s).where(held(s, at), s.c.stage == limits.stage.value, ~s.c.is_hidden)
    if limits.first_run is not None:
        query = query.where(s.c.run_number >= limits.first_run)
    if limits.last_run is not None:
        query = query.where(s.c.run_number <= limits.last_run)
    if limits.run_class:
        query = query.where(s.c.run_class == limits.run_class)
    rows = connection.execute(query.order_by(s.c.run_number, s.c.name)).all()
    is_open = set(undone(connection, [(r.run_number, r.name) for r in rows], GLOBAL, at))
    wanted = [r for r in rows if (r.run_number, r.name) in is_open]
    measured = _measured(connection, [r.run_number for r in wanted], at)
    return [
        Candidate(
            r.run_number,
            r.name,
            r.recorded_invpb,
            r.lumisections,
            _in_cycle(taken.get((r.run_number, r.name)))
            or _reason(r.recorded_invpb, r.lumisections, limits, measured.get(r.run_number, (0, 1.0))),
        )
        for r in wanted
    ]


def selected(connection: Connection, names: Sequence[tuple[int, str]], at: int) -> list[Candidate]:
    """Return datasets that somebody chose by hand, none of them left out, in the order given."""
    s, wanted = dataset_summary, set(names)
    found: dict[tuple[int, str], Candidate] = {}
    for runs in pieces(sorted({run for run, _ in names})):
        query = select(s).where(held(s, at), s.c.run_number.in_(runs))
        for r in connection.execute(query):
            if (r.run_number, r.name) in wanted:
                found[r.run_number, r.name] = Candidate(r.run_number, r.name, r.recorded_invpb, r.lumisections)
    return [found[pair] for pair in names if pair in found]


def _in_cycle(name: str | None) -> str:
    return f"it is in the cycle {name}" if name else ""


def _reason(recorded: float | None, lumisections: int, limits: Limits, measured: tuple[int, float]) -> str:
    with_lumi, good = measured
    if recorded is None:
        return "it has no luminosity"
    if recorded < limits.least_invpb:
        return f"it recorded {recorded:.3f} pb⁻¹, less than {limits.least_invpb:g}"
    if good < limits.least_good:
        return f"beam and tracker bits are not false on {good:.0%} of it, less than {limits.least_good:.0%}"
    if with_lumi != lumisections:
        return f"OMS has {lumisections:,} lumisections, luminosity has {with_lumi:,}"
    return ""


def _measured(connection: Connection, runs: Sequence[int], at: int) -> Mapping[int, tuple[int, float]]:
    """Return per run the lumisections with luminosity, and the share without a false bit: a blank is none."""
    numbers = sorted(set(runs))
    arrays = luminosities.luminosity_of_runs(connection, numbers, DEFAULT_SOURCE, at)
    exists = datasets.lumisections_of_runs(connection, numbers, at)
    false = upstream.false_bits(connection, numbers, (*BEAM_BITS, *_TRACKER_BITS), at)
    found = {}
    for run, of_run in arrays.items():
        known = int(np.count_nonzero(~np.isnan(of_run.recorded_invpb)))
        total = count(exists.get(run, ()))
        found[run] = (known, 1 - count(false.get(run, ())) / total if total else 1.0)
    return found
