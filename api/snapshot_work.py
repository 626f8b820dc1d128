"""Make a snapshot in a process of its own, so that no request waits for it and its memory is given back."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

from model.errors import TooMany

log = logging.getLogger("run-registry.snapshots")
_ROOT = Path(__file__).parent.parent
#: each is a process that reads the whole journal
_AT_ONCE = 2
_lock = threading.Lock()
_making: set[int] = set()


def begin(at: int) -> None:
    """Begin to make the snapshot of a sequence, once; where it will lie it is found when it is whole.

    Raises:
        TooMany: others are being made.
    """
    with _lock:
        if at in _making:
            return
        if len(_making) >= _AT_ONCE:
            raise TooMany(f"{_AT_ONCE} snapshots are being made just now; ask again in a minute.")
        _making.add(at)
    threading.Thread(target=_work_on, args=(at,), daemon=True).start()


def _work_on(at: int) -> None:
    try:
        work(at)
    finally:
        with _lock:
            _making.discard(at)


def work(at: int) -> int:
    """Make it as an operator would; return the exit code."""
    command = [sys.executable, "-m", "flask", "--app", "app", "snapshot", "make", "--as-of", str(at)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        log.error("no snapshot of sequence %d: %s", at, done.stderr.strip()[-500:])
    return done.returncode
