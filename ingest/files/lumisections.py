"""OMS lumisection tables (CSV), in the column names of 2018 and of 2024, into runs."""

import itertools
from collections.abc import Iterator
from operator import itemgetter
from pathlib import Path

import numpy as np

from ingest.files import lumisection_columns
from ingest.files.bits import merged
from ingest.files.lumisection_columns import Columns, Context, Row
from ingest.files.records import Numbers, RunLumisections
from ingest.files.report import Findings, Report, Unexpected
from ingest.files.seen import LumisectionsSeen, values_hash
from ingest.files.text import rows
from ingest.files.values import run_number
from model.ranges import from_numbers

KIND = "oms-lumisections"
NEGATIVE = "a luminosity is negative and was kept as it is"
SEVERAL_FILLS = "a run goes on into another fill; its first fill was kept"
RESET = "the summed luminosity falls within a run, so that lumisection's luminosity is unknown"


def check(path: Path, limit: int = 1000) -> Report:
    """Read the whole table and report every row that cannot be used."""
    findings = Findings(path, limit)
    count, facts = 0, _Facts(findings)
    with LumisectionsSeen() as seen:
        for run, line, row, columns in _translated(path, findings, frozenset()):
            count += 1
            _remember(seen, run, line, row, findings)
            facts.add(run, line, row, is_sum=columns.is_sum)
        if not count and not findings.bad_count:
            findings.bad(1, "at least one row below the header", "none")
        return findings.report(KIND, count, seen.runs, seen.lumisections)


def read(path: Path, skip_runs: frozenset[int] = frozenset()) -> Iterator[RunLumisections]:
    """Yield run by run; a run whose rows come in two places is yielded twice.

    Raises:
        FileRefused: a row that `check` calls bad, of a run not skipped.
    """
    findings = Findings(path, strict=True)
    table = _translated(path, findings, skip_runs)
    for run, group in itertools.groupby(table, key=itemgetter(0)):
        taken: dict[int, Row] = {}
        columns = None
        for _, line, row, columns in group:  # noqa: B007 -- the same for the whole table
            if taken.setdefault(row.lumisection, row) != row:
                findings.bad(line, "one set of values per lumisection", "other values", run)
        if columns is not None:
            yield _run(run, [taken[n] for n in sorted(taken)], columns)


def _translated(
    path: Path, findings: Findings, skip: frozenset[int]
) -> Iterator[tuple[int, int, Row, Columns]]:
    table = rows(path, findings)
    header = next(table, None)
    columns = lumisection_columns.resolve(header, findings) if header else None
    if columns is None:
        return
    translator = lumisection_columns.Translator(columns)
    for line, cells in table:
        run = _run_of(columns, line, cells, findings)
        if run is None or run in skip:
            continue
        if len(cells) != columns.width:
            findings.bad(line, f"{columns.width} fields", f"{len(cells)}", run)
            continue
        try:
            yield run, line, translator.row(cells), columns
        except Unexpected as error:
            findings.unexpected(line, error, run)


def _run_of(columns: Columns, line: int, cells: list[str], findings: Findings) -> int | None:
    if len(cells) <= columns.run:
        findings.bad(line, f"{columns.width} fields", f"{len(cells)}")
        return None
    try:
        return run_number(cells[columns.run])
    except Unexpected as error:
        findings.unexpected(line, error)
        return None


def _remember(seen: LumisectionsSeen, run: int, line: int, row: Row, findings: Findings) -> None:
    if seen.is_scattered(run):
        findings.bad(line, "the rows of one run together", "the run again and again", run)
        return
    values = values_hash(row.delivered, row.recorded, row.pileup, context=row.context.digest)
    earlier = seen.add(run, row.lumisection, values, line)
    if earlier is not None:
        found = f"lumisection {row.lumisection} with other values than on line {earlier}"
        findings.bad(line, "one set of values per lumisection", found, run)


class _Facts:
    """What a run should have one of, and what should not fall, as seen row by row."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._run = 0
        self._fill: int | None = None
        self._era: str | None = None
        self._row: Row | None = None

    def add(self, run: int, line: int, row: Row, *, is_sum: bool) -> None:
        """Compare one row with the rows of its run before it."""
        fill, era = row.context.fill_number, row.context.era
        if run != self._run:
            self._run, self._fill, self._era, self._row = run, None, None, None
        if None not in (self._fill, fill) and self._fill != fill:
            self._findings.remark(line, SEVERAL_FILLS)
        if None not in (self._era, era) and self._era != era:
            self._findings.bad(line, f"one era per run, {self._era} as above", f"{era}", run)
        if is_sum and self._row and (row.delivered or 0.0) < (self._row.delivered or 0.0):
            self._findings.remark(line, RESET)
        elif not is_sum and min(row.delivered or 0.0, row.recorded or 0.0) < 0:
            self._findings.remark(line, NEGATIVE)
        self._fill, self._era, self._row = fill or self._fill, self._era or era, row


def _run(run: int, taken: list[Row], columns: Columns) -> RunLumisections:
    last = taken[-1].lumisection
    delivered = _array([(row.lumisection, row.delivered) for row in taken], last)
    recorded = _array([(row.lumisection, row.recorded) for row in taken], last)
    return RunLumisections(
        run,
        next((row.context.era for row in taken if row.context.era), None),
        next((row.context.fill_number for row in taken if row.context.fill_number), None),
        from_numbers(row.lumisection for row in taken),
        merged((first, until, context.values) for first, until, context in _segments(taken)),
        _steps(delivered, taken) if columns.is_sum else delivered,
        _steps(recorded, taken) if columns.is_sum else recorded,
        _array([(row.lumisection, row.pileup) for row in taken], last),
        columns.named,
    )


def _segments(taken: list[Row]) -> Iterator[tuple[int, int, Context]]:
    """Yield stretches of consecutive lumisections with the same context."""
    first = last = taken[0].lumisection
    context = taken[0].context
    for row in taken[1:]:
        if row.lumisection != last + 1 or row.context is not context:
            yield first, last, context
            first, context = row.lumisection, row.context
        last = row.lumisection
    yield first, last, context


def _array(values: list[tuple[int, float | None]], last: int) -> Numbers:
    out = np.full(last, np.nan)
    for lumisection, value in values:
        if value is not None:
            out[lumisection - 1] = value
    return out


def _steps(sums: Numbers, taken: list[Row]) -> Numbers:
    """Return luminosity per lumisection from a fill's running sum at each lumisection's start.

    The sum is that at the start: next minus current agrees with brilcalc, current minus previous is
    one lumisection off. The last one, those before a hole or another fill, and a falling sum have no
    known step (NaN).
    """
    out = np.full(len(sums), np.nan)
    step = np.diff(sums)
    out[:-1] = np.where(step < 0, np.nan, step)
    for row, after in itertools.pairwise(taken):
        if row.context.fill_number != after.context.fill_number:
            out[row.lumisection - 1] = np.nan
    return out
