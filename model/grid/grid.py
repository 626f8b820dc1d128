"""Rows of the grid, read in few queries and kept per dataset until its run changes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from model.asof import held
from model.grid.cells import UNTOUCHED, Cell, Piece, cell, cell_text
from model.pieces import AT_ONCE, pieces
from model.queries import datasets, runs
from model.tables import (
    author,
    cell_summary,
    dataset,
    dataset_state,
    dataset_summary,
    proposal,
    term,
    verdict_range,
)
from model.vocabulary import GLOBAL, ONLINE, Stage, State, Status, workspace_of

_UNDECIDED = (Status.EMPTY.value, Status.NOTSET.value)


@dataclass(frozen=True)
class Row:
    """One dataset as the grid shows it.

    Args:
        state: in the workspace of the grid; an online dataset has its run's.
        recorded_invpb: of the whole run, in 1/pb, source OMS; None where there is none.
        at_stake_invpb: the largest undecided luminosity of one column, in 1/pb.
        cells: in the order of the grid's columns.
        cell_states: of each column, in the workspace that owns it.
        hints: places of columns for which a program proposes something that nobody answered.
    """

    dataset_id: int
    run_number: int
    dataset: str
    state: str
    lumisections: int
    recorded_invpb: float | None
    at_stake_invpb: float
    cells: tuple[Cell, ...]
    cell_states: tuple[str, ...]
    hints: tuple[int, ...] = ()

    @cached_property
    def undecided(self) -> int:
        """Return how many cells have a lumisection on which nobody decided as their worst."""
        return sum(cell.status in _UNDECIDED for cell in self.cells)

    @cached_property
    def text(self) -> dict[str, Any]:
        """Return the row with short keys.

        i id, r run, d dataset, s state, n lumisections, l recorded and w at stake in 1/pb, c cells with a
        semicolon between, x the first letter of the state each cell's own workspace is in; empty where all
        are OPEN; h places of cells with an open proposal.
        """
        return {
            "i": self.dataset_id,
            "r": self.run_number,
            "d": self.dataset,
            "s": self.state,
            "n": self.lumisections,
            "l": None if self.recorded_invpb is None else round(self.recorded_invpb, 3),
            "w": round(self.at_stake_invpb, 3),
            "c": ";".join(map(cell_text, self.cells)),
            "h": self.hints,
            "x": "" if set(self.cell_states) <= {State.OPEN} else "".join(s[0] for s in self.cell_states),
        }


@dataclass(frozen=True)
class Question:
    """What a grid shows of datasets: the columns, and the workspace whose states count."""

    workspace: str
    columns: tuple[str, ...]


def columns_of(connection: Connection, workspace: str, stage: Stage, at: int) -> tuple[str, ...]:
    """Return the columns a workspace certifies; all certifiable ones in `global`."""
    name = ONLINE if stage is Stage.ONLINE else "offline"
    if workspace == GLOBAL:
        return datasets.certifiable(connection, name, at)
    return tuple(c for c in datasets.columns(connection, name, at) if workspace_of(c) == workspace)


class GridRoom:
    """Reads rows; each is kept until something is recorded about its run."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str, tuple[str, ...]], tuple[int, Row]] = {}

    def rows(self, connection: Connection, asked: Question, ids: Sequence[int], at: int) -> list[Row]:
        """Return the rows of datasets as they stood at a sequence, in the order of the ids."""
        run_of = _runs_of(connection, ids)
        versions = runs.sequences(connection, at, set(run_of.values()) if len(ids) <= AT_ONCE else None)
        found: dict[int, Row] = {}
        for dataset_id in ids:
            kept = self._kept.get((dataset_id, asked.workspace, asked.columns))
            if kept is not None and kept[0] == versions.get(run_of[dataset_id]):
                found[dataset_id] = kept[1]
        for row in _read(connection, asked, [i for i in ids if i not in found], at):
            found[row.dataset_id] = row
            version = versions.get(row.run_number, 0)
            self._kept[row.dataset_id, asked.workspace, asked.columns] = (version, row)
        return [found[i] for i in ids if i in found]


