"""Which runs stand in the table, and in which order."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, FromClause, case, func, or_, select

from model.asof import held
from model.filters.language import UNDECIDED, Filter
from model.filters.sql import clause
from model.filters.undecided import undecided
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
    "delivered_invpb",
    "run_state",
    "is_significant",
    "stop_reason",
    UNDECIDED,
)


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

    @property
    def is_every(self) -> bool:
        """Whether every run stands in the table."""
        return self.where is None and not self.words.strip()


def count(connection: Connection, choice: RunChoice, at: int) -> int:
    """Return how many runs stand in the table."""
    runs = _table(choice)
    query = select(func.count()).select_from(runs).where(*_narrowed(runs, connection, choice, at))
    return int(connection.execute(query).scalar_one())


def window(connection: Connection, choice: RunChoice, at: int, first: int, many: int) -> tuple[list[int], int]:
    """Return the numbers of the runs from a place of the table on, and how many stand in all of it."""
    runs = _table(choice)
    column = undecided(connection, runs, at) if choice.field == UNDECIDED else runs.c[choice.field]
    way = column.desc() if choice.is_descending else column.asc()
    # what nobody knows stands last, whichever way
    is_known = choice.field != UNDECIDED and not runs.c[choice.field].nullable
    known = [] if is_known else [case((column.is_(None), 1), else_=0)]
    # both in one question: what a filter costs is paid once
    query = select(runs.c.run_number, func.count().over().label("total"))
    query = query.where(*_narrowed(runs, connection, choice, at))
    query = query.order_by(*known, way, runs.c.run_number.desc()).limit(many).offset(first)
    found = connection.execute(query).all()
    total = found[0].total if found else count(connection, choice, at)
    return [row.run_number for row in found], total


def older(connection: Connection, choice: RunChoice, at: int, before: int | None, many: int) -> list[int]:
    """Return the newest runs of the table that are older than one."""
    runs = _table(choice)
    query = select(runs.c.run_number).where(*_narrowed(runs, connection, choice, at))
    if before is not None:
        query = query.where(runs.c.run_number < before)
    return list(connection.scalars(query.order_by(runs.c.run_number.desc()).limit(many)))


def _table(choice: RunChoice) -> FromClause:
    """Return the summaries that stand for runs: a filter that asks other datasets reads them beside these."""
    is_own = choice.where is None or choice.asked == Stage.ONLINE
    return dataset_summary if is_own else dataset_summary.alias("runs")


def _narrowed(
    runs: FromClause, connection: Connection, choice: RunChoice, at: int
) -> list[ColumnElement[bool]]:
    found = [held(runs, at), runs.c.name == ONLINE]
    if choice.words.strip():
        found.append(_called(runs, choice.words.strip()))
    if choice.where is None:
        return found
    answer = clause(connection, choice.where, at)
    if runs is dataset_summary:
        return [*found, answer]
    s = dataset_summary
    of_stage = [] if choice.asked == ANY else [s.c.stage == choice.asked]
    is_shown = or_(s.c.name == ONLINE, ~s.c.is_hidden)
    asked = select(s.c.run_number).where(held(s, at), is_shown, *of_stage, answer)
    return [*found, runs.c.run_number.in_(asked)]


def _called(runs: FromClause, words: str) -> ColumnElement[bool]:
    low = words.lower()
    found = [func.lower(runs.c.era) == low, func.lower(runs.c.run_class) == low]
    if words.isascii() and words.isdigit() and len(words) < 10:
        found += [runs.c.run_number == int(words), runs.c.fill_number == int(words)]
    return or_(*found)
