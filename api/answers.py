"""What the doors of API v1 answer, as documented; tests hold every answer against it."""

from typing import Any

from pydantic import BaseModel, Field, RootModel

from model.accepted import Accepted
from model.errors import Conflict
from model.golden.effect import Effect
from model.grid.edits import Answer
from model.presence import Here
from model.queries.bits import Override
from model.queries.cycles import Cycle, Progress
from model.queries.late_changes import LateChange
from model.queries.next_cycle import Candidate
from model.run_table.rows import RunRow

Span = tuple[int, int]


class Told(BaseModel):
    """What was true at a sequence."""

    sequence: int = Field(description="the sequence that was read at")


class Recorded(BaseModel):
    """What was recorded."""

    sequence: int = Field(description="the new sequence: what an author has seen from now on")


class RecordedAction(Recorded):
    """What was recorded, and the action that can be taken back."""

    action: int = Field(description="to be taken back as one unit; 0 where nothing was recorded")


class AcceptedDatasets(Told):
    """Accepted datasets: all rows, or what one run gets."""

    rows: list[Accepted] | None = None
    datasets: dict[str, list[str]] | None = Field(None, description="of one run: name and patterns")


class Trial(BaseModel):
    """Which names patterns match, each with the first that does, and which none matches."""

    matching: dict[str, str]
    others: list[str]


class BitsOfDataset(Told):
    """Bits that hold for a dataset, as [first, last, value], and who said otherwise than OMS."""

    bits: dict[str, list[tuple[int, int, Any]]]
    overrides: list[Override]


class Overridden(BaseModel):
    """What was recorded, or what would be."""

    sequence: int | None = None
    action: int | None = None
    datasets: int | None = None
    lumisections: int | None = None
    effect: Effect | None = None


class BulkProblem(BaseModel):
    """Why a line cannot be written."""

    line: int
    sentence: str


class BulkPlan(BaseModel):
    """What would be written, and what stands in its way."""

    is_sound: bool
    problems: list[BulkProblem]
    conflicts: list[Conflict]
    datasets: int
    cells: int
    lumisections: int
    recorded_invpb: float
    kept: int = Field(description="lumisections × columns that stay")
    token: str = Field(description="to apply exactly this")


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


class Decision(BaseModel):
    """One thing to decide, in one cell."""

    kind: str
    run_number: int
    dataset: str
    column: str
    ranges: list[Span]
    sentence: str
    at_stake_invpb: float | None
    workspace: str
    late_change: int | None


class Decisions(Told):
    """What waits for whoever asks, most luminosity at stake first."""

    items: list[Decision]


class AcknowledgedBy(BaseModel):
    """Who acknowledged a finding."""

    digest: str
    author: str
    reason: str
    at: str


class ToldFinding(BaseModel):
    """One contradiction in one run; luminosities in 1/pb."""

    kind: str
    run_number: int
    owner: str
    sentence: str
    lumisections: list[Span]
    recorded_invpb: float
    delivered_invpb: float
    expected_invpb: float
    bits: list[str]
    since: int
    since_at: str
    key: str
    digest: str
    words: str
    mend: str
    at_stake_invpb: float
    acknowledged: AcknowledgedBy | None


class KindOfFindings(BaseModel):
    """Findings of one kind together."""

    kind: str
    words: str
    findings: int
    runs: int
    lumisections: int
    at_stake_invpb: float


class Findings(Told):
    """Findings, most luminosity first, and what each kind of those asked for adds up to."""

    kinds: list[KindOfFindings]
    findings: list[ToldFinding]


class GridRow(BaseModel):
    """One dataset with its cells, in short keys; see model/grid/grid.py."""

    i: int = Field(description="id of the dataset")
    r: int = Field(description="run number")
    d: str = Field(description="dataset name")
    s: str = Field(description="state in the workspace")
    n: int = Field(description="lumisections")
    l: float | None = Field(description="recorded, 1/pb")
    w: float = Field(description="at stake, 1/pb")
    c: str = Field(description="cells, a semicolon between; see model/grid/cells.py")
    h: list[int] = Field(description="places of cells with an open proposal")
    x: str = Field(description="first letter of each cell's state; empty where all are OPEN")


class Grid(Told):
    """Rows of a grid."""

    columns: list[str]
    rows: list[GridRow]


class GridChanges(Grid):
    """Rows of runs that changed, and who else is here."""

    others: list[Here]


class GridAnswers(Grid):
    """What became of each edit, and rows as they are now."""

    answers: list[Answer]


class LateChanges(Told):
    """What upstream changed of runs that were signed off."""

    late_changes: list[LateChange]


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


class ToldVerdict(BaseModel):
    """What counts on a range of lumisections."""

    first: int
    last: int
    status: str
    cause: str
    comment: str
    author: str
    is_person: bool
    since: int


class VerdictsOfDataset(Told):
    """What counts on every lumisection, per column."""

    run_number: int
    dataset: str
    columns: dict[str, list[ToldVerdict]]


class Sequence(Told):
    """The journal's last sequence."""


class Labels(RootModel[dict[str, int]]):
    """Labels that `as_of` understands, with their sequences."""


class Rules(RootModel[dict[str, dict[str, Any]]]):
    """Kept rules by name."""
