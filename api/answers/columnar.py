"""What doors to data in bulk answer: tables, snapshots, queries."""

from typing import Any

from pydantic import BaseModel, Field

from api.answers.common import Told
from model.sandbox.limits import Limits


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
