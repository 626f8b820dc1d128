"""Make backups, list them, verify them, and remove those that are too many.

    <folder>/<when, UTC, such as 20240521T030500Z>/manifest.json
    …/registry.sqlite                              of an embedded database: all of it, as it stood at one moment
    …/journal.jsonl.gz, operation.jsonl.gz         of a server: the journal as `journal export` writes it, and
                                                   what is kept beside it
    …/registry.dump                                besides, where there is a pg_dump that knows the server

Whoever reads a backup can read all there is, the secrets of webhooks included: nobody else may open its files.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from model import journal
from model.backups import dump, operation
from model.clock import Clock, moment, rfc3339, system_clock, to_us
from model.db import Database, still
from model.errors import Broken, NotFound
from model.folders import alone, made_whole, remove
from model.journal import Head
from model.portable.lines import export, verified

MANIFEST = "manifest.json"
SQLITE, JOURNAL, OPERATION = "registry.sqlite", "journal.jsonl.gz", "operation.jsonl.gz"
FORMAT = 1
_OWN, _OWN_FOLDER = 0o400, 0o700
_PATTERN = "[0-9]" * 8 + "T" + "[0-9]" * 6 + "Z"


@dataclass(frozen=True)
class Backup:
    """One backup that is there."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def name(self) -> str:
        """What it is called."""
        return self.folder.name

    @property
    def sequence(self) -> int:
        """Up to where the journal is in it."""
        return int(self.manifest["sequence"])

    @property
    def hash(self) -> str:
        """The hash of the journal at its end."""
        return str(self.manifest["journal_hash"])

    @property
    def made_at(self) -> datetime | None:
        """When it was made."""
        return moment(self.manifest["made_at"])

    @property
    def size(self) -> int:
        """Its bytes."""
        return sum(each["bytes"] for each in self.manifest["files"].values())


def make(database: Database, folder: Path, clock: Clock = system_clock) -> Backup:
    """Make a backup while others go on writing, and verify what was written.

    Raises:
        Broken: the journal does not verify; no backup is kept.
    """
    with alone(folder):
        folder.chmod(_OWN_FOLDER)
        now = clock()
        name = f"{now:%Y%m%dT%H%M%SZ}"
        if (folder / name).exists():
            return backup(folder, name)
        with made_whole(folder, name, _OWN) as making:
            head = _copied(database, making) if database.path else _exported(database, making)
            said = {
                "format": FORMAT,
                "sequence": head.sequence,
                "journal_hash": head.hash.hex(),
                "recorded_at": rfc3339(head.recorded_us) if head.sequence else "",
                "made_at": rfc3339(to_us(now.replace(microsecond=0))),
                "schema": database.schema(),
                "files": {path.name: _told(path) for path in sorted(making.iterdir())},
            }
            (making / MANIFEST).write_bytes(orjson.dumps(said, option=orjson.OPT_INDENT_2))
            verify(Backup(making, said))
    return backup(folder, name)


def backups(folder: Path) -> list[Backup]:
    """Return every backup of a folder, the newest first."""
    names = [path.name for path in folder.glob(_PATTERN) if (path / MANIFEST).is_file()]
    found = [backup(folder, name) for name in names]
    return sorted(found, key=lambda each: each.name, reverse=True)


def backup(folder: Path, name: str) -> Backup:
    """Return a backup by its name; `latest` is the newest.

    Raises:
        NotFound: there is none.
        Broken: its manifest cannot be read.
    """
    if name == "latest" and (found := backups(folder)):
        return found[0]
    path = folder / name
    if path.parent != folder or not (path / MANIFEST).is_file():
        raise NotFound(f"There is no backup {name[:80]} in {folder}.")
    try:
        manifest = orjson.loads((path / MANIFEST).read_bytes())
        if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
            raise Broken(f"The manifest of {name} is none of format {FORMAT}.")
        return Backup(path, manifest)
    except orjson.JSONDecodeError as error:
        raise Broken(f"The manifest of {name} cannot be read: {error}.") from error


def verify(found: Backup) -> Head:
    """Check every file of a backup, and every hash of the journal in it, against its manifest.

    Raises:
        Broken: a file is missing or not what was written, or the journal does not verify.
    """
    for name, said in found.manifest["files"].items():
        if not (found.folder / name).is_file():
            raise Broken(f"{found.name} has no {name} any more.")
        if _told(found.folder / name) != said:
            raise Broken(f"{name} of {found.name} is not what was written.")
    head = _head(found)
    if (head.sequence, head.hash.hex()) != (found.sequence, found.hash):
        raise Broken(
            f"The journal in {found.name} ends at {head.sequence}, its manifest says {found.sequence}."
        )
    return head


def prune(folder: Path, keep: int) -> list[str]:
    """Remove all but the newest backups; return the names of what is gone."""
    with alone(folder):
        gone = backups(folder)[max(keep, 1) :]
        for each in gone:
            remove(each.folder)
    return [each.name for each in gone]


def _copied(database: Database, making: Path) -> Head:
    database.copy(making / SQLITE)
    with still(making / SQLITE) as connection:
        return journal.head(connection)


def _exported(database: Database, making: Path) -> Head:
    with database.reading() as connection:
        with (making / JOURNAL).open("xb") as file:
            export(connection, file)
        with (making / OPERATION).open("xb") as file:
            operation.write(connection, file)
        dump.write(database.url, connection, making)
        return journal.head(connection)


def _head(found: Backup) -> Head:
    if SQLITE not in found.manifest["files"]:
        end = verified(found.folder / JOURNAL)
        return Head(end.events, 0, bytes.fromhex(end.hash))
    with still(found.folder / SQLITE) as connection:
        said = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one()
        if said != "ok":
            raise Broken(f"{SQLITE} of {found.name} is damaged: {said}.")
        return journal.verify(connection)


def _told(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}
