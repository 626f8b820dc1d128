"""What programs send to a bulk action."""

from pydantic import Field

from api.contract.noun import Sent
from model.vocabulary import Stage


class Chosen(Sent):
    """Datasets: named one by one, or as a grid chooses them."""

    names: list[tuple[int, str]] = Field([], max_length=5_000, description="run number and name of each")
    stage: Stage = Stage.PROMPT
    first_run: int | None = None
    last_run: int | None = None
    cycle: str = ""
    where: str = Field("", description="a filter, as the address of a grid has it")


class WordsBody(Sent):
    """What is said."""

    status: str
    cause: str = ""
    comment: str = ""


class CellsBody(WordsBody):
    """One status on columns of datasets, whole runs."""

    datasets: Chosen
    columns: list[str] = Field(min_length=1, max_length=100)
    replaces: bool = Field(False, description="also where somebody decided; else only what is open")


class CopyBody(Sent):
    """Columns to copy between two stages of the same runs."""

    runs: list[int] = Field(min_length=1, max_length=1_000)
    source: Stage
    target: Stage
    columns: list[str] = Field(min_length=1, max_length=100)
    replaces: bool = Field(False, description="also where somebody decided; else only what is open")


class CertificationBody(Sent):
    """A certification JSON: one status on what it lists, perhaps another on the rest of its runs."""

    text: str = Field(description="the JSON, as a text, so that a run that is listed twice is seen")
    columns: list[str] = Field(min_length=1, max_length=100)
    inside: WordsBody
    outside: WordsBody | None = None
    replaces: bool = Field(False, description="also where somebody decided; else only what is open")


class MoveBody(Sent):
    """Datasets to move; of several workspaces only what is in `from_state` moves."""

    datasets: Chosen
    workspaces: list[str] = Field(min_length=1, max_length=50)
    from_state: str
    to_state: str
    comment: str = Field("", description="needed to move back")


class DuplicateBody(Sent):
    """Datasets to duplicate, each within its run, under one name."""

    datasets: Chosen
    to: str
    comment: str = ""


class WishBody(Sent):
    """One wish: rows as pasted, a certification JSON, cells to set, columns to copy, a move or a duplicate."""

    rows: str = Field("", description="run, first, last, column, status, cause, comment; a line each")
    replaces: bool = Field(False, description="a row of a whole run also replaces what was decided")
    stage: Stage = Field(Stage.PROMPT, description="of the datasets that the rows or the JSON are about")
    certification: CertificationBody | None = None
    set_cells: CellsBody | None = None
    copy_columns: CopyBody | None = None
    move: MoveBody | None = None
    duplicate: DuplicateBody | None = None

    @staticmethod
    def verbs() -> tuple[str, ...]:
        """Return the names of what can be wished for."""
        return ("rows", "certification", "set_cells", "copy_columns", "move", "duplicate")

    def given(self) -> list[str]:
        """Return the names of what is wished for."""
        return [name for name in self.verbs() if getattr(self, name)]


class ApplyBody(WishBody):
    """The same once more, with the token of its dry run."""

    token: str
