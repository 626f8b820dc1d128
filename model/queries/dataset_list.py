"""Datasets of many runs, page by page: newest runs first, by name within a run; and who signed them off."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Select, and_, or_, select, tuple_

from model.asof import held
from model.clock import rfc3339
from model.filters.language import Filter
from model.filters.sql import clause
from model.queries import documents
from model.tables import dataset, dataset_state, dataset_summary, journal, term
from model.vocabulary import Stage, State

Place = tuple[int, str]


@dataclass(frozen=True)
class Listing:
    """Which datasets; None and empty where it does not matter. Hidden ones stay out unless asked for."""

    stage: Stage | None = None
    first_run: int | None = None
    last_run: int | None = None
    cycle: str = ""
    where: Filter | None = None
    hidden: bool = False


@dataclass(frozen=True)
class DatasetRow:
    """A dataset in a list; luminosities in 1/pb of OMS, None where there is none; `states` by workspace."""

    run_number: int
    name: str
    stage: str
    era: str
    run_class: str
    run_state: str
    is_hidden: bool
    lumisections: int
    recorded_invpb: float | None
    delivered_invpb: float | None
    states: Mapping[str, str]


@dataclass(frozen=True)
class SignOff:
    """A workspace that signed a dataset off or completed it, by whom and when (RFC 3339)."""

    run_number: int
    dataset: str
    workspace: str
    state: str
    author: str
    is_person: bool
    at: str
    sequence: int
    comment: str


def dataset_rows(
    connection: Connection, asked: Listing, at: int, after: Place | None, many: int
) -> list[DatasetRow]:
    """Return datasets as they stood at a sequence: those that follow a place in the list."""
    s = dataset_summary
    query = _listed(connection, asked, at).limit(many)
    if after is not None:
        run, name = s.c.run_number, s.c.name
        query = query.where(or_(run < after[0], and_(run == after[0], name > after[1])))
    rows = connection.execute(query).all()
    states = _states(connection, [row.dataset_id for row in rows], at)
    return [
        DatasetRow(
            row.run_number,
            row.name,
            row.stage,
            row.era,
            row.run_class,
            row.run_state,
            bool(row.is_hidden),
            row.lumisections,
            row.recorded_invpb,
            row.delivered_invpb,
            states[row.dataset_id],
        )
        for row in rows
    ]


def stated(connection: Connection, at: int) -> list[str]:
    """Return the workspaces in which a dataset had a state of its own at a sequence, in order."""
    s = dataset_state
    of_some = select(s.c.workspace_id).where(held(s, at))
    return sorted(connection.execute(select(term.c.text).where(term.c.id.in_(of_some))).scalars())


def sign_offs(
    connection: Connection,
    at: int,
    before: int | None,
    many: int,
    *,
    workspace: str = "",
    run: int | None = None,
) -> list[SignOff]:
    """Return what was signed off or completed and still is, the last first: by sequences below `before`.

    Datasets that were moved together have one sequence each, so that a page never ends between two of one.
    """
    d, s, j = dataset, dataset_state, journal
    query = (
        select(d.c.run_number, d.c.name, term.c.text, s.c.state, s.c.since)
        .add_columns(j.c.author, j.c.is_person, j.c.recorded_us, j.c.comment)
        .join_from(s, d, d.c.id == s.c.dataset_id)
        .join(term, term.c.id == s.c.workspace_id)
        .join(j, j.c.sequence == s.c.since)
        .where(held(s, at), s.c.state.in_([State.SIGNOFF, State.COMPLETED]))
    )
    if workspace:
        query = query.where(term.c.text == workspace)
    if run is not None:
        query = query.where(d.c.run_number == run)
    since = select(s.c.since).where(s.c.since.in_(query.with_only_columns(s.c.since))).distinct()
    if before is not None:
        since = since.where(s.c.since < before)
    last = connection.execute(since.order_by(s.c.since.desc()).limit(many)).scalars().all()
    found = connection.execute(
        query.where(s.c.since.in_(last)).order_by(s.c.since.desc(), d.c.name, term.c.text)
    )
    return [
        SignOff(
            row.run_number,
            row.name,
            row.text,
            row.state,
            row.author,
            bool(row.is_person),
            rfc3339(row.recorded_us),
            row.since,
            row.comment,
        )
        for row in found
    ]


def _listed(connection: Connection, asked: Listing, at: int) -> Select[tuple[object, ...]]:
    s = dataset_summary
    query: Select[tuple[object, ...]] = select(s).where(held(s, at))
    if not asked.hidden:
        query = query.where(~s.c.is_hidden)
    if asked.stage is not None:
        query = query.where(s.c.stage == asked.stage.value)
    if asked.first_run is not None:
        query = query.where(s.c.run_number >= asked.first_run)
    if asked.last_run is not None:
        query = query.where(s.c.run_number <= asked.last_run)
    if asked.cycle:
        document = documents.document(connection, "cycle", asked.cycle, at) or {"datasets": []}
        query = query.where(tuple_(s.c.run_number, s.c.name).in_([tuple(d) for d in document["datasets"]]))
    if asked.where is not None:
        query = query.where(clause(connection, asked.where, at))
    return query.order_by(s.c.run_number.desc(), s.c.name)


def _states(connection: Connection, ids: Sequence[int], at: int) -> dict[int, dict[str, str]]:
    s = dataset_state
    query = (
        select(s.c.dataset_id, term.c.text, s.c.state)
        .join(term, term.c.id == s.c.workspace_id)
        .where(held(s, at), s.c.dataset_id.in_(ids))
        .order_by(term.c.text)
    )
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in connection.execute(query):
        found[row.dataset_id][row.text] = row.state
    return found
