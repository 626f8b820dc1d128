"""The rows behind frames, as integer arrays: one read per table, whatever the number of datasets."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, Select, Table, bindparam, func, select

from model.asof import AT, held, held_between
from model.frames.variables import CAUSE, OVERRULED, VOICE
from model.tables import overruled_range, upstream_range, verdict_range

IntArray = np.ndarray[Any, np.dtype[np.int64]]
#: up to here an index look-up per dataset is quicker than reading what lies between
_FEW = 2_000
#: what is known of a verdict besides its status, by the prefix of the variables that hold it
_LAYERS = MappingProxyType(
    {
        CAUSE: (verdict_range, verdict_range.c.cause_id),
        VOICE: (verdict_range, verdict_range.c.author_id),
        OVERRULED: (overruled_range, overruled_range.c.status),
    }
)


@dataclass(frozen=True)
class Rows:
    """Ranges that held at a sequence: columns are dataset_id, name_id, first, last, value. Shape (n, 5).

    Args:
        layers: causes (a term), voices (an author) and overruled statuses, by the prefix of their variables.
    """

    verdicts: IntArray
    upstream: IntArray
    layers: Mapping[str, IntArray] = field(default_factory=dict)


def read(
    connection: Connection,
    at: int,
    verdict_datasets: Sequence[int],
    upstream_datasets: Sequence[int],
    names: tuple[Sequence[int], Sequence[int]],
    layers: Collection[str] = (),
) -> Rows:
    """Read the ranges of some datasets and some columns (ids), as they held at a sequence.

    Args:
        names: ids of certified columns, ids of upstream attributes.
        layers: what to read of verdicts besides their status.
    """
    v, u = verdict_range, upstream_range
    more = {
        layer: _read(connection, table, [table.c.column_id, value], at, verdict_datasets, names[0])
        for layer, (table, value) in _LAYERS.items()
        if layer in layers
    }
    return Rows(
        _read(connection, v, [v.c.column_id, v.c.status], at, verdict_datasets, names[0]),
        _read(connection, u, [u.c.attribute_id, u.c.value_id], at, upstream_datasets, names[1]),
        more,
    )


def read_between(
    connection: Connection,
    window: tuple[int, int],
    verdict_datasets: Sequence[int],
    upstream_datasets: Sequence[int],
    names: tuple[Sequence[int], Sequence[int]],
) -> Rows:
    """Read the ranges that held in a window of sequences, with since and until (-1: still). Shape (n, 7)."""
    v, u = verdict_range, upstream_range
    return Rows(
        _read_between(connection, v, [v.c.column_id, v.c.status], window, verdict_datasets, names[0]),
        _read_between(connection, u, [u.c.attribute_id, u.c.value_id], window, upstream_datasets, names[1]),
    )


def _read_between(
    connection: Connection,
    table: Table,
    columns: list[ColumnElement[int]],
    window: tuple[int, int],
    dataset_ids: Sequence[int],
    name_ids: Sequence[int],
) -> IntArray:
    name, value = columns
    query = (
        select(
            table.c.dataset_id,
            name,
            table.c.first,
            table.c.last,
            value,
            table.c.since,
            func.coalesce(table.c.until, -1),
        )
        .where(held_between(table, *window))
        .where(table.c.dataset_id.in_(dataset_ids), name.in_(name_ids))
    )
    return _array(connection.execute(query).all(), 7)


def _read(
    connection: Connection,
    table: Table,
    columns: list[ColumnElement[int]],
    at: int,
    dataset_ids: Sequence[int],
    name_ids: Sequence[int],
) -> IntArray:
    if not dataset_ids or not name_ids:
        return np.empty((0, 5), dtype=np.int64)
    asked = {"at": at, "names": name_ids}
    query = _asked(table, *columns, is_few=len(dataset_ids) <= _FEW)
    if len(dataset_ids) <= _FEW:
        return _array(connection.execute(query, {**asked, "datasets": dataset_ids}).all())
    ends = {"least": min(dataset_ids), "greatest": max(dataset_ids)}
    found = _array(connection.execute(query, {**asked, **ends}).all())
    return found[np.isin(found[:, 0], np.array(dataset_ids, dtype=np.int64))]


@cache
def _asked(table: Table, name: ColumnElement[int], value: ColumnElement[int], *, is_few: bool) -> Select[Any]:
    if is_few:
        among = table.c.dataset_id.in_(bindparam("datasets", expanding=True))
    else:
        among = table.c.dataset_id.between(bindparam("least"), bindparam("greatest"))
    query = select(table.c.dataset_id, name, table.c.first, table.c.last, value).where(held(table, AT), among)
    return query.where(name.in_(bindparam("names", expanding=True)))


def _array(rows: Sequence[Row[Any]], width: int = 5) -> IntArray:
    flat = np.fromiter(chain.from_iterable(rows), dtype=np.int64, count=width * len(rows))
    return flat.reshape(-1, width)
