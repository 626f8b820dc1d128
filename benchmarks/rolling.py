"""An upgrade while people work: the program before the last migration and this one, both on one database.

`python -m benchmarks.rolling [--old COMMIT]`. Without it the older program is the newest commit of this line
whose migrations are others. Both run with the packages of this one.
"""

import argparse
import signal
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from benchmarks.crowd import PROMPT, RUN, prepare
from benchmarks.harness import ROOT, Server
from benchmarks.survival import Check
from model import journal, replay
from model.db import Database
from tests.provision.postgres import PostgresServer

_MIGRATIONS = "model/migrations/versions"
_WHO, _TURNS = "d.coordinator", 20


def side_by_side(folder: Path, old: str = "") -> Iterator[Check]:
    """Let the old one serve, start the new one beside it, write through both, and look at the journal."""
    old = old or before()
    home = folder / "rolling"
    for name in ("old", "new", "program"):
        (home / name).mkdir(parents=True)
    _unpack(old, home / "program")
    with PostgresServer(is_durable=True) as postgres:
        url = postgres.create_database("rolling")
        with Server(home / "old", 1, url, root=home / "program") as older:
            # the older program makes the schema that it knows, and answers
            older.json("/api/v1/version")
            database = Database(url)
            was = database.schema()
            prepare(database, 2)
            told = [_write(older, "old alone", n) for n in range(_TURNS)]
            with Server(home / "new", 1, url) as newer:
                newer.json("/api/v1/version")
                database.require_current()
                for number in range(_TURNS):
                    told += [_write(older, "old beside", number), _write(newer, "new beside", number)]
                heads = {server.json("/api/v1/version")["sequence"] for server in (older, newer)}
                older.end(signal.SIGTERM)
                told += [_write(newer, "new alone", number) for number in range(_TURNS)]
        printed = (
            f"schema {was} to {database.schema()} under commit {old[:12]}; {len(told)} writes acknowledged "
        )
        printed += f"by both, one head seen by both: {len(heads) == 1}"
        yield Check("old and new on one database", "rolling upgrade", "2 programs", printed, len(heads) == 1)
        yield _compared(database, told, home)
        database.dispose()


def before() -> str:
    """Return the newest commit of this line whose migrations are others.

    Raises:
        LookupError: there is none.
    """
    here = _git("ls-tree", "--name-only", "HEAD", f"{_MIGRATIONS}/")
    for commit in _git("rev-list", "--first-parent", "HEAD").split():
        if _git("ls-tree", "--name-only", commit, f"{_MIGRATIONS}/") != here:
            return commit
    raise LookupError("no commit has other migrations")


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def _unpack(commit: str, folder: Path) -> None:
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")


def _write(server: Server, what: str, number: int) -> str:
    key = f"{what} {number}"
    edit: dict[str, Any] = {"run_number": RUN + number % 2, "dataset": PROMPT, "columns": ["tracker-pixel"]}
    edit |= {"ranges": [[number + 1, number + 1]], "status": "GOOD", "comment": key}
    server.json("/api/v1/verdicts", {"edits": [edit], "seen": server.json("/api/v1/version")["sequence"]}, _WHO)
    return key


def _compared(database: Database, told: list[str], folder: Path) -> Check:
    with database.reading() as connection:
        head = journal.verify(connection)
        times = Counter(entry.comment for entry in journal.entries(connection))
        target = Database(f"sqlite:///{folder}/replayed.sqlite")
        target.upgrade()
        with target.writing() as other:
            replay.replay(connection, other)
        with target.reading() as other:
            unlike = list(replay.differences(connection, other))
    target.dispose()
    lost = [key for key in told if times[key] != 1]
    printed = (
        f"{head.sequence} events verify; not there once: {len(lost)}; replay differs in {unlike or 'nothing'}"
    )
    return Check("nothing lost on the way", "journal verify, replay", "both", printed, not lost and not unlike)


def main() -> int:
    """Do it and print the report; return 1 where a check failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", default="", help="commit of the older program")
    asked, failed = parser.parse_args(), 0
    with tempfile.TemporaryDirectory(prefix="run-registry-rolling-") as name:
        for check in side_by_side(Path(name), asked.old):
            failed += not check.holds
            print(f"{'held' if check.holds else 'FAILED':>7}  {check.name}: {check.printed}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
