"""Whose work it is: the cells of open workspaces that an author may decide on, as clauses of a query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, func, literal, or_, select

from model.asof import held
from model.authors import Author
from model.grid.grid import columns_of
from model.queries import datasets
from model.rights import Action, may
from model.tables import dataset_state, dataset_summary, term
from model.vocabulary import GLOBAL, ONLINE, Level, Stage, State, workspace_of


@dataclass(frozen=True)
class Scope:
    """Columns of online or of offline datasets as of a sequence, by the ids the tables hold."""

    connection: Connection
    at: int
    is_online: bool
    columns: Mapping[int, str]
    ids: Mapping[str, int]

    def open_cells(self, table: FromClause) -> tuple[FromClause, list[ColumnElement[bool]]]:
        """Join a table of cells to its dataset and keep those whose workspace is open."""
        s, is_mine = dataset_summary, table.c.column_id.in_(list(self.columns))
        source: FromClause = table.join(s, s.c.dataset_id == table.c.dataset_id)
        if self.is_online:
            return source, [*self.datasets(), is_mine, s.c.run_state == State.OPEN.value]
        owners = {i: self.ids.get(workspace_of(column), -1) for i, column in self.columns.items()}
        own, everywhere = dataset_state.alias("own"), dataset_state.alias("everywhere")
        # columns are no table to join: without statistics a store would begin there and read the rest for each
        source = source.outerjoin(own, self._state(own, table, case(owners, value=table.c.column_id)))
        source = source.outerjoin(everywhere, self._state(everywhere, table, literal(self.ids.get(GLOBAL, -1))))
        state = func.coalesce(own.c.state, everywhere.c.state, State.OPEN.value)
        return source, [*self.datasets(), is_mine, state == State.OPEN.value]

    def datasets(self) -> list[ColumnElement[bool]]:
        """Return the clauses for datasets that are work: shown, of runs that matter, with lumisections."""
        s = dataset_summary
        is_here = s.c.name == ONLINE if self.is_online else s.c.name != ONLINE
        matters = or_(s.c.is_significant.is_(None), s.c.is_significant)
        return [held(s, self.at), is_here, ~s.c.is_hidden, matters, s.c.lumisections > 0]

    def _state(self, alias: FromClause, table: FromClause, workspace: Any) -> ColumnElement[bool]:
        c = alias.c
        is_held = and_(c.since <= self.at, or_(c.until.is_(None), c.until > self.at))
        return and_(c.dataset_id == table.c.dataset_id, c.workspace_id == workspace, is_held)


def scopes(connection: Connection, by: Author | None, at: int, workspace: str = "") -> list[Scope]:
    """Return what an author may decide on, online and offline; everything where there is no author.

    Args:
        workspace: only its columns; all workspaces where not given.
    """
    found = []
    for is_online, action in ((True, Action.EDIT_ONLINE), (False, Action.EDIT_OFFLINE)):
        names = [
            column
            for column in datasets.certifiable(connection, ONLINE if is_online else "offline", at)
            if workspace in ("", workspace_of(column)) and (by is None or may(by, action, workspace_of(column)))
        ]
        ids = _ids(connection, [*names, *map(workspace_of, names), GLOBAL])
        # a column that no row names yet gets an id that no row has
        columns = {ids.get(name, -place): name for place, name in enumerate(names, 1)}
        if columns:
            found.append(Scope(connection, at, is_online, columns, ids))
    return found


def workspaces(connection: Connection, by: Author, at: int) -> list[str]:
    """Return the workspaces in which an author may decide on something."""
    owners = {workspace_of(c) for scope in scopes(connection, by, at) for c in scope.columns.values()}
    return sorted(owners)


def _ids(connection: Connection, names: list[str]) -> dict[str, int]:
    query = select(term.c.text, term.c.id).where(term.c.text.in_(sorted(set(names))))
    return {row.text: row.id for row in connection.execute(query)}


def certifying(connection: Connection, at: int) -> dict[str, Level]:
    """Return the workspaces that have columns of offline datasets, each with its level."""
    levels = datasets.levels(connection, at)
    return {name: its for name, its in levels.items() if columns_of(connection, name, Stage.PROMPT, at)}


def own(workspaces: Sequence[str]) -> str:
    """Return the workspace that somebody begins with: their only one, else global."""
    return workspaces[0] if len(workspaces) == 1 else GLOBAL
