"""A backup is made by its command while viewers and writers work, and restored into both kinds of store."""

import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.cluster import Cluster
from benchmarks.crowd import Crowd
from benchmarks.harness import Ran, run
from benchmarks.survival import Check
from model import journal, replay
from model.backups.backups import Backup, backup
from model.db import Database
from model.errors import RunRegistryError

_APP = ("-m", "flask", "--app", "app")


def under_load(cluster: Cluster, crowd: Crowd, folder: Path, seconds: float) -> Iterator[Check]:
    """Make a backup while the crowd works; whatever was acknowledged before must be in it."""
    phase = crowd.begin("backup")
    told_before = max(crowd.acknowledged.values(), default=0)
    made = run([*_APP, "backup", "make", "--to", str(folder)], folder / "making", DATABASE_URL=cluster.url)
    time.sleep(max(seconds - made.seconds, 0.0))
    crowd.begin("between")
    crowd.wait_until_answered()
    said = _last(made)
    holds = made.code == 0 and not phase.trouble and bool(phase.writes)
    printed = f"{said}; made in {made.seconds:.1f} s; meanwhile {phase.printed}"
    yield Check("a backup is made under this load", "backup make", "the same", printed, holds)
    if made.code == 0:
        found = backup(folder, "latest")
        printed = f"acknowledged up to {told_before:,} before it began, it holds up to {found.sequence:,}"
        holds = 0 < told_before <= found.sequence
        yield Check("what was acknowledged is in it", "its manifest", "the same", printed, holds)


def restored(cluster: Cluster, folder: Path) -> Iterator[Check]:
    """Restore that backup into each kind of store, verify it, and compare it with its source."""
    found = backup(folder, "latest")
    for kind, url in (
        ("PostgreSQL", cluster.postgres.create_database("restored")),
        ("SQLite", f"sqlite:///{folder}/restored.sqlite"),
    ):
        data = folder / kind
        put = run([*_APP, "backup", "restore", "latest", "--in", str(folder)], data, DATABASE_URL=url)
        checked = run([*_APP, "journal", "verify"], data, DATABASE_URL=url)
        unlike = _unlike(cluster.database, Database(url), found) if put.code == checked.code == 0 else ["all"]
        printed = f"exit {put.code} in {put.seconds:.1f} s: {_last(put)}; verify exit {checked.code}: "
        printed += f"{_last(checked)}; other than where it came from: {', '.join(unlike) or 'nothing'}"
        yield Check(
            f"it restores into {kind}", "backup restore, journal verify", "the same", printed, not unlike
        )


def _unlike(source: Database, restored: Database, found: Backup) -> list[str]:
    """Return what differs: the head of the journal then, and projections that a replay gives otherwise."""
    try:
        with source.reading() as one, restored.reading() as other:
            head = journal.head(other)
            then = journal.hash_at(one, found.sequence)
            unlike = [] if head.sequence == found.sequence and head.hash == then else ["the journal's head"]
            again = Database(f"sqlite:///{found.folder.parent}/again-{restored.engine.dialect.name}.sqlite")
            again.upgrade()
            with again.writing() as empty:
                replay.replay(other, empty)
                unlike += list(replay.differences(other, empty))
            again.dispose()
            return unlike
    except RunRegistryError as error:
        return [str(error)]
    finally:
        restored.dispose()


def _last(ran: Ran) -> str:
    return (ran.output.strip().splitlines() or ["nothing said"])[-1]
