"""What the tests need from outside Python: a browser, a PostgreSQL server, and a folder that is quick."""

import os
import shutil
from pathlib import Path

#: what is fetched for the tests and no package list can hold; never committed
TOOLS = Path(__file__).resolve().parents[2] / ".tools"
#: bytes; what passed is removed at once, the loaded demonstration is 300 MB
_ROOM = 2 * 2**30


class Unavailable(Exception):
    """Something the tests need cannot be had; the sentence says what would help."""


def quick_folder() -> Path | None:
    """Return a folder in memory with room for what tests write at a time; none where there is little."""
    memory = Path("/dev/shm")
    has_room = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    return memory if has_room else None
