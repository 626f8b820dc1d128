"""The widest table, piece by piece: ranges are painted on the lumisection axis and handed to Arrow."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from sqlalchemy import Connection

from model.columnar.choice import Dataset, Reading, pieces
from model.columnar.described import BIT, COUNT, STATUS, WORD, Table, repeated
from model.frames.painter import Names, Painter, Unit
from model.frames.rows import IntArray, Rows, read
from model.frames.store import names_of, online_ids, with_values
from model.frames.variables import OMS, VERDICT
from model.queries import luminosities
from model.queries.luminosities import LumiArrays
from model.queries.runs import Run
from model.vocabulary import BITS

#: what stands in a row, by the attribute of its dataset
_OF_DATASET = ("dataset", "stage", "era", "run_class")
_ATTRIBUTES = ("prescale_index", "prescale_name", *BITS)
_NUMBERS = ("recorded_lumi_invpb", "delivered_lumi_invpb", "pileup")


def batches(
    reading: Reading, datasets: Sequence[Dataset], table: Table, source: str, at: int
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of datasets as they held at a sequence, luminosity of one source.

    Each piece is read in a snapshot of its own: a slow reader holds nothing.
    """
    for piece in pieces(datasets):
        with reading() as connection:
            yield _Piece(connection, piece, table, at).batch(connection, source, at)


class _Piece:
    """The lumisections of some datasets, one after the other; holes are left out at the end."""

    def __init__(self, connection: Connection, datasets: Sequence[Dataset], table: Table, at: int) -> None:
        self.table, self.datasets = table, datasets
        paths = frozenset(_path(column.name) for column in table.columns if _is_painted(column.name))
        rows, names, units = _told(connection, datasets, paths, at)
        self.lengths = np.array([unit.length for unit in units], dtype=np.int64)
        self.offsets = np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64)
        self.painter = Painter(units, self.offsets, rows, names)
        self.here = np.flatnonzero(self.painter.exists())
        self.counts = np.diff(np.searchsorted(self.here, self.offsets))

    def batch(self, connection: Connection, source: str, at: int) -> pa.RecordBatch:
        """Return its rows."""
        lumi: Mapping[int, LumiArrays] = {}
        if {*_NUMBERS, "lumi_source"} & self.table.by_name.keys():
            runs = sorted({each.run_number for each in self.datasets})
            lumi = luminosities.luminosity_of_runs(connection, runs, source, at)
        of_dataset = [column.name for column in self.table.columns if not _is_painted(column.name)]
        columns = {name: self._of_dataset(name, lumi, source) for name in of_dataset}
        painted = (column.name for column in self.table.columns if _is_painted(column.name))
        return self.table.batch(columns | {name: self._painted(name) for name in painted})

    def _of_dataset(self, name: str, lumi: Mapping[int, LumiArrays], source: str) -> pa.Array:
        if name == "lumisection":
            return pa.array((self.here - np.repeat(self.offsets[:-1], self.counts) + 1).astype(np.int32))
        if name == "run_number":
            return pa.array(np.repeat([each.run_number for each in self.datasets], self.counts), COUNT)
        if name == "fill_number":
            numbers = pa.array([each.fill_number for each in self.datasets], COUNT)
            return numbers.take(pa.array(np.repeat(np.arange(len(self.datasets)), self.counts)))
        if name in _NUMBERS:
            return _or_null(self._laid(lumi, _array_of(name)))
        if name == "lumi_source":
            known = ~np.isnan(self._laid(lumi, _array_of("recorded_lumi_invpb")))
            known |= ~np.isnan(self._laid(lumi, _array_of("delivered_lumi_invpb")))
            return pa.DictionaryArray.from_arrays(
                pa.array(np.zeros(len(known), np.int32), mask=~known), [source]
            )
        attribute = "name" if name == "dataset" else name
        return repeated([getattr(each, attribute) for each in self.datasets], self.counts)

    def _laid(self, lumi: Mapping[int, LumiArrays], of: Callable[[LumiArrays], np.ndarray]) -> np.ndarray:
        axis = np.full(int(self.offsets[-1]), np.nan)
        for each, start, length in zip(
            self.datasets, self.offsets.tolist(), self.lengths.tolist(), strict=False
        ):
            if (arrays := lumi.get(each.run_number)) is not None:
                numbers = of(arrays)[:length]
                axis[start : start + len(numbers)] = numbers
        return axis[self.here]

    def _painted(self, name: str) -> pa.Array:
        codes, values = self.painter.paint(_path(name))
        kind = self.table.by_name[name].type
        taken = codes[self.here]
        if kind == STATUS:
            return pa.DictionaryArray.from_arrays(pa.array(taken.astype(np.int8)), list(values))
        if kind == WORD:
            words = pa.array([value if isinstance(value, str) else None for value in values], pa.string())
            return _without_null(words, taken)
        return pa.array([_of_type(value, kind) for value in values], kind).take(pa.array(taken))


def _told(
    connection: Connection, datasets: Sequence[Dataset], paths: frozenset[str], at: int
) -> tuple[Rows, Names, list[Unit]]:
    """Read what was said of some datasets."""
    online = online_ids(connection, {each.run_number for each in datasets})
    own = [each.id for each in datasets]
    names = names_of(connection, paths)
    ids = (list(names.columns.values()), [*names.attributes.values(), names.exists])
    rows = read(connection, at, own, sorted({*own, *online.values()}), ids)
    lengths = _lengths(rows.upstream[rows.upstream[:, 1] == names.exists])
    units = []
    for each in datasets:
        base = online[each.run_number]
        run = Run(each.run_number, {}, {}, frozenset())
        units.append(Unit(each.id, base, each.name, run, lengths.get(base, 0)))
    return rows, with_values(connection, names, rows), units


def _lengths(exists: IntArray) -> dict[int, int]:
    found: dict[int, int] = {}
    for dataset_id, last in exists[:, [0, 3]].tolist():
        found[dataset_id] = max(found.get(dataset_id, 0), last)
    return found


def _is_painted(name: str) -> bool:
    return name in _ATTRIBUTES or "-" in name


def _path(name: str) -> str:
    return OMS + name if name in _ATTRIBUTES else VERDICT + name


def _array_of(name: str) -> Callable[[LumiArrays], np.ndarray]:
    return lambda arrays: np.asarray(getattr(arrays, name.replace("_lumi_", "_")))


def _or_null(values: np.ndarray) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))


def _without_null(words: pa.Array, codes: np.ndarray) -> pa.DictionaryArray:
    """Return texts by code, null where the text is null: a dictionary itself holds no null."""
    known = np.array(words.is_valid())
    places = np.where(known, np.cumsum(known) - 1, 0).astype(np.int32)[codes]
    return pa.DictionaryArray.from_arrays(pa.array(places, mask=~known[codes]), words.drop_null())


def _of_type(value: Any, kind: pa.DataType) -> Any:
    """Return a bit or a whole number; None for what upstream said that is neither."""
    if kind == BIT:
        return value if isinstance(value, bool) else None
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
