"""What a trainee made of a sitting: answers laid over what rules said, as the grid shows it.

Nothing of it is recorded.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection

from model.commands.verdicts import VerdictEdit, existing, require_words
from model.errors import Invalid, RunRegistryError
from model.grid.cells import Piece, cell
from model.grid.edits import Answer, CellEdit, Group, cut
from model.grid.grid import Row
from model.queries import datasets, luminosities, proposals, verdicts
from model.queries.run_view import RunView, run_view
from model.queries.verdicts import Verdict
from model.ranges import Ranges, Valued, canonical, count, overlay, subtract
from model.training.sitting import Sitting
from model.vocabulary import State, Status

SILENT = (Status.EMPTY, Status.NOTSET)


#: who gave an answer, on screen
YOU = "you"


class Word(NamedTuple):
    """One status with its reason; the trainee is the person."""

    status: Status
    cause: str = ""
    comment: str = ""
    author: str = YOU
    is_person: bool = True


Column = list[Valued[Word]]


class Desk:
    """One dataset as the trainee has it: what rules said when it was open, and the answers over it."""

    def __init__(self, connection: Connection, of: Sitting, run_number: int, dataset: str) -> None:
        self._connection = connection
        self.blind = of.dataset(run_number, dataset)
        at = self.blind.at
        self.lumisections = datasets.lumisections(connection, run_number, at)
        found = verdicts.of_dataset(connection, run_number, dataset, at, of.columns)
        self.by_rules: dict[str, Column] = {
            column: [(v.span, Word(v.status, *v.words[1:])) for v in said] for column, said in found.items()
        }
        self.said = dict(self.by_rules)

    def after(self, edit: CellEdit, group: Group) -> dict[str, Column]:
        """Return what stands there after an answer.

        Raises:
            Invalid: no such column or lumisection, or BAD without a reason.
        """
        unknown = [column for column in edit.columns if column not in self.said]
        if unknown or not edit.columns:
            raise Invalid(f"{', '.join(unknown) or 'Nothing'} is no column of this sitting.")
        after = dict(self.said)
        for one in cut([e for c in edit.columns for e in self._of_column(edit, group, c)], group.within):
            require_words(one)
            spans, (column,) = existing(self.lumisections, one), one.columns
            word = Word(Status[one.status], one.cause.strip(), one.comment.strip())
            after[column] = overlay(after[column], spans, word)
        return after

    def _of_column(self, edit: CellEdit, group: Group, column: str) -> list[VerdictEdit]:
        wanted = self.undecided(column) if group.only_open else edit.ranges or self.lumisections
        ranges = tuple((first, last) for first, last in wanted)
        said = (group.status, group.cause, group.comment)
        return [VerdictEdit(edit.run_number, edit.dataset, (column,), ranges, *said)] if ranges else []

    def undecided(self, column: str) -> Ranges:
        """Return the lumisections on which neither a rule nor the trainee decided."""
        decided = canonical(span for span, word in self.said[column] if word.status not in SILENT)
        return subtract(self.lumisections, decided)

    def view(self) -> RunView:
        """Return the run with this dataset alone, as it was known then, and the answers over it."""
        blind = self.blind
        found = run_view(self._connection, blind.run_number, blind.at, blind.dataset)
        said = {
            column: [Verdict(span, *word, since=blind.at) for span, word in words]
            for column, words in self.said.items()
        }
        return replace(found, verdicts={blind.dataset: said})

    def row(self, columns: Sequence[str]) -> Row:
        """Return it as a grid shows it: open, whatever became of it since."""
        blind, at = self.blind, self.blind.at
        lumi = luminosities.luminosity(self._connection, blind.run_number, at=at)
        known = np.empty(0) if lumi is None else np.nan_to_num(lumi.recorded_invpb)
        left = (canonical(self.undecided(column)) for column in columns)
        stakes = [sum(float(known[a - 1 : b].sum()) for a, b in spans) for spans in left]
        offered = proposals.proposals(
            self._connection, at, run_number=blind.run_number, dataset_name=blind.dataset
        )
        hints = {each.column for each in offered}
        return Row(
            blind.dataset_id,
            blind.run_number,
            blind.dataset,
            State.OPEN.value,
            count(self.lumisections),
            None if lumi is None else float(known.sum()),
            max(stakes, default=0.0),
            tuple(cell(_pieces(self.said[column]), self.lumisections) for column in columns),
            (),
            tuple(n for n, column in enumerate(columns) if column in hints),
        )


class Practice:
    """A sitting with the answers to it, in the order in which they were given."""

    def __init__(self, connection: Connection, of: Sitting) -> None:
        self.sitting = of
        self._connection = connection
        self._desks: dict[tuple[int, str], Desk] = {}

    def desk(self, run_number: int, dataset: str) -> Desk:
        """Return one dataset.

        Raises:
            NotFound: the sitting has no such dataset.
        """
        where = (run_number, dataset)
        if where not in self._desks:
            self._desks[where] = Desk(self._connection, self.sitting, run_number, dataset)
        return self._desks[where]

    def answer(self, groups: Sequence[Group]) -> list[Answer]:
        """Take answers in order; a refused one changes nothing and says why."""
        return [self._one(group) for group in groups]

    def _one(self, group: Group) -> Answer:
        try:
            self.take(group)
        except RunRegistryError as error:
            return Answer(group.key, None, error.code, str(error))
        return Answer(group.key, 0)

    def take(self, group: Group) -> None:
        """Take one answer, all of it or none.

        Raises:
            NotFound: the sitting has no such dataset.
            Invalid: it is no status on cells of the sitting.
        """
        if group.move is not None or group.hidden is not None or group.action is not None or not group.edits:
            raise Invalid("In training there are only statuses to give: nothing is moved, hidden or recorded.")
        before: dict[Desk, dict[str, Column]] = {}
        try:
            for edit in group.edits:
                desk = self.desk(edit.run_number, edit.dataset)
                before.setdefault(desk, desk.said)
                desk.said = desk.after(edit, group)
        except RunRegistryError:
            for desk, said in before.items():
                desk.said = said
            raise

    def rows(self, ids: Sequence[int] | None = None) -> list[Row]:
        """Return rows as a grid shows them, all of the sitting where none are named."""
        shown = [each for each in self.sitting.datasets if ids is None or each.dataset_id in ids]
        return [self.desk(each.run_number, each.dataset).row(self.sitting.columns) for each in shown]


def _pieces(said: Column) -> list[Piece]:
    return [Piece(*span, w.status.value, w.is_person, bool(w.cause or w.comment)) for span, w in said]