def _runs_of(connection: Connection, ids: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for some in pieces(ids):
        query = select(dataset.c.id, dataset.c.run_number).where(dataset.c.id.in_(some))
        found.update((row.id, row.run_number) for row in connection.execute(query))
    return found


def _read(connection: Connection, asked: Question, ids: Sequence[int], at: int) -> Iterable[Row]:
    owners = [workspace_of(column) for column in asked.columns]
    known = _ids(connection, [*asked.columns, *owners, asked.workspace, GLOBAL])
    column_ids = [known[column] for column in asked.columns]
    workspace_ids = [known[name] for name in (asked.workspace, *owners)]
    for some in pieces(ids):
        all_said = _said(connection, some, column_ids, at)
        stakes = _stakes(connection, some, column_ids, at)
        hints = _hints(connection, some, at)
        states = _states(connection, some, [*workspace_ids, known[GLOBAL]], at)
        query = select(dataset_summary).where(dataset_summary.c.dataset_id.in_(some), held(dataset_summary, at))
        summaries = connection.execute(query).all()
        exists = datasets.lumisections_of_runs(connection, sorted({s.run_number for s in summaries}), at)
        for s in summaries:
            spans, said = exists.get(s.run_number, ()), all_said.get(s.dataset_id, {})
            cells = tuple(cell(said[c], spans) if c in said else UNTOUCHED for c in column_ids)
            left = [
                stakes.get((s.dataset_id, c), 0.0) if c in said else s.recorded_invpb or 0.0 for c in column_ids
            ]
            own = states.get(s.dataset_id, {})
            everywhere = own.get(known[GLOBAL], State.OPEN.value)
            state, *cell_states = (
                s.run_state if s.name == ONLINE else own.get(w, everywhere) for w in workspace_ids
            )
            where = (s.dataset_id, s.run_number, s.name, state, s.lumisections, s.recorded_invpb)
            hinted = tuple(i for i, c in enumerate(column_ids) if (s.dataset_id, c) in hints)
            yield Row(*where, max(left, default=0.0), cells, tuple(cell_states), hinted)


def _ids(connection: Connection, names: Sequence[str]) -> dict[str, int]:
    query = select(term.c.text, term.c.id).where(term.c.text.in_(sorted(set(names))))
    # a word nobody has used yet is in no row
    return dict.fromkeys(names, -1) | {row.text: row.id for row in connection.execute(query)}


def _said(
    connection: Connection, ids: Sequence[int], column_ids: Sequence[int], at: int
) -> Mapping[int, dict[int, list[Piece]]]:
    v = verdict_range
    query = (
        select(v.c.dataset_id, v.c.column_id, v.c.first, v.c.last, v.c.status, v.c.author_id)
        .add_columns(v.c.comment_id, v.c.cause_id)
        .where(v.c.dataset_id.in_(ids), v.c.column_id.in_(column_ids), held(v, at))
        .order_by(v.c.dataset_id, v.c.column_id, v.c.first)
    )
    nothing = connection.execute(select(term.c.id).where(term.c.text == "")).scalar()
    persons = {row.id for row in connection.execute(select(author.c.id).where(author.c.is_person))}
    found: dict[int, dict[int, list[Piece]]] = {}
    for d, c, first, last, status, who, comment, cause in connection.execute(query).all():
        piece = Piece(first, last, status, who in persons, comment != nothing or cause != nothing)
        found.setdefault(d, {}).setdefault(c, []).append(piece)
    return found


def _stakes(
    connection: Connection, ids: Sequence[int], column_ids: Sequence[int], at: int
) -> dict[tuple[int, int], float]:
    c = cell_summary
    query = select(c.c.dataset_id, c.c.column_id, c.c.recorded_invpb).where(
        c.c.dataset_id.in_(ids), c.c.column_id.in_(column_ids), c.c.status.in_(_UNDECIDED), held(c, at)
    )
    found: dict[tuple[int, int], float] = defaultdict(float)
    for dataset_id, column_id, recorded in connection.execute(query):
        found[dataset_id, column_id] += recorded
    return found


def _hints(connection: Connection, ids: Sequence[int], at: int) -> set[tuple[int, int]]:
    query = select(proposal.c.dataset_id, proposal.c.column_id).where(
        proposal.c.dataset_id.in_(ids), held(proposal, at)
    )
    return {(row.dataset_id, row.column_id) for row in connection.execute(query)}


def _states(
    connection: Connection, ids: Sequence[int], workspace_ids: Sequence[int], at: int
) -> dict[int, dict[int, str]]:
    s = dataset_state
    query = select(s.c.dataset_id, s.c.workspace_id, s.c.state).where(
        s.c.dataset_id.in_(ids), s.c.workspace_id.in_(sorted(set(workspace_ids))), held(s, at)
    )
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for dataset_id, workspace_id, state in connection.execute(query):
        found[dataset_id][workspace_id] = state
    return found
