"""The same losses by walking over every lumisection, one at a time, with nothing but dictionaries and sets."""

import operator
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import Connection

from model.queries import datasets, runs, verdicts
from model.queries.luminosities import luminosity
from model.queries.upstream import bits
from model.ranges import numbers

_COMPARED = {"==": operator.eq, ">=": operator.ge, "<=": operator.le}
_BITS = {
    "pixel": "bpix fpix",
    "strip": "tibtid tob tecp tecm",
    "ecal": "ebp ebm eep eem",
    "es": "esp esm",
    "hcal": "hbhea hbheb hbhec hf ho",
    "dt": "dt0 dtp dtm",
    "csc": "cscp cscm",
    "rpc": "rpc",
    "gem": "gemp gemm",
    "castor": "castor",
}
_SUBSYSTEM = {f"{bit}_ready": name for name, bits_ in _BITS.items() for bit in bits_.split()} | {
    "cms_active": "cms"
}
_APART = {
    "tracker-pixel": "pixel",
    "tracker-strip": "strip",
    "tracker-track": "track",
    "ecal-ecal": "ecal",
    "ecal-es": "es",
}
_OF_BIT = {"pixel": "tracker-pixel", "strip": "tracker-strip", "ecal": "ecal-ecal", "es": "ecal-es"}
_BEAM = {"beam1_present", "beam1_stable", "beam2_present", "beam2_stable", "physics_flag"}
CONDITIONS = "run conditions"


class Sums:
    """Luminosity by part, 1/pb, in each way to count it."""

    def __init__(self) -> None:
        self.inclusive: dict[str, float] = defaultdict(float)
        self.exclusive: dict[str, float] = defaultdict(float)
        self.sequential: dict[str, float] = defaultdict(float)
        self.recorded = self.processed = self.certified = self.low = self.lost = 0.0
        self.mixed = self.trigger = 0.0


def part_of(path: str, of: str) -> str:
    """Return the part that a variable belongs to."""
    name = path.rsplit(".", 1)[-1]
    if of == "variable":
        return path.removeprefix("lumisection.rr.").removeprefix("lumisection.oms.")
    if path.startswith("lumisection.rr."):
        return name if of == "column" else _APART.get(name, name.split("-")[0])
    subsystem = _SUBSYSTEM.get(name, CONDITIONS)
    if of == "column" and subsystem != CONDITIONS:
        return _OF_BIT.get(subsystem, f"{subsystem}-{subsystem}")
    return subsystem


def walk(
    connection: Connection,
    clauses: list[Any],
    null: str,
    dataset_of: dict[int, str],
    of: str,
    at: int,
    source: str,
) -> Sums:
    """Add up what a conjunction of comparisons loses.

    Args:
        dataset_of: the certified dataset of each run, empty where it has none.
    """
    sums = Sums()
    order = list(dict.fromkeys(part for clause in clauses for part in _parts(clause, of)))
    for number, name in dataset_of.items():
        seen = list(_lumisections(connection, number, name, clauses, null, at, source))
        total = sum(invpb for invpb, *_ in seen)
        kept = bool(name) and any(not guilty and not is_open for _, guilty, is_open, _ in seen)
        sums.recorded += total
        if total < 0.08 and not kept:
            sums.low += total
        elif name:
            sums.processed += total
            for invpb, guilty, is_open, values in seen:
                if guilty or is_open:
                    _add(sums, invpb, guilty, values, of, order)
                else:
                    sums.certified += invpb
    return sums


def _lumisections(
    connection: Connection, number: int, name: str, clauses: list[Any], null: str, at: int, source: str
) -> Iterator[tuple[float, list[str], bool, dict[str, Any]]]:
    """Yield luminosity, guilty variables, whether the rule is unknown, and the causes, of each lumisection."""
    run = runs.run(connection, number, at)
    fixed = {f"run.oms.{key}": value for key, value in run.upstream.items()}
    fixed |= {f"run.rr.{key}": value for key, value in run.registry.items()}
    fixed |= {"run.run_number": number, "run.oms.run_number": number, "dataset.name": name}
    arrays = luminosity(connection, number, source, at)
    known = bits(connection, number, name or "online", at)
    said = verdicts.of_dataset(connection, number, name, at) if name else {}
    by_bit = {bit: {n: v for a, b, v in spans for n in range(a, b + 1)} for bit, spans in known.items()}
    by_column = {c: {n: v for v in each for n in numbers([v.span])} for c, each in said.items()}
    for n in numbers(datasets.lumisections(connection, number, at)):
        recorded = arrays.recorded_invpb if arrays is not None else []
        invpb = float(recorded[n - 1]) if n <= len(recorded) and recorded[n - 1] == recorded[n - 1] else 0.0
        guilty, is_open, causes = [], False, {}
        for clause in clauses if name else []:
            ((op, (variable, wanted)),) = clause.items()
            path = variable["var"]
            leaf = path.rsplit(".", 1)[-1]
            value, causes[path] = _value(
                path, leaf, by_column.get(leaf, {}).get(n), by_bit.get(leaf, {}).get(n), fixed
            )
            if value is None and null != "bad":
                is_open = is_open or not (null == "good" and path.startswith("lumisection.oms."))
            elif value is None or not _COMPARED[op](value, wanted):
                guilty.append(path)
        yield invpb, guilty, is_open and not guilty, causes


def _value(path: str, leaf: str, verdict: Any, bit: Any, fixed: dict[str, Any]) -> tuple[Any, str]:
    """Return what a variable is on one lumisection, and what the cause is where that is not good enough."""
    if path.startswith("lumisection.oms."):
        return bit, "beam conditions" if leaf in _BEAM else "DCS loss"
    if not path.startswith("lumisection.rr."):
        return fixed.get(path), CONDITIONS
    status = verdict.status.name if verdict else "EMPTY"
    return status, "not decided" if status in ("EMPTY", "NOTSET") else verdict.cause or "no cause given"


def _parts(clause: Any, of: str) -> Iterable[str]:
    ((_, (variable, _)),) = clause.items()
    return [part_of(variable["var"], of)]


def _add(
    sums: Sums, invpb: float, guilty: list[str], causes: dict[str, Any], of: str, order: list[str]
) -> None:
    sums.lost += invpb
    if not guilty:
        for found in (sums.inclusive, sums.exclusive, sums.sequential):
            found["UNKNOWN"] += invpb
        return
    named = {causes[path] if of == "cause" else part_of(path, of) for path in guilty}
    for part in named:
        sums.inclusive[part] += invpb
    sums.sequential[next((part for part in order if part in named), "") if of != "cause" else ""] += invpb
    subsystems = {part_of(path, "subsystem") for path in guilty}
    off = {part_of(path, "subsystem") for path in guilty if path.startswith("lumisection.oms.")}
    if of != "cause" and {"pixel", "strip"} <= off:
        sums.inclusive["tracker_hv"] += invpb
        if subsystems <= {"pixel", "strip", "track"}:
            sums.exclusive["tracker_hv"] += invpb
            return
    if of != "cause" and subsystems <= {"l1t", "hlt"}:
        sums.trigger += invpb
        sums.mixed += invpb
    elif len(named) == 1:
        sums.exclusive[named.pop()] += invpb
    else:
        sums.mixed += invpb
