"""What the doors of runs answer."""

from typing import Any

from pydantic import BaseModel, Field, RootModel

from api.answers.common import Span, Told
from model.run_table.rows import RunRow


class RunsPage(Told):
    """Runs, newest first."""

    total: int = Field(description="of all pages")
    runs: list[RunRow]
    next_cursor: str | None = Field(description="of the following page; null after the last one")


class DatasetOfRun(BaseModel):
    """A dataset of a run and its state in each workspace."""

    name: str
    states: dict[str, str]
    in_gui: list[str] = Field(description="its samples in the DQM GUI")
    hidden: bool


class Lumisections(BaseModel):
    """Lumisections that exist: a number can be missing."""

    count: int
    ranges: list[Span]


class ToldRun(Told):
    """A run: upstream's facts, the registry's words, its datasets."""

    run_number: int
    upstream: dict[str, Any]
    assumed: list[str] = Field(description="upstream attributes that nobody measured")
    registry: dict[str, Any]
    state: str
    lumisections: Lumisections
    datasets: list[DatasetOfRun]


class Sequence(Told):
    """The journal's last sequence."""


class Labels(RootModel[dict[str, int]]):
    """Labels that `as_of` understands, with their sequences."""


class RunTable(Told):
    """Rows of the run table."""

    total: int
    runs: list[RunRow]


class RecentRuns(Told):
    """The newest runs."""

    runs: list[RunRow]
