"""Datasets that wait for the DQM GUI."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from model.asof import held
from model.tables import dataset_state, dataset_summary
from model.vocabulary import State


@dataclass(frozen=True)
class Waiting:
    """A dataset that at least one workspace cannot certify yet."""

    run_number: int
    name: str
    run_class: str


def waiting(connection: Connection, at: int) -> list[Waiting]:
    """Return the datasets that wait, oldest run first; hidden ones wait too."""
    s, w = dataset_summary, dataset_state
    query = (
        select(s.c.run_number, s.c.name, s.c.run_class)
        .join(w, w.c.dataset_id == s.c.dataset_id)
        .where(held(s, at), held(w, at), w.c.state == State.WAITING.value)
        .distinct()
        .order_by(s.c.run_number, s.c.name)
    )
    return [Waiting(*row) for row in connection.execute(query)]
