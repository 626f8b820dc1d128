"""Which runs stand in the table, and in which order."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, or_, select

from model.asof import held
from model.filters.language import Filter
from model.filters.sql import clause
from model.tables import dataset_summary
from model.vocabulary import ONLINE, Stage

#: every dataset of a run may answer a filter, whatever its stage
ANY = "any"
#: whose datasets a filter may ask
ASKED = (Stage.ONLINE.value, Stage.EXPRESS.value, Stage.PROMPT.value, Stage.RERECO.value, ANY)
#: what the table may be ordered by
FIELDS = (
    "run_number",
    "fill_number",
    "era",
    "run_class",
    "start_us",
    "duration_s",
    "lumisections",
    "recorded_invpb",
    "run_state",
    "is_significant",
    "stop_reason",
)
_runs = dataset_summary.alias("runs")


@dataclass(frozen=True)
class RunChoice:
    """What the table asks for.

    Args:
        where: a filter; a run stands in the table where one of its datasets answers it.
        asked: the stage of the datasets that are asked, or any.
        words: a run, a fill, an era or a class, as somebody typed it.
        field: one of FIELDS; runs that are alike in it stand newest first.
    """

    where: Filter | None = None
    asked: str = Stage.ONLINE.value
    words: str = ""
    field: str = "run_number"
    is_descending: bool = True


def count(connection: Connection, choice: RunChoice, at: int) -> int:
    """Return how many runs stand in the table."""
    query = _narrowed(select(func.count()).select_from(_runs), connection, choice, at)
    return int(connection.execute(query).scalar_one())


def window(connection: Connection, choice: RunChoice, at: int, first: int, many: int) -> list[int]:
    """Return the numbers of the runs from a place of the table on."""
    column = _runs.c[choice.field]
    way = column.desc() if choice.is_descending else column.asc()
    # what nobody knows stands last, whichever way
    order = (case((column.is_(None), 1), else_=0), way, _runs.c.run_number.desc())
    query = _narrowed(select(_runs.c.run_number), connection, choice, at)
    return list(connection.scalars(query.order_by(*order).limit(many).offset(first)))


def older(connection: Connection, choice: RunChoice, at: int, before: int | None, many: int) -> list[int]:
    """Return the newest runs of the table that are older than one."""
    query = _narrowed(select(_runs.c.run_number), connection, choice, at)
    if before is not None:
        query = query.where(_runs.c.run_number < before)
    return list(connection.scalars(query.order_by(_runs.c.run_number.desc()).limit(many)))


def _narrowed(query: Select[Any], connection: Connection, choice: RunChoice, at: int) -> Select[Any]:
    query = query.where(held(_runs, at), _runs.c.name == ONLINE)
    if choice.words.strip():
        query = query.where(_called(choice.words.strip()))
    if choice.where is None:
        return query
    s = dataset_summary
    of_stage = [] if choice.asked == ANY else [s.c.stage == choice.asked]
    is_shown = or_(s.c.name == ONLINE, ~s.c.is_hidden)
    answer = clause(connection, choice.where, at)
    return query.where(
        _runs.c.run_number.in_(select(s.c.run_number).where(held(s, at), is_shown, *of_stage, answer))
    )


def _called(words: str) -> ColumnElement[bool]:
    low = words.lower()
    found = [func.lower(_runs.c.era) == low, func.lower(_runs.c.run_class) == low]
    if words.isascii() and words.isdigit() and len(words) < 10:
        found += [_runs.c.run_number == int(words), _runs.c.fill_number == int(words)]
    return or_(*found)
