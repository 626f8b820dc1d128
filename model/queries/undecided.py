"""Cells on which somebody still has to decide, those with most luminosity first, without reading ranges."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import ColumnElement, case, func, or_, select

from model.asof import held
from model.queries.scope import Scope
from model.tables import cell_summary, dataset_state, dataset_summary
from model.vocabulary import GLOBAL, State, Status, workspace_of

_BATCH = 500


class OpenCell(NamedTuple):
    """A column of a dataset with undecided lumisections; None where nobody measured the luminosity."""

    run_number: int
    dataset: str
    column: str
    at_stake_invpb: float | None


def undecided_cells(scope: Scope, limit: int) -> list[OpenCell]:
    """Return the cells with most undecided luminosity; those of unknown luminosity first."""
    found = [*_begun(scope, limit), *_untouched(scope, limit)]
    return sorted(found, key=_order)[:limit]


def _order(cell: OpenCell) -> tuple[bool, float, int, str, str]:
    stake = cell.at_stake_invpb
    return stake is not None, -(stake or 0.0), -cell.run_number, cell.dataset, cell.column


def _begun(scope: Scope, limit: int) -> list[OpenCell]:
    """Return cells of which a part was decided, or set back."""
    c, s = cell_summary, dataset_summary
    source, is_open = scope.open_cells(c)
    stake = func.sum(c.c.recorded_invpb)
    undecided = c.c.status.in_((Status.EMPTY.value, Status.NOTSET.value))
    query = (
        select(s.c.run_number, s.c.name, c.c.column_id, s.c.recorded_invpb.label("whole"), stake.label("stake"))
        .select_from(source)
        .where(held(c, scope.at), undecided, *is_open)
        .group_by(s.c.run_number, s.c.name, c.c.column_id, s.c.recorded_invpb)
        .order_by(_unknown_first(s.c.recorded_invpb), stake.desc(), s.c.run_number.desc())
        .limit(limit)
    )
    return [
        OpenCell(
            row.run_number, row.name, scope.columns[row.column_id], None if row.whole is None else row.stake
        )
        for row in scope.connection.execute(query)
    ]


def _untouched(scope: Scope, limit: int) -> list[OpenCell]:
    """Return cells that have no row: nobody ever spoke there."""
    found: list[OpenCell] = []
    for batch in _datasets(scope):
        gaps = _with_gaps(scope, [dataset_id for dataset_id, *_ in batch])
        spoken, states = _spoken(scope, gaps), _states(scope, gaps)
        for dataset_id, run_number, name, recorded, run_state in batch:
            own = states[dataset_id]
            everywhere = own.get(GLOBAL, State.OPEN.value)
            for column_id, column in scope.columns.items() if dataset_id in gaps else ():
                state = run_state if scope.is_online else own.get(workspace_of(column), everywhere)
                if column_id not in spoken[dataset_id] and state == State.OPEN:
                    found.append(OpenCell(run_number, name, column, recorded))
        if len(found) >= limit:
            break
    return found[:limit]


_Dataset = tuple[int, int, str, float | None, str]


def _datasets(scope: Scope) -> Iterator[list[_Dataset]]:
    """Yield datasets of which something may be open, those with most luminosity first."""
    s = dataset_summary
    query = (
        select(s.c.dataset_id, s.c.run_number, s.c.name, s.c.recorded_invpb, s.c.run_state)
        .where(*scope.datasets(), _may_be_open(scope))
        .order_by(_unknown_first(s.c.recorded_invpb), s.c.recorded_invpb.desc(), s.c.run_number.desc())
        .order_by(s.c.name)
    )
    rows = [tuple(row) for row in scope.connection.execute(query)]
    for start in range(0, len(rows), _BATCH):
        yield rows[start : start + _BATCH]


def _with_gaps(scope: Scope, ids: list[int]) -> set[int]:
    """Return those datasets in which some column has no row."""
    c = cell_summary
    full = (
        select(c.c.dataset_id)
        .where(held(c, scope.at), c.c.dataset_id.in_(ids), c.c.column_id.in_(list(scope.columns)))
        .group_by(c.c.dataset_id)
        .having(func.count(c.c.column_id.distinct()) == len(scope.columns))
    )
    return set(ids).difference(scope.connection.scalars(full))


def _may_be_open(scope: Scope) -> ColumnElement[bool]:
    s, state = dataset_summary, dataset_state
    if scope.is_online:
        return s.c.run_state == State.OPEN.value
    here = select(state.c.dataset_id).where(state.c.dataset_id == s.c.dataset_id, held(state, scope.at))
    some_open = here.where(state.c.state == State.OPEN.value)
    no_word = ~here.where(state.c.workspace_id == scope.ids.get(GLOBAL, -1)).exists()
    return or_(some_open.exists(), no_word)


def _spoken(scope: Scope, ids: set[int]) -> dict[int, set[int]]:
    c = cell_summary
    query = select(c.c.dataset_id, c.c.column_id).where(
        held(c, scope.at), c.c.dataset_id.in_(ids), c.c.column_id.in_(list(scope.columns))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for dataset_id, column_id in scope.connection.execute(query):
        found[dataset_id].add(column_id)
    return found


def _states(scope: Scope, ids: set[int]) -> dict[int, dict[str, str]]:
    names = {i: name for name, i in scope.ids.items()}
    s = dataset_state
    query = select(s.c.dataset_id, s.c.workspace_id, s.c.state).where(
        held(s, scope.at), s.c.dataset_id.in_(ids), s.c.workspace_id.in_(names)
    )
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for dataset_id, workspace_id, state in scope.connection.execute(query):
        found[dataset_id][names[workspace_id]] = state
    return found


def _unknown_first(recorded_invpb: ColumnElement[float]) -> ColumnElement[int]:
    return case((recorded_invpb.is_(None), 0), else_=1)
