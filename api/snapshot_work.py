"""Make a snapshot in a process of its own, so that no request waits for it and its memory is given back."""

import logging
import subprocess
import sys
import threading
from pathlib import Path

log = logging.getLogger("run-registry.snapshots")
_ROOT = Path(__file__).parent.parent


def begin(at: int) -> None:
    """Begin to make the snapshot of a sequence; where it will lie it is found when it is whole."""
    threading.Thread(target=work, args=(at,), daemon=True).start()


def work(at: int) -> int:
    """Make it as an operator would; return the exit code."""
    command = [sys.executable, "-m", "flask", "--app", "app", "snapshot", "make", "--as-of", str(at)]
    done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        log.error("no snapshot of sequence %d: %s", at, done.stderr.strip()[-500:])
    return done.returncode
