"""Good by the bits alone, beside the published DCS-only lists: every difference counted and named.

`python -m benchmarks.dcs_only FOLDER`, where FOLDER holds the OMS tables and lists as they were collected.
A lumisection is compared where all bits of the rule are known; the rest is counted apart.
"""

import csv
import json
import lzma
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.working_set import rules
from model.ranges import canonical, text
from model.rulebook.book import Rulebook, RuleVersion
from rules.engine import truth
from rules.explain import blame, explain_row
from rules.table import Column, Table

NOTHING = "no clause explains it"
_OMS = "lumisection.oms."
_WORDS = {"true": True, "false": False, "": None}
#: the table of 2024 has one column for both beams, present and stable
_BEAMS = ("beam1_present", "beam1_stable", "beam2_present", "beam2_stable")


@dataclass(frozen=True)
class Year:
    """One comparison: the table of lumisections, the list, and what it must give at least.

    Args:
        listed: (selected and listed, selected and not listed, listed and not selected); None where open.
    """

    name: str
    table: str
    published: str
    expected: tuple[int, int | None, int]


YEARS = (
    Year("2024", "oms/lumisections_2024.csv.xz", "json/2024/dcs/json_DCSONLY_2024.json", (22_001, 300, 1)),
    Year(
        "2018",
        "oms/lumisections_2018_314206-316082.csv.xz",
        "json/2018/dcs/json_DCSONLY_2018.json",
        (37_323, None, 37_415 - 37_323),
    ),
)


def main() -> int:
    """Compare both years; return 1 where more is missed than was before."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.stderr.write("usage: python -m benchmarks.dcs_only FOLDER\n")
        return 2
    book = Rulebook({name: (1, rule) for name, rule in rules().items()})
    return 0 if all([*(_compare(year, Path(sys.argv[1]), book.version("dcs-bits")) for year in YEARS)]) else 1


def _compare(year: Year, folder: Path, rule: RuleVersion) -> bool:
    places, table = _read(folder / year.table, sorted(rule.plan.rule.variables))
    published = _list(folder / year.published)
    listed = np.array([place in published for place in places])
    known = np.all([_known(table.columns[name]) for name in rule.plan.rule.variables], axis=0)
    runs = np.array([run for run, _ in places])
    window = known & (runs >= min(published)[0]) & (runs <= max(published)[0])
    selected = truth(rule.plan, table, rule.null_policy) == 2
    both, more, less = window & selected & listed, window & selected & ~listed, window & ~selected & listed
    print(f"\n{year.name}: rule {rule.name}, digest {rule.digest[:12]}, null is {rule.null_policy.value}")
    print(f"  lumisections in the table {len(places):,}, compared {window.sum():,}, listed {len(published):,}")
    print(f"  listed where bits are not known {(listed & ~known).sum():,}")
    print(f"  selected and listed      {both.sum():>7,}")
    print(f"  selected and not listed  {more.sum():>7,}")
    print(f"  listed and not selected  {less.sum():>7,}")
    for title, where in (("selected and not listed", more), ("listed and not selected", less)):
        for line in _named(rule, table, places, np.flatnonzero(where)):
            print(f"    {title}: {line}")
    good, extra, missed = year.expected
    holds = both.sum() >= good and less.sum() <= missed and (extra is None or more.sum() <= extra)
    print(f"  {'holds' if holds else 'MORE MISSES THAN BEFORE'}")
    return bool(holds)


def _named(
    rule: RuleVersion, table: Table, places: Sequence[tuple[int, int]], rows: Sequence[int]
) -> Iterator[str]:
    """Name lumisections by run and range, each with the clauses that keep it out."""
    grouped: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for row in rows:
        trace = explain_row(rule.plan, table, int(row), rule.null_policy)
        failing = "; ".join(each.text for each in blame(trace)) if trace.truth != 2 else NOTHING
        run, number = places[int(row)]
        grouped.setdefault((run, failing), []).append((number, number))
    for (run, why), numbers in grouped.items():
        yield f"run {run} LS {text(canonical(numbers))}: {why}"


def _known(column: Column) -> np.ndarray:
    return np.array([value is not None for value in column.values])[column.codes]


def _read(path: Path, variables: Sequence[str]) -> tuple[list[tuple[int, int]], Table]:
    places, values = [], {name: [] for name in variables}  # type: ignore[var-annotated]  # lists of bits
    with lzma.open(path, "rt", newline="") as lines:
        for row in csv.DictReader(lines):
            places.append((int(row["run_number"]), int(row["lumisection_number"])))
            for name, found in values.items():
                found.append(_bit(row, name.removeprefix(_OMS)))
    columns = {name: Column.of(found, bit=True) for name, found in values.items()}
    return places, Table(len(places), columns)


def _bit(row: Mapping[str, str], name: str) -> bool | None:
    stands_for = "beams_stable" if name in _BEAMS and name not in row else name
    return _WORDS[row[stands_for]]


def _list(path: Path) -> set[tuple[int, int]]:
    spans = json.loads(path.read_text(encoding="utf-8"))
    return {(int(run), n) for run, ranges in spans.items() for a, b in ranges for n in range(a, b + 1)}


if __name__ == "__main__":
    sys.exit(main())
