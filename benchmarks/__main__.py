"""`make bench`: print what must stay fast, and how fast it is here and now."""

import sys
import tempfile
from itertools import chain
from pathlib import Path

from benchmarks import columnar, era_map, felt, live
from benchmarks.figures import measure, table
from benchmarks.harness import Figure, yardstick


def main() -> int:
    """Measure in a temporary folder; return 1 where a target is missed."""
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
        for figure in every:
            figures.append(figure)
            print(f"  {figure.name}: {figure.p50 * 1000:.1f} ms", file=sys.stderr, flush=True)
    print("\n".join(table(figures, unit)))
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
