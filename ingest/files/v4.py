"""Dumps of the system in use: a directory of JSON-lines files, read run by run.

A first pass notes where each run's lines are; runs are then put together one at a time, so files
need not be sorted and memory holds one run and the offsets.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from ingest.files import workspaces
from ingest.files.records import V4Run
from ingest.files.report import Findings, Report
from ingest.files.v4_fold import differences
from ingest.files.v4_index import LineIndex, stored
from ingest.files.v4_run import DATASETS, EDITS, OMS, RANGES, RUNS, STATES, Columns, RunReader

KIND = "v4"
NEEDED = (RUNS, DATASETS, OMS, RANGES)
OPTIONAL = (EDITS, STATES)
WORKSPACES = "workspaces.json"
NO_HISTORY = "there is no history file, so the ranges could not be compared with it"
NOT_THE_SUM = "the run's recorded_lumi is not the sum over its lumisections"


def check(path: Path, limit: int = 1000) -> Report:
    """Read a whole dump: every bad line, and every place where history and ranges differ."""
    findings = Findings(path, limit)
    lumisections = 0
    with ExitStack() as stack:
        files, columns = _opened(path, stack, findings)
        if RUNS not in files:
            return findings.report(KIND, 0, 0, 0)
        if EDITS not in files:
            findings.remark(0, NO_HISTORY)
        reader = RunReader(files, columns, findings)
        numbers = _runs(files)
        for number in numbers:
            run = reader.run(number)
            if run is None:
                continue
            lumisections += run.n_ls
            _compare(run, reader, files[RANGES].name if RANGES in files else RANGES, findings)
        rows = sum(index.rows for index in files.values())
        return findings.report(KIND, rows, len(files[RUNS].runs), lumisections)


def read(path: Path, skip_runs: frozenset[int] = frozenset()) -> Iterator[V4Run]:
    """Yield run by run, in ascending order.

    Raises:
        FileRefused: a line that `check` calls bad, of a run not skipped.
    """
    findings = Findings(path, strict=True)
    with ExitStack() as stack:
        files, columns = _opened(path, stack, findings)
        reader = RunReader(files, columns, findings)
        for number in _runs(files):
            run = reader.run(number) if number not in skip_runs else None
            if run is not None:
                yield run


def _compare(run: V4Run, reader: RunReader, file: str, findings: Findings) -> None:
    if run.edits is not None:
        for difference in differences(run, reader.lines, file):
            findings.differ(difference)
    said = run.oms_attributes.get("recorded_lumi")
    if isinstance(said, (int, float)) and not isinstance(said, bool):
        total = float(run.recorded_lumi_invpb[run.recorded_lumi_invpb == run.recorded_lumi_invpb].sum())
        if abs(total - said) > 0.01 * abs(said) + 0.001 * run.n_ls:
            findings.remark(0, f"{NOT_THE_SUM} (run {run.run_number}: {said} and {total:.3f})")


def _opened(path: Path, stack: ExitStack, findings: Findings) -> tuple[dict[str, LineIndex], Columns]:
    files: dict[str, LineIndex] = {}
    if not path.is_dir():
        found = "a file" if path.exists() else "nothing of that name"
        findings.bad(0, "a directory with a dump", found)
        return files, (frozenset(), frozenset())
    for name in (*NEEDED, *OPTIONAL):
        where = stored(path, name)
        if where is not None:
            files[name] = LineIndex(where, findings)
            stack.callback(files[name].close)
        elif name in NEEDED:
            findings.bad(0, f"a file {name}", "none")
    where = stored(path, WORKSPACES)
    if where is None:
        findings.bad(0, f"a file {WORKSPACES}", "none")
        return files, (frozenset(), frozenset())
    return files, workspaces.columns_of(where, findings)


def _runs(files: dict[str, LineIndex]) -> list[int]:
    return sorted({number for index in files.values() for number in index.runs})
