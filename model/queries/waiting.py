"""Datasets that wait for the DQM GUI, and those that it has."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from model.asof import held
from model.encoding import parse
from model.tables import dataset_fact, dataset_state, dataset_summary
from model.vocabulary import State


@dataclass(frozen=True)
class Waiting:
    """A dataset that at least one workspace cannot certify yet."""

    run_number: int
    name: str
    run_class: str


@dataclass(frozen=True)
class Open:
    """A dataset that the DQM GUI has and at least one workspace may certify."""

    run_number: int
    name: str
    samples: tuple[str, ...]


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


def in_gui(connection: Connection, at: int) -> list[Open]:
    """Return the datasets in sight that the GUI has and somebody may certify, oldest run first."""
    s, w, f = dataset_summary, dataset_state, dataset_fact
    query = (
        select(s.c.run_number, s.c.name, f.c.document)
        .join(w, w.c.dataset_id == s.c.dataset_id)
        .join(f, f.c.dataset_id == s.c.dataset_id)
        .where(held(s, at), held(w, at), held(f, at), ~s.c.is_hidden, w.c.state == State.OPEN.value)
        .distinct()
        .order_by(s.c.run_number, s.c.name)
    )
    found = [Open(r.run_number, r.name, tuple(parse(r.document)["in_gui"])) for r in connection.execute(query)]
    return [each for each in found if each.samples]
