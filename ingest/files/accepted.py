"""Accepted datasets: patterns of GUI dataset names per run range and class (CSV, quoted, multi-line)."""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

from ingest.files import values
from ingest.files.records import AcceptedDataset
from ingest.files.report import Findings, Report, Unexpected, shown
from ingest.files.text import document
from model.vocabulary import FIRST_CMS_RUN

KIND = "accepted-datasets"
PREFIX = "DGT_"
COLUMNS = ("DATASET_NAME", "DATASET_REGEX", "RUN_NUMBER_FROM", "RUN_NUMBER_TO", "RUN_CLASS")
#: the run range that the system in use writes to switch a row off
DISABLED = (666_666, 999_999)


def check(path: Path, limit: int = 1000) -> Report:
    """Read the whole table and report every row that cannot be used; repaired ones are remarks."""
    findings = Findings(path, limit)
    count = 0
    for line, record in _translated(path, findings):
        count += 1
        for warning in record.warnings:
            findings.remark(line, f"{record.name}: {warning}")
    if not count and not findings.bad_count:
        findings.bad(1, "at least one row below the header", "none")
    return findings.report(KIND, count, 0, 0)


def read(path: Path, skip_runs: frozenset[int] = frozenset()) -> Iterator[AcceptedDataset]:
    """Yield one record per row; `skip_runs` has no meaning here.

    Raises:
        FileRefused: a row that `check` calls bad.
    """
    for _, record in _translated(path, Findings(path, strict=True)):
        yield record


def _translated(path: Path, findings: Findings) -> Iterator[tuple[int, AcceptedDataset]]:
    text = document(path, findings)
    if text is None:
        return
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    places, start = None, 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            findings.bad(start, "fields with closed quotes", str(error))
            return
        if cells is None:
            return
        line, start = start, reader.line_num + 1
        if places is None:
            places = _header(line, cells, findings)
            if places is None:
                return
        elif cells:
            try:
                yield line, _record(places, cells)
            except Unexpected as error:
                findings.unexpected(line, error)


def _header(line: int, cells: list[str], findings: Findings) -> list[int] | None:
    names = [cell.strip().upper().removeprefix(PREFIX) for cell in cells]
    for need in COLUMNS:
        if names.count(need) != 1:
            findings.bad(line, f"one column {PREFIX}{need}", f"columns {shown(', '.join(cells))}")
            return None
    for name in names:
        if name not in COLUMNS:
            findings.remark(line, f"column {shown(name)} is not known and was ignored")
    return [names.index(need) for need in COLUMNS] + [len(names)]


def _record(places: list[int], cells: list[str]) -> AcceptedDataset:
    if len(cells) != places[-1]:
        raise Unexpected(f"{places[-1]} fields", len(cells))
    name, patterns, first, last, run_class = (cells[i].strip() for i in places[:-1])
    warnings: list[str] = []
    name = _name(name, warnings)
    if not run_class:
        raise Unexpected("a run class", "")
    run_from, run_to = _run(first), _run(last)
    enabled = (run_from, run_to) != DISABLED and run_from <= run_to
    if run_from > run_to:
        warnings.append(f"the run range {run_from}–{run_to} is reversed and matches no run; switched off")
    elif not enabled:
        warnings.append("the run range 666666–999999 means switched off")
    return AcceptedDataset(
        name,
        _patterns(cells[places[1]] if patterns else "", warnings),
        run_from,
        run_to,
        run_class,
        enabled,
        tuple(warnings),
    )


def _name(name: str, warnings: list[str]) -> str:
    if not name.strip("/"):
        raise Unexpected("a dataset name", name)
    if not name.startswith("/"):
        warnings.append("the name had no leading slash; it was added")
        return "/" + name
    return name


def _run(text: str) -> int:
    value = values.integer(text)
    if value is None or not FIRST_CMS_RUN <= value <= values.LAST_RUN:
        raise Unexpected(f"a run number from {FIRST_CMS_RUN} to {values.LAST_RUN}", text)
    return value


def _patterns(text: str, warnings: list[str]) -> tuple[str, ...]:
    """Return the patterns, one a line; a line of blanks is none (it would match every dataset)."""
    out = []
    for line in text.splitlines():
        pattern = line.strip()
        if not pattern:
            continue
        if pattern != line:
            warnings.append(f"blanks around {pattern} were taken off")
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise Unexpected(f"a regular expression ({error})", pattern) from None
        out.append(pattern)
    if not out:
        warnings.append("there is no pattern, so no GUI dataset matches")
    return tuple(out)
