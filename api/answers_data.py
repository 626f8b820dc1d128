"""What doors to data in bulk answer, as documented: events, tables, snapshots, queries, whole screens."""

from typing import Any

from pydantic import BaseModel, Field

from api.answers import Told
from model.queries.lumisection_ranges import JointRange
from model.run_table.rows import RunRow
from model.sandbox.limits import Limits


class ToldEvent(BaseModel):
    """One fact of the journal."""

    sequence: int
    kind: str = Field(description="see /api/v1/events/kinds")
    recorded_at: str
    happened_at: str = Field(description="may be long before it was recorded")
    author: str
    is_person: bool
    action: int | None = Field(description="sequence of the first event of the action it is part of")
    run_number: int | None
    dataset: str | None
    workspaces: list[str]
    comment: str
    payload: dict[str, Any] = Field({}, description="as its kind says; absent where it was not asked for")


class Events(BaseModel):
    """Events after a place, in order."""

    events: list[ToldEvent]
    sequence: int = Field(description="the last of the journal")
    next: int = Field(description="the `after` to ask with next")
    has_more: bool


class FieldOfKind(BaseModel):
    """A field of a payload."""

    name: str
    type: str
    optional: bool


class KindOfEvent(BaseModel):
    """A kind of event."""

    kind: str
    says: str
    fields: list[FieldOfKind]


class Kinds(BaseModel):
    """Every kind of event."""

    kinds: list[KindOfEvent]


class JournalHead(BaseModel):
    """Where the journal ends."""

    recorded_at: str | None
    hash: str


class FeedAge(BaseModel):
    """How old what a feed said last is."""

    name: str
    age: str
    state: str
    detail: str


class RefusedRecord(BaseModel):
    """What upstream sent and could not be taken."""

    feed: str
    record: str
    reason: str
    at: str


class Health(Told):
    """How the registry is."""

    journal: JournalHead
    feeds: list[FeedAge]
    refused: int
    refusals: list[RefusedRecord]


class RunTable(Told):
    """Rows of the run table."""

    total: int
    runs: list[RunRow]


class RecentRuns(Told):
    """The newest runs."""

    runs: list[RunRow]


class MapKind(BaseModel):
    """What a number in the ranges of the map stands for."""

    group: str
    says: str


class MapLine(BaseModel):
    """A line of the legend."""

    label: str
    look: str
    lumisections: int
    recorded_invpb: float
    source: str


class MapRow(BaseModel):
    """A dataset on the map: [first, last, kind], lumisections that are not there left out."""

    run_number: int
    dataset: str
    ranges: list[tuple[int, int, int]]


class MapOfEra(Told):
    """What each lumisection of an era tells."""

    kinds: list[MapKind]
    legend: list[MapLine]
    rows: list[MapRow]
    rule: str | None
    left_out: int


class ColumnOfTable(BaseModel):
    """A column of a table for programs."""

    name: str
    type: str
    unit: str = Field(description="of a number, 1 without dimension; empty for what is no number")
    description: str
    can_be_null: bool


class TableOfData(BaseModel):
    """A table for programs."""

    name: str
    description: str
    key: list[str]
    columns: list[ColumnOfTable]


class Tables(Told):
    """Every table for programs."""

    tables: list[TableOfData]


class KeptTable(TableOfData):
    """A table of a snapshot."""

    rows: int
    bytes: int
    sha256: str


class TableFile(BaseModel):
    """Where a table of a snapshot is had."""

    rows: int
    bytes: int
    address: str


class OrderedSnapshot(BaseModel):
    """A snapshot that is being made, and where its manifest will be."""

    sequence: int
    manifest: str


class ToldSnapshot(OrderedSnapshot):
    """A snapshot."""

    recorded_at: str
    made_at: str
    lumi_source: str
    digest: str
    tables: dict[str, TableFile]


class Snapshots(BaseModel):
    """Snapshots, the newest first."""

    snapshots: list[ToldSnapshot]


class Manifest(BaseModel):
    """What a snapshot holds."""

    format: int
    sequence: int
    recorded_at: str
    made_at: str
    lumi_source: str
    digest: str = Field(description="SHA-256 over all but when it was made")
    tables: dict[str, KeptTable]


class AnswerColumn(BaseModel):
    """A column of an answer."""

    name: str
    type: str
    unit: str = Field(description="where the column is one of ours")


class QueryAnswer(Told):
    """The rows of a SELECT."""

    recorded_at: str
    columns: list[AnswerColumn]
    rows: list[list[Any]]
    row_count: int
    truncated: bool
    truncated_why: str
    elapsed_ms: float


class QuerySchema(Told):
    """What a SELECT may read, and how much."""

    recorded_at: str
    made_at: str
    tables: list[KeptTable]
    limits: Limits


class JointRanges(Told):
    """Ranges of a dataset on which no chosen status or bit changes, in order."""

    run_number: int
    dataset: str
    source: str = Field(description="whose luminosity is told")
    ranges: list[JointRange]
