"""The journal as one file: the same on both stores, checked to the last line, and taken in once."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Connection, select

from model import replay
from model.cache import Cache
from model.db import Database
from model.errors import Broken, Invalid
from model.golden.golden import GoldenRoom
from model.portable import take_in as room
from model.portable.lines import End, export, read, verified
from model.portable.take_in import take_in
from model.products.products import products
from model.products.rebuild import rebuild
from model.registry import Registry
from model.tables import journal
from tests.model import product_world as made
from tests.model import world
from tests.provision import stores
from tests.provision.stories import once


@pytest.fixture
@once
def told(registry: Registry) -> Registry:
    """Tell of a product, so that its bytes can be compared after a move."""
    made.build(registry)
    made.make(registry, "call-1")
    world.give(registry, world.TRACKER, made.PIXEL, [(6, 6)], "BAD", comment="näher besehen ✓")
    return registry


@pytest.fixture
def file(told: Registry, tmp_path: Path) -> Path:
    return _exported(told.database, tmp_path / "journal.jsonl.gz")


@pytest.fixture
def other_kind(database: Database, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """Give an empty database of the kind that the first one is not."""
    if database.is_sqlite:
        with request.getfixturevalue("postgres_stores").one() as url:
            found = Database(url)
            yield found
            found.dispose()
        return
    found = stores.sqlite(tmp_path / "other.sqlite")
    yield found
    found.dispose()


def _exported(database: Database, path: Path) -> Path:
    with database.reading() as connection, path.open("wb") as out:
        export(connection, out)
    return path


def _rows(connection: Connection) -> list[tuple[object, ...]]:
    found = connection.execute(select(journal).order_by(journal.c.sequence))
    return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in found]


def _same(one: Database, other: Database) -> bool:
    with one.reading() as first, other.reading() as second:
        return _rows(first) == _rows(second) and not list(replay.differences(first, second))


def _lines(path: Path) -> list[bytes]:
    return gzip.decompress(path.read_bytes()).splitlines(keepends=True)


def _written(path: Path, lines: list[bytes]) -> Path:
    path.write_bytes(gzip.compress(b"".join(lines)))
    return path


def test_a_journal_moves_to_the_other_store_and_back_and_is_the_same(
    told: Registry, file: Path, other_kind: Database, another: Database, tmp_path: Path
) -> None:
    new, end = take_in(other_kind, file)
    assert (new, end.events) == (world.now(told), world.now(told))
    assert _same(told.database, other_kind)
    back = _exported(other_kind, tmp_path / "back.jsonl.gz")
    assert back.read_bytes() == file.read_bytes()
    take_in(another, back)
    assert _same(told.database, another)
    with another.reading() as connection:
        made_again = [rebuild(connection, GoldenRoom(Cache()), each) for each in products(connection)]
    assert [each.is_identical for each in made_again] == [True]


def test_the_end_of_a_file_says_what_is_in_it(told: Registry, file: Path) -> None:
    events = [each for each in read(file) if not isinstance(each, End)]
    assert [each.row["sequence"] for each in events] == list(range(1, world.now(told) + 1))
    end = verified(file)
    assert end.events == len(events) and end.hash == events[-1].row["hash"].hex()


def test_an_empty_journal_is_a_file_too(another: Database, tmp_path: Path) -> None:
    file = _exported(another, tmp_path / "empty.jsonl.gz")
    assert verified(file).events == 0
    assert take_in(another, file)[0] == 0


def test_taking_in_the_same_file_again_adds_nothing(file: Path, another: Database) -> None:
    take_in(another, file)
    assert take_in(another, file)[0] == 0


def test_an_import_that_was_killed_goes_on(
    told: Registry, file: Path, another: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "_PIECE", 3)

    class Killed(BaseException):
        pass

    def kill(sequence: int) -> None:
        if sequence == 6:
            raise Killed

    with pytest.raises(Killed):
        take_in(another, file, kill)
    assert world.now(Registry(another, GoldenRoom(Cache()))) == 6
    assert take_in(another, file)[0] == world.now(told) - 6
    assert _same(told.database, another)


def test_a_registry_with_another_history_is_left_alone(
    file: Path, registry: Registry, another: Database
) -> None:
    own = Registry(another, GoldenRoom(Cache()))
    world.report_run(own, 400_000)
    before = world.now(own)
    with pytest.raises(Invalid, match="another history"):
        take_in(another, file)
    assert world.now(own) == before


def test_a_registry_that_is_further_than_the_file_is_left_alone(told: Registry, file: Path) -> None:
    world.give(told, world.TRACKER, made.PIXEL, [(7, 7)], "BAD")
    with pytest.raises(Invalid, match="beyond the file"):
        take_in(told.database, file)


def _changed(words: bytes, by: bytes) -> Callable[[list[bytes]], list[bytes]]:
    return lambda lines: [lines[0], lines[1], lines[2].replace(words, by), *lines[3:]]


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda lines: lines[:-1], "before its end"),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], "is cut off"),
        (lambda lines: [*lines, lines[-1]], "stands behind the end"),
        (lambda lines: [*lines[:2], *lines[3:]], "Line 3: The journal jumps from sequence 1 to 3"),
        (lambda lines: [lines[0], lines[2], lines[1], *lines[3:]], "Line 2: The journal jumps"),
        (_changed(b'"author":"', b'"author":"x'), "Line 3: Sequence 2 is not what was recorded"),
        (_changed(b'"payload":{', b'"payload":{"a":1,'), "Line 3: Sequence 2 is not what was recorded"),
        (_changed(b'"is_person":', b'"is_person":1,"x":'), "Line 3 is no event"),
        (_changed(b'"sequence":2', b'"sequence":"2"'), "Line 3 is no event"),
        (_changed(b"{", b"["), "Line 3 is no JSON"),
        (_changed(b'"hash":"', b'"hash":"zz'), "Line 3: its hash is no hexadecimal number"),
        (lambda lines: [lines[0].replace(b'"version":1', b'"version":9'), *lines[1:]], "Line 1 does not begin"),
        (lambda lines: [*lines[:-1], lines[-1].replace(b'"sha256":"', b'"sha256":"0')], "the end does not fit"),
        (lambda lines: [], "before its end"),
    ],
)
def test_a_damaged_file_is_refused_with_its_line_and_nothing_of_it_is_kept(
    harm: Callable[[list[bytes]], list[bytes]], said: str, file: Path, another: Database, tmp_path: Path
) -> None:
    damaged = _written(tmp_path / "damaged.jsonl.gz", harm(_lines(file)))
    with pytest.raises(Broken, match=said):
        verified(damaged)
    with pytest.raises(Broken, match=said):
        take_in(another, damaged)
    assert world.now(Registry(another, GoldenRoom(Cache()))) == 0


def test_a_file_that_breaks_off_and_one_that_is_no_gzip_are_refused(file: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl.gz"
    cut.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(Broken, match="damaged or cut off"):
        verified(cut)
    cut.write_bytes(b"no journal at all")
    with pytest.raises(Broken, match="After line 0 the file is damaged"):
        verified(cut)


def test_an_event_that_this_program_does_not_know_is_refused(file: Path, another: Database) -> None:
    told = [each for each in read(file) if not isinstance(each, End)]
    with another.writing() as connection:
        tx = room.Transaction(connection)
        payload = orjson.dumps({"strange": 1})
        row = {**told[0].row, "hash": _hash(told[0].row, payload)}
        with pytest.raises(Broken, match="Sequence 1 cannot be read by this program"):
            tx.take_over(row, payload)
        connection.rollback()


def _hash(row: object, payload: bytes) -> bytes:
    from model import encoding
    from model.journal import COLUMNS

    fields = [row[name] for name in COLUMNS[:-2]]  # type: ignore[index]  # a mapping, whatever its type
    return encoding.chain(encoding.GENESIS, fields, payload)
