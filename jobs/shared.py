"""What the processes share: results, and work in the background; by this host's own folder, or by Redis."""

from pathlib import Path
from typing import Any

import dash
import diskcache
from flask import Flask

from jobs import shared_parts
from model.cache import Backend
from settings import Settings


def cache(server: Flask, settings: Settings) -> Backend:
    """Return where results are kept for all workers."""
    if url := settings.redis_url.get_secret_value():
        # Celery and Redis's client take 30 MiB of every process, which one host does not need
        from jobs import shared_redis

        return shared_redis.cache(server, url)
    folder = _own_folder(settings.data_dir / "cache")
    where = {"CACHE_TYPE": "FileSystemCache", "CACHE_DIR": str(folder), "CACHE_THRESHOLD": 2000}
    return shared_parts.kept_as_bytes(server, {**where, "CACHE_DEFAULT_TIMEOUT": 0})


def background(server: Flask, settings: Settings) -> Any:
    """Return who does what callbacks ask for in the background."""
    if url := settings.redis_url.get_secret_value():
        from jobs import shared_redis

        return shared_redis.background(server, url)
    return dash.DiskcacheManager(diskcache.Cache(str(_own_folder(settings.data_dir / "background"))))


def _own_folder(folder: Path) -> Path:
    # what is kept in it is read back as objects: nobody else may write there
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder
