"""The server as an operator starts it, in a process of its own, for tests that speak to it over HTTP."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).parents[2]
_STARTS_WITHIN_S = 90


@contextmanager
def serving(database_url: str, folder: Path, **more: str) -> Iterator[str]:
    """Start a server on a database, and give its address; it is stopped at the end.

    Args:
        folder: its DATA_DIR; what it says is in `log` there.
        more: settings, by the names of their environment variables; `{address}` in one is the server's own.
    """
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    more = {name: value.replace("{address}", address) for name, value in more.items()}
    given = {"DATABASE_URL": database_url, "DATA_DIR": str(folder), "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "app:server"]
    environment = {**os.environ, **given, "WEB_CONCURRENCY": "1", "THREADS": "8", **more}
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait_for(f"{address}/healthz", server, folder / "log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + _STARTS_WITHIN_S
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(address, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.1)
    pytest.fail(f"The server does not start:\n{log.read_text()[-3000:]}", pytrace=False)
