"""Snapshots: every table of one sequence as Parquet in a folder of its own, with a manifest; never changed.

    <folder>/<sequence, 12 digits>/<table>.parquet
    <folder>/<sequence, 12 digits>/manifest.json

A snapshot is written under another name and then renamed: it is there whole, or not at all.
The same sequence gives the same bytes, whenever it is made.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from model.asof import recorded_at
from model.clock import Clock, rfc3339, system_clock, to_us
from model.columnar import rows
from model.columnar.choice import Reading
from model.columnar.described import Table
from model.columnar.tables import tables
from model.columnar.written import written
from model.errors import Broken, NotFound
from model.folders import alone, is_being_made, made_whole
from model.vocabulary import DEFAULT_SOURCE

MANIFEST = "manifest.json"
FORMAT = 1
_DIGITS = 12
_READ_ONLY = 0o444


@dataclass(frozen=True)
class Snapshot:
    """One snapshot that is there."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def sequence(self) -> int:
        """The data version it holds."""
        return int(self.manifest["sequence"])

    @property
    def digest(self) -> str:
        """What stands for all of its tables."""
        return str(self.manifest["digest"])

    def file(self, table: str) -> Path:
        """Return where a table lies.

        Raises:
            NotFound: it has no such table.
        """
        if table not in self.manifest["tables"]:
            there = ", ".join(self.manifest["tables"])
            raise NotFound(f"Snapshot {self.sequence} has no table {table[:60]}; it has {there}.")
        return self.folder / f"{table}.parquet"


def make(reading: Reading, at: int, folder: Path, clock: Clock = system_clock) -> Snapshot:
    """Make the snapshot of a sequence, or return the one that is there; of two at once the second waits."""
    with alone(folder):
        if not (folder / name_of(at)).exists():
            with made_whole(folder, name_of(at), _READ_ONLY) as making:
                _write(reading, at, making, clock)
    return snapshot(folder, at)


def name_of(at: int) -> str:
    """Return the name of a snapshot's folder."""
    return f"{at:0{_DIGITS}d}"


def snapshot(folder: Path, at: int) -> Snapshot:
    """Return the snapshot of a sequence.

    Raises:
        NotFound: there is none.
        Broken: its manifest cannot be read.
    """
    path = folder / name_of(at)
    if not (path / MANIFEST).is_file():
        being = "; it is being made" if is_being_made(folder, name_of(at)) else ""
        raise NotFound(f"There is no snapshot of sequence {at}{being}.")
    try:
        return Snapshot(path, orjson.loads((path / MANIFEST).read_bytes()))
    except orjson.JSONDecodeError as error:
        raise Broken(f"The manifest of snapshot {at} cannot be read: {error}.") from error


def snapshots(folder: Path) -> list[Snapshot]:
    """Return every snapshot, the newest first."""
    names = sorted((path.name for path in folder.glob("[0-9]" * _DIGITS)), reverse=True)
    return [snapshot(folder, int(name)) for name in names]


def any_snapshot(folder: Path) -> bool:
    """Tell whether there is a snapshot."""
    return any(folder.glob("[0-9]" * _DIGITS))


def digest_of(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 over what a manifest says of its sequence and tables, not of when it was made."""
    said = {name: manifest[name] for name in ("format", "sequence", "recorded_at", "lumi_source", "tables")}
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()


def about(reading: Reading, at: int, source: str = DEFAULT_SOURCE) -> dict[str, str]:
    """Return what every file says of itself: the sequence, when it was recorded, the luminosity source."""
    with reading() as connection:
        recorded = recorded_at(connection, at)
    return {"sequence": str(at), "recorded_at": recorded, "lumi_source": source}


def _write(reading: Reading, at: int, making: Path, clock: Clock) -> None:
    said = about(reading, at)
    with reading() as connection:
        known = tables(connection, at)
    told = {name: _table(reading, table, at, making / f"{name}.parquet", said) for name, table in known.items()}
    manifest = {"format": FORMAT, **said, "sequence": at, "made_at": rfc3339(to_us(clock())), "tables": told}
    manifest["digest"] = digest_of(manifest)
    (making / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))


def _table(reading: Reading, table: Table, at: int, path: Path, said: Mapping[str, str]) -> dict[str, Any]:
    counted, digest = _Counted(), hashlib.sha256()
    with path.open("xb") as file:
        for part in written(counted.of(rows.of(reading, table, at)), table.schema(said), "parquet"):
            file.write(part)
            digest.update(part)
    size = {"rows": counted.rows, "bytes": path.stat().st_size, "sha256": digest.hexdigest()}
    return {**size, **table.told()}


class _Counted:
    """Counts rows as they go by."""

    def __init__(self) -> None:
        self.rows = 0

    def of(self, batches: Iterator[Any]) -> Iterator[Any]:
        """Let batches through."""
        for batch in batches:
            self.rows += batch.num_rows
            yield batch
