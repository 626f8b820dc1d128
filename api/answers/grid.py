"""What the doors of the grid answer."""

from pydantic import BaseModel, Field

from api.answers.common import Told
from model.grid.edits import Answer
from model.presence import Here


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
