"""A made-up year for the rules engine: 2,000 runs, 1.2 million lumisections, 61 columns of ranges.

Ramp, data taking, off, and dips that several columns share, as in real runs: some 2.5 ranges a column and run.
Some bits are not known for a whole run. The frames are built by the product's own code from rows as the
database gives them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ingest.working_set import clauses
from model.frames.frames import Floats, Frames, build
from model.frames.painter import Names, Unit
from model.frames.rows import Rows
from model.queries.runs import Run
from model.vocabulary import BITS, OFFLINE_COLUMNS, ONLINE_COLUMNS, Status
from rules.plan import Plan
from rules.plan import build as plan_of
from rules.syntax import parse

RUNS, LUMISECTIONS = 2_000, 1_200_000
CONDITIONS = 48
_FIRST = 400_000
_BITS = BITS[:31]
_COLUMNS = tuple(dict.fromkeys([*ONLINE_COLUMNS, *OFFLINE_COLUMNS]))[:18]
#: ids of the names in the rows
_EXISTS = 0
_COLUMN_ID = {name: 1 + i for i, name in enumerate(_COLUMNS)}
_BIT_ID = {name: 100 + i for i, name in enumerate(_BITS)}
_PRESCALE = 200
_ATTRIBUTE_ID = {**_BIT_ID, "prescale_index": _PRESCALE}
_TRUE, _FALSE, _INDEX = 1, 2, 10
_VALUES = {_TRUE: True, _FALSE: False, **{_INDEX + i: i for i in range(9)}}
_UNKNOWN_BIT = 0.003
_RUN_VARIABLES = (
    "run.oms.energy run.oms.b_field run.rr.class run.oms.hlt_key run.oms.ls_duration "
    "run.oms.tracker_included run.oms.pixel_included run.oms.ecal_included run.oms.dt_included "
    "run.oms.csc_included run.oms.recorded_lumi"
).split()

_RangeRow = tuple[int, ...]


@dataclass(frozen=True)
class Year:
    """Frames of the year, what they were built from, and two numbers known for every lumisection, 1/pb."""

    frames: Frames
    units: tuple[Unit, ...]
    rows: Rows
    names: Names
    recorded_invpb: Floats
    delivered_invpb: Floats

    @property
    def volume(self) -> str:
        """Say how much it is."""
        table, runs = self.frames.table, len(self.units)
        ranges = len(self.rows.verdicts) + len(self.rows.upstream) + runs * len(_RUN_VARIABLES)
        coded = sum(column.codes.nbytes for column in table.columns.values())
        stored = self.rows.verdicts.nbytes + self.rows.upstream.nbytes
        dense = self.recorded_invpb.nbytes + self.delivered_invpb.nbytes
        return (
            f"{ranges:,} ranges ({ranges / len(table.columns) / runs:.2f} per column and run), "
            f"{table.rows:,} segments ({table.rows / runs:.1f} per run), rows {stored / 2**20:.1f} MiB, "
            f"codes {coded / 2**20:.1f} MiB, two numbers per LS {dense / 2**20:.1f} MiB"
        )


def wanted() -> frozenset[str]:
    """Return the 61 variables of the year."""
    paths = [f"lumisection.rr.{c}" for c in _COLUMN_ID] + [f"lumisection.oms.{b}" for b in _ATTRIBUTE_ID]
    return frozenset([*paths, *_RUN_VARIABLES])


def generate(seed: int = 1) -> Year:
    """Return the year; the same for the same seed."""
    rng = np.random.default_rng(seed)
    lengths = np.maximum(rng.gamma(1.6, 1.0, RUNS), 0.02)
    lengths = np.maximum((lengths / lengths.sum() * LUMISECTIONS).astype(int), 5)
    lengths[0] += LUMISECTIONS - int(lengths.sum())
    units: list[Unit] = []
    verdicts: list[_RangeRow] = []
    upstream: list[_RangeRow] = []
    for n, length in enumerate(lengths.tolist()):
        dataset = n + 1
        units.append(Unit(dataset, dataset, "online", _run(n, length, rng), length))
        upstream.append((dataset, _EXISTS, 1, length, 0))
        said, bits = _ranges(dataset, length, rng)
        verdicts += said
        upstream += bits
    rows = Rows(np.array(verdicts, np.int64), np.array(upstream, np.int64))
    names = Names(_COLUMN_ID, _ATTRIBUTE_ID, _EXISTS, _VALUES)
    delivered = rng.uniform(0.0, 0.4, LUMISECTIONS)
    recorded = delivered * rng.uniform(0.85, 0.98, LUMISECTIONS)
    return Year(build(units, rows, names, wanted()), tuple(units), rows, names, recorded, delivered)


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


def _ranges(dataset: int, length: int, rng: np.random.Generator) -> tuple[list[_RangeRow], list[_RangeRow]]:
    """Return rows (dataset, name, first, last, value) of verdicts and of what comes from upstream."""
    up = int(rng.integers(1, max(2, length // 12)))
    down = length - int(rng.integers(0, max(1, length // 20)))
    dips = sorted(rng.integers(1, length + 1, rng.integers(0, 6)).tolist())
    bits: list[_RangeRow] = []
    for name, number in _BIT_ID.items():
        own_up = min(length, up + int(rng.integers(0, 14))) if not name.startswith("cms") else 1
        own_down = max(own_up, down - int(rng.integers(0, 10)))
        hit = [d + int(rng.integers(0, 4)) for d in dips if rng.random() < 0.08]
        if rng.random() > _UNKNOWN_BIT:
            bits += _painted(dataset, number, (own_up, own_down, length), (hit, _TRUE, _FALSE))
    said: list[_RangeRow] = []
    for number in _COLUMN_ID.values():
        hit = [d + int(rng.integers(0, 6)) for d in dips if rng.random() < 0.15]
        good, bad = int(Status.GOOD), int(Status.BAD)
        said += _painted(dataset, number, (up if rng.random() < 0.3 else 1, length, length), (hit, good, bad))
    return said, [*bits, *_prescales(dataset, up, length, rng)]


def _prescales(dataset: int, up: int, length: int, rng: np.random.Generator) -> Iterator[_RangeRow]:
    changes = sorted({1, up, *rng.integers(1, length + 1, rng.integers(0, 4)).tolist()})
    for place, (first, after) in enumerate(zip(changes, [*changes[1:], length + 1], strict=True)):
        yield dataset, _PRESCALE, first, after - 1, _INDEX + place


def _painted(
    dataset: int, name: int, edges: tuple[int, int, int], values: tuple[list[int], int, int]
) -> Iterator[_RangeRow]:
    """Yield one value outside the edges and in dips, the other one inside."""
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
    bits = [clauses.bit(name, True) for name in _BITS[: CONDITIONS - len(run_level) - len(_COLUMNS)]]
    statuses = [clauses.status(column, "GOOD") for column in _COLUMNS]
    return plan_of(parse({"and": [*run_level, *bits, *statuses]}))


def classifiers() -> Mapping[str, list[tuple[str, Plan, int]]]:
    """Return a decision list of three lines for each of 18 components: value, plan, priority."""
    found = {}
    for n, component in enumerate(_COLUMNS):
        bits = [_BITS[(n * 2 + k) % len(_BITS)] for k in range(3)]
        included = clauses.included("tracker" if n % 2 else "ecal", False)
        bad = clauses.either(clauses.bit(each, False) for each in bits)
        good = clauses.every(clauses.bit(each, True) for each in bits)
        lines = [("EXCLUDED", included, 10), ("BAD", bad, 20), ("GOOD", good, 30)]
        found[component] = [(value, plan_of(parse(logic)), priority) for value, logic, priority in lines]
    return found
