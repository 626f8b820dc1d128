"""What an era map asks for: which datasets are its rows, and what its lumisections tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, func, select

from model.asof import held
from model.frames.refs import DatasetRef
from model.tables import dataset_summary
from model.vocabulary import GLOBAL, Stage

#: more rows, or more lumisections, than one picture can show; it says when it stops there
MOST_ROWS = 2_000
MOST_LUMISECTIONS = 4_000_000


class Tells(StrEnum):
    """What the code of a lumisection says."""

    WORST = "worst"
    COLUMN = "column"
    GOLDEN = "golden"
    BIT = "bit"


@dataclass(frozen=True)
class Question:
    """Which rows, and what they tell.

    Args:
        era: empty for every era.
        name: of the column or the bit; empty for the others.
        workspace: whose columns the worst status is of.
    """

    at: int
    stage: Stage = Stage.PROMPT
    era: str = ""
    first_run: int | None = None
    last_run: int | None = None
    tells: Tells = Tells.WORST
    name: str = ""
    workspace: str = GLOBAL


@dataclass(frozen=True)
class Rows:
    """Datasets of a map, newest runs first; how many older ones had no room, and the newest run of these."""

    refs: tuple[DatasetRef, ...]
    left_out: int
    newest_left_out: int | None = None


def eras(connection: Connection, stage: Stage, at: int) -> dict[str, int]:
    """Return the eras that have datasets of a stage and how many, the one that began last first."""
    s = dataset_summary
    query = (
        select(s.c.era, func.count().label("many"), func.min(s.c.run_number).label("began"))
        .where(held(s, at), s.c.stage == stage.value, ~s.c.is_hidden)
        .group_by(s.c.era)
    )
    found = sorted(connection.execute(query), key=lambda row: -row.began)
    return {row.era: row.many for row in found}


def rows(connection: Connection, asked: Question) -> Rows:
    """Return the datasets that a question is about, hidden ones left out."""
    s = dataset_summary
    query = select(s.c.dataset_id, s.c.run_number, s.c.name, s.c.lumisections).where(*_conditions(asked))
    found = connection.execute(query.order_by(s.c.run_number.desc(), s.c.name).limit(MOST_ROWS + 1)).all()
    fitting = _fitting([row.lumisections for row in found[:MOST_ROWS]])
    refs = tuple(DatasetRef(row.dataset_id, row.run_number, row.name) for row in found[:fitting])
    if fitting == len(found):
        return Rows(refs, 0)
    total = connection.execute(select(func.count()).select_from(s).where(*_conditions(asked))).scalar() or 0
    return Rows(refs, total - len(refs), found[fitting].run_number)


def _conditions(asked: Question) -> list[ColumnElement[bool]]:
    s = dataset_summary
    found = [held(s, asked.at), s.c.stage == asked.stage.value, ~s.c.is_hidden]
    if asked.era:
        found.append(s.c.era == asked.era)
    if asked.first_run is not None:
        found.append(s.c.run_number >= asked.first_run)
    if asked.last_run is not None:
        found.append(s.c.run_number <= asked.last_run)
    return found


def _fitting(lengths: Sequence[int]) -> int:
    total = 0
    for place, length in enumerate(lengths):
        total += length
        if total > MOST_LUMISECTIONS:
            # one row is always shown, however long
            return max(place, 1)
    return len(lengths)
