"""Folders that are there whole, or not at all, however many make them at once and whoever is killed."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MAKING = ".making-"
_LOCK = ".lock"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder against others that make or remove something in it; who is killed lets go."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def made_whole(folder: Path, name: str, mode: int) -> Iterator[Path]:
    """Give an empty folder that gets its name, on disk for good, when all files are in it; to be held `alone`.

    Args:
        mode: what may be done with its files from then on.
    """
    _clear(folder)
    making = folder / f"{_MAKING}{name}"
    making.mkdir()
    yield making
    _keep(making, mode)
    making.rename(folder / name)
    _sync(folder)


def is_being_made(folder: Path, name: str) -> bool:
    """Tell whether somebody makes it just now, or was killed over it."""
    return (folder / f"{_MAKING}{name}").exists()


def remove(path: Path) -> None:
    """Take a folder away, at once for whoever looks; the one around it is held."""
    gone = path.with_name(f"{_MAKING}{path.name}")
    path.rename(gone)
    shutil.rmtree(gone)


def _clear(folder: Path) -> None:
    """Remove what somebody who was killed has left."""
    for left in folder.glob(f"{_MAKING}*"):
        shutil.rmtree(left)


def _keep(making: Path, mode: int) -> None:
    for path in making.iterdir():
        path.chmod(mode)
        _sync(path)
    _sync(making)


def _sync(path: Path) -> None:
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
