"""Luminosity per lumisection, per source; two sources are never added up."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, bindparam, select

from model.asof import AT, held
from model.journal import sequence_now
from model.projections.luminosity_blocks import NAMES, assembled
from model.ranges import Ranges
from model.tables import luminosity as table
from model.tables import term
from model.vocabulary import DEFAULT_SOURCE


@dataclass(frozen=True)
class LumiArrays:
    """Luminosity of lumisections 1, 2, … in 1/pb, NaN where there is none, and its source."""

    source: str
    delivered_invpb: np.ndarray
    recorded_invpb: np.ndarray
    pileup: np.ndarray

    def equals(self, delivered: np.ndarray, recorded: np.ndarray, pileup: np.ndarray) -> bool:
        """Tell whether other arrays are the same, holes included."""
        mine = (self.delivered_invpb, self.recorded_invpb, self.pileup)
        return all(
            np.array_equal(a, b, equal_nan=True)
            for a, b in zip(mine, (delivered, recorded, pileup), strict=True)
        )


def luminosity(
    connection: Connection, run_number: int, source: str = DEFAULT_SOURCE, at: int | None = None
) -> LumiArrays | None:
    """Return one source's luminosity of a run, None where it has none."""
    return luminosity_of_runs(connection, [run_number], source, at).get(run_number)


def luminosity_of_runs(
    connection: Connection, run_numbers: Sequence[int], source: str = DEFAULT_SOURCE, at: int | None = None
) -> dict[int, LumiArrays]:
    """Return one source's luminosity of many runs."""
    at = sequence_now(connection) if at is None else at
    found = {}
    wanted = set(run_numbers)
    asked: dict[str, Any] = {"source": source, "at": at}
    if is_few := len(wanted) < 500:
        asked["runs"] = sorted(wanted)
    rows = (dict(row) for row in connection.execute(_asked(is_few=is_few), asked).mappings())
    for run_number, blocks in groupby(rows, key=itemgetter("run_number")):
        if run_number in wanted:
            numbers = assembled(list(blocks))
            found[run_number] = LumiArrays(source, *(numbers[name] for name in NAMES))
    return found


@cache
def _asked(*, is_few: bool) -> Select[Any]:
    query = (
        select(table.c.run_number, table.c.first, table.c.delivered, table.c.recorded, table.c.pileup)
        .join(term, term.c.id == table.c.source_id)
        .where(term.c.text == bindparam("source"), held(table, AT))
        .order_by(table.c.run_number, table.c.first)
    )
    return query.where(table.c.run_number.in_(bindparam("runs", expanding=True))) if is_few else query


def sources(connection: Connection, run_number: int, at: int) -> list[str]:
    """Return the sources that have luminosity of a run."""
    query = (
        select(term.c.text)
        .join(table, term.c.id == table.c.source_id)
        .where(table.c.run_number == run_number, held(table, at))
        .distinct()
        .order_by(term.c.text)
    )
    return [row.text for row in connection.execute(query)]


def integrated(
    connection: Connection, lists: Mapping[int, Ranges], source: str = DEFAULT_SOURCE, at: int | None = None
) -> tuple[float, float]:
    """Return recorded and delivered luminosity of a list of lumisections, 1/pb, of one source."""
    recorded, delivered = [], []
    for run_number, arrays in luminosity_of_runs(connection, list(lists), source, at).items():
        for first, last in lists[run_number]:
            recorded.append(float(np.nansum(arrays.recorded_invpb[first - 1 : last])))
            delivered.append(float(np.nansum(arrays.delivered_invpb[first - 1 : last])))
    return math.fsum(recorded), math.fsum(delivered)
