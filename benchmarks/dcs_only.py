"""`python -m benchmarks.dcs_only DATADIR`: what the detector-control bits select, against the published lists.

The rule is the DCS-only logic of 2023 as it was used, its run window moved to the runs of each list. Clauses on
what the tables do not hold (energy, field, trigger menu, subsystems in the run) are set aside and named. Each
table is read into a registry of its own, and the registry's golden room answers. A bit that is not known leaves
a lumisection open: it is counted apart, neither selected nor refused. The table of 2024 has one column for
all four beam bits.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import database_of
from ingest.files import KINDS
from ingest.files.records import CertificationList
from ingest.rules.aliases import translate
from ingest.rules.legacy import read
from ingest.run import import_file
from model import asof
from model.cache import Cache
from model.frames.frames import Frames
from model.golden.golden import GoldenRoom, Question
from model.ranges import Ranges, count, from_numbers, intersect, numbers, subtract, text
from model.rulebook.book import RuleVersion, given_rule
from model.vocabulary import ONLINE
from rules.engine import truth
from rules.explain import blame, clauses, explain_row
from rules.syntax import parse
from rules.unknown import FALSE, UNKNOWN
from rules.wording import say

RULE = "rr/json_logic/dcsonly_collisions23.json"
UNEXPLAINED = "no clause explains it"
_NUMBER = "run.oms.run_number"
_HELD = ("lumisection.", _NUMBER)


@dataclass(frozen=True)
class Year:
    """A published list, the table of the same runs, and how they were found to agree.

    Args:
        both: lumisections selected and listed.
        only_rule: selected, not listed.
        only_list: listed, not selected.
    """

    name: str
    table: str
    published: str
    both: int
    only_rule: int
    only_list: int


YEARS = (
    Year("2024", "oms/lumisections_2024.csv.xz", "json/2024/dcs/json_DCSONLY_2024.json", 22_001, 300, 1),
    Year(
        "2018",
        "oms/lumisections_2018_314206-316082.csv.xz",
        "json/2018/dcs/json_DCSONLY_2018.json",
        37_323,
        1_086,
        92,
    ),
)


@dataclass(frozen=True)
class Miss:
    """Lumisections on which list and rule differ, and why."""

    run_number: int
    lumisections: Ranges
    listed: bool
    why: str


@dataclass(frozen=True)
class Compared:
    """One year.

    Args:
        unknown: listed lumisections whose bits are not known.
        outside: listed lumisections that the table does not hold, up to its last run and after it.
        runs: the runs of the list.
    """

    year: Year
    rule: RuleVersion
    set_aside: tuple[str, ...]
    both: int
    unknown: int
    outside: tuple[int, int]
    misses: tuple[Miss, ...]
    runs: frozenset[int]

    def missed(self, *, listed: bool) -> int:
        """Return how many lumisections are in the list alone, or in the selection alone."""
        return sum(count(miss.lumisections) for miss in self.misses if miss.listed is listed)

    @property
    def holds(self) -> bool:
        """Whether list and rule agree as well as they were found to."""
        agree = self.both >= self.year.both
        return agree and all(
            self.missed(listed=listed) <= most
            for listed, most in ((True, self.year.only_list), (False, self.year.only_rule))
        )


def main() -> int:
    """Compare each year; return 1 where more is missed than was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dcs_only", description=__doc__)
    parser.add_argument("data", type=Path, help="folder with the tables, the lists and the rule")
    data = parser.parse_args().data
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    holds = True
    for year in YEARS:
        with tempfile.TemporaryDirectory(prefix="run-registry-dcs-") as folder:
            compared = compare(year, data, Path(folder))
        print("\n".join(said(compared)), flush=True)
        holds = holds and compared.holds
    return 0 if holds else 1


def compare(year: Year, data: Path, folder: Path) -> Compared:
    """Read a year into a new registry and compare what the rule selects with the list."""
    listed = _listed(data / year.published)
    rule, set_aside = dcs_only((data / RULE).read_text(encoding="utf-8"), (min(listed), max(listed)))
    answered = _answer(rule, data / year.table, folder)
    both = unknown = inside = 0
    misses: list[Miss] = []
    for place, unit in enumerate(answered.frames.units):
        run = unit.run.run_number
        expected = intersect(listed.get(run, ()), answered.there.get(place, ()))
        selected = answered.selected.get(run, ())
        left_open = intersect(expected, answered.open.get(place, ()))
        both += count(intersect(selected, expected))
        unknown, inside = unknown + count(left_open), inside + count(expected)
        only_list = subtract(subtract(expected, selected), left_open)
        misses += answered.misses(place, only_list, listed=True)
        misses += answered.misses(place, subtract(selected, expected), listed=False)
    last = answered.frames.units[-1].run.run_number
    later = sum(count(spans) for run, spans in listed.items() if run > last)
    lacking = sum(map(count, listed.values())) - inside - later
    return Compared(year, rule, set_aside, both, unknown, (lacking, later), tuple(misses), frozenset(listed))


