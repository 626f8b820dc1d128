"""What hosts share through a real Redis: bytes only, and nothing breaks while it is away."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dash
import pytest
from flask import Flask
from itsdangerous import BadSignature

from identity import here
from jobs import shared, shared_redis
from model.authors import Author
from model.cache import Cache
from model.errors import CalledOff, Unreachable
from model.orders import call_off, require_wanted
from settings import Settings
from tests.provision.redis import RedisServer

_BY = Author("t.certifier", True, frozenset({"b", "a"}), "T. Certifier")


def _settings(redis: RedisServer, folder: Path) -> Settings:
    return Settings(
        data_dir=folder, redis_url=redis.url, database_url=f"sqlite:///{folder}/r.sqlite", secret_key="k" * 32
    )


def _host(redis: RedisServer, folder: Path) -> Cache:
    return Cache(shared.cache(_server(), _settings(redis, folder)))


def _server() -> Flask:
    server = Flask(__name__)
    server.secret_key = "k" * 32
    return server


def _soon(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def test_what_one_host_keeps_another_finds(redis: RedisServer, tmp_path: Path) -> None:
    one, other = _host(redis, tmp_path), _host(redis, tmp_path)
    one.set("golden", b"\x00bytes")
    assert other.get("golden") == b"\x00bytes"
    assert other.get("nothing") is None


def test_what_stands_in_redis_is_never_read_as_an_object(redis: RedisServer, tmp_path: Path) -> None:
    import pickle

    from redis import Redis

    host = _host(redis, tmp_path)
    with Redis.from_url(redis.url) as client:
        client.set("rr:golden", b"!" + pickle.dumps({"a": 1}))
        client.set("rr:other", pickle.dumps(_BY))
    assert host.get("golden") is None
    assert host.get("other") is None


def test_without_redis_nothing_is_found_and_nothing_breaks_and_it_comes_back(
    redis: RedisServer, tmp_path: Path
) -> None:
    host = _host(redis, tmp_path)
    host.set("golden", b"bytes")
    redis.kill()
    assert host.get("golden") is None
    host.set("golden", b"other")
    redis.start()

    def is_kept() -> bool:
        host.set("golden", b"again")
        return host.get("golden") == b"again"

    _soon(is_kept)


def test_work_is_called_off_from_another_host(redis: RedisServer, tmp_path: Path) -> None:
    web, worker = _host(redis, tmp_path), _host(redis, tmp_path)
    require_wanted(worker, "order")
    call_off(web, "order")
    with pytest.raises(CalledOff):
        require_wanted(worker, "order")


def test_who_cannot_call_work_off_is_told_so(redis: RedisServer, tmp_path: Path) -> None:
    web = _host(redis, tmp_path)
    redis.kill()
    with pytest.raises(Unreachable, match="could not be cancelled"):
        call_off(web, "order")


def test_work_that_nobody_can_take_is_refused_at_once_and_begins_when_redis_is_back(
    redis: RedisServer, tmp_path: Path
) -> None:
    server = _server()
    manager = shared.background(server, _settings(redis, tmp_path))
    job = manager.make_job_fn(lambda: None, None, "a job")
    redis.kill()
    with here.speaking_for(server, _BY):
        with pytest.raises(Unreachable, match="Nothing was written"):
            manager.call_job_fn("key", job, [], {})
        # what was begun before is not over because nobody can tell
        assert manager.job_running("a job of before") is True
        assert manager.get_result("key", "a job of before") is manager.UNDEFINED
        assert manager.get_progress("key") is None
        assert manager.get_updated_props("key") == {}
        manager.terminate_job("a job of before")
        redis.start()
        assert manager.call_job_fn("key", job, [], {})


def test_a_worker_does_for_somebody_what_they_asked_for(redis: RedisServer, tmp_path: Path) -> None:
    server, told = _server(), list[Any]()
    manager = shared.background(server, _settings(redis, tmp_path))
    job = manager.make_job_fn(lambda: told.append(here.asker()), None, "a job")
    asked = {"updated_props": {}, shared_redis._ASKER: shared_redis.written_asker(server, _BY)}
    job("result", "progress", [], asked)
    assert told == [_BY]


def test_nobody_makes_themselves_somebody_else_to_a_worker() -> None:
    server, other = _server(), _server()
    other.secret_key = "o" * 32
    text = shared_redis.written_asker(server, _BY)
    assert shared_redis.read_asker(server, text) == _BY
    with pytest.raises(BadSignature):
        shared_redis.read_asker(server, shared_redis.written_asker(other, _BY))


def test_where_there_is_one_host_its_own_folder_is_enough(tmp_path: Path) -> None:
    server, settings = _server(), Settings(data_dir=tmp_path)
    cache = Cache(shared.cache(server, settings))
    cache.set("golden", b"bytes")
    assert cache.get("golden") == b"bytes"
    assert isinstance(shared.background(server, settings), dash.DiskcacheManager)
    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"redis_url": "http://example"}, "redis://"),
        ({"redis_url": "redis://example"}, "one SECRET_KEY"),
        ({"database_read_url": "postgresql://example/r"}, "DATABASE_URL must be one too"),
        ({"database_read_url": "::"}, "this is no database URL"),
    ],
)
def test_settings_that_do_not_fit_together_are_refused_at_the_start(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Settings(**wrong)  # type: ignore[arg-type]  # as the environment gives them
