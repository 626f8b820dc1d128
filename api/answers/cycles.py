"""What the doors of cycles answer."""

from api.answers.common import Told
from model.queries.cycles import Cycle, Progress
from model.queries.next_cycle import Candidate


class Cycles(Told):
    """Cycles, the next deadline first."""

    cycles: list[Cycle]


class Candidates(Told):
    """Datasets that could be in the next cycle."""

    candidates: list[Candidate]


class CycleProgress(Told):
    """A cycle, and how far each workspace is."""

    name: str
    deadline: str
    datasets: list[tuple[int, str]]
    completed: dict[str, str]
    is_closed: bool
    progress: list[Progress]
