"""Several hosts on one machine: PostgreSQL, Redis, web servers with what runs beside them, and a worker."""

import json
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from benchmarks.asked import question
from benchmarks.harness import ROOT, Server, environment, free_port
from model.db import Database
from tests.provision.postgres import PostgresServer
from tests.provision.redis import RedisServer

#: what runs beside each web server; nightly work would only add noise
_BESIDE = ("stream", "webhooks")


class Host:
    """One web host on a port of its own: server, event stream, webhooks; it can be killed and come back."""

    def __init__(
        self, name: str, folder: Path, database_url: str, shared: dict[str, object], workers: int
    ) -> None:
        self.workers = workers
        self.name, self.folder, self.database_url = name, folder / name, database_url
        self.shared = {**shared, "HOST_NAME": name}
        self.port = free_port()
        self.server: Server | None = None
        self._beside: list[subprocess.Popen[bytes]] = []
        self.folder.mkdir()

    def start(self) -> None:
        """Start it on its port and wait until it answers: it listens long before."""
        self.server = Server(self.folder, self.workers, self.database_url, self.port, **self.shared)
        self.server.request("/healthz")
        self._beside = [self.process("jobs", job) for job in _BESIDE]

    def process(self, *words: str) -> "subprocess.Popen[bytes]":
        """Start a process with this host's settings."""
        here = environment(self.folder, DATABASE_URL=self.database_url, **self.shared)
        with (self.folder / "beside.log").open("ab") as log:
            command = [sys.executable, "-m", *words]
            return subprocess.Popen(command, cwd=ROOT, env=here, stdout=log, stderr=log)

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End all of it."""
        for each in self._beside:
            _end(each, how)
        if self.server is not None:
            self.server.end(how)

    def mib(self) -> float:
        """Return the memory that its processes have for themselves, MiB; pages that they share count once."""
        return sum(
            _mib(process.pid) for process in (*self._beside, *([self.server.process] if self.server else []))
        )


class Cluster:
    """Two hosts, a worker, PostgreSQL and Redis."""

    def __init__(self, folder: Path, workers: int = 2) -> None:
        self.postgres, self.redis = PostgresServer(is_durable=True), RedisServer()
        self.postgres.start()
        self.redis.start()
        self.url = self.postgres.create_database("registry")
        self.database = Database(self.url)
        self.database.upgrade()
        shared: dict[str, object] = {"REDIS_URL": self.redis.url, "SECRET_KEY": secrets.token_hex(16)}
        shared |= {"WORKER_PROCESSES": 1}
        self.hosts = [Host(name, folder, self.url, shared, workers) for name in ("one", "two")]
        self._worker: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            for host in self.hosts:
                host.start()
            self._worker = self.hosts[0].process("jobs", "worker")
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._worker is not None:
            _end(self._worker, signal.SIGTERM)
        for host in self.hosts:
            host.end()
        self.database.dispose()
        self.redis.stop()
        self.postgres.stop()

    def worker_mib(self) -> float:
        """Return the memory of the worker, MiB."""
        return _mib(self._worker.pid) if self._worker else 0.0

    def in_background(self, port: int, patience_s: float = 60.0) -> Any:
        """Ask a page for a report, as a browser does; return what came back from whoever did it."""
        asked, body = _report_call(port), None
        until = time.monotonic() + patience_s
        handles = ""
        while time.monotonic() < until:
            found = _post(port, f"/_dash-update-component?endId=x{handles}", asked)
            if "cacheKey" in found:
                handles = f"&cacheKey={found['cacheKey']}&job={found['job']}"
            elif "response" in found or "sideUpdate" in found:
                body = found
                break
            time.sleep(0.3)
        return body


def _report_call(port: int) -> dict[str, Any]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/_dash-dependencies", timeout=30) as answer:
        known = json.load(answer)
    (one,) = (each for each in known if any(i["id"] == "work-report" for i in each["inputs"]))
    given = {"work-report.data": 1, "reports-kind.value": "era", "reports-scope.value": "2024C"}
    return question(one, given, "work-report.data")


def _post(port: int, path: str, body: Any) -> Any:
    headers = {"Content-Type": "application/json", "X-Run-Registry-User": "d.coordinator"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.loads(answer.read() or b"{}")


def _mib(pid: int) -> float:
    with suppress(psutil.NoSuchProcess):
        root = psutil.Process(pid)
        return sum(each.memory_full_info().pss for each in (root, *root.children(recursive=True))) / 2**20
    return 0.0


def _end(process: "subprocess.Popen[bytes]", how: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(how)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
