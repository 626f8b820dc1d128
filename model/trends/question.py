"""What somebody looks at on the page of trends, and what they picked in its plots."""

from dataclasses import dataclass, replace

from model.accounting.parts import Of
from model.accounting.question import By, Question


@dataclass(frozen=True)
class Pick:
    """What was picked: each plot shows the others' picks, and its own beside what was not picked.

    Args:
        first_run, last_run: of what was brushed.
        part: a bar of the losses.
        cause: a bar of the causes.
        latency: a bar of the latencies.
    """

    first_run: int | None = None
    last_run: int | None = None
    part: str = ""
    cause: str = ""
    latency: str = ""

    def runs_alone(self) -> "Pick":
        """Return what was brushed and nothing else."""
        return Pick(self.first_run, self.last_run)

    def meets(self, first_run: int, last_run: int) -> bool:
        """Tell whether some of a range of runs was brushed; every range is where nothing was."""
        return (self.first_run is None or last_run >= self.first_run) and (
            self.last_run is None or first_run <= self.last_run
        )

    def has_run(self, run_number: int) -> bool:
        """Tell whether a run was brushed; every one where nothing was."""
        return self.meets(run_number, run_number)


@dataclass(frozen=True)
class View:
    """A question with the way to look at it.

    Args:
        of: what the bars of the losses are about.
        how: whether the pick of a bar means exclusive or inclusive losses.
        k: half width of the band in scaled MADs.
    """

    question: Question
    by: By = By.RUN
    of: Of = Of.COLUMN
    how: str = "exclusive"
    k: float = 3.0
    pick: Pick = Pick()

    def picking(self, pick: Pick) -> "View":
        """Return the same view with another pick."""
        return replace(self, pick=pick)
