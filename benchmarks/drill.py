"""`make drill`: break things on purpose at full size, and write down what survived.

`python -m benchmarks.drill --only left_open --tab-minutes 5` runs one group, sooner, and writes nothing down.
"""

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import badfiles, contract, hosts, moved, online, readers, rolling, survival, tabs, writers, zap
from benchmarks.figures import measure, table
from benchmarks.harness import ROOT, Figure, yardstick

PAGE = ROOT / "docs" / "drills" / "drill.md"


@dataclass
class Drill:
    """Lines of the page, and how many checks failed."""

    lines: list[str] = field(default_factory=list)
    failed: int = 0

    def told(self, checks: Iterator["survival.Check"]) -> None:
        """Take what a group of checks found; a crash is a failure, and the rest goes on."""
        try:
            for check in checks:
                self._line(check.name, check.command, check.data, check.printed, holds=check.holds)
        except (RuntimeError, AssertionError, OSError, LookupError, ValueError) as broken:
            self._line("the drill itself", "", "", f"{type(broken).__name__}: {broken}", holds=False)

    def _line(self, name: str, command: str, data: str, printed: str, *, holds: bool) -> None:
        self.failed += not holds
        word = "held" if holds else "**FAILED**"
        print(f"{word:>10}  {name}: {printed}", flush=True)
        cells = (word, name, f"`{command}`" if command else "", data, printed)
        self.lines.append("| " + " | ".join(c.replace("|", "\\|").replace("\n", " ") for c in cells) + " |")


GROUPS: tuple[Callable[..., Iterator["survival.Check"]], ...] = (
    survival.first_page,
    survival.published_lists,
    survival.shared_cache,
    survival.killed_server,
    survival.replayed,
    survival.made_again,
    moved.round_trip,
    writers.overlapping,
    hosts.together,
    rolling.side_by_side,
    tabs.left_open,
    online.worker_killed,
    online.oms_away,
    contract.asked,
    zap.every_address,
    badfiles.small,
    badfiles.large,
    readers.spark,
)
#: these need nothing that another one made
ALONE = (
    *(
        writers.overlapping,
        hosts.together,
        rolling.side_by_side,
        tabs.left_open,
        online.worker_killed,
        online.oms_away,
    ),
    *(contract.asked, zap.every_address, readers.spark),
)


def main() -> int:
    """Measure, break, write the page; return 1 where a check failed."""
    asked = _asked()
    start = time.monotonic()
    unit, figures, drill = yardstick(), list[Figure](), Drill()
    with tempfile.TemporaryDirectory(prefix="run-registry-drill-") as name:
        folder = Path(name)
        if not asked.only:
            drill.told(_figures(folder, figures))
        for group in GROUPS:
            if asked.only in ("", group.__name__):
                given = (asked.tab_minutes,) if group is tabs.left_open else ()
                drill.told(group(folder, *given))
    if asked.only:
        return 1 if drill.failed else 0
    bench = ["", "## Figures", "", f"Yardstick: {unit * 1000:.0f} ms.", "", *table(figures, unit)]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(
        "\n".join([*_head(time.monotonic() - start), *drill.lines, *bench]) + "\n", encoding="utf-8"
    )
    print("\n".join(bench))
    print(f"{drill.failed} checks failed; written to {PAGE.relative_to(ROOT)}")
    return 1 if drill.failed else 0


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    names = [group.__name__ for group in ALONE]
    parser.add_argument("--only", default="", choices=names, help="run one group and write nothing down")
    parser.add_argument("--tab-minutes", type=float, default=tabs.MINUTES, help="how long the tabs stay open")
    return parser.parse_args()


def _figures(folder: Path, figures: list[Figure]) -> Iterator["survival.Check"]:
    for figure in measure(folder):
        figures.append(figure)
        if figure.targets:
            value = figure.p95 if figure.of_p95 else figure.p50
            limit = "" if figure.limit_s is None else f" of {figure.limit_s * 1000:g} ms"
            memory = (
                "" if figure.limit_mib is None else f"{figure.peak_mib:.0f} MiB of {figure.limit_mib:g} MiB"
            )
            printed = "; ".join(each for each in (f"{value * 1000:.1f} ms{limit}", memory, figure.note) if each)
            yield survival.Check(figure.name, "make bench", figure.data, printed, figure.holds)


def _head(seconds: float) -> list[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    now = datetime.now(UTC)
    return [
        "# Drill",
        "",
        f"Written by `make drill` on {now:%Y-%m-%d %H:%M} UTC, in {seconds:.0f} s, on {os.cpu_count()} cores, "
        f"{memory:.0f} GiB memory, {platform.system()}, Python {platform.python_version()}; "
        f"load average at the end {os.getloadavg()[0]:.1f}.",
        "The demo year is real 2024 conditions with illustrative verdicts; the v4 dump is synthetic (seeded).",
        "",
        "| | check | command | on | printed |",
        "|---|---|---|---|---|",
    ]


if __name__ == "__main__":
    sys.exit(main())
