"""Get and set by key. Keys carry sequences, so nothing is ever invalidated; the application says where."""

import hashlib
from collections.abc import Callable
from typing import BinaryIO, Protocol

import orjson


class Backend(Protocol):
    """What Flask-Caching and the like offer."""

    def get(self, key: str) -> object:
        """Return what was set, or None."""

    def set(self, key: str, value: bytes) -> object:
        """Keep a value."""


class Cache:
    """A shared cache of bytes; broken, full or deleted, it changes no answer.

    Args:
        tell: called at each read with whether it found something.
    """

    def __init__(
        self, backend: Backend | None = None, tell: Callable[[bool], object] = lambda _is_found: None
    ) -> None:
        self._backend = backend
        self._tell = tell

    def get(self, key: str) -> bytes | None:
        """Return what was set under the key; None where nothing intact is there."""
        found = self._intact(key)
        self._tell(found is not None)
        return found

    def _intact(self, key: str) -> bytes | None:
        if self._backend is None:
            return None
        found = self._backend.get(key)
        if not isinstance(found, bytes) or len(found) < 32:
            return None
        digest, value = found[:32], found[32:]
        return value if hashlib.sha256(value).digest() == digest else None

    def set(self, key: str, value: bytes) -> None:
        """Keep a value under a key that names everything it depends on."""
        if self._backend is not None:
            self._backend.set(key, hashlib.sha256(value).digest() + value)


def key(*parts: object) -> str:
    """Return a key for JSON-able parts."""
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()


class PlainBytes:
    """How a file cache writes what it keeps: bytes and counters as they are, nothing that runs when read."""

    def dumps(self, value: bytes | int) -> bytes:
        """Return a value as bytes."""
        return b"b" + value if isinstance(value, bytes) else b"i" + str(value).encode()

    def loads(self, data: bytes) -> bytes | int | None:
        """Return what was written; None where it is not of this making."""
        if data[:1] == b"b":
            return data[1:]
        return int(data[1:]) if data[:1] == b"i" and data[1:].isdigit() else None

    def dump(self, value: bytes | int, file: BinaryIO) -> None:
        """Write a value to a file."""
        file.write(self.dumps(value))

    def load(self, file: BinaryIO) -> bytes | int | None:
        """Read a value from a file."""
        return self.loads(file.read())
