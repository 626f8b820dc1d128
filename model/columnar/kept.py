"""Snapshots that are kept: which may go, and whether one is still what it was."""

import hashlib
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from model.clock import moment
from model.columnar.choice import Reading
from model.columnar.snapshots import MANIFEST, Snapshot, digest_of, make, snapshots
from model.folders import alone, remove
from model.queries import documents

#: no snapshot goes before
YOUNG = timedelta(days=31)
_PIECE = 1 << 20


def prune(reading: Reading, folder: Path, now: datetime, keep: timedelta) -> list[int]:
    """Remove the snapshots that are older than they need be; return their sequences.

    The newest stays, and so does one that a label names, or that is younger than a month.
    """
    with reading() as connection:
        labelled = named(connection)
    with alone(folder):
        found = snapshots(folder)
        old = [
            each for each in found[1:] if _age(each, now) > max(keep, YOUNG) and each.sequence not in labelled
        ]
        for each in old:
            remove(each.folder)
    return [each.sequence for each in old]


def named(connection: Connection) -> frozenset[int]:
    """Return the sequences that labels name."""
    return frozenset(int(label["sequence"]) for label in documents.documents(connection, "label").values())


def complaints(found: Snapshot) -> Iterator[str]:
    """Yield what of a snapshot is not as its manifest says; nothing where all is."""
    if digest_of(found.manifest) != found.digest:
        yield f"the manifest of {found.sequence} is not of its digest"
    told = found.manifest["tables"]
    there = {path.name for path in found.folder.iterdir()}
    for strange in sorted(there - {MANIFEST, *(f"{name}.parquet" for name in told)}):
        yield f"{strange} in {found.sequence} is in no manifest"
    for name, table in told.items():
        if f"{name}.parquet" not in there:
            yield f"{name} of {found.sequence} is missing"
        elif _sha256(found.file(name)) != table["sha256"]:
            yield f"{name} of {found.sequence} has other bytes than it was made with"


def differing(reading: Reading, found: Snapshot) -> list[str]:
    """Make a snapshot again from the journal's tables; return the tables that come out otherwise."""
    with tempfile.TemporaryDirectory(prefix="run-registry-snapshot-") as folder:
        again = make(reading, found.sequence, Path(folder)).manifest["tables"]
    told = found.manifest["tables"]
    return sorted(name for name in {*again, *told} if again.get(name) != told.get(name))


def _age(found: Snapshot, now: datetime) -> timedelta:
    made = moment(str(found.manifest["made_at"]))
    return now - made if made else timedelta(0)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(_PIECE):
            digest.update(part)
    return digest.hexdigest()
