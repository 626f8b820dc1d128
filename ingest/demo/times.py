"""Start times of runs: known ones from brilcalc, the others interpolated by run number (assumed)."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

LUMISECTION_S = 23.31
_ROW = re.compile(r"^\|\s*(\d+):\d+\s*\|\s*(\d\d/\d\d/\d\d \d\d:\d\d:\d\d)\s*\|")


@dataclass(frozen=True)
class StartTime:
    """When a run began; `is_assumed` where nobody published it."""

    started_at: datetime
    is_assumed: bool


def known_starts(path: Path) -> dict[int, datetime]:
    """Return the start times of a brilcalc table per run (UTC, MM/DD/YY)."""
    out = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if match := _ROW.match(line):
            began = datetime.strptime(match[2], "%m/%d/%y %H:%M:%S")
            out[int(match[1])] = began.replace(tzinfo=UTC)
    return out


def start_times(run_numbers: Iterable[int], known: Mapping[int, datetime]) -> dict[int, StartTime]:
    """Return a start for each run: the known one, else on the line through its known neighbours.

    Raises:
        ValueError: fewer than two starts are known.
    """
    runs = sorted(known)
    if len(runs) < 2:
        raise ValueError("two known start times are needed to interpolate the others")
    return {
        run: StartTime(known[run], is_assumed=False) if run in known else _between(run, runs, known)
        for run in run_numbers
    }


def _between(run: int, runs: list[int], known: Mapping[int, datetime]) -> StartTime:
    """Outside the known runs the pace of the whole table continues."""
    at = bisect_left(runs, run)
    if 0 < at < len(runs):
        before, after, base = runs[at - 1], runs[at], runs[at - 1]
    else:
        before, after, base = runs[0], runs[-1], runs[0] if at == 0 else runs[-1]
    pace_s = (known[after] - known[before]).total_seconds() / (after - before)
    return StartTime(known[base] + timedelta(seconds=round((run - base) * pace_s)), is_assumed=True)
