"""What waits for a person, with the luminosity at stake."""

from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection, func, select

from model import encoding
from model.asof import held
from model.queries import completeness, luminosities
from model.ranges import text
from model.tables import author, dataset, dataset_fact, overruled_range, term, verdict_range
from model.vocabulary import State, Status, workspace_of

_LOOKED_AT = 12


@dataclass(frozen=True)
class Waiting:
    """One thing to decide; `at_stake_invpb` is recorded luminosity of its run, or of its lumisections."""

    run_number: int
    column: str
    what: str
    reason: str
    at_stake_invpb: float | None
    is_conflict: bool = False


def decisions(connection: Connection, at: int) -> list[Waiting]:
    """Return undecided columns of open datasets, and where rule and person disagree; the newest runs first."""
    return [*_undecided(connection, at), *_disagreeing(connection, at)]


def _undecided(connection: Connection, at: int) -> list[Waiting]:
    query = (
        select(dataset.c.run_number, dataset.c.name, dataset_fact.c.document)
        .join(dataset_fact, dataset_fact.c.dataset_id == dataset.c.id)
        .where(held(dataset_fact, at), dataset_fact.c.document.like('%:"OPEN"%'))
        .where(dataset.c.name.like("/PromptReco/%"))
        .order_by(dataset.c.run_number.desc())
        .limit(_LOOKED_AT)
    )
    found = []
    for row in connection.execute(query).all():
        states = encoding.parse(row.document)["states"]
        missing = completeness.undecided(connection, row.run_number, row.name, at=at)
        named = [c for c in missing if states.get(workspace_of(c)) == State.OPEN]
        if named:
            spans = text(missing[named[0]])
            what = f"LS {spans if len(spans) < 24 else spans[:22] + '…'} not set"
            more = f"{row.name}, and {len(named) - 1} more columns" if len(named) > 1 else row.name
            stake = _recorded(connection, row.run_number, at)
            found.append(Waiting(row.run_number, named[0], what, more, stake))
    return found


def _disagreeing(connection: Connection, at: int) -> list[Waiting]:
    over, under = verdict_range, overruled_range
    query = (
        select(
            dataset.c.run_number,
            dataset.c.name,
            term.c.text,
            author.c.name.label("author"),
            func.max(over.c.first, under.c.first).label("first")
            if connection.dialect.name == "sqlite"
            else func.greatest(over.c.first, under.c.first).label("first"),
            over.c.last,
            under.c.last.label("under_last"),
            over.c.status,
            under.c.status.label("rule"),
        )
        .join(over, (over.c.dataset_id == under.c.dataset_id) & (over.c.column_id == under.c.column_id))
        .join(dataset, dataset.c.id == under.c.dataset_id)
        .join(term, term.c.id == under.c.column_id)
        .join(author, author.c.id == over.c.author_id)
        .where(held(over, at), held(under, at), over.c.first <= under.c.last, under.c.first <= over.c.last)
        .where(over.c.status != under.c.status, author.c.is_person)
        .order_by(dataset.c.run_number.desc())
        .limit(_LOOKED_AT)
    )
    found = []
    for row in connection.execute(query).all():
        last = min(row.last, row.under_last)
        words = f"LS {row.first}–{last}: {row.author} {Status(row.status).name}"
        stake = _recorded(connection, row.run_number, at, row.first, last)
        why = f"a rule says {Status(row.rule).name} · {row.name}"
        found.append(Waiting(row.run_number, row.text, words, why, stake, True))
    return found


def _recorded(
    connection: Connection, run_number: int, at: int, first: int = 1, last: int | None = None
) -> float | None:
    arrays = luminosities.luminosity(connection, run_number, at=at)
    return None if arrays is None else float(np.nansum(arrays.recorded_invpb[first - 1 : last]))
