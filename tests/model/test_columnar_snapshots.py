"""A snapshot is there whole or not at all, the same whenever it is made, and never changes."""

import hashlib
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from model.clock import SettableClock
from model.columnar.kept import complaints, differing, prune
from model.columnar.snapshots import Snapshot, digest_of, make, name_of, snapshot, snapshots
from model.commands.documents import set_label
from model.errors import NotFound
from model.registry import Registry
from tests.model import world

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def told(registry: Registry) -> Registry:
    world.report_run(registry, lumisections=((1, 4), (6, 10)))
    world.create_dataset(registry)
    world.give(registry, world.TRACKER, "tracker-pixel", [(2, 3)], "BAD")
    return registry


def _made(registry: Registry, folder: Path, at: int | None = None) -> Snapshot:
    return make(registry.reading, world.now(registry) if at is None else at, folder, registry.clock)


def test_a_snapshot_holds_every_table_and_says_what_is_in_it(told: Registry, tmp_path: Path) -> None:
    found = _made(told, tmp_path)
    at = world.now(told)
    assert found.folder == tmp_path / f"{at:012d}"
    for name, table in found.manifest["tables"].items():
        body = found.file(name).read_bytes()
        assert (table["bytes"], table["sha256"]) == (len(body), hashlib.sha256(body).hexdigest())
        assert table["rows"] == pq.read_metadata(found.file(name)).num_rows
        assert pq.read_schema(found.file(name)).metadata[b"sequence"] == str(at).encode()
    assert found.manifest["tables"]["lumisections"]["rows"] == 2 * 9
    assert found.digest == digest_of(found.manifest)


def test_the_same_sequence_gives_the_same_bytes_though_more_was_said_since(
    told: Registry, tmp_path: Path
) -> None:
    before = _made(told, tmp_path / "a")
    world.give(told, world.TRACKER, "tracker-strip", [(1, 2)], "BAD")
    world.report_run(told, 379_000)
    again = _made(told, tmp_path / "b", before.sequence)
    assert again.digest == before.digest
    assert again.manifest["made_at"] != before.manifest["made_at"]
    for name in before.manifest["tables"]:
        assert again.file(name).read_bytes() == before.file(name).read_bytes()
    assert _made(told, tmp_path / "a").digest != before.digest


def test_a_snapshot_that_is_there_is_not_made_again(told: Registry, tmp_path: Path) -> None:
    first = _made(told, tmp_path)
    written = first.file("runs").stat().st_mtime_ns
    assert _made(told, tmp_path).manifest == first.manifest
    assert first.file("runs").stat().st_mtime_ns == written


def test_what_a_killed_one_left_is_no_snapshot_and_is_cleared(told: Registry, tmp_path: Path) -> None:
    left = tmp_path / f".making-{name_of(3)}"
    left.mkdir()
    (left / "runs.parquet").write_bytes(b"half")
    assert snapshots(tmp_path) == []
    found = _made(told, tmp_path)
    assert [each.sequence for each in snapshots(tmp_path)] == [found.sequence]
    assert not left.exists()


def test_an_unknown_sequence_or_table_is_refused_by_name(told: Registry, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no snapshot of sequence 99"):
        snapshot(tmp_path, 99)
    with pytest.raises(NotFound, match="has no table shadow; it has lumisections, runs"):
        _made(told, tmp_path).file("shadow")


_MAKE = """
import sys
from pathlib import Path
from model import folders
from model.columnar.snapshots import make
from model.db import Database
database, folder, at, wait = Database(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
keep = folders._keep
def stop(making, mode):
    sys.stdout.write("written\\n")
    sys.stdout.flush()
    sys.stdin.readline()
    keep(making, mode)
if wait == "wait":
    folders._keep = stop
print(make(database.reading, at, folder).digest)
"""


def _process(registry: Registry, folder: Path, at: int, wait: str = "") -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", _MAKE, registry.database.url, str(folder), str(at), wait]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def test_one_that_is_killed_half_way_leaves_nothing_that_anybody_sees(told: Registry, tmp_path: Path) -> None:
    at = world.now(told)
    with _process(told, tmp_path, at, "wait") as half:
        assert half.stdout is not None and half.stdout.readline() == "written\n"
        assert snapshots(tmp_path) == []
        with pytest.raises(NotFound, match=f"no snapshot of sequence {at}; it is being made"):
            snapshot(tmp_path, at)
        half.kill()
    assert snapshots(tmp_path) == []
    found = _made(told, tmp_path)
    assert list(complaints(found)) == []
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [name_of(at)]


def test_two_at_once_are_one(told: Registry, tmp_path: Path) -> None:
    at = world.now(told)
    with _process(told, tmp_path, at, "wait") as first:
        assert first.stdout is not None and first.stdin is not None
        assert first.stdout.readline() == "written\n"
        with _process(told, tmp_path, at) as second:
            assert second.stdout is not None
            assert snapshots(tmp_path) == []
            first.stdin.write("\n")
            first.stdin.flush()
            digests = {first.stdout.readline(), second.stdout.readline()}
    assert digests == {f"{snapshot(tmp_path, at).digest}\n"}
    assert len(snapshots(tmp_path)) == 1


def test_whoever_changes_a_byte_is_found_out(told: Registry, tmp_path: Path) -> None:
    found = _made(told, tmp_path)
    assert (list(complaints(found)), differing(told.reading, found)) == ([], [])
    runs, shadow = found.file("runs"), found.folder / "shadow.parquet"
    shadow.write_bytes(b"")
    found.file("history").unlink()
    runs.chmod(0o644)
    runs.write_bytes(runs.read_bytes().replace(b"2024C", b"2024D"))
    told_of = " ".join(complaints(found))
    for said in (
        "shadow.parquet in 6 is in no manifest",
        "history of 6 is missing",
        "runs of 6 has other bytes",
    ):
        assert said.replace(" 6 ", f" {found.sequence} ") in told_of
    runs_rows = found.manifest["tables"]["runs"]
    forged = {**found.manifest, "tables": {**found.manifest["tables"], "runs": {**runs_rows, "rows": 7}}}
    lie = Snapshot(found.folder, forged)
    assert f"the manifest of {found.sequence} is not of its digest" in complaints(lie)
    assert differing(told.reading, lie) == ["runs"]


def test_a_file_cannot_be_written_over(told: Registry, tmp_path: Path) -> None:
    assert all(path.stat().st_mode & 0o222 == 0 for path in _made(told, tmp_path).folder.iterdir())


def test_old_ones_go_but_not_the_newest_nor_a_labelled_nor_a_young_one(
    told: Registry, tmp_path: Path, clock: SettableClock
) -> None:
    start = clock.at
    with told.writing() as tx:
        set_label(tx, "call-1", world.EXPERT)
    labelled = _made(told, tmp_path).sequence
    made = [labelled]
    for day in (1, 2, 70, 150):
        clock.at = start + timedelta(days=day)
        world.give(told, world.TRACKER, "tracker-pixel", [(1, 1)], "GOOD" if day % 2 else "STANDBY")
        made.append(_made(told, tmp_path).sequence)
    now = start + timedelta(days=151)
    assert prune(told.reading, tmp_path, now, timedelta(days=100)) == made[2:0:-1]
    assert [each.sequence for each in snapshots(tmp_path)] == [made[4], made[3], labelled]
    assert prune(told.reading, tmp_path, start + timedelta(days=100), timedelta(0)) == []
    assert prune(told.reading, tmp_path, start + timedelta(days=102), timedelta(0)) == [made[3]]
    assert prune(told.reading, tmp_path, start + timedelta(days=9_999), timedelta(0)) == []
