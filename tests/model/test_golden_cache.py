"""The cache that workers share saves evaluating and changes no answer."""

from collections.abc import Callable
from pathlib import Path

import pytest
from cachelib import FileSystemCache

from model.cache import Cache, PlainBytes
from model.golden.golden import GoldenRoom
from model.registry import Registry
from tests.model.golden_world import ask, told
from tests.model.world import RUN, create_dataset

__all__ = ["told"]


def _file_cache(folder: Path) -> Cache:
    backend = FileSystemCache(str(folder), threshold=100, default_timeout=0)
    backend.serializer = PlainBytes()
    return Cache(backend)


def test_another_worker_with_the_same_cache_need_not_evaluate(told: Registry, tmp_path: Path) -> None:
    one, other = (GoldenRoom(_file_cache(tmp_path / "cache")) for _ in range(2))
    first = ask(told, room=one)
    assert (ask(told, room=other), one.hits, other.hits) == (first, 0, 1)
    create_dataset(told, run_number=RUN, name="/ReReco/Collisions2024/DQM")
    assert ask(told, room=other) == first
    assert other.hits == 1


def _corrupt(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))


@pytest.mark.parametrize(
    "spoil",
    [Path.unlink, _corrupt, lambda path: path.write_bytes(b""), lambda path: path.write_bytes(b"x" * 400)],
    ids=["deleted", "one bit", "empty", "rubbish"],
)
def test_a_spoiled_cache_changes_no_answer(
    told: Registry, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    folder = tmp_path / "cache"
    first = ask(told, room=GoldenRoom(_file_cache(folder)))
    for path in folder.iterdir():
        if path.is_file():
            spoil(path)
    room = GoldenRoom(_file_cache(folder))
    assert (ask(told, room=room), room.hits) == (first, 0)
