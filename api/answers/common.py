"""What many answers have in common."""

from pydantic import BaseModel, Field

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
