"""What the door of bulk actions answers."""

from pydantic import BaseModel, Field

from model.errors import Conflict


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
