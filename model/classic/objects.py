"""Runs and datasets as the published client reads them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from model.asof import held
from model.classic import summaries
from model.classic.keys import INCLUDED, RUN_NUMBER, STATE, workspaces
from model.classic.lumisections import Lumisections
from model.classic.sql import Row
from model.queries import runs
from model.tables import dataset_state, dataset_summary, term
from model.vocabulary import GLOBAL, ONLINE, State

Object = dict[str, Any]
#: rr_attributes that every run has
_OWN = ("class", "state", "significant", "stop_reason")


def rows_of(connection: Connection, named: Collection[tuple[int, str]], at: int) -> list[Row]:
    """Return the rows of datasets by run and name, those that are hidden included."""
    s = dataset_summary
    wanted = set(named)
    query = (
        select(s.c.dataset_id, s.c.run_number, s.c.name, s.c.lumisections)
        .where(s.c.run_number.in_(sorted({run_number for run_number, _ in wanted})), held(s, at))
        .order_by(s.c.run_number, s.c.name)
    )
    return [Row(*row) for row in connection.execute(query) if (row.run_number, row.name) in wanted]


def run_objects(connection: Connection, rows: Sequence[Row], at: int) -> list[Object]:
    """Return the runs that online datasets stand for, in the order given."""
    known = _runs(connection, rows, at)
    versions = runs.sequences(connection, at, known.keys())
    said = summaries.triplets(connection, rows, at)
    return [
        {
            RUN_NUMBER: row.run_number,
            **_words(known[row.run_number], row),
            "version": versions[row.run_number],
            "deleted": False,
            "DatasetTripletCache": {"triplet_summary": said[row.dataset_id]},
        }
        for row in rows
    ]


def dataset_objects(connection: Connection, rows: Sequence[Row], at: int) -> list[Object]:
    """Return datasets, each with its run and its two summaries, in the order given."""
    known = _runs(connection, rows, at)
    said, bits = summaries.triplets(connection, rows, at), summaries.bits(connection, rows, at)
    return [
        {
            **plain,
            "Run": _words(known[row.run_number], row),
            "DatasetTripletCache": {
                "triplet_summary": said[row.dataset_id],
                "dcs_summary": bits[row.dataset_id],
            },
        }
        for plain, row in zip(plain_datasets(connection, rows, at), rows, strict=True)
    ]


def whole_dataset(connection: Connection, where: tuple[int, str], at: int) -> Object:
    """Return (run, dataset) with everything that is known of it, ranges and luminosity included."""
    rows = rows_of(connection, [where], at)
    found = dataset_objects(connection, rows, at)[0]
    lumisections = Lumisections(connection, *where, at)
    recorded, delivered = _luminosity(connection, where, at)
    of_run = {RUN_NUMBER: where[0], "version": found["version"], "deleted": False}
    cache = {
        RUN_NUMBER: where[0],
        "name": where[1],
        **found["DatasetTripletCache"],
        "rr_ranges": lumisections.by_status(),
        "dcs_ranges": lumisections.by_value(),
        "brilcalc_recorded_luminosity": recorded,
        "brilcalc_delivered_luminosity": delivered,
        "version": found["version"],
    }
    return {**found, "Run": {**of_run, **found["Run"]}, "DatasetTripletCache": cache}


def _luminosity(connection: Connection, where: tuple[int, str], at: int) -> tuple[float | None, float | None]:
    s = dataset_summary
    query = select(s.c.recorded_invpb, s.c.delivered_invpb).where(s.c.run_number == where[0], held(s, at))
    row = connection.execute(query.where(s.c.name == where[1])).one()
    return row.recorded_invpb, row.delivered_invpb


def plain_datasets(connection: Connection, rows: Sequence[Row], at: int) -> list[Object]:
    """Return the columns of datasets themselves, in the order given."""
    versions = runs.sequences(connection, at, {row.run_number for row in rows})
    ids = [row.dataset_id for row in rows]
    states, everywhere = _states(connection, ids, at), workspaces(connection, at)
    s = dataset_summary
    query = select(s.c.dataset_id, s.c.in_gui, s.c.is_hidden).where(s.c.dataset_id.in_(ids), held(s, at))
    facts = {row.dataset_id: row for row in connection.execute(query)}
    return [
        {
            RUN_NUMBER: row.run_number,
            "name": row.name,
            "dataset_attributes": _attributes(row, states.get(row.dataset_id, {}), everywhere, samples),
            "datasets_in_gui": samples,
            "deleted": bool(facts[row.dataset_id].is_hidden),
            "version": versions[row.run_number],
        }
        for row, samples in ((row, orjson.loads(facts[row.dataset_id].in_gui)) for row in rows)
    ]


def _attributes(
    row: Row, states: Mapping[str, str], everywhere: Iterable[str], samples: Sequence[str]
) -> dict[str, Any]:
    if row.name == ONLINE:
        return {}
    others = states.get(GLOBAL, State.OPEN.value)
    told = {**dict.fromkeys(everywhere, others), **states}
    found: dict[str, Any] = {f"{workspace}{STATE}": state for workspace, state in told.items()}
    return {**found, "appeared_in": ["DQM GUI"] if samples else []}


def _words(run: runs.Run, row: Row) -> Object:
    own = run.registry
    said = {
        "class": run.run_class,
        "state": run.state,
        "significant": own.get("significant") is True,
        "stop_reason": str(own.get("stop_reason") or ""),
    }
    more = {name: _plain(value) for name, value in own.items() if name not in _OWN}
    return {"rr_attributes": {**said, **more}, "oms_attributes": _oms(run, row)}


def _oms(run: runs.Run, row: Row) -> Object:
    # what was not in a run has no such key
    told = {
        name: _plain(value)
        for name, value in run.upstream.items()
        if value is True or not name.endswith(INCLUDED)
    }
    listed = {f"{str(each).lower()}{INCLUDED}": True for each in run.upstream.get("components") or ()}
    return {**told, **listed, RUN_NUMBER: run.run_number, "ls_duration": row.lumisections}


def _plain(value: Any) -> Any:
    # a whole number is written as one, as every script that reads these expects
    return int(value) if isinstance(value, float) and repr(value).endswith(".0") else value


def _runs(connection: Connection, rows: Iterable[Row], at: int) -> dict[int, runs.Run]:
    numbers = sorted({row.run_number for row in rows})
    return {run.run_number: run for run in runs.runs(connection, at, numbers)}


def _states(connection: Connection, ids: Collection[int], at: int) -> dict[int, dict[str, str]]:
    d = dataset_state
    query = (
        select(d.c.dataset_id, term.c.text, d.c.state)
        .join(term, term.c.id == d.c.workspace_id)
        .where(d.c.dataset_id.in_(ids), held(d, at))
        .order_by(d.c.dataset_id, term.c.text)
    )
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for dataset_id, workspace, state in connection.execute(query):
        found[dataset_id][workspace] = state
    return found
