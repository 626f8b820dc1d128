"""What the doors of training answer, as documented."""

from pydantic import BaseModel, Field

from api.answers.common import Recorded, Told
from model.training.kept import Result


class ToldSitting(BaseModel):
    """What came of a sitting of training."""

    name: str = Field(description="its owner and its question")
    owner: str
    sitting: str
    finished_at: str
    is_shared: bool
    result: Result


class Sittings(Told):
    """Sittings that whoever asks sees: one's own, and the shared ones."""

    sittings: list[ToldSitting]


class RecordedSitting(Recorded):
    """What was kept."""

    name: str
