"""What the door of the era map answers."""

from pydantic import BaseModel

from api.answers.common import Told


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
