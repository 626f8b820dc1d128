"""The journal as lines of JSON, packed with gzip; the same journal gives the same bytes.

    {"format": "run-registry journal", "version": 1, "schema": 1, "genesis": "<hex>"}
    {"sequence": 1, "recorded_us": …, "happened_us": …, "kind": …, "schema": …, "author": …, "is_person": …,
     "action": …, "run_number": …, "comment": …, "hash": "<hex>", "payload": {…}}
    …
    {"end": {"events": 18313, "recorded_at": …, "hash": "<hex of the head>", "sha256": "<hex>"}}

One event a line. `payload` is canonical JSON as `model.encoding` defines it, so that whoever reads the file
can check its hash chain; `sha256` is that of all bytes before the last line. A file without its last line was
cut off.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from sqlalchemy import Connection

from model import encoding, journal
from model.clock import rfc3339
from model.errors import Broken
from model.journal import Head

VERSION = 1
_HEAD = {
    "format": "run-registry journal",
    "version": VERSION,
    "schema": encoding.SCHEMA,
    "genesis": encoding.GENESIS.hex(),
}
_KEYS = tuple(column for column in journal.COLUMNS if column != "payload")
_TEXTS = ("kind", "author", "comment", "hash")
#: a line longer than this is no event
_LONGEST = 1 << 28
_LEVEL = 6


@dataclass(frozen=True)
class End:
    """What the last line says of all before it."""

    events: int
    recorded_at: str
    hash: str
    sha256: str


@dataclass(frozen=True)
class Told:
    """One event of a file: its columns, its payload as canonical bytes, and the line it stands on."""

    row: Mapping[str, Any]
    payload: bytes
    line: int


def export(connection: Connection, file: BinaryIO) -> End:
    """Write the journal of a snapshot into a file, in constant memory; return what its last line says.

    Raises:
        Broken: the journal does not verify.
    """
    digest, at = hashlib.sha256(), Head(0, 0, encoding.GENESIS)
    with gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=file, mtime=0) as packed:

        def put(value: Mapping[str, Any]) -> None:
            line = orjson.dumps(value) + b"\n"
            digest.update(line)
            packed.write(line)

        put(_HEAD)
        for row in journal.rows(connection):
            payload = encoding.unsqueeze(row.payload)
            at = journal.following(at, dict(row._mapping), payload)
            said = {key: row._mapping[key] for key in _KEYS}
            said |= {"is_person": bool(row.is_person), "hash": at.hash.hex()}
            put({**said, "payload": orjson.Fragment(payload)})
        recorded = rfc3339(at.recorded_us) if at.sequence else ""
        end = End(at.sequence, recorded, at.hash.hex(), digest.hexdigest())
        packed.write(orjson.dumps({"end": asdict(end)}) + b"\n")
    return end


def read(path: Path) -> Iterator[Told | End]:
    """Yield every event of a file, each after its place in the hash chain was checked, then the end.

    Raises:
        Broken: no journal, damaged, cut off, or its chain does not fit; the sentence names the line.
    """
    digest, at = hashlib.sha256(), Head(0, 0, encoding.GENESIS)
    for number, line in _lines(path):
        value = _value(line, number)
        if number == 1:
            _require_head(value)
        elif "end" in value:
            end = _end(value["end"], number)
            if end.sha256 != digest.hexdigest() or (end.events, end.hash) != (at.sequence, at.hash.hex()):
                raise Broken(f"Line {number}: the end does not fit what stands before it.")
            yield end
        else:
            told = _told(value, number)
            at = _following(at, told)
            yield told
        digest.update(line)


def verified(path: Path) -> End:
    """Check a whole file.

    Raises:
        Broken: naming the line.
    """
    for told in read(path):
        if isinstance(told, End):
            return told
    raise Broken("The file has no end.")


def _following(at: Head, told: Told) -> Head:
    try:
        return journal.following(at, told.row, told.payload)
    except Broken as error:
        raise Broken(f"Line {told.line}: {error}") from error


def _lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of a file by number, to its end, behind which nothing stands.

    Raises:
        Broken: it is no gzip, damaged, or ends before its end.
    """
    number, is_ended = 0, False
    try:
        with gzip.open(path, "rb") as packed:
            while line := packed.readline(_LONGEST):
                number += 1
                is_ended = line.startswith(b'{"end"')
                if not line.endswith(b"\n"):
                    raise Broken(f"Line {number} is cut off.")
                if is_ended and packed.read(1):
                    raise Broken(f"Line {number + 1} stands behind the end.")
                yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise Broken(f"After line {number} the file is damaged or cut off: {error}.") from error
    if not is_ended:
        raise Broken(f"The file ends after line {number}, before its end: it was cut off.")


def _value(line: bytes, number: int) -> dict[str, Any]:
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise Broken(f"Line {number} is no JSON: {error}.") from error
    if not isinstance(value, dict):
        raise Broken(f"Line {number} is no object.")
    return value


def _require_head(value: Mapping[str, Any]) -> None:
    if value != _HEAD:
        raise Broken(f"Line 1 does not begin a journal of version {VERSION} as this program reads it.")


def _end(value: Any, number: int) -> End:
    try:
        return End(**value)
    except TypeError as error:
        raise Broken(f"Line {number} is no end of a journal.") from error


def _told(value: Mapping[str, Any], number: int) -> Told:
    row: dict[str, Any] = {key: value.get(key) for key in _KEYS}
    numbers = [row[key] for key in _KEYS if key not in (*_TEXTS, "is_person", "run_number")]
    is_whole = value.keys() == {*_KEYS, "payload"} and isinstance(value["payload"], dict)
    is_typed = all(isinstance(row[key], str) for key in _TEXTS) and all(type(n) is int for n in numbers)
    is_about = row["run_number"] is None or type(row["run_number"]) is int
    if not (is_whole and is_typed and is_about and type(row["is_person"]) is bool):
        raise Broken(f"Line {number} is no event as this program writes them.")
    try:
        row["hash"] = bytes.fromhex(row["hash"])
    except ValueError as error:
        raise Broken(f"Line {number}: its hash is no hexadecimal number.") from error
    return Told(row, orjson.dumps(value["payload"], option=orjson.OPT_SORT_KEYS), number)
