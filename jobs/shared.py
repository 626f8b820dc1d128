"""What the processes share: results, and work in the background; by this host's own folder, or by Redis."""

from pathlib import Path
from typing import Any, cast

import dash
import diskcache
from flask import Flask
from flask_caching import Cache as FlaskCache

from model.cache import Backend, PlainBytes
from settings import Settings

#: where the application keeps what a worker is started with, where there are workers
CELERY = "run-registry-celery"


class _NoneIsNone(PlainBytes):
    def loads(self, data: bytes | None) -> bytes | int | None:
        """Return what was written; None where nothing was."""
        return None if data is None else super().loads(data)


def cache(server: Flask, settings: Settings) -> Backend:
    """Return where results are kept for all workers."""
    if url := settings.redis_url.get_secret_value():
        # Celery and Redis's client take 30 MiB of every process, which one host does not need
        from jobs import shared_redis

        return shared_redis.cache(server, url)
    folder = _own_folder(settings.data_dir / "cache")
    where = {"CACHE_TYPE": "FileSystemCache", "CACHE_DIR": str(folder), "CACHE_THRESHOLD": 2000}
    return kept_as_bytes(server, {**where, "CACHE_DEFAULT_TIMEOUT": 0})


def background(server: Flask, settings: Settings) -> Any:
    """Return who does what callbacks ask for in the background."""
    if url := settings.redis_url.get_secret_value():
        from jobs import shared_redis

        return shared_redis.background(server, url)
    return dash.DiskcacheManager(diskcache.Cache(str(_own_folder(settings.data_dir / "background"))))


def kept_as_bytes(server: Flask, where: dict[str, Any]) -> Backend:
    """Return a cache of Flask-Caching that keeps bytes, never objects."""
    shared = FlaskCache(server, config=where)
    backend: Any = server.extensions["cache"][shared]
    backend.serializer = _NoneIsNone()
    return cast(Backend, backend)


def _own_folder(folder: Path) -> Path:
    # what is kept in it is read back as objects: nobody else may write there
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder
