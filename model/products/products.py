"""Products through time: what is official, what is proposed, what superseded what; their bytes as they were."""

import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection, Row, select

from model import encoding
from model.clock import from_us, rfc3339, to_us
from model.errors import NotFound
from model.golden.lists import size
from model.journal import sequence_now
from model.product_tables import product
from model.products.algebra import differing_runs, minus
from model.ranges import LumisectionRange, Ranges
from model.tables import journal

#: published elsewhere before; by schedule; of two persons of this registry
OUTSIDE, SCHEDULED, PROPOSED = "outside", "scheduled", "proposed"


class State(StrEnum):
    """Where a product stands."""

    PROPOSED = "proposed"
    OFFICIAL = "official"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Said:
    """Who did something with a product, when and why."""

    author: str
    at: datetime
    comment: str


@dataclass(frozen=True)
class Product:
    """A product as it stood at a sequence.

    Args:
        official: the sequence at which it became official.
        decided: who approved, published or withdrew it; None while it is proposed.
        superseded_by: the product that took its place at once; the series may have gone on since.
        previous: what it took the place of, or would.
    """

    name: str
    series: str
    origin: str
    state: State
    sequence: int
    official: int | None
    proposed: Said
    decided: Said | None
    superseded_by: str
    previous: str
    manifest: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The digest of its canonical bytes."""
        return str(self.manifest["sha256"])

    def told(self) -> dict[str, Any]:
        """Return the manifest with who made it official and where it stands."""
        is_official = self.official is not None and self.decided is not None
        return {
            **self.manifest,
            "state": self.state.value,
            "approver": self.decided.author if is_official and self.decided else None,
            "official_sequence": self.official,
            "official_at": rfc3339(to_us(self.decided.at)) if is_official and self.decided else None,
            "superseded_by": self.superseded_by or None,
        }


@dataclass(frozen=True)
class Step:
    """Lumisections that a product has more and less than the one before it, and in how many runs."""

    added: int
    removed: int
    runs: int


def products(connection: Connection, at: int | None = None, series: str = "") -> list[Product]:
    """Return every product there was at a sequence, the newest first."""
    at = sequence_now(connection) if at is None else at
    rows = _rows(connection, at, series)
    lines = _Lines(rows, at)
    said = _said(connection, rows)
    return [_product(row, lines, said, at) for row in reversed(rows)]


def product_of(connection: Connection, name: str, at: int | None = None) -> Product:
    """Return one product as it stood at a sequence.

    Raises:
        NotFound: there was none of that name.
    """
    at = sequence_now(connection) if at is None else at
    series = connection.execute(select(product.c.series).where(product.c.name == name)).scalar()
    rows = _rows(connection, at, series) if series else []
    for row in rows:
        if row.name == name:
            return _product(row, _Lines(rows, at), _said(connection, [row]), at)
    raise NotFound(f"There is no product {name[:160]}.")


def official_of(connection: Connection, series: str, at: int | None = None) -> Product | None:
    """Return the official product of a series, None where there is none yet."""
    found = products(connection, at, series)
    return next((each for each in found if each.state is State.OFFICIAL), None)


def body_of(connection: Connection, name: str) -> bytes:
    """Return the canonical bytes of a product as they were made: nothing is computed.

    Raises:
        NotFound: there is none of that name.
    """
    found = connection.execute(select(product.c.body).where(product.c.name == name)).scalar()
    if found is None:
        raise NotFound(f"There is no product {name[:160]}.")
    return zlib.decompress(found)


def list_of(connection: Connection, name: str) -> dict[int, Ranges]:
    """Return the list of a product.

    Raises:
        NotFound: there is none of that name.
    """
    return dict(parsed(body_of(connection, name)))


@lru_cache(maxsize=256)
def parsed(body: bytes) -> dict[int, Ranges]:
    """Return the ranges that canonical bytes say; whoever reads them leaves them as they are."""
    plain = orjson.loads(body)
    return {int(run): tuple(LumisectionRange(a, b) for a, b in spans) for run, spans in plain.items()}


def step(connection: Connection, each: Product) -> Step | None:
    """Return what a product has more and less than the one before it; None where it is the first."""
    if not each.previous:
        return None
    a, b = (parsed(body_of(connection, name)) for name in (each.previous, each.name))
    return Step(size(minus(b, a)), size(minus(a, b)), len(differing_runs(a, b)))


class _Lines:
    """What took the place of what, in each series, up to a sequence."""

    def __init__(self, rows: Sequence[Row[Any]], at: int) -> None:
        ordered = sorted((row.official, row.name, row.series) for row in rows if row.official)
        self._official: dict[str, tuple[list[int], list[str]]] = {}
        for official, name, series in ordered:
            if official <= at:
                places, names = self._official.setdefault(series, ([], []))
                places.append(official)
                names.append(name)

    def before(self, series: str, official: int | None) -> str:
        """Return what was official before a sequence, or is now; empty where nothing was."""
        places, names = self._official.get(series, ([], []))
        place = len(places) if official is None else bisect_left(places, official)
        return names[place - 1] if place else ""

    def at(self, series: str, official: int | None) -> str:
        """Return what became official at a sequence."""
        places, names = self._official.get(series, ([], []))
        return names[places.index(official)] if official in places else ""


def _rows(connection: Connection, at: int, series: str) -> list[Row[Any]]:
    columns = [column for column in product.c if column.name != "body"]
    query = select(*columns).where(product.c.proposed <= at).order_by(product.c.proposed)
    if series:
        query = query.where(product.c.series == series)
    return list(connection.execute(query))


def _said(connection: Connection, rows: Sequence[Row[Any]]) -> dict[int, Said]:
    sequences = sorted({n for row in rows for n in (row.proposed, row.official, row.withdrawn) if n})
    found: dict[int, Said] = {}
    for start in range(0, len(sequences), 500):
        part = sequences[start : start + 500]
        query = select(journal.c.sequence, journal.c.author, journal.c.happened_us, journal.c.comment)
        for row in connection.execute(query.where(journal.c.sequence.in_(part))):
            found[row.sequence] = Said(row.author, from_us(row.happened_us), row.comment)
    return found


def _product(row: Row[Any], lines: _Lines, said: Mapping[int, Said], at: int) -> Product:
    official = row.official if row.official and row.official <= at else None
    superseded = row.superseded if row.superseded and row.superseded <= at else None
    withdrawn = row.withdrawn if row.withdrawn and row.withdrawn <= at else None
    return Product(
        row.name,
        row.series,
        row.origin,
        _state(official, superseded, withdrawn),
        row.proposed,
        official,
        said[row.proposed],
        said.get(official or withdrawn or 0),
        lines.at(row.series, superseded),
        lines.before(row.series, official),
        encoding.parse(row.manifest),
    )


def _state(official: int | None, superseded: int | None, withdrawn: int | None) -> State:
    if withdrawn:
        return State.WITHDRAWN
    if superseded:
        return State.SUPERSEDED
    return State.OFFICIAL if official else State.PROPOSED
