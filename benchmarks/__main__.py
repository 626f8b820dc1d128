"""`make bench`: print what must stay fast, and how fast it is here and now; `--write` makes a page of it."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import psutil

from benchmarks import columnar, era_map, felt, live
from benchmarks.figures import measure, table
from benchmarks.harness import Figure, yardstick

_HEAD = """# What was measured

Written by `python -m benchmarks --write docs/measured.md` on {day}, {begun} to {ended} UTC: {cores} cores,
{memory:.0f} GiB, {system}, Python {python}; load average {before:.1f} when it began, {after:.1f} when it ended,
beside each figure when it was told. How each is measured, and what others published:
[benchmarks](benchmarks.md).

- times are wall clock: the median, and what 95 of 100 of *n* calls stay below; *CPU* is their processor time
- the yardstick (2 million numbers sorted, 100,000 rows inserted in memory) took {unit:.0f} ms; ratios to it
  tell machines apart
- {missed} of {targets} targets were missed

"""


def main() -> int:
    """Measure in a temporary folder; return 1 where a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="a page to write besides printing")
    page = parser.parse_args().write
    begun, before = datetime.now(UTC), os.getloadavg()[0]
    unit = yardstick()
    print(f"yardstick (2 million numbers sorted, 100,000 rows inserted in memory): {unit * 1000:.0f} ms")
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="run-registry-bench-") as folder:
        followed = Path(folder) / "live"
        followed.mkdir()
        home = Path(folder)
        # the demo period is loaded by the first of them
        every = chain(
            measure(home),
            columnar.figures(home),
            era_map.figures(home),
            felt.figures(home / "demo"),
            live.figures(followed),
        )
        try:
            for figure in every:
                figures.append(figure)
                print(f"  {figure.name}: {figure.p50 * 1000:.1f} ms", file=sys.stderr, flush=True)
        finally:
            # half an hour of figures is not lost where one of the last cannot be taken
            lines = "\n".join(table(figures, unit))
            print(lines)
    if page is not None:
        page.write_text(_head(figures, unit, begun, before) + lines + "\n")
    return 0 if all(figure.holds for figure in figures) else 1


def _head(figures: Sequence[Figure], unit: float, begun: datetime, before: float) -> str:
    aims = [figure for figure in figures if figure.targets]
    return _HEAD.format(
        day=begun.date(),
        begun=f"{begun:%H:%M}",
        ended=f"{datetime.now(UTC):%H:%M}",
        cores=os.cpu_count(),
        memory=psutil.virtual_memory().total / 2**30,
        system=platform.system(),
        python=platform.python_version(),
        before=before,
        after=os.getloadavg()[0],
        unit=unit * 1000,
        missed=sum(not figure.holds for figure in aims),
        targets=len(aims),
    )


if __name__ == "__main__":
    sys.exit(main())
