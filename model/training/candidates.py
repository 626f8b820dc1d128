"""From what a sitting can be drawn: what is signed off, each with the sequence before any person spoke."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, func, select

from model.asof import held
from model.tables import author, dataset_fact, dataset_state, dataset_summary, term, verdict_range
from model.training.question import Question
from model.vocabulary import GLOBAL, Stage, State, Status

SIGNED = (State.SIGNOFF.value, State.COMPLETED.value)
_DAY_US = 86_400_000_000
_QUIET = (Status.EMPTY.value, Status.NOTSET.value, Status.GOOD.value)


@dataclass(frozen=True)
class Candidate:
    """A dataset that may be drawn.

    Args:
        at: the last sequence at which no person had spoken on the columns, and nobody had signed off.
        has_finding: a person decided that some lumisection is not GOOD.
    """

    dataset_id: int
    run_number: int
    dataset: str
    at: int
    has_finding: bool


def candidates(connection: Connection, asked: Question, columns: Sequence[str]) -> list[Candidate]:
    """Return the signed-off datasets of the period that once stood here without a person's word."""
    rows = signed_off(connection, asked.workspace, asked.stage, asked.upto)
    newest = max((row.start_us for row in rows if row.start_us is not None), default=0)
    rows = [r for r in rows if r.start_us is not None and r.start_us >= newest - asked.days * _DAY_US]
    ids = [row.dataset_id for row in rows]
    made, spoken = _made(connection, ids), _spoken(connection, ids, columns, asked.upto)
    closed = _closed(connection, asked, ids)
    found = []
    for row in rows:
        first, has_finding = spoken.get(row.dataset_id, (asked.upto + 1, False))
        at = min(first, closed.get(row.dataset_id, asked.upto + 1)) - 1
        if at >= made[row.dataset_id]:
            found.append(Candidate(row.dataset_id, row.run_number, row.name, at, has_finding))
    return found


def signed_off(connection: Connection, workspace: str, stage: Stage, at: int) -> Sequence[Any]:
    """Return what is signed off of a stage in a workspace: dataset_id, run_number, name, start_us."""
    s = dataset_summary
    query = select(s.c.dataset_id, s.c.run_number, s.c.name, s.c.start_us)
    query = query.where(held(s, at), s.c.stage == stage.value, ~s.c.is_hidden, s.c.lumisections > 0)
    if stage is Stage.ONLINE:
        return connection.execute(query.where(s.c.run_state.in_(SIGNED))).all()
    own, everywhere = dataset_state.alias("own"), dataset_state.alias("everywhere")
    for alias, name in ((own, workspace), (everywhere, GLOBAL)):
        is_its = and_(alias.c.dataset_id == s.c.dataset_id, alias.c.workspace_id == _id(connection, name))
        query = query.outerjoin(alias, and_(is_its, held(alias, at)))
    state = func.coalesce(own.c.state, everywhere.c.state, State.OPEN.value)
    return connection.execute(query.where(state.in_(SIGNED))).all()


def busiest(connection: Connection, at: int, among: Sequence[str]) -> str:
    """Return the workspace with most datasets signed off, the first of them; empty where none has any."""
    state = dataset_state
    query = (
        select(term.c.text, func.count())
        .join(state, state.c.workspace_id == term.c.id)
        .where(held(state, at), state.c.state.in_(SIGNED), term.c.text.in_(among))
        .group_by(term.c.text)
    )
    found = {row[0]: row[1] for row in connection.execute(query)}
    return max((name for name in among if name in found), key=found.__getitem__, default="")


def _id(connection: Connection, name: str) -> int:
    found = connection.execute(select(term.c.id).where(term.c.text == name)).scalar()
    return -1 if found is None else int(found)


def _made(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    fact = dataset_fact
    query = select(fact.c.dataset_id, func.min(fact.c.since)).where(fact.c.dataset_id.in_(ids))
    rows = connection.execute(query.group_by(fact.c.dataset_id))
    return {row[0]: row[1] for row in rows}


def _spoken(
    connection: Connection, ids: Sequence[int], columns: Sequence[str], at: int
) -> dict[int, tuple[int, bool]]:
    """Return since when persons spoke on columns of datasets, and whether some of it is not GOOD now."""
    v = verdict_range
    finding = case((and_(held(v, at), v.c.status.not_in(_QUIET)), 1), else_=0)
    query = (
        select(v.c.dataset_id, func.min(v.c.since), func.max(finding))
        .join(author, author.c.id == v.c.author_id)
        .join(term, term.c.id == v.c.column_id)
        .where(author.c.is_person, v.c.dataset_id.in_(ids), term.c.text.in_(columns), v.c.since <= at)
        .group_by(v.c.dataset_id)
    )
    return {row[0]: (row[1], bool(row[2])) for row in connection.execute(query)}


def _closed(connection: Connection, asked: Question, ids: Sequence[int]) -> dict[int, int]:
    """Return when each dataset was signed off for the first time."""
    table: FromClause = dataset_summary
    is_closed: ColumnElement[bool] = dataset_summary.c.run_state.in_(SIGNED)
    if asked.stage is not Stage.ONLINE:
        table = dataset_state
        owners = [_id(connection, name) for name in (asked.workspace, GLOBAL)]
        is_closed = and_(table.c.workspace_id.in_(owners), table.c.state.in_(SIGNED))
    query = select(table.c.dataset_id, func.min(table.c.since)).where(is_closed, table.c.dataset_id.in_(ids))
    rows = connection.execute(query.group_by(table.c.dataset_id))
    return {row[0]: row[1] for row in rows}
