"""Rows as bytes, piece by piece: Parquet, an Arrow stream, or CSV; nothing is held but one piece."""

import io
from collections.abc import Callable, Iterable, Iterator
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

MEDIA_TYPES = MappingProxyType(
    {
        "parquet": "application/vnd.apache.parquet",
        "arrow": "application/vnd.apache.arrow.stream",
        "csv": "text/csv",
    }
)


#: rows that are written at once, where it is not the whole piece: as text they are many times as large
_AT_ONCE = MappingProxyType({"csv": 4_096})


class _Waiting(io.RawIOBase):
    """A file that can only be written; what was written waits to be taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._place = 0

    def writable(self) -> bool:
        """Tell that it can be written."""
        return True

    def tell(self) -> int:
        """Return how much was written."""
        return self._place

    def write(self, data: Any) -> int:
        """Take bytes."""
        part = bytes(data)
        self._parts.append(part)
        self._place += len(part)
        return len(part)

    def taken(self) -> bytes:
        """Return what waits, and forget it."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found


def written(rows: Iterable[pa.RecordBatch], schema: pa.Schema, kind: str) -> Iterator[bytes]:
    """Yield a file of a kind (`parquet`, `arrow` or `csv`) as it grows, one piece of rows at a time.

    The same rows in the same pieces give the same bytes.
    """
    out = _Waiting()
    with _WRITERS[kind](out, schema) as writer:
        for batch in rows:
            step = _AT_ONCE.get(kind, max(batch.num_rows, 1))
            for start in range(0, batch.num_rows, step):
                writer.write_batch(batch.slice(start, step))
                if part := out.taken():
                    yield part
    yield out.taken()


def _parquet(out: _Waiting, schema: pa.Schema) -> Any:
    words = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    return pq.ParquetWriter(out, schema, compression="zstd", use_dictionary=words)


def _arrow(out: _Waiting, schema: pa.Schema) -> Any:
    return pa.ipc.new_stream(out, schema)


def _csv(out: _Waiting, schema: pa.Schema) -> Any:
    return pyarrow.csv.CSVWriter(out, schema)


_WRITERS: MappingProxyType[str, Callable[[_Waiting, pa.Schema], Any]] = MappingProxyType(
    {"parquet": _parquet, "arrow": _arrow, "csv": _csv}
)
