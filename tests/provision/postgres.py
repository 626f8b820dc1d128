"""A throw-away PostgreSQL server: the machine's own binaries, else those inside a Python wheel.

PostgreSQL refuses to run as root, so as root the server is given to an unprivileged user, and where that user
cannot read the binaries (a checkout in a closed home folder), to a readable copy of them.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil
import psycopg2
from psycopg2 import sql

from tests.provision import Unavailable, quick_folder
from tests.provision.postgres_binaries import answers, clean, copied, find_binaries, unprivileged

_START_S = 30.0
_STOP_S = 10.0


class PostgresServer:
    """One server on a free port of 127.0.0.1, with an empty data folder; gone without trace after `stop`.

    Args:
        is_durable: whether what was committed outlives a kill; tests that kill nothing are quicker without.
        is_brief: whether it only holds a few rows for a moment: in memory where there is room, and not tidied.
    """

    def __init__(
        self, binaries: Path | None = None, *, is_durable: bool = False, is_brief: bool = False
    ) -> None:
        self.is_durable, self.is_brief = is_durable, is_brief
        self.binaries = binaries or find_binaries()
        self.port = 0
        self._home: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._as: dict[str, Any] = unprivileged()
        self._more: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make the data folder and wait until the server answers.

        Raises:
            Unavailable: it cannot be made or does not start; the sentence ends with its last words.
        """
        # not below TMPDIR: that may be a folder which the unprivileged user cannot enter
        folder = (quick_folder() if self.is_brief else None) or ("/tmp" if self._as else None)
        self._home = Path(tempfile.mkdtemp(prefix="run-registry-pg-", dir=folder))
        self._give(self._home)
        try:
            self._make_reachable(self._home)
            self._initdb(self._home)
            # another process may take the port between looking and listening: look again
            if not any(self._serve_anew(self._home) for _ in range(3)):
                raise Unavailable(f"PostgreSQL does not start: {_last_words(self._home / 'log')}")
        except BaseException:
            self.stop()
            raise

    def kill(self) -> None:
        """End the server as a power cut would, its folder kept."""
        if self._process and self._process.poll() is None:
            # the postmaster alone would leave backends that still commit
            self._process.send_signal(signal.SIGSTOP)
            for backend in psutil.Process(self._process.pid).children(recursive=True):
                backend.kill()
            self._process.kill()
            self._process.wait()
        self._process = None

    def again(self) -> None:
        """Start it once more, on the same port, after `kill`.

        Raises:
            Unavailable: it does not start.
        """
        assert self._home is not None
        until = time.monotonic() + _START_S
        # those that it left behind may hold its memory for a moment
        while not self._serve(self._home):
            if time.monotonic() > until:
                raise Unavailable(f"PostgreSQL does not start again: {_last_words(self._home / 'log')}")
            time.sleep(0.2)

    def standby(self) -> "PostgresServer":
        """Return a second server that follows this one; this one is started again for it, on its port.

        Raises:
            Unavailable: one of them does not start.
        """
        assert self._home is not None
        other = PostgresServer(self.binaries, is_durable=self.is_durable)
        other._home = Path(tempfile.mkdtemp(prefix="run-registry-pg-", dir="/tmp" if self._as else None))
        self._end()
        shutil.copytree(
            self._home / "data", other._home / "data", ignore=shutil.ignore_patterns("postmaster.pid")
        )
        (other._home / "data" / "standby.signal").touch()
        for path in [other._home, *other._home.rglob("*")]:
            other._give(path)
        self.again()
        other._more = {
            "primary_conninfo": f"host=127.0.0.1 port={self.port} user=postgres",
            "hot_standby_feedback": "on",
        }
        try:
            if not any(other._serve_anew(other._home) for _ in range(3)):
                raise Unavailable(f"The standby does not start: {_last_words(other._home / 'log')}")
        except BaseException:
            other.stop()
            raise
        return other

    def stop(self) -> None:
        """End the server at once and remove its folder."""
        self._end()
        if self._home:
            shutil.rmtree(self._home, ignore_errors=True)
        self._home = None

    def _end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            try:
                self._process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def url(self, database: str = "postgres") -> str:
        """Return the SQLAlchemy URL of a database."""
        return f"postgresql+psycopg2://postgres@127.0.0.1:{self.port}/{database}"

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, empty or as a copy of another, and return its URL."""
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self._execute(statement.format(sql.Identifier(name), sql.Identifier(template or "template1")))
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, also under open connections."""
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def version(self) -> str:
        """Return the server's version, as it says it."""
        with closing(self._connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return str(cursor.fetchone()[0])

    def _execute(self, statement: sql.Composed) -> None:
        with closing(self._connect()) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement)

    def _connect(self) -> Any:
        return psycopg2.connect(host="127.0.0.1", port=self.port, user="postgres", dbname="postgres")

    def _give(self, folder: Path) -> None:
        if self._as:
            os.chown(folder, self._as["user"], self._as["group"])

    def _make_reachable(self, home: Path) -> None:
        if answers(self.binaries, home, self._as):
            return
        self.binaries = copied(self.binaries, home / "install")
        if not answers(self.binaries, home, self._as):
            raise Unavailable(f"{self.binaries / 'postgres'} does not run on this machine.")

    def _initdb(self, home: Path) -> None:
        options = ["--no-sync", "-A", "trust", "-U", "postgres", "--no-locale", "-E", "UTF8"]
        command = [str(self.binaries / "initdb"), *options, "-D", str(home / "data")]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, **clean(home), **self._as)
        if done.returncode:
            raise Unavailable(f"initdb failed: {done.stderr.strip()[-500:]}")

    def _serve_anew(self, home: Path) -> bool:
        self.port = _free_port()
        return self._serve(home)

    def _serve(self, home: Path) -> bool:
        kept = "on" if self.is_durable else "off"
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": kept,
            "full_page_writes": kept,
            "max_connections": 200,
            **({"autovacuum": "off", "max_wal_size": "128MB"} if self.is_brief else {}),
            **self._more,
        }
        options = [word for key, value in settings.items() for word in ("-c", f"{key}={value}")]
        command = [str(self.binaries / "postgres"), "-D", str(home / "data"), *options]
        with (home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=home, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **clean(home), **self._as
            )
        return self._is_up(time.monotonic() + _START_S)

    def _is_up(self, deadline: float) -> bool:
        while self._process and self._process.poll() is None and time.monotonic() < deadline:
            try:
                self._connect().close()
            except psycopg2.OperationalError:
                time.sleep(0.03)
            else:
                return True
        self._end()
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _last_words(log: Path) -> str:
    return log.read_text(errors="replace").strip()[-500:]
