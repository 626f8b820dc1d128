"""brilcalc `lumi --byls` files (CSV), in any of its units, into luminosity per run in 1/pb."""

import itertools
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import numpy as np

from ingest.files.brilcalc_lines import NOT_IN_CMS, BrilcalcRow, Layout, Summary
from ingest.files.records import RunLuminosity
from ingest.files.report import Findings, Report, Unexpected
from ingest.files.seen import LumisectionsSeen, values_hash
from ingest.files.text import rows
from ingest.files.values import run_number
from model.ranges import from_numbers

KIND = "brilcalc"
NEGATIVE = "a luminosity is negative and was kept as it is"
NO_SUMMARY = "there is no summary, so the sums could not be checked"


def check(path: Path, limit: int = 1000) -> Report:
    """Read the whole file; report every bad row and a summary that is not the rows' sum."""
    findings = Findings(path, limit)
    summary, count, fill = Summary(), 0, (0, 0)
    with LumisectionsSeen() as seen:
        for line, row in _translated(path, findings, frozenset(), summary):
            count += 1
            if fill[0] != row.run_number:
                fill = row.run_number, row.fill_number
            elif fill[1] != row.fill_number:
                found = f"fill {row.fill_number}"
                findings.bad(line, f"fill {fill[1]} as above", found, row.run_number)
            _remember(seen, line, row, findings)
            if min(row.delivered, row.recorded) < 0:
                findings.remark(line, NEGATIVE)
            if not row.is_in_cms:
                findings.remark(line, NOT_IN_CMS)
        if not count and not findings.bad_count:
            findings.bad(1, "at least one row below the header", "none")
        if count and not summary.is_checked:
            findings.remark(0, NO_SUMMARY)
        return findings.report(KIND, count, seen.runs, seen.lumisections)


def read(path: Path, skip_runs: frozenset[int] = frozenset()) -> Iterator[RunLuminosity]:
    """Yield run by run; a run whose rows come in two places is yielded twice.

    Raises:
        FileRefused: a row that `check` calls bad, of a run not skipped.
    """
    findings = Findings(path, strict=True)
    table = _translated(path, findings, skip_runs, None)
    for run, group in itertools.groupby(table, key=lambda item: item[1].run_number):
        taken: dict[int, BrilcalcRow] = {}
        for line, row in group:
            if taken.setdefault(row.lumisection, row) != row:
                findings.bad(line, "one set of values per lumisection", "other values", run)
        yield _run([taken[n] for n in sorted(taken)])


def _translated(
    path: Path, findings: Findings, skip: frozenset[int], summary: Summary | None
) -> Iterator[tuple[int, BrilcalcRow]]:
    """Yield rows; with a summary, keep the sums and compare them (only right when nothing is skipped)."""
    layout, in_check = Layout(), False
    for line, cells in rows(path, findings):
        if cells[0].startswith("#") or cells[0] == "run:fill":
            in_check = in_check or cells[0].startswith("#Check JSON")
            if not in_check:
                _comment(line, cells, layout, summary, findings)
            continue
        run = None
        try:
            run = run_number(cells[0].partition(":")[0])
            if run in skip:
                continue
            row = layout.row(run, cells)
        except Unexpected as error:
            findings.unexpected(line, error, run)
            if not layout.is_known:
                return
            continue
        if summary:
            summary.add(row)
        yield line, row


def _comment(line: int, cells: list[str], layout: Layout, summary: Summary | None, findings: Findings) -> None:
    try:
        layout.comment(cells)
        if summary:
            summary.comment(cells)
    except Unexpected as error:
        findings.unexpected(line, error)


def _remember(seen: LumisectionsSeen, line: int, row: BrilcalcRow, findings: Findings) -> None:
    if seen.is_scattered(row.run_number):
        findings.bad(line, "the rows of one run together", "the run again and again", row.run_number)
        return
    values = values_hash(row.delivered, row.recorded, context=hash((row.source, row.luminometer)))
    earlier = seen.add(row.run_number, row.lumisection, values, line)
    if earlier is not None:
        found = f"lumisection {row.lumisection} with other values than on line {earlier}"
        findings.bad(line, "one set of values per lumisection", found, row.run_number)


def _run(taken: list[BrilcalcRow]) -> RunLuminosity:
    head = taken[0]
    delivered = np.full(taken[-1].lumisection, np.nan)
    recorded = delivered.copy()
    places = np.fromiter(map(itemgetter(3), taken), dtype=np.int64) - 1
    delivered[places] = [row.delivered for row in taken]
    recorded[places] = [row.recorded for row in taken]
    return RunLuminosity(
        head.run_number,
        head.fill_number,
        head.source,
        tuple(sorted({row.luminometer for row in taken if row.luminometer})),
        from_numbers(row.lumisection for row in taken),
        delivered,
        recorded,
    )