def dcs_only(written: str, window: tuple[int, int]) -> tuple[RuleVersion, tuple[str, ...]]:
    """Return the logic with its run window moved, and the clauses set aside for want of data, in words."""
    translated = translate(read(written).rule)
    if translated.unmapped:
        raise ValueError(f"the logic reads what is not known here: {translated.unmapped}")
    whole: Any = translated.logic
    kept: list[Any] = []
    aside: list[Any] = []
    for clause in whole["and"]:
        names = parse(clause).variables
        if names == {_NUMBER}:
            continue
        (kept if all(name.startswith(_HELD) for name in names) else aside).append(clause)
    number = {"var": _NUMBER}
    bounds = [{">=": [number, window[0]]}, {"<=": [number, window[1]]}]
    return given_rule({"and": [*bounds, *kept]}, "unknown"), tuple(say(clause) for clause in aside)


@dataclass(frozen=True)
class _Answered:
    """What the registry says of every lumisection of a table; `open` and `there` by place of the run."""

    rule: RuleVersion
    frames: Frames
    selected: Mapping[int, Ranges]
    open: Mapping[int, Ranges]
    there: Mapping[int, Ranges]

    def misses(self, place: int, spans: Ranges, *, listed: bool) -> Iterator[Miss]:
        """Yield lumisections with the clauses that refuse them, those of one reason together."""
        reasons: dict[str, list[int]] = {}
        for number in numbers(spans):
            reasons.setdefault(self._reason(place, number), []).append(number)
        run = self.frames.units[place].run.run_number
        for reason, found in reasons.items():
            yield Miss(run, from_numbers(found), listed, reason)

    def _reason(self, place: int, lumisection: int) -> str:
        row = self.frames.segment_at(place, lumisection)
        trace = explain_row(self.rule.plan, self.frames.table, row, self.rule.null_policy)
        refused = ", ".join(f"`{leaf.text}`" for leaf in blame(trace))
        return refused if trace.truth == FALSE else UNEXPLAINED


def _answer(rule: RuleVersion, table: Path, folder: Path) -> _Answered:
    database = database_of(folder)
    database.upgrade()
    import_file(database, KINDS["oms-lumisections"], table)
    with database.reading() as connection:
        question = Question(rule, ONLINE, asof.resolve(connection, None))
        room = GoldenRoom(Cache())
        selected = room.golden(connection, question).lists
        chosen = question.chosen(connection)
        frames = room.frames.frames(connection, chosen, rule.plan.rule.variables, question.at)
    database.dispose()
    answers = truth(rule.plan, frames.table, rule.null_policy)
    every = np.ones(len(answers), np.bool_)
    return _Answered(rule, frames, selected, frames.ranges(answers == UNKNOWN), frames.ranges(every))


def _listed(path: Path) -> dict[int, Ranges]:
    (found,) = KINDS["certification"].read(path)
    if not isinstance(found, CertificationList):
        raise TypeError(f"{path} is no certification list")
    return dict(found.lists)


def said(compared: Compared) -> Iterator[str]:
    """Yield the comparison as lines of Markdown."""
    year = compared.year
    yield f"## {year.name}: `{year.published}` against `{year.table}`\n"
    yield "Clauses, in order: " + "; ".join(f"`{each.text}`" for each in clauses(compared.rule.rule)) + ".\n"
    yield (
        "Set aside, for the table does not hold them: "
        + "; ".join(f"`{c}`" for c in compared.set_aside)
        + ".\n"
    )
    yield "| | lumisections | found before |\n|---|---:|---:|"
    yield f"| selected and listed | {compared.both:,} | {year.both:,} |"
    yield f"| selected, not listed | {compared.missed(listed=False):,} | {year.only_rule:,} |"
    yield f"| listed, not selected | {compared.missed(listed=True):,} | {year.only_list:,} |"
    yield f"| listed, bits not known | {compared.unknown:,} | |"
    yield f"| listed, not in the table | {compared.outside[0]:,} | |"
    yield f"| listed, after the last run of the table | {compared.outside[1]:,} | |\n"
    yield f"{'As good as before.' if compared.holds else 'WORSE than before.'}\n"
    yield "| which | run | lumisections | number | clauses that fail | besides |\n|---|---|---|---:|---|---|"
    for miss in sorted(compared.misses, key=lambda miss: (miss.listed, miss.run_number)):
        besides = "" if miss.run_number in compared.runs else "the list has nothing of this run"
        which = "listed, not selected" if miss.listed else "selected, not listed"
        yield (
            f"| {which} | {miss.run_number} | {text(miss.lumisections)} | {count(miss.lumisections)} "
            f"| {miss.why} | {besides} |"
        )
    yield ""


if __name__ == "__main__":
    sys.exit(main())
