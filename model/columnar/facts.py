"""Tables of facts: runs, datasets and their states, the journal's events, lists that were made official."""

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa
from sqlalchemy import Connection, RowMapping, select

from model import encoding
from model.asof import held
from model.clock import from_us
from model.columnar.choice import Reading
from model.columnar.described import Table
from model.columnar.tables import OMS
from model.events import DocumentSet, from_payload
from model.frames.schema import RUN_OMS
from model.pieces import pieces
from model.products.products import body_of, parsed, products
from model.queries import runs as run_queries
from model.queries.event_feed import open_payload
from model.queries.runs import Run
from model.tables import dataset_fact, dataset_summary, journal
from model.vocabulary import DEFAULT_SOURCE, ONLINE

_PIECE = 4_096
_Rows = Iterator[dict[str, Any]]


def runs(reading: Reading, table: Table, at: int) -> Iterator[pa.RecordBatch]:
    """Yield every run."""
    with reading() as connection:
        known = {row["run_number"]: row for row in _summaries(connection, at) if row["name"] == ONLINE}
        found = run_queries.runs(connection, at)
    yield from _batches(table, (_run(run, known.get(run.run_number, {})) for run in found))


def datasets(reading: Reading, table: Table, at: int) -> Iterator[pa.RecordBatch]:
    """Yield every dataset, hidden ones too."""
    with reading() as connection:
        found = _summaries(connection, at)
    yield from _batches(table, map(_dataset, found))


def dataset_states(reading: Reading, table: Table, at: int) -> Iterator[pa.RecordBatch]:
    """Yield the state of each dataset in each workspace that has one of its own."""
    with reading() as connection:
        named = {row["dataset_id"]: row for row in _summaries(connection, at)}
        query = select(dataset_fact.c.dataset_id, dataset_fact.c.document).where(held(dataset_fact, at))
        states = {row.dataset_id: encoding.parse(row.document)["states"] for row in connection.execute(query)}
    rows = (
        {"run_number": row["run_number"], "dataset": row["name"], "workspace": workspace, "state": state}
        for dataset_id, row in named.items()
        for workspace, state in sorted(states.get(dataset_id, {}).items())
    )
    yield from _batches(table, rows)


def history(reading: Reading, table: Table, at: int) -> Iterator[pa.RecordBatch]:
    """Yield the events of the journal up to a sequence."""
    for start in range(0, at, _PIECE):
        within = journal.c.sequence.between(start + 1, min(start + _PIECE, at))
        with reading() as connection:
            found = (
                connection.execute(select(journal).where(within).order_by(journal.c.sequence)).mappings().all()
            )
        yield from _batches(table, map(_event, found))


def lists(reading: Reading, table: Table, at: int) -> Iterator[pa.RecordBatch]:
    """Yield the ranges of every list that was proposed or made official, list by list."""
    with reading() as connection:
        found = sorted(products(connection, at), key=lambda each: each.name)
    for each in found:
        with reading() as connection:
            body = body_of(connection, each.name)
        said = {"product": each.name, "series": each.series, "state": each.state.value}
        stands = {**said, "official_sequence": each.official}
        rows = (
            {**stands, "run_number": run, "first": first, "last": last}
            for run, spans in sorted(parsed(body).items())
            for first, last in spans
        )
        yield from _batches(table, rows)


def _batches(table: Table, rows: _Rows) -> Iterator[pa.RecordBatch]:
    for piece in pieces(rows, _PIECE):
        yield table.batch({name: [row[name] for row in piece] for name in table.by_name})


def _summaries(connection: Connection, at: int) -> list[dict[str, Any]]:
    """Return what is known of every dataset, by runs and names in order of code points."""
    s = dataset_summary
    found = map(dict, connection.execute(select(s).where(held(s, at))).mappings())
    return sorted(found, key=lambda row: (row["run_number"], row["name"]))


def _run(run: Run, known: Mapping[str, Any]) -> dict[str, Any]:
    start_us = known.get("start_us")
    own = {
        "run_number": run.run_number,
        "era": run.era,
        "run_class": run.run_class,
        "fill_number": known.get("fill_number"),
        "state": run.state,
        "is_significant": known.get("is_significant"),
        "stop_reason": known.get("stop_reason", ""),
        "start_time": None if start_us is None else from_us(start_us),
        "duration_s": known.get("duration_s"),
        "assumed": " ".join(sorted(run.assumed)),
        "replay_of": run.replay,
    }
    return {**own, **_size(known), **{name: _of_oms(run, name) for name in OMS}}


def _size(known: Mapping[str, Any]) -> dict[str, Any]:
    recorded = known.get("recorded_invpb")
    return {
        "lumisections": known.get("lumisections", 0),
        "recorded_lumi_invpb": recorded,
        "delivered_lumi_invpb": known.get("delivered_invpb"),
        "lumi_source": None if recorded is None else DEFAULT_SOURCE,
    }


def _of_oms(run: Run, name: str) -> Any:
    """Return an attribute, None where OMS gave none, or something of another kind."""
    value = run.upstream.get(OMS[name].path.removeprefix(RUN_OMS))
    kind = OMS[name].kind
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind == "number":
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    if isinstance(value, list):
        return " ".join(map(str, value))
    return None if value is None else str(value)


def _dataset(row: Mapping[str, Any]) -> dict[str, Any]:
    named = {name: row[name] for name in ("run_number", "stage", "era", "run_class", "fill_number")}
    in_gui = " ".join(orjson.loads(row["in_gui"]))
    return {
        **named,
        "dataset": row["name"],
        "is_hidden": bool(row["is_hidden"]),
        "in_gui": in_gui,
        **_size(row),
    }


def _payload(kind: str, kept: bytes) -> str:
    if kind != DocumentSet.kind:
        return kept.decode()
    return encoding.canonical(open_payload(from_payload(kind, encoding.parse(kept)))).decode()


def _event(row: RowMapping) -> dict[str, Any]:
    payload = _payload(row["kind"], encoding.unsqueeze(bytes(row["payload"])))
    same = ("sequence", "kind", "author", "action", "run_number", "comment")
    return {
        **{name: row[name] for name in same},
        "recorded_at": from_us(row["recorded_us"]),
        "happened_at": from_us(row["happened_us"]),
        "is_person": bool(row["is_person"]),
        "dataset": orjson.loads(payload).get("dataset"),
        "payload": payload,
        "hash": bytes(row["hash"]).hex(),
    }
