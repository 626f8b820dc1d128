"""What a registry keeps beside its journal and no replay rebuilds: how far feeds were read, webhooks, jobs."""

import base64
import gzip
import itertools
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Connection, Table, insert, select

from model.errors import Broken
from model.pieces import pieces
from model.product_tables import PROJECTED
from model.tables import journal, metadata

_BYTES = "$b"


def tables() -> list[Table]:
    """Return the tables that are neither the journal nor made from it."""
    every = metadata.sorted_tables
    return [table for table in every if table is not journal and table not in PROJECTED]


def write(connection: Connection, file: BinaryIO) -> None:
    """Write the rows of these tables into a file, one a line."""
    with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        for table in tables():
            for row in connection.execute(select(table)):
                said = {str(key): _told(value) for key, value in row._mapping.items()}
                packed.write(orjson.dumps({"table": table.name, "row": said}) + b"\n")


def read(connection: Connection, path: Path) -> None:
    """Replace the rows of these tables by those of a file.

    Raises:
        Broken: the file is damaged, or of a program that knows other tables.
    """
    clear(connection)
    known = {table.name: table for table in tables()}
    for name, group in itertools.groupby(_lines(path), key=lambda each: each[0]):
        if name not in known:
            raise Broken(f"The backup has a table {name} that this program does not know.")
        put(connection, known[name], (row for _, row in group))


def clear(connection: Connection) -> None:
    """Remove every row of these tables."""
    for table in tables():
        connection.execute(table.delete())


def put(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> int:
    """Insert rows some hundreds at once; return how many."""
    count = 0
    for some in pieces(rows):
        connection.execute(insert(table), some)
        count += len(some)
    return count


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        with gzip.open(path, "rb") as packed:
            for line in packed:
                value = orjson.loads(line)
                yield value["table"], {key: _read(each) for key, each in value["row"].items()}
    except (OSError, EOFError, zlib.error, orjson.JSONDecodeError, KeyError) as error:
        raise Broken(f"{path.name} is damaged: {error}.") from error


def _told(value: Any) -> Any:
    return {_BYTES: base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def _read(value: Any) -> Any:
    return base64.b64decode(value[_BYTES]) if isinstance(value, dict) else value
