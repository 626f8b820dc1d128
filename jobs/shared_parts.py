"""What both ways of sharing have in common: bytes in a cache, and the name of what a worker is started with."""

from typing import Any, cast

from flask import Flask
from flask_caching import Cache as FlaskCache

from model.cache import Backend, PlainBytes

#: where the application keeps what a worker is started with, where there are workers
CELERY = "run-registry-celery"


class _NoneIsNone(PlainBytes):
    def loads(self, data: bytes | None) -> bytes | int | None:
        """Return what was written; None where nothing was."""
        return None if data is None else super().loads(data)


def kept_as_bytes(server: Flask, where: dict[str, Any]) -> Backend:
    """Return a cache of Flask-Caching that keeps bytes, never objects."""
    shared = FlaskCache(server, config=where)
    backend: Any = server.extensions["cache"][shared]
    backend.serializer = _NoneIsNone()
    return cast(Backend, backend)
