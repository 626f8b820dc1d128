"""What a trainee said beside what was decided in the end, lumisection by lumisection."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from model.queries import datasets, luminosities, verdicts
from model.ranges import LumisectionRange, Ranges, count, from_numbers, intersect, merge, subtract
from model.training.candidates import SIGNED
from model.training.practice import SILENT, Column, Desk, Practice
from model.training.score import ORDER, Outcome, Score, Tally, outcome
from model.vocabulary import Status


@dataclass(frozen=True)
class Difference:
    """Lumisections of one cell on which the trainee does not say what was decided, and who decided why."""

    run_number: int
    dataset: str
    column: str
    ranges: Ranges
    yours: Status
    decided: Status
    outcome: Outcome
    recorded_invpb: float
    author: str
    cause: str
    comment: str


@dataclass(frozen=True)
class Cell:
    """One column of one dataset: its score, and what the trainee said worst where it differs."""

    score: Score
    worst: Outcome


@dataclass(frozen=True)
class Compared:
    """One dataset.

    Args:
        added: lumisections that upstream reported later: nobody could judge them.
        state: in the workspace now; it was signed off when the sitting was drawn.
        is_changed: something else is decided now than when the sitting was drawn.
    """

    run_number: int
    dataset: str
    cells: Mapping[str, Cell]
    added: int
    state: str
    is_changed: bool

    @property
    def is_open_again(self) -> bool:
        """Whether the decision that was compared with is no longer final."""
        return self.state not in SIGNED


@dataclass(frozen=True)
class Comparison:
    """A sitting that was answered, beside the decisions as of the sequence it was drawn at.

    Args:
        by_rules: how rules alone would have scored, had nobody looked.
        source: of the luminosity.
    """

    total: Score
    by_rules: Score
    columns: Mapping[str, tuple[Score, Score]]
    datasets: tuple[Compared, ...]
    differences: tuple[Difference, ...]
    source: str


def compare(connection: Connection, of: Practice, at: int) -> Comparison:
    """Compare a practice with the decisions as of its sitting; `at` is now, to say what changed since."""
    everything, by_rules = Tally(), Tally()
    columns = {column: (Tally(), Tally()) for column in of.sitting.columns}
    found, differences, source = [], list[Difference](), ""
    for each in of.sitting.datasets:
        desk = of.desk(each.run_number, each.dataset)
        one = _One(connection, desk, of.sitting.question.upto)
        cells = {}
        for column, (mine, rules) in columns.items():
            here = Tally()
            for tally in (here, mine, everything):
                one.add(tally, column, desk.said[column])
            for tally in (rules, by_rules):
                one.add(tally, column, desk.by_rules[column])
            worst = next((o for o in ORDER if here.lumisections[o]), Outcome.AGREED)
            cells[column] = Cell(here.score(), worst)
            differences += one.differences(column)
        found.append(_compared(connection, of, one, cells, at))
        source = source or one.source
    differences.sort(key=lambda d: (ORDER.index(d.outcome), -d.recorded_invpb, d.run_number, d.column))
    scores = {column: (mine.score(), rules.score()) for column, (mine, rules) in columns.items()}
    return Comparison(
        everything.score(),
        by_rules.score(),
        scores,
        tuple(found),
        tuple(differences),
        source or "no luminosity",
    )


def _compared(
    connection: Connection, of: Practice, one: "_One", cells: Mapping[str, Cell], at: int
) -> Compared:
    blind, columns = one.desk.blind, list(one.desk.said)
    where = (blind.run_number, blind.dataset)
    state = datasets.dataset(connection, *where, at).state_of(of.sitting.question.workspace)
    then, now = one.decided, verdicts.of_dataset(connection, *where, at, columns)
    is_changed = any(_words(then[column]) != _words(now[column]) for column in columns)
    return Compared(*where, cells, one.added, state, is_changed)


def _words(said: Sequence[verdicts.Verdict]) -> list[tuple[LumisectionRange, Status]]:
    return merge((v.span, v.status) for v in said)


class _One:
    """One dataset with what was decided on it."""

    def __init__(self, connection: Connection, desk: Desk, upto: int) -> None:
        self.desk, blind = desk, desk.blind
        now = datasets.lumisections(connection, blind.run_number, upto)
        self.shown = intersect(desk.lumisections, now)
        self.added = count(subtract(now, desk.lumisections))
        self.decided = verdicts.of_dataset(connection, blind.run_number, blind.dataset, upto, list(desk.said))
        lumi = luminosities.luminosity(connection, blind.run_number, at=upto)
        self.source = lumi.source if lumi else ""
        self._recorded = np.nan_to_num(lumi.recorded_invpb) if lumi else np.empty(0)

    def invpb(self, spans: Iterable[LumisectionRange]) -> float:
        return sum(float(self._recorded[first - 1 : last].sum()) for first, last in spans)

    def pairs(self, column: str, said: Column) -> Iterable[tuple[Ranges, Status, verdicts.Verdict]]:
        """Yield the lumisections of each decision, with what was answered there."""
        for decision in self.decided[column]:
            spans = intersect((decision.span,), self.shown)
            if decision.status in SILENT or not spans:
                continue
            left = spans
            for span, word in said:
                if both := intersect(spans, (span,)):
                    yield both, word.status, decision
                    left = subtract(left, both)
            if left:
                yield left, Status.EMPTY, decision

    def add(self, tally: Tally, column: str, said: Column) -> None:
        for spans, yours, decision in self.pairs(column, said):
            tally.add(outcome(yours, decision.status), count(spans), self.invpb(spans))

    def differences(self, column: str) -> list[Difference]:
        found: dict[tuple[Status, Status, str, str, str], list[int]] = defaultdict(list)
        for spans, yours, d in self.pairs(column, self.desk.said[column]):
            if outcome(yours, d.status) is not Outcome.AGREED:
                said = (Status.EMPTY if yours in SILENT else yours, d.status, d.author, d.cause, d.comment)
                found[said] += [n for first, last in spans for n in range(first, last + 1)]
        blind = self.desk.blind
        return [
            Difference(
                blind.run_number,
                blind.dataset,
                column,
                spans := from_numbers(numbers),
                yours,
                decided,
                outcome(yours, decided),
                round(self.invpb(spans), 6),
                *words,
            )
            for (yours, decided, *words), numbers in found.items()
        ]
