"""Backups: whole while people write, verified, restored into an empty registry of either kind."""

import shutil
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select

from model import replay
from model.backups import backups, operation, restore
from model.backups.backups import Backup
from model.cache import Cache
from model.clock import SettableClock
from model.commands import feeds
from model.db import Database
from model.errors import Broken, Invalid, NotFound
from model.feed_tables import feed_mark
from model.golden.golden import GoldenRoom
from model.registry import Registry
from tests.model import product_world as made
from tests.model import world
from tests.provision import stores
from tests.provision.stories import once


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    made.build(registry)
    made.make(registry, "call-1")
    with registry.writing() as tx:
        feeds.read_to(tx, "OMS", "page 17")
    return registry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Give an empty database of each kind to restore into."""
    with stores.either(request, tmp_path / "empty.sqlite") as found:
        yield found


def _made(registry: Registry, folder: Path) -> Backup:
    return backups.make(registry.database, folder, registry.clock)


def _same(one: Database, other: Database) -> list[str]:
    with one.reading() as first, other.reading() as second:
        return list(replay.differences(first, second))


def test_a_backup_restores_into_either_kind_of_store(told: Registry, folder: Path, empty: Database) -> None:
    found = _made(told, folder)
    held = restore.restore(empty, found)
    assert (held.events, held.runs, held.products) == (world.now(told), 1, 1)
    assert held.hash == found.hash and "verifies to its head" in held.sentence
    assert _same(told.database, empty) == []
    with empty.reading() as connection:
        assert connection.execute(select(feed_mark.c.mark)).scalars().all() == ["page 17"]


def test_a_restored_registry_goes_on_where_it_was(told: Registry, folder: Path, another: Database) -> None:
    restore.restore(another, _made(told, folder))
    own = Registry(another, GoldenRoom(Cache()), told.clock)
    assert world.give(own, world.TRACKER, made.PIXEL, [(3, 3)], "BAD") == world.now(told) + 1


def test_a_registry_that_holds_something_is_not_restored_over(
    told: Registry, folder: Path, another: Database
) -> None:
    found, own = _made(told, folder), Registry(another, GoldenRoom(Cache()))
    world.report_run(own, 400_000)
    before = world.now(own)
    with pytest.raises(Invalid, match="is not empty"):
        restore.restore(another, found)
    assert world.now(own) == before


def test_a_restore_that_is_killed_leaves_the_registry_empty(
    told: Registry, folder: Path, empty: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = _made(told, folder)

    def kill(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(restore.journal, "verify", kill)
        patched.setattr(restore, "verify", lambda _: told)
        restore.restore(empty, found)
    assert world.now(Registry(empty, GoldenRoom(Cache()))) == 0
    assert restore.restore(empty, found).events == world.now(told)


def test_backups_are_made_while_people_write_and_none_is_torn(told: Registry, folder: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        status = 0
        while not stop.is_set():
            status += 1
            world.give(told, world.TRACKER, made.PIXEL, [(1, 1)], ("GOOD", "BAD")[status % 2])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        found = [_made(told, folder / str(n)) for n in range(3)]
    finally:
        stop.set()
        writer.join()
    assert [backups.verify(each).sequence for each in found] == [each.sequence for each in found]


def test_a_backup_that_was_changed_is_not_restored(told: Registry, folder: Path, another: Database) -> None:
    found = _made(told, folder)
    (name, *_) = found.manifest["files"]
    file = found.folder / name
    file.chmod(0o600)
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    with pytest.raises(Broken, match=f"{name} of .* is not what was written"):
        restore.restore(another, found)
    file.unlink()
    with pytest.raises(Broken, match=f"has no {name} any more"):
        backups.verify(found)


def test_a_backup_of_a_newer_program_is_refused(told: Registry, folder: Path, another: Database) -> None:
    found = _made(told, folder)
    newer = Backup(found.folder, {**found.manifest, "schema": "9999"})
    with pytest.raises(Invalid, match="made by a newer program"):
        restore.restore(another, newer)


def test_a_backup_is_there_whole_or_not_at_all(
    told: Registry, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, clock = _made(told, folder), told.clock
    assert isinstance(clock, SettableClock)
    clock.at += timedelta(days=1)
    with monkeypatch.context() as patched, pytest.raises(OSError, match="no space"):
        patched.setattr(backups, "_told", _full_disk)
        _made(told, folder)
    assert [each.name for each in backups.backups(folder)] == [first.name]


def _full_disk(_path: Path) -> None:
    raise OSError("no space left on device")


def test_the_newest_are_kept_and_the_latest_is_found(told: Registry, folder: Path) -> None:
    clock = told.clock
    assert isinstance(clock, SettableClock)
    names = []
    for _ in range(4):
        clock.at += timedelta(days=1)
        names.append(_made(told, folder).name)
    assert backups.prune(folder, 2) == [names[1], names[0]]
    assert [each.name for each in backups.backups(folder)] == [names[3], names[2]]
    assert backups.backup(folder, "latest").name == names[3]


def test_only_its_owner_may_read_a_backup(told: Registry, folder: Path) -> None:
    found = _made(told, folder)
    assert folder.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o077 for path in found.folder.iterdir()} == {0}


@pytest.mark.parametrize("name", ["20200101T000000Z", "../x", "latest"])
def test_a_backup_that_is_not_there_is_named(folder: Path, name: str) -> None:
    with pytest.raises(NotFound, match="There is no backup"):
        backups.backup(folder, name)


def test_a_manifest_that_cannot_be_read_is_named(told: Registry, folder: Path) -> None:
    found = _made(told, folder)
    manifest = found.folder / backups.MANIFEST
    manifest.chmod(0o600)
    for body in (b"{", orjson.dumps({"format": 9})):
        manifest.write_bytes(body)
        with pytest.raises(Broken, match="manifest of"):
            backups.backup(folder, found.name)


def test_every_table_is_in_a_backup() -> None:
    named = {table.name for table in operation.tables()}
    assert {"feed", "feed_mark", "feed_wish", "feed_refusal", "webhook", "import_checkpoint"} <= named
    assert not named & {"journal", "verdict_range", "product"}


def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    folder: Path, tmp_path: Path, another: Database
) -> None:
    old = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    old.upgrade()
    own = Registry(old, GoldenRoom(Cache()), SettableClock(world.START))
    world.report_run(own)
    with old.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM dataset_summary")
    found = _made(own, folder)
    assert restore.restore(another, found).runs == 1
    with another.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM dataset_summary").scalar()
    old.dispose()
    shutil.rmtree(folder)
