"""A snapshot is there whole or not at all, the same whenever it is made, and never changes."""

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from model.columnar.snapshots import Snapshot, digest_of, make, name_of, snapshot, snapshots
from model.errors import NotFound
from model.registry import Registry
from tests.model import world


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
