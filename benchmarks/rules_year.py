"""A made-up year for the rules engine: 2,000 runs, 1.2 million lumisections, 60 columns of ranges.

Ramp, data taking, off, and dips that several bits share, as in real runs: about two ranges a column and run.
The frames are built by the product's own code from rows as the database gives them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.working_set import clauses
from model.frames.frames import Floats, Frames, Names, Unit, build
from model.frames.rows import Rows
from model.queries.runs import Run
from model.vocabulary import BITS, ONLINE_COLUMNS, Status
from rules.plan import Plan
from rules.plan import build as plan_of
from rules.syntax import parse

RUNS, LUMISECTIONS = 2_000, 1_200_000
_FIRST = 400_000
#: ids of the names in the rows
_EXISTS = 0
_COLUMN_ID = {name: 1 + i for i, name in enumerate(ONLINE_COLUMNS)}
_BITS = BITS[:31]
_BIT_ID = {name: 100 + i for i, name in enumerate(_BITS)}
_TRUE, _FALSE = 1, 2
_RUN_VARIABLES = (
    "run.run_number run.oms.energy run.oms.b_field run.rr.class run.oms.hlt_key run.oms.ls_duration "
    "run.oms.tracker_included run.oms.pixel_included run.oms.ecal_included run.oms.dt_included "
    "run.oms.csc_included run.oms.recorded_lumi"
).split()


@dataclass(frozen=True)
class Year:
    """Frames of the year with luminosity recorded on each segment, 1/pb, and on each lumisection."""

    frames: Frames
    recorded_invpb: Floats
    per_lumisection_invpb: Floats
    units: tuple[Unit, ...]
    rows: Rows
    names: Names


def wanted() -> frozenset[str]:
    """Return the 60 variables of the year."""
    paths = [f"lumisection.rr.{c}" for c in _COLUMN_ID] + [f"lumisection.oms.{b}" for b in _BIT_ID]
    return frozenset([*paths, *_RUN_VARIABLES])


def generate(seed: int = 1) -> Year:
    """Return the year; the same for the same seed."""
    rng = np.random.default_rng(seed)
    lengths = np.maximum(rng.gamma(1.6, 1.0, RUNS), 0.02)
    lengths = np.maximum((lengths / lengths.sum() * LUMISECTIONS).astype(int), 5)
    lengths[0] += LUMISECTIONS - int(lengths.sum())
    units, verdicts, upstream = [], [], []
    for n, length in enumerate(lengths.tolist()):
        dataset = n + 1
        units.append(Unit(dataset, dataset, "online", _run(n, length, rng), length))
        upstream.append((dataset, _EXISTS, 1, length, 0))
        said, bits = _ranges(dataset, length, rng)
        verdicts += said
        upstream += bits
    rows = Rows(np.array(verdicts, np.int64), np.array(upstream, np.int64))
    names = Names(_COLUMN_ID, _BIT_ID, _EXISTS, {_TRUE: True, _FALSE: False})
    frames = build(units, rows, names, wanted())
    lumi = rng.uniform(0.0, 0.4, int(frames.offsets[-1]))
    return Year(frames, frames.sums(lumi), lumi, tuple(units), rows, names)


def _run(n: int, length: int, rng: np.random.Generator) -> Run:
    included = {
        f"{name}_included": bool(rng.random() > 0.01) for name in ("tracker", "pixel", "ecal", "dt", "csc")
    }
    upstream: dict[str, Any] = {
        "energy": None if rng.random() < 0.01 else 6800,
        "b_field": 3.8 if rng.random() > 0.02 else 0.0,
        "hlt_key": f"/cdaq/physics/Run2024/2e34/v1.{n % 40}",
        "ls_duration": length,
        "recorded_lumi": round(0.2 * length, 3),
        **included,
    }
    run_class = "Collisions24" if rng.random() > 0.2 else "Cosmics24"
    return Run(_FIRST + n, upstream, {"class": run_class, "state": "OPEN"}, frozenset())


def _ranges(
    dataset: int, length: int, rng: np.random.Generator
) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Return rows (dataset, name, first, last, value) of verdicts and bits: ramp, plateau, off, shared dips."""
    up = int(rng.integers(1, max(2, length // 12)))
    down = length - int(rng.integers(0, max(1, length // 20)))
    dips = sorted(rng.integers(1, length + 1, rng.integers(0, 6)).tolist())
    bits: list[tuple[int, ...]] = []
    for name, number in _BIT_ID.items():
        own_up = min(length, up + int(rng.integers(0, 14))) if not name.startswith("cms") else 1
        own_down = max(own_up, down - int(rng.integers(0, 10)))
        hit = [d + int(rng.integers(0, 4)) for d in dips if rng.random() < 0.08]
        bits += _painted(dataset, number, (own_up, own_down, length), (hit, _TRUE, _FALSE))
    said: list[tuple[int, ...]] = []
    for number in _COLUMN_ID.values():
        hit = [d + int(rng.integers(0, 6)) for d in dips if rng.random() < 0.15]
        good, bad = int(Status.GOOD), int(Status.BAD)
        said += _painted(dataset, number, (up if rng.random() < 0.3 else 1, length, length), (hit, good, bad))
    return said, bits


def _painted(
    dataset: int, name: int, edges: tuple[int, int, int], values: tuple[list[int], int, int]
) -> Iterator[tuple[int, ...]]:
    up, down, length = edges
    hit, inside, outside = values
    at = 1
    if up > 1:
        yield dataset, name, 1, up - 1, outside
        at = up
    for dip in hit:
        last = min(dip + 3, down - 1)
        if at < dip <= last:
            yield dataset, name, at, dip - 1, inside
            yield dataset, name, dip, last, outside
            at = last + 1
    if at <= down:
        yield dataset, name, at, down, inside
    if max(at, down + 1) <= length:
        yield dataset, name, max(at, down + 1), length, outside


def golden(energy: float = 6500) -> Plan:
    """Return a golden rule of 48 conditions, as the real ones are; the threshold can be moved."""
    run_level = [
        {"==": [{"var": "run.rr.class"}, "Collisions24"]},
        {">=": [{"var": "run.oms.energy"}, energy]},
        {"<=": [{"var": "run.oms.energy"}, 7000]},
        {">=": [{"var": "run.oms.b_field"}, 3.7]},
        {"==": [{"in": ["WMass", {"var": "run.oms.hlt_key"}]}, False]},
    ]
    bits = [clauses.bit(name, True) for name in _BITS[: 48 - len(run_level) - len(ONLINE_COLUMNS)]]
    statuses = [clauses.status(column, "GOOD") for column in ONLINE_COLUMNS]
    return plan_of(parse({"and": [*run_level, *bits, *statuses]}))


def classifiers() -> Mapping[str, list[tuple[str, Plan, int]]]:
    """Return a decision list of three lines for each of 18 components: value, plan, priority."""
    groups = {f"part-{n}": [_BITS[(n * 2 + k) % len(_BITS)] for k in range(3)] for n in range(18)}
    found = {}
    for name, bits in groups.items():
        included = clauses.included("tracker" if len(found) % 2 else "ecal", False)
        bad = clauses.either(clauses.bit(each, False) for each in bits)
        good = clauses.every(clauses.bit(each, True) for each in bits)
        lines = [("EXCLUDED", included, 10), ("BAD", bad, 20), ("GOOD", good, 30)]
        found[name] = [(value, plan_of(parse(logic)), priority) for value, logic, priority in lines]
    return found
