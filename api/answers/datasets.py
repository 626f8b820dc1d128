"""What the doors of datasets, their verdicts and their bits answer."""

from typing import Any

from pydantic import BaseModel, Field

from api.answers.common import Told
from model.accepted import Accepted
from model.golden.effect import Effect
from model.queries.bits import Override
from model.queries.lumisection_ranges import JointRange


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


class JointRanges(Told):
    """Ranges of a dataset on which no chosen status or bit changes, in order."""

    run_number: int
    dataset: str
    source: str = Field(description="whose luminosity is told")
    ranges: list[JointRange]
