"""Datasets of runs: states, lumisections, columns."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from model import encoding
from model.asof import AT, held
from model.errors import NotFound
from model.journal import sequence_now
from model.queries import documents, runs
from model.ranges import LumisectionRange, Ranges
from model.tables import dataset as dataset_table
from model.tables import dataset_fact, term, upstream_range
from model.vocabulary import (
    EXISTS,
    GLOBAL,
    LEVEL_OF,
    OFFLINE_COLUMNS,
    ONLINE,
    ONLINE_COLUMNS,
    Level,
    Stage,
    State,
    stage_of,
    workspace_of,
)

_OF_RUN = (
    select(dataset_table.c.id, dataset_table.c.name, dataset_fact.c.document)
    .join(dataset_fact, dataset_fact.c.dataset_id == dataset_table.c.id)
    .where(dataset_table.c.run_number == bindparam("run_number"), held(dataset_fact, AT))
)
_LUMISECTIONS = (
    select(upstream_range.c.first, upstream_range.c.last)
    .join(dataset_table, dataset_table.c.id == upstream_range.c.dataset_id)
    .join(term, term.c.id == upstream_range.c.attribute_id)
    .where(dataset_table.c.run_number == bindparam("run_number"), dataset_table.c.name == ONLINE)
    .where(term.c.text == EXISTS, held(upstream_range, AT))
    .order_by(upstream_range.c.first)
)


@dataclass(frozen=True)
class Dataset:
    """One dataset of a run as it stood at a sequence."""

    id: int
    run_number: int
    name: str
    states: Mapping[str, str]
    in_gui: tuple[str, ...]
    is_hidden: bool
    run_state: str = State.OPEN

    @property
    def stage(self) -> Stage:
        """Where in the processing it stands."""
        return stage_of(self.name)

    def state_of(self, workspace: str) -> str:
        """Return the state in a workspace; an online dataset has the run's."""
        if self.name == ONLINE:
            return self.run_state
        return self.states.get(workspace, self.states.get(GLOBAL, State.OPEN))


def dataset(connection: Connection, run_number: int, name: str, at: int | None = None) -> Dataset:
    """Return one dataset.

    Raises:
        NotFound: no such run, or no such dataset of it.
    """
    found = {d.name: d for d in datasets_of(connection, run_number, at)}
    if name not in found:
        raise NotFound(f"Run {run_number} has no dataset {name}; it has {', '.join(found) or 'none'}.")
    return found[name]


def datasets_of(connection: Connection, run_number: int, at: int | None = None) -> list[Dataset]:
    """Return the datasets of a run, online first, in order of stage and name.

    Raises:
        NotFound: no such run.
    """
    at = sequence_now(connection) if at is None else at
    run = runs.run(connection, run_number, at)
    found = []
    for row in connection.execute(_OF_RUN, {"run_number": run_number, "at": at}):
        document = encoding.parse(row.document)
        in_gui, hidden = tuple(document["in_gui"]), document["hidden"]
        found.append(Dataset(row.id, run_number, row.name, document["states"], in_gui, hidden, run.state))
    order = list(Stage)
    return sorted(found, key=lambda d: (order.index(d.stage), d.name))


def lumisections(connection: Connection, run_number: int, at: int | None = None) -> Ranges:
    """Return the lumisections upstream has for a run."""
    at = sequence_now(connection) if at is None else at
    found = connection.execute(_LUMISECTIONS, {"run_number": run_number, "at": at})
    return tuple(LumisectionRange(row.first, row.last) for row in found)


def lumisections_of_runs(connection: Connection, run_numbers: Sequence[int], at: int) -> dict[int, Ranges]:
    """Return the lumisections upstream has for each of some runs; a run without any is left out."""
    exists = connection.execute(select(term.c.id).where(term.c.text == EXISTS)).scalar()
    query = (
        select(dataset_table.c.run_number, upstream_range.c.first, upstream_range.c.last)
        .join(dataset_table, dataset_table.c.id == upstream_range.c.dataset_id)
        .where(dataset_table.c.run_number.in_(run_numbers), dataset_table.c.name == ONLINE)
        .where(upstream_range.c.attribute_id == exists, held(upstream_range, at))
        .order_by(dataset_table.c.run_number, upstream_range.c.first)
    )
    found: dict[int, list[LumisectionRange]] = defaultdict(list)
    for number, first, last in connection.execute(query):
        found[number].append(LumisectionRange(first, last))
    return {number: tuple(spans) for number, spans in found.items()}


def certifiable(connection: Connection, dataset_name: str, at: int | None = None) -> tuple[str, ...]:
    """Return the columns that must be decided before sign-off: the registry's list, else the built-in one."""
    online = dataset_name == ONLINE
    document = documents.document(connection, "workspaces", "online" if online else "offline", at)
    if document is None:
        return ONLINE_COLUMNS if online else OFFLINE_COLUMNS
    return _flat(document)


def columns(connection: Connection, dataset_name: str, at: int | None = None) -> tuple[str, ...]:
    """Return every column of a dataset, those that only their own workspace shows included."""
    name = "online-local" if dataset_name == ONLINE else "offline-local"
    local = documents.document(connection, "workspaces", name, at)
    return tuple(dict.fromkeys((*certifiable(connection, dataset_name, at), *_flat(local or {}))))


def workspaces(connection: Connection, at: int | None = None) -> tuple[str, ...]:
    """Return the workspaces that certify offline datasets, an administrator's own ones included."""
    return tuple(dict.fromkeys(map(workspace_of, columns(connection, "offline", at))))


def levels(connection: Connection, at: int | None = None) -> dict[str, Level]:
    """Return the level of each workspace: the built-in ones, and those the registry keeps beside them."""
    kept = documents.document(connection, "workspaces", "levels", at) or {}
    return {**LEVEL_OF, **{name: Level(level) for name, level in kept.items()}}


def _flat(document: Mapping[str, list[str]]) -> tuple[str, ...]:
    return tuple(f"{workspace}-{name}" for workspace, names in document.items() for name in names)
