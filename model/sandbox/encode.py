"""An answer as bytes: JSON, CSV, Parquet or Arrow."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet

_NO_NUMBER = MappingProxyType({"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"})


def as_json(table: pa.Table, about: Mapping[str, Any]) -> bytes:
    """Return one JSON object: what is said of the answer, and `rows` as lists in the order of its columns."""
    columns = [[plain(value) for value in _values(column)] for column in table.columns]
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else []
    return json.dumps({**about, "rows": rows}, ensure_ascii=False, separators=(",", ":")).encode()


def as_csv(table: pa.Table, _about: Mapping[str, Any]) -> bytes:
    """Return a head line and the rows (RFC 4180); lists and structures stand in their cell as JSON."""
    found = io.StringIO(newline="")
    writer = csv.writer(found)
    writer.writerow(table.column_names)
    writer.writerows(
        zip(*([_cell(value) for value in _values(column)] for column in table.columns), strict=True)
    )
    return found.getvalue().encode()


def as_parquet(table: pa.Table, _about: Mapping[str, Any]) -> bytes:
    """Return a Parquet file; what is said of the answer stands in its schema's metadata."""
    found = io.BytesIO()
    pyarrow.parquet.write_table(table, found, compression="zstd")
    return found.getvalue()


def as_arrow(table: pa.Table, _about: Mapping[str, Any]) -> bytes:
    """Return a stream of Arrow IPC."""
    found = io.BytesIO()
    with pa.ipc.new_stream(found, table.schema) as writer:
        writer.write_table(table)
    return found.getvalue()


ENCODERS: Mapping[str, Callable[[pa.Table, Mapping[str, Any]], bytes]] = MappingProxyType(
    {"json": as_json, "csv": as_csv, "parquet": as_parquet, "arrow": as_arrow}
)


def _cell(value: Any) -> Any:
    found = plain(value)
    return json.dumps(found, ensure_ascii=False) if isinstance(found, bool | list | dict) else found


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Return Python's values; times in µs and without their zone, which is UTC.

    Arrow would look for the zone by its name, and for pandas to hold a ns: seconds, where that is installed.
    """
    if pa.types.is_timestamp(column.type):
        zone = "UTC" if column.type.tz else None
        column = column.cast(pa.timestamp("us", zone), safe=False).cast(pa.timestamp("us"))
    found: list[Any] = column.to_pylist()
    return found


def plain(value: Any) -> Any:
    """Return a value as JSON has it: times as RFC 3339 in UTC, what is no number as its name."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return _NO_NUMBER.get(str(value), value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, pa.MonthDayNano):
        parts = (value.months, "months"), (value.days, "days"), (value.nanoseconds, "nanoseconds")
        return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 days"
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    return _text(value)


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        at = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
        return at.isoformat().replace("+00:00", "Z")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
