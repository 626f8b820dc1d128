"""The summaries of a dataset that a client reads: lumisections by status of columns, and by value of bits."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select

from model.asof import held
from model.classic.keys import OFFLINE
from model.classic.sql import Row
from model.queries import datasets, upstream
from model.tables import cell_summary, dataset, term, upstream_range, verdict_range
from model.vocabulary import BITS, EXISTS, ONLINE, Status

Summary = dict[str, Any]
#: what is told of a lumisection besides its verdicts, in this order
ATTRIBUTES = (*BITS, "prescale_index", "prescale_name")
_NAMES = {status.value: status.name for status in Status}
_OF_VALUE = {"true": "TRUE", "false": "FALSE"}


def triplets(connection: Connection, rows: Collection[Row], at: int) -> dict[int, dict[str, Summary]]:
    """Return the summary of each dataset's columns; where nobody spoke, a column that must be is EMPTY."""
    ids = [row.dataset_id for row in rows]
    counted = _counted(connection, ids, at)
    columns = {is_online: _columns(connection, at, is_online=is_online) for is_online in (True, False)}
    found = {}
    for row in rows:
        own = counted.get(row.dataset_id, {})
        blank = {
            column: _blank(row.lumisections) for column in columns[row.name == ONLINE] if column not in own
        }
        found[row.dataset_id] = {**own, **blank}
    for dataset_id, column, kind, text in _words(connection, ids, at):
        said = found[dataset_id].get(column)
        if said is not None and text not in said[kind]:
            said[kind].append(text)
    return found


def _columns(connection: Connection, at: int, *, is_online: bool) -> tuple[str, ...]:
    return datasets.certifiable(connection, ONLINE if is_online else OFFLINE, at)


def _blank(empty: int) -> Summary:
    return {"EMPTY": empty, "comments": [], "causes": []}


def _counted(connection: Connection, ids: Sequence[int], at: int) -> dict[int, dict[str, Summary]]:
    c = cell_summary
    query = select(c.c.dataset_id, c.c.column_id, c.c.status, c.c.lumisections).where(
        c.c.dataset_id.in_(ids), held(c, at)
    )
    rows = connection.execute(query.order_by(c.c.dataset_id, c.c.column_id, c.c.status)).all()
    names = _texts(connection, {row[1] for row in rows})
    found: dict[int, dict[str, Summary]] = defaultdict(dict)
    for dataset_id, column_id, status, lumisections in rows:
        of = found[dataset_id].setdefault(names[column_id], _blank(0))
        of[_NAMES[status]] = lumisections
    return found


def _words(connection: Connection, ids: Sequence[int], at: int) -> list[tuple[int, str, str, str]]:
    """Return (dataset, column, comments or causes, text) of every verdict that says one."""
    v = verdict_range
    blank = connection.execute(select(term.c.id).where(term.c.text == "")).scalar()
    query = (
        select(v.c.dataset_id, v.c.column_id, v.c.cause_id, v.c.comment_id)
        .where(v.c.dataset_id.in_(ids), held(v, at))
        .where(or_(v.c.cause_id != blank, v.c.comment_id != blank))
        .distinct()
        .order_by(v.c.dataset_id, v.c.column_id, v.c.cause_id, v.c.comment_id)
    )
    rows = connection.execute(query).all()
    names = _texts(connection, {each for row in rows for each in row[1:]})
    return [
        (row.dataset_id, names[row.column_id], kind, names[word])
        for row in rows
        for kind, word in (("causes", row.cause_id), ("comments", row.comment_id))
        if word != blank
    ]


def bits(connection: Connection, rows: Collection[Row], at: int) -> dict[int, dict[str, dict[str, int]]]:
    """Return, of each dataset and bit, on how many lumisections it is true, false or not known."""
    run_of = {row.dataset_id: row.run_number for row in rows}
    online = _online(connection, set(run_of.values()))
    counts = _values(connection, {*online.values(), *run_of}, at)
    found = {}
    for row in rows:
        first = online[row.run_number]
        said = counts.get(first, {})
        if row.dataset_id != first and row.dataset_id in counts:
            # somebody overrode bits of this dataset
            said = _overridden(upstream.bits(connection, row.run_number, row.name, at))
        found[row.dataset_id] = _of_dataset(row.lumisections, said)
    return found


def _overridden(bits_of: Mapping[str, upstream.Spans]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for bit, spans in bits_of.items():
        counts = found[bit] = {"TRUE": 0, "FALSE": 0}
        for first, last, value in spans:
            if isinstance(value, bool):
                counts["TRUE" if value else "FALSE"] += last - first + 1
    return found


def _of_dataset(lumisections: int, counts: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    found = {}
    for bit in BITS:
        said = counts.get(bit, {})
        true, false = said.get("TRUE", 0), said.get("FALSE", 0)
        found[bit] = {"TRUE": true, "FALSE": false, "NULL": lumisections - true - false, "EMPTY": 0}
    found["ls_duration"] = {"TRUE": lumisections}
    return found


def _online(connection: Connection, run_numbers: Collection[int]) -> dict[int, int]:
    query = select(dataset.c.run_number, dataset.c.id).where(
        dataset.c.run_number.in_(run_numbers), dataset.c.name == ONLINE
    )
    return {row.run_number: row.id for row in connection.execute(query)}


def _values(connection: Connection, ids: Collection[int], at: int) -> dict[int, dict[str, dict[str, int]]]:
    u = upstream_range
    query = (
        select(u.c.dataset_id, u.c.attribute_id, u.c.value_id, func.sum(u.c.last - u.c.first + 1).label("n"))
        .where(u.c.dataset_id.in_(ids), held(u, at))
        .group_by(u.c.dataset_id, u.c.attribute_id, u.c.value_id)
    )
    rows = connection.execute(query).all()
    names = _texts(connection, {each for row in rows for each in row[1:3]})
    found: dict[int, dict[str, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        if (value := _OF_VALUE.get(names[row.value_id])) and names[row.attribute_id] != EXISTS:
            found[row.dataset_id][names[row.attribute_id]][value] = int(row.n)
    return found


def _texts(connection: Connection, ids: Collection[int]) -> dict[int, str]:
    query = select(term.c.id, term.c.text).where(term.c.id.in_(sorted(ids)))
    return {row.id: row.text for row in connection.execute(query)}
