"""Recorded luminosity per lumisection in 1/µb, one column `rec_NAME` per calibration (CSV), into 1/pb."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.files import values
from ingest.files.records import RunLuminosities, RunLuminosity
from ingest.files.report import Findings, Report, Unexpected
from ingest.files.text import rows
from model.ranges import from_numbers

KIND = "recorded-byls"
_INVPB = 1e-6
_PREFIX = "rec_"


@dataclass(frozen=True)
class _Row:
    run_number: int
    lumisection: int
    recorded: tuple[float | None, ...]


def check(path: Path, limit: int = 1000) -> Report:
    """Read the whole file; report every bad row, and lumisections that come twice."""
    findings, count, runs = Findings(path, limit), 0, set[int]()
    seen: set[int] = set()
    before = 0
    for line, _, row in _rows(path, findings, frozenset()):
        if row.run_number != before:
            if row.run_number in runs:
                findings.bad(line, "the rows of one run together", "the run again", row.run_number)
            runs.add(row.run_number)
            before, seen = row.run_number, set()
        if row.lumisection in seen:
            found = f"lumisection {row.lumisection} again"
            findings.bad(line, "each lumisection once", found, row.run_number)
        seen.add(row.lumisection)
        count += 1
    if not count and not findings.bad_count:
        findings.bad(1, "at least one row below the header", "none")
    return findings.report(KIND, count, len(runs), count)


def read(path: Path, skip_runs: frozenset[int] = frozenset()) -> Iterator[RunLuminosities]:
    """Yield run by run, each calibration beside the others.

    Raises:
        FileRefused: a row that `check` calls bad, of a run not skipped.
    """
    table = _rows(path, Findings(path, strict=True), skip_runs)
    for run, group in itertools.groupby(table, key=lambda item: item[2].run_number):
        taken = [(names, row) for _, names, row in group]
        names, given = taken[0][0], [row for _, row in taken]
        parts = (_one(run, name, i, given) for i, name in enumerate(names))
        yield RunLuminosities(run, tuple(part for part in parts if part.lumisections))


def _one(run: int, name: str, place: int, given: list[_Row]) -> RunLuminosity:
    there = {row.lumisection: row.recorded[place] for row in given if row.recorded[place] is not None}
    recorded = np.full(max(there, default=0), np.nan)
    for lumisection, value in there.items():
        recorded[lumisection - 1] = value
    delivered = np.full(len(recorded), np.nan)
    source = f"brilcalc {name.removeprefix(_PREFIX)}"
    return RunLuminosity(run, None, source, (), from_numbers(there), delivered, recorded)


def _rows(path: Path, findings: Findings, skip: frozenset[int]) -> Iterator[tuple[int, tuple[str, ...], _Row]]:
    names: tuple[str, ...] = ()
    for line, cells in rows(path, findings):
        run = None
        try:
            if not names:
                names = _header(cells)
                continue
            if len(cells) != len(names) + 2:
                raise Unexpected(f"{len(names) + 2} fields", len(cells))
            run = values.run_number(cells[0])
            if run not in skip:
                yield line, names, _Row(run, values.lumisection(cells[1]), tuple(map(_recorded, cells[2:])))
        except Unexpected as error:
            findings.unexpected(line, error, run)
            if not names:
                return


def _header(cells: list[str]) -> tuple[str, ...]:
    names = tuple(cells[2:])
    if cells[:2] != ["run", "ls"] or not names or not all(name.startswith(_PREFIX) for name in names):
        raise Unexpected("a header run,ls,rec_NAME,…", ",".join(cells))
    return names


def _recorded(text: str) -> float | None:
    found = values.number(text)
    return None if found is None else found * _INVPB
