"""A sitting of training: which datasets are drawn, and as of when each is shown.

A dataset is shown as it stood just before the first person spoke on a column of the workspace, or before it was
signed off where none did: what rules, bits and luminosity said then is all there, and no person's word can be.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from sqlalchemy import Connection

from model.errors import Invalid, NotFound
from model.grid.grid import columns_of
from model.journal import sequence_now
from model.training.candidates import Candidate, candidates
from model.training.question import Question, require_sense

#: a dataset in which a person found something is drawn so many times as often
_WEIGHT = 3


@dataclass(frozen=True)
class Sitting:
    """Datasets to certify blind, newest runs first.

    Args:
        columns: of the workspace.
        choice: how many datasets of the period these were drawn from.
    """

    question: Question
    columns: tuple[str, ...]
    datasets: tuple[Candidate, ...]
    choice: int

    @cached_property
    def by_name(self) -> dict[tuple[int, str], Candidate]:
        """Return the datasets by run and name."""
        return {(each.run_number, each.dataset): each for each in self.datasets}

    def dataset(self, run_number: int, name: str) -> Candidate:
        """Return one dataset.

        Raises:
            NotFound: the sitting has no such dataset.
        """
        if (run_number, name) not in self.by_name:
            raise NotFound(f"{name} of run {run_number} is not among the datasets of this sitting.")
        return self.by_name[run_number, name]


def sitting(connection: Connection, asked: Question) -> Sitting:
    """Draw the datasets of a question; the same ones for everybody, at any time.

    Raises:
        Invalid: too many datasets, no period, or a sequence that the journal has not reached.
        NotFound: no such workspace, or nothing of it was signed off in the period.
    """
    require_sense(asked)
    if asked.upto > sequence_now(connection):
        raise Invalid(f"The journal has not reached sequence {asked.upto}.")
    columns = columns_of(connection, asked.workspace, asked.stage, asked.upto)
    if not columns:
        raise NotFound(f"There is no workspace {asked.workspace} that certifies {asked.stage.value} datasets.")
    found = candidates(connection, asked, columns)
    if not found:
        raise NotFound(
            f"No {asked.stage.value} dataset that was once open here is signed off in {asked.workspace}: "
            "there is no decision to compare with. Choose another workspace or stage."
        )
    drawn = sorted(found, key=lambda each: _rank(each, asked.draw))[-asked.size :]
    shown = sorted(drawn, key=lambda each: (-each.run_number, each.dataset))
    return Sitting(asked, columns, tuple(shown), len(found))


def _rank(of: Candidate, draw: int) -> float:
    """Return a number by which datasets are drawn, without putting any back.

    Source: Efraimidis and Spirakis, Weighted random sampling with a reservoir, 2006.
    """
    seed = f"{draw} {of.run_number} {of.dataset}".encode()
    chance = (int.from_bytes(sha256(seed).digest()[:6]) + 1) / 2**48
    return float(chance ** (1 / (_WEIGHT if of.has_finding else 1)))
