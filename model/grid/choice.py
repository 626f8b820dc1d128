"""Which datasets stand in a grid: stage, runs, cycle and filter, hidden ones apart."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from model.asof import held
from model.filters.language import Filter
from model.filters.sql import clause
from model.queries import documents
from model.tables import dataset_summary
from model.vocabulary import Stage

#: more rows than anybody looks through; the grid says when it stops there
MOST = 5_000


@dataclass(frozen=True)
class Choice:
    """What the address of a grid asks for; None where it does not say."""

    stage: Stage = Stage.PROMPT
    first_run: int | None = None
    last_run: int | None = None
    cycle: str = ""
    where: Filter | None = None
    hidden: bool = False


def chosen(connection: Connection, choice: Choice, at: int) -> list[int]:
    """Return the ids of the datasets, newest runs first, at most `MOST`."""
    s = dataset_summary
    query = select(s.c.dataset_id).where(held(s, at), s.c.stage == choice.stage.value)
    query = query.where(s.c.is_hidden if choice.hidden else ~s.c.is_hidden)
    if choice.first_run is not None:
        query = query.where(s.c.run_number >= choice.first_run)
    if choice.last_run is not None:
        query = query.where(s.c.run_number <= choice.last_run)
    if choice.cycle:
        document = documents.document(connection, "cycle", choice.cycle, at) or {"datasets": []}
        query = query.where(tuple_(s.c.run_number, s.c.name).in_([tuple(d) for d in document["datasets"]]))
    if choice.where is not None:
        query = query.where(clause(connection, choice.where, at))
    rows = connection.execute(query.order_by(s.c.run_number.desc(), s.c.name).limit(MOST))
    return [row.dataset_id for row in rows]
