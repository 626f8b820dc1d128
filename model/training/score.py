"""How an answer stands to a decision, and how many of them stand so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from model.training.practice import SILENT
from model.vocabulary import Status


class Outcome(StrEnum):
    """How an answer stands to the decision, on one lumisection of one column."""

    AGREED = "as decided"
    LENIENT = "GOOD where it was not"
    STRICT = "not GOOD where it was"
    OTHER = "another status"
    SILENT = "not judged"


@dataclass(frozen=True)
class Score:
    """How far answers and decisions agree; a lumisection counts once in each column that was decided.

    Args:
        lumisections: how many, by outcome.
        recorded_invpb: luminosity recorded on them, in 1/pb.
    """

    lumisections: Mapping[Outcome, int]
    recorded_invpb: Mapping[Outcome, float]

    @property
    def decided(self) -> int:
        """Return how many lumisections there is a decision on."""
        return sum(self.lumisections.values())

    @property
    def agreed(self) -> float:
        """Return the share on which both say the same; what was not judged is no agreement."""
        return self.lumisections[Outcome.AGREED] / self.decided if self.decided else 0.0


#: the costly one first: bad data that would be analysed
ORDER = (Outcome.LENIENT, Outcome.STRICT, Outcome.OTHER, Outcome.SILENT, Outcome.AGREED)


class Tally:
    """Adds lumisections up by outcome."""

    def __init__(self) -> None:
        self.lumisections: dict[Outcome, int] = dict.fromkeys(Outcome, 0)
        self.recorded_invpb: dict[Outcome, float] = dict.fromkeys(Outcome, 0.0)

    def add(self, outcome: Outcome, n: int, recorded_invpb: float) -> None:
        self.lumisections[outcome] += n
        self.recorded_invpb[outcome] += recorded_invpb

    def score(self) -> Score:
        return Score(self.lumisections, {k: round(v, 6) for k, v in self.recorded_invpb.items()})


def outcome(yours: Status, decided: Status) -> Outcome:
    """Return how an answer stands to a decision."""
    if yours in SILENT:
        return Outcome.SILENT
    if yours == decided:
        return Outcome.AGREED
    if yours == Status.GOOD:
        return Outcome.LENIENT
    return Outcome.STRICT if decided == Status.GOOD else Outcome.OTHER
